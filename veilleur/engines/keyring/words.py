"""The recovery key as twelve printed words, and back from what a person types. Pure.

The words are those of BIP 39, in French or English: 128 bits and a checksum of 4. They are never stored
nor logged; a refusal names the place of a word, not the word.
"""

import re
import unicodedata
from functools import lru_cache

from mnemonic import Mnemonic

from veilleur.shared.refusal import Refused

COUNT = 12
ENTROPY_BYTES = 16
LISTS = {"fr": "french", "en": "english"}


def plain(word: str) -> str:
    """Return a word without accents and capitals: as it may be typed."""
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=len(LISTS))
def _list(language: str) -> tuple[Mnemonic, dict[str, str]]:
    words = Mnemonic(LISTS[language])
    return words, {plain(word): word for word in words.wordlist}


def to_words(entropy: bytes, language: str) -> tuple[str, ...]:
    """Return the twelve words for 16 bytes, in `fr` or `en`, accents as in print (NFC)."""
    words, _known = _list(language)
    return tuple(unicodedata.normalize("NFC", words.to_mnemonic(entropy)).split())


def from_words(typed: str) -> tuple[bytes, ...] | Refused:
    """Return the 16 bytes that the typed words stand for.

    Accents, capitals, numbering and what stands between the words do not matter. More than one result
    is possible only when every word belongs to both languages. Refused: `words_count` (detail: how many),
    `word_unknown` (detail: the place of the first unknown one, from 1), `words_checksum`.
    """
    parts = re.findall(r"[a-z]+", plain(typed))
    if len(parts) != COUNT:
        return Refused("words_count", str(len(parts)))
    readings = [[_list(language)[1].get(part) for part in parts] for language in LISTS]
    complete = [
        (language, [word for word in reading if word is not None])
        for language, reading in zip(LISTS, readings, strict=True)
        if None not in reading
    ]
    if not complete:
        first_unknown = max(reading.index(None) for reading in readings)
        return Refused("word_unknown", str(first_unknown + 1))
    found = tuple(entropy for language, words in complete if (entropy := _entropy(language, words)))
    return found or Refused("words_checksum")


def _entropy(language: str, words: list[str]) -> bytes | None:
    try:
        return bytes(_list(language)[0].to_entropy(words))
    except ValueError:  # the checksum does not fit
        return None
