"""Sets of time: the one algebra behind every clock and every availability figure.

States, service hours, windows and on-hold times all become an `IntervalSet`; rules then combine
them and measure. Pure: no zone is stored, no clock is read. docs/explanation/intervals.md says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

Microseconds = npt.NDArray[np.int64]
MICROSECOND = timedelta(microseconds=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // MICROSECOND
LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // MICROSECOND


def to_microseconds(instant: datetime) -> int:
    """Return the whole microseconds from 1970-01-01T00:00Z to an aware instant, exactly.

    `fold` of a zone-aware instant is honoured. ValueError if the instant is naive or falls outside
    the years 1 to 9999 once in UTC.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"{instant!r} has no time zone: give an aware datetime")
    # Timedeltas count in integers; datetime.timestamp() would round through a float.
    microseconds = (instant - _EPOCH) // MICROSECOND
    if not EARLIEST <= microseconds <= LATEST:
        raise ValueError(f"{instant!r} is outside the years 1 to 9999 in UTC")
    return microseconds


def to_instant(microseconds: int) -> datetime:
    """Return the UTC instant at whole microseconds from 1970-01-01T00:00Z; inverse of `to_microseconds`.

    OverflowError outside the years 1 to 9999.
    """
    return _EPOCH + timedelta(microseconds=microseconds)


class IntervalSet:
    """An immutable set of instants, kept as sorted half-open UTC intervals [start, end).

    Intervals that overlap or touch are one; an empty one (start == end) vanishes; so two sets that
    hold the same instants are equal, hash alike and show the same intervals. The resolution is the
    microsecond and no figure passes through a float. Instants given may be in any zone; those
    returned are aware and in UTC. A naive instant, or an end before its start, is a ValueError in
    every method. With n intervals: `|`, `&`, `-` cost O(n); `contains`, `elapsed` and `advance`
    O(log n), the first of the last two O(n).

    Build with `of` or `from_microseconds`: the constructor trusts its arrays to be merged already.
    """

    __slots__ = ("_ends", "_starts", "_totals")

    def __init__(self, starts: Microseconds, ends: Microseconds) -> None:
        starts.flags.writeable = False
        ends.flags.writeable = False
        self._starts = starts
        self._ends = ends
        self._totals: Microseconds | None = None

    @classmethod
    def empty(cls) -> IntervalSet:
        """Return the set without any instant."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))

    @classmethod
    def of(cls, pairs: Iterable[tuple[datetime, datetime]]) -> IntervalSet:
        """Return the set of the intervals [start, end), given in any order, overlapping or not."""
        starts: list[int] = []
        ends: list[int] = []
        for start, end in pairs:
            starts.append(to_microseconds(start))
            ends.append(to_microseconds(end))
        return cls.from_microseconds(starts, ends)

    @classmethod
    def from_microseconds(
        cls,
        starts: npt.NDArray[np.signedinteger[Any]] | Sequence[int],
        ends: npt.NDArray[np.signedinteger[Any]] | Sequence[int],
    ) -> IntervalSet:
        """Return the set of the intervals [starts[i], ends[i]), in UTC microseconds since 1970.

        The arrays are copied, in any order. ValueError when they are not whole numbers, not of one
        length, outside the years 1 to 9999, or when an end comes before its start.
        """
        first, last = _whole_microseconds(starts), _whole_microseconds(ends)
        if first.shape != last.shape:
            raise ValueError(f"{first.size} starts do not match {last.size} ends")
        reversed_ones = np.flatnonzero(last < first)
        if reversed_ones.size:
            which = reversed_ones[0]
            _refuse_reversed(int(first[which]), int(last[which]))
        return cls(*_merge(first, last))

    @property
    def starts(self) -> Microseconds:
        """Return the sorted starts (included), UTC microseconds since 1970, as a read-only array."""
        return self._starts

    @property
    def ends(self) -> Microseconds:
        """Return the sorted ends (excluded), UTC microseconds since 1970, as a read-only array."""
        return self._ends

    def __or__(self, other: IntervalSet) -> IntervalSet:
        """Return the instants in either set."""
        if not isinstance(other, IntervalSet):
            return NotImplemented
        return IntervalSet(
            *_merge(np.concatenate((self._starts, other._starts)), np.concatenate((self._ends, other._ends)))
        )

    def __and__(self, other: IntervalSet) -> IntervalSet:
        """Return the instants in both sets."""
        if not isinstance(other, IntervalSet):
            return NotImplemented
        return IntervalSet(*_overlap(self._starts, self._ends, other._starts, other._ends))

    def __sub__(self, other: IntervalSet) -> IntervalSet:
        """Return the instants of this set that are not in the other."""
        if not isinstance(other, IntervalSet):
            return NotImplemented
        # What the other set leaves free; one step beyond the calendar, so no gap at its ends is lost.
        free_starts = np.concatenate(([EARLIEST - 1], other._ends))
        free_ends = np.concatenate((other._starts, [LATEST + 1]))
        return IntervalSet(*_overlap(self._starts, self._ends, free_starts, free_ends))

    def clip(self, start: datetime, end: datetime) -> IntervalSet:
        """Return the part of the set inside [start, end); O(log n) plus the intervals kept."""
        low, high = _ordered_microseconds(start, end)
        if low == high:
            return IntervalSet.empty()
        first = np.searchsorted(self._ends, low, side="right")
        last = np.searchsorted(self._starts, high, side="left")
        return IntervalSet(
            np.maximum(self._starts[first:last], low), np.minimum(self._ends[first:last], high)
        )

    def duration(self) -> timedelta:
        """Return how long all the intervals last together."""
        return timedelta(microseconds=int((self._ends - self._starts).sum()))

    def contains(self, instant: datetime) -> bool:
        """Return whether the instant is inside: a start is, an end is not."""
        moment = to_microseconds(instant)
        begun = np.searchsorted(self._starts, moment, side="right")
        return bool(begun and moment < self._ends[begun - 1])

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of the set lies in [start, end): what a clock that runs inside it counts.

        Same figure as `clip(start, end).duration()`. Example: with 9:00 to 12:00 and 14:00 to 18:00,
        from 11:00 to 15:00 two hours have elapsed.
        """
        low, high = _ordered_microseconds(start, end)
        return timedelta(microseconds=self._measure_before(high) - self._measure_before(low))

    def advance(self, start: datetime, amount: timedelta) -> datetime | None:
        """Return the earliest instant, in UTC, at which `amount` of the set has elapsed since `start`.

        Inverse of `elapsed`: a promise of two hours ends there. Zero gives `start` back, inside the
        set or not; None when what is left of the set is too short; a negative amount is a
        ValueError. When the amount runs out just as an interval ends, the answer is that end and
        not the next start.
        """
        if amount < timedelta(0):
            raise ValueError(f"cannot advance by a negative amount: {amount}")
        moment = to_microseconds(start)
        if not amount:
            return to_instant(moment)
        target = self._measure_before(moment) + amount // MICROSECOND
        totals = self._cumulated()
        if not totals.size or target > totals[-1]:
            return None
        reached = np.searchsorted(totals, target, side="left")
        return to_instant(int(self._ends[reached] - totals[reached]) + target)

    def _cumulated(self) -> Microseconds:
        """Return, for each interval, the length of the set up to its end; computed at first use."""
        if self._totals is None:
            self._totals = np.cumsum(self._ends - self._starts)
        return self._totals

    def _measure_before(self, moment: int) -> int:
        """Return how many microseconds of the set lie before an instant."""
        begun = np.searchsorted(self._starts, moment, side="left")
        if not begun:
            return 0
        still_to_come = max(0, int(self._ends[begun - 1]) - moment)
        return int(self._cumulated()[begun - 1]) - still_to_come

    def __iter__(self) -> Iterator[tuple[datetime, datetime]]:
        """Yield each (start included, end excluded), aware in UTC, in order."""
        for start, end in zip(self._starts.tolist(), self._ends.tolist(), strict=True):
            yield to_instant(start), to_instant(end)

    def __len__(self) -> int:
        """Return the number of intervals."""
        return int(self._starts.size)

    def __bool__(self) -> bool:
        return bool(self._starts.size)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, IntervalSet):
            return NotImplemented
        return np.array_equal(self._starts, other._starts) and np.array_equal(self._ends, other._ends)

    def __hash__(self) -> int:
        return hash((self._starts.tobytes(), self._ends.tobytes()))

    def __repr__(self) -> str:
        if not self:
            return "<IntervalSet: empty>"
        first, last = to_instant(int(self._starts[0])), to_instant(int(self._ends[-1]))
        return f"<IntervalSet: {len(self)} from {first.isoformat()} to {last.isoformat()}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Through the checked door: numpy gives unpickled arrays back writeable.
        return (IntervalSet.from_microseconds, (self._starts, self._ends))


