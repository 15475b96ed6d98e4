"""The difference between two texts: whole lines, and within a changed line the words that changed.

Both texts can be read off it again: the lines that stayed and left are the old one, those that stayed and
came the new one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Above these a comparison could take minutes: the middle of the texts is shown as replaced as a whole.
_MOST_LINES = 2_000
# Words of each changed line, times those of the line opposite, all lines together.
_MOST_WORD_PAIRS = 2_000_000
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
        yield from _replaced(before, after, by_word=False)
        return
    codes = SequenceMatcher(None, before, after).get_opcodes()
    changed = [(before[i:j], after[k:m]) for tag, i, j, k, m in codes if tag != "equal"]
    by_word = sum(_word_pairs(old, new) for old, new in changed) <= _MOST_WORD_PAIRS
    for tag, start, end, new_start, new_end in codes:
        if tag == "equal":
            yield from (_whole(Side.BOTH, line) for line in before[start:end])
        else:
            yield from _replaced(before[start:end], after[new_start:new_end], by_word=by_word)


def _word_pairs(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = zip(before, after, strict=False)
    return sum(len(_WORDS.findall(one)) * len(_WORDS.findall(other)) for one, other in pairs)


def _replaced(before: Sequence[str], after: Sequence[str], *, by_word: bool) -> Iterator[DiffLine]:
    # Each line that left most likely became the one opposite; those that have none stand alone.
    pairs = [_paired(*lines) for lines in zip(before, after, strict=False)] if by_word else []
    yield from (DiffLine(Side.OLD, old) for old, _new in pairs)
    yield from (_whole(Side.OLD, line) for line in before[len(pairs) :])
    yield from (DiffLine(Side.NEW, new) for _old, new in pairs)
    yield from (_whole(Side.NEW, line) for line in after[len(pairs) :])


def _paired(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    shared_words = {word for word in set(old) & set(new) if not word.isspace()}
    if not shared_words or matcher.ratio() < _ALIKE:
        return (Piece(before, False),), (Piece(after, False),)
    codes = matcher.get_opcodes()
    left = (Piece("".join(old[i:j]), tag != "equal") for tag, i, j, _k, _l in codes if i < j)
    right = (Piece("".join(new[k:m]), tag != "equal") for tag, _i, _j, k, m in codes if k < m)
    return tuple(left), tuple(right)


def _whole(side: Side, line: str) -> DiffLine:
    return DiffLine(side, (Piece(line, False),))
