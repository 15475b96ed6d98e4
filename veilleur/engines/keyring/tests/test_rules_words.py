"""The printed words: every one of them survives being typed, and refusals say what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from veilleur.engines.keyring.words import LISTS, from_words, plain, to_words
from veilleur.shared.refusal import Refused

KEY = bytes(range(16))


@given(st.binary(min_size=16, max_size=16), st.sampled_from(["fr", "en"]))
def test_any_key_comes_back_from_its_words(entropy: bytes, language: str) -> None:
    assert entropy in from_words(" ".join(to_words(entropy, language)))


@pytest.mark.parametrize("language", LISTS.values())
def test_every_word_stays_itself_without_accents_and_capitals(language: str) -> None:
    words = Mnemonic(language).wordlist

    typed = {plain(word.upper()) for word in words}

    assert len(typed) == len(words) == 2048
    assert all(word.isascii() and word.isalpha() for word in typed)


@pytest.mark.parametrize(
    "retyped",
    [
        lambda words: " ".join(words).upper(),
        "  \n ".join,
        lambda words: ", ".join(f"{place}. {word}" for place, word in enumerate(words, 1)),
        lambda words: "-".join(plain(word) for word in words),
    ],
)
def test_case_spaces_numbers_and_accents_do_not_matter(retyped) -> None:
    words = to_words(KEY, "fr")

    assert from_words(retyped(words)) == (KEY,)


def test_words_are_shown_with_composed_accents() -> None:
    accented = next(
        words
        for number in range(200)
        if (words := to_words(bytes([number] * 16), "fr")) and "é" in "".join(words)
    )

    assert "\u0301" not in "".join(accented)


def test_eleven_words_are_refused_with_their_number() -> None:
    assert from_words(" ".join(to_words(KEY, "fr")[:11])) == Refused("words_count", "11")


def test_a_word_of_no_list_is_refused_by_its_place_and_not_by_its_text() -> None:
    words = list(to_words(KEY, "fr"))
    words[4] = "veilleurs"

    assert from_words(" ".join(words)) == Refused("word_unknown", "5")


def test_two_words_swapped_are_refused_by_the_checksum() -> None:
    words = list(to_words(bytes(15) + b"\x07", "fr"))
    words[10], words[11] = words[11], words[10]

    assert from_words(" ".join(words)) == Refused("words_checksum")
