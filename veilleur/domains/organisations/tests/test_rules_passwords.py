"""A long password that is a pattern is guessed; a few words in a row are not."""

import pytest

from veilleur.domains.organisations.rules.passwords import is_guessable, stem


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "abcdefghijkl",
        "Azertyuiop123",
        "qwertyuiopas",
        "aaaaaaaaaaaaaa",
        "121212121212",
        "Abc!Abc!Abc!",
        "098765432109",
    ],
)
def test_a_pattern_is_guessable(password: str) -> None:
    assert is_guessable(password)


@pytest.mark.parametrize(
    "password", ["correct horse battery staple", "quatre lampes bleues", "vG7#kq-Lw2!tz", "Deffendi 4 rue"]
)
def test_a_few_words_or_chance_are_not(password: str) -> None:
    assert not is_guessable(password)


def test_the_word_inside_is_found() -> None:
    assert stem("1Password2026!!") == "password"
    assert stem("123456789012") == ""
