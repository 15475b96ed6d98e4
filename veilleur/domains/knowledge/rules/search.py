"""Words as they are looked for: without accents, case or plural; what of a text answers, and where.

What is indexed and what is asked are folded alike, so that both databases find the same.
"""

import re
import unicodedata
from dataclasses import dataclass

MOST_WORDS = 8
LONGEST_QUERY = 200
_AROUND = 90  # letters before the first hit
_LONGEST_EXCERPT = 260
_WORD = re.compile(r"[^\W_]+")
# A word as it was typed, with accents that stand as signs of their own.
_TYPED_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_MARKUP = re.compile(r"[*#>|`~\[\]]+|(?<!\w)_+|_+(?!\w)")
# Letters that are no letter with an accent, but stand for one.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
_MARKS = dict.fromkeys(range(0x300, 0x370))


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
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS)).translate(_MARKS)
    return _WORD.findall(plain)


def asked_words(query: str) -> tuple[Asked, ...]:
    """Return the words that are asked for, each once; single letters count only where they stand alone."""
    words = list(dict.fromkeys(folded_words(query[:LONGEST_QUERY])))
    long = [word for word in words if len(word) > 1]
    return tuple(Asked(word, _singular(word)) for word in (long or words)[:MOST_WORDS])


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
    plain = " ".join(_MARKUP.sub(" ", text).split())
    first = next(
        (found.start() for found in _TYPED_WORD.finditer(plain) if _answers(found.group(), words)), 0
    )
    start = max(0, first - _AROUND)
    if start:
        start = plain.find(" ", start, first) + 1 or first
    end = min(len(plain), start + _LONGEST_EXCERPT)
    if end < len(plain):
        end = max(plain.rfind(" ", first, end), first + 1)
    line = f"{'… ' if start else ''}{plain[start:end]}{' …' if end < len(plain) else ''}"
    return marked(line, words)


def _answers(typed: str, words: tuple[Asked, ...]) -> bool:
    return any(word.answers(part) for part in folded_words(typed) for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else ""