def _ordered_microseconds(start: datetime, end: datetime) -> tuple[int, int]:
    low, high = to_microseconds(start), to_microseconds(end)
    if high < low:
        _refuse_reversed(low, high)
    return low, high


def _refuse_reversed(start: int, end: int) -> None:
    raise ValueError(
        f"an interval ends before it starts: {to_instant(start).isoformat()} to {to_instant(end).isoformat()}"
    )


def _whole_microseconds(values: npt.NDArray[np.signedinteger[Any]] | Sequence[int]) -> Microseconds:
    """Return the values once checked; floats are refused, because their instants are already rounded."""
    array = np.asarray(values)
    if not array.size:
        return np.empty(0, dtype=np.int64)
    if array.ndim != 1 or array.dtype.kind != "i":
        raise ValueError(
            f"microseconds are one row of whole numbers, not {array.dtype} of shape {array.shape}"
        )
    if array.min() < EARLIEST or array.max() > LATEST:
        raise ValueError("microseconds are outside the years 1 to 9999")
    return array.astype(np.int64, copy=False)


def _merge(starts: Microseconds, ends: Microseconds) -> tuple[Microseconds, Microseconds]:
    """Return the union of intervals in any order as sorted intervals that neither overlap nor touch.

    Starts and ends are sorted apart from each other: before the i-th start, i intervals have begun,
    so a hole lies there exactly when the i-th smallest end comes before it.
    """
    lasting = starts < ends
    # Stable sorting is merging here: each operand of a union is already one sorted run.
    starts = np.sort(starts[lasting], kind="stable")
    ends = np.sort(ends[lasting], kind="stable")
    hole = starts[1:] > ends[:-1]
    return np.concatenate((starts[:1], starts[1:][hole])), np.concatenate((ends[:-1][hole], ends[-1:]))


def _overlap(
    starts: Microseconds, ends: Microseconds, other_starts: Microseconds, other_ends: Microseconds
) -> tuple[Microseconds, Microseconds]:
    """Return where two sets, each without overlap, are both present, in order and without touching.

    Two intervals run together exactly between the (i + 1)-th start and the i-th end, both counted
    over the two sets, when that start comes first. Results cannot touch: one of the two sets would
    have to touch itself.
    """
    second_starts = np.sort(np.concatenate((starts, other_starts)), kind="stable")[1:]
    first_ends = np.sort(np.concatenate((ends, other_ends)), kind="stable")[:-1]
    together = second_starts < first_ends
    return second_starts[together], first_ends[together]
