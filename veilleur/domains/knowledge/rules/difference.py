"""The difference between two texts: whole lines, and within a changed line the words that changed.

Both texts can be read off it again: the lines that stayed and left are the old one, those that stayed and
came the new one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from enum import StrEnum
from itertools import accumulate

# Above these a comparison could take minutes: the middle of the texts is shown as replaced as a whole.
_MOST_LINES = 2_000
# Words of each changed line, times those of the line opposite, all lines together.
_MOST_WORD_PAIRS = 2_000_000
# The library looks anew at what is left after each part in common: where few signs alternate, as in an empty
# table, that is the third power of a line's length. After so many steps of one comparison it is given up.
_MOST_STEPS = 3_000_000
# Two lines with less than this in common are no change of one another.
_ALIKE = 0.3
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")


class Side(StrEnum):
    """In which of the two texts a line is."""

    BOTH = "both"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A part of a line; `is_changed` where the line opposite has something else."""

    text: str
    is_changed: bool


@dataclass(frozen=True)
class DiffLine:
    """One line without its line break."""

    side: Side
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """Return the whole line."""
        return "".join(piece.text for piece in self.pieces)


def compare(old: str, new: str) -> tuple[DiffLine, ...]:
    """Return the lines of both texts in reading order; of a change what left comes before what came."""
    before, after = old.split("\n"), new.split("\n")
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle = _middle(before[head : len(before) - tail], after[head : len(after) - tail])
    return (
        *(_whole(Side.BOTH, line) for line in before[:head]),
        *middle,
        *(_whole(Side.BOTH, line) for line in before[len(before) - tail :]),
    )


def text_of(lines: Sequence[DiffLine], side: Side) -> str:
    """Return the old or the new text again."""
    return "\n".join(line.text for line in lines if line.side in (Side.BOTH, side))


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _middle(before: Sequence[str], after: Sequence[str]) -> Iterator[DiffLine]:
    if max(len(before), len(after)) > _MOST_LINES:
        yield from _replaced(before, after, None)
        return
    left = _Steps(_MOST_STEPS)
    try:
        codes = _Matcher(before, after, left, passes_over_frequent=True).get_opcodes()
    except _TooLong:
        yield from _replaced(before, after, None)
        return
    changed = [(before[i:j], after[k:m]) for tag, i, j, k, m in codes if tag != "equal"]
    by_word = sum(_word_pairs(old, new) for old, new in changed) <= _MOST_WORD_PAIRS
    for tag, start, end, new_start, new_end in codes:
        if tag == "equal":
            yield from (_whole(Side.BOTH, line) for line in before[start:end])
        else:
            yield from _replaced(before[start:end], after[new_start:new_end], left if by_word else None)


def _word_pairs(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = zip(before, after, strict=False)
    return sum(len(_WORDS.findall(one)) * len(_WORDS.findall(other)) for one, other in pairs)


def _replaced(before: Sequence[str], after: Sequence[str], left: "_Steps | None") -> Iterator[DiffLine]:
    # Each line that left most likely became the one opposite; those that have none stand alone.
    opposite = zip(before, after, strict=False)
    pairs = [] if left is None else [_paired(old, new, left) for old, new in opposite]
    yield from (DiffLine(Side.OLD, old) for old, _new in pairs)
    yield from (_whole(Side.OLD, line) for line in before[len(pairs) :])
    yield from (DiffLine(Side.NEW, new) for _old, new in pairs)
    yield from (_whole(Side.NEW, line) for line in after[len(pairs) :])


def _paired(before: str, after: str, left: "_Steps") -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    whole = (Piece(before, False),), (Piece(after, False),)
    shared_words = {word for word in set(old) & set(new) if not word.isspace()}
    matcher = _Matcher(old, new, left, passes_over_frequent=False)
    try:
        if not shared_words or matcher.ratio() < _ALIKE:
            return whole
    except _TooLong:
        return whole
    codes = matcher.get_opcodes()
    going = (Piece("".join(old[i:j]), tag != "equal") for tag, i, j, _k, _l in codes if i < j)
    coming = (Piece("".join(new[k:m]), tag != "equal") for tag, _i, _j, k, m in codes if k < m)
    return tuple(going), tuple(coming)


class _TooLong(Exception):
    """Raised where a comparison is given up."""


@dataclass
class _Steps:
    """How many are left."""

    number: int

    def take(self, number: int) -> None:
        """Go so many; raise _TooLong where that is more than are left."""
        if number > self.number:
            raise _TooLong
        self.number -= number


class _Matcher(SequenceMatcher[str]):
    """The library's, which counts its steps before it goes them."""

    def __init__(
        self, before: Sequence[str], after: Sequence[str], left: _Steps, *, passes_over_frequent: bool
    ) -> None:
        super().__init__(None, before, after, autojunk=passes_over_frequent)
        places: dict[str, list[int]] = self.b2j  # type: ignore[attr-defined]
        self._steps_to = list(accumulate((1 + len(places.get(each, ())) for each in before), initial=0))
        self._left = left

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """Return the longest part in common, as the library does."""
        end = len(self._steps_to) - 1 if ahi is None else ahi
        self._left.take(self._steps_to[end] - self._steps_to[alo])
        return super().find_longest_match(alo, ahi, blo, bhi)


def _whole(side: Side, line: str) -> DiffLine:
    return DiffLine(side, (Piece(line, False),))
