"""Words as they are looked for: without accents, case or plural; what of a text answers, and where.

What is indexed and what is asked are folded alike, so that both databases find the same.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

MOST_WORDS = 8
LONGEST_QUERY = 200
_AROUND = 90  # letters before the first hit
_LONGEST_EXCERPT = 260
_WORD = re.compile(r"[^\W_]+")
# A word as it was typed, with accents that stand as signs of their own.
_TYPED_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_MARKUP = re.compile(r"[#>|\[\]]+")
_AROUND_WORDS = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")  # what follows may be a full stop
# An entry of a list begins with a dot in the middle; the line under the heads of a table says nothing.
_ENTRY = re.compile(r"^[ \t>]*(?:[-+*]|\d{1,3}[.)])[ \t]+", re.MULTILINE)
_UNDER_HEADS = re.compile(r"^[ \t|:-]*-{3}[ \t|:-]*$", re.MULTILINE)
# As much of the word of a kind names it: less may begin any word.
_SHORTEST_KIND = 4
# Letters that are no letter with an accent, but stand for one.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
_MARKS = dict.fromkeys(range(0x300, 0x370))
# Letters that stand for two, and the two.
_DOUBLE = {"œ": "oe", "æ": "ae", "ß": "ss"}


def _looks_like(letter: str) -> str:
    """Return the one small letter without accent that a letter looks like; a double one stays as it is."""
    small = letter.lower()
    if small in _DOUBLE:
        return small
    return (unicodedata.normalize("NFKD", letter).casefold().translate(_LETTERS) or letter)[0]


# Latin letters: a text in which they are replaced is as long as before.
_ALIKE = {
    code: _looks_like(chr(code)) for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00))
}


@dataclass(frozen=True)
class Asked:
    """One word that is asked for: a word that begins so answers, and `or_is`, its singular ("": none)."""

    begins: str
    or_is: str = ""

    def answers(self, word: str) -> bool:
        """Return whether a folded word answers."""
        return word.startswith(self.begins) or word == self.or_is


@dataclass(frozen=True)
class Piece:
    """A part of a text; `is_hit` where it answers the question."""

    text: str
    is_hit: bool


def folded_words(text: str) -> list[str]:
    """Return the words of a text in their order, folded: "L'accès aux œuvres" is l, acces, aux, oeuvres."""
    plain = _small(_small(text)).translate(_LETTERS).translate(_MARKS)
    return _WORD.findall(plain)


def asked_words(query: str) -> tuple[Asked, ...]:
    """Return the words that are asked for, each once; single letters count only where they stand alone."""
    words = list(dict.fromkeys(folded_words(query[:LONGEST_QUERY])))
    long = [word for word in words if len(word) > 1]
    return tuple(Asked(word, _singular(word)) for word in (long or words)[:MOST_WORDS])


def named_kind(words: tuple[Asked, ...], kinds: Mapping[str, str]) -> tuple[str | None, tuple[Asked, ...]]:
    """Return the kind of document that one of the words names, and the other words; `kinds`: their words."""
    for word in words:
        for kind, said in kinds.items():
            if len(word.begins) >= _SHORTEST_KIND and any(word.answers(each) for each in folded_words(said)):
                return kind, tuple(each for each in words if each is not word)
    return None, words


def marked(text: str, words: tuple[Asked, ...]) -> tuple[Piece, ...]:
    """Return the text in pieces: words that answer are hits."""
    pieces, last = [], 0
    for found in _TYPED_WORD.finditer(text):
        if not _answers(found.group(), words):
            continue
        pieces += [Piece(text[last : found.start()], False), Piece(found.group(), True)]
        last = found.end()
    pieces.append(Piece(text[last:], False))
    return tuple(piece for piece in pieces if piece.text)


def excerpt(text: str, words: tuple[Asked, ...]) -> tuple[Piece, ...]:
    """Return a line of the text around the first hit, else its beginning, without the signs of Markdown."""
    entries = _ENTRY.sub("· ", _UNDER_HEADS.sub("", text))
    plain = " ".join(_AROUND_WORDS.sub("", _MARKUP.sub(" ", entries)).split())
    first = _first_hit(plain, words)
    start = max(0, first - _AROUND)
    if start:
        start = plain.find(" ", start, first) + 1 or first
    end = min(len(plain), start + _LONGEST_EXCERPT)
    if end < len(plain):
        end = max(plain.rfind(" ", first, end), first + 1)
    line = f"{'… ' if start else ''}{plain[start:end]}{' …' if end < len(plain) else ''}"
    return marked(line, words)


def _first_hit(text: str, words: tuple[Asked, ...]) -> int:
    """Return where the first hit begins, 0 for none: a glance at the whole text, letter for letter."""
    if not words:
        return 0
    begins = "|".join(_pattern(each) for word in words for each in (word.begins, word.or_is) if each)
    candidates = re.finditer(rf"(?<![^\W_])(?:{begins})", text.translate(_ALIKE))
    typed = (_TYPED_WORD.match(text, found.start()) for found in candidates)
    return next((found.start() for found in typed if found and _answers(found.group(), words)), 0)


def _pattern(word: str) -> str:
    # A pair as two letters or as one; nothing is optional, so that no text makes the search go back for ever.
    pattern = re.escape(word)
    for letter, pair in _DOUBLE.items():
        pattern = pattern.replace(pair, f"(?:{pair}|{letter})")
    return pattern


def _answers(typed: str, words: tuple[Asked, ...]) -> bool:
    return any(word.answers(part) for part in folded_words(typed) for word in words)


def _small(text: str) -> str:
    # Twice: what a sign stands for may itself be a capital, or fold into signs with accents.
    return unicodedata.normalize("NFKD", text).casefold()


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else ""
