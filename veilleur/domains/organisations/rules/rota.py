"""Who is on call when: turns that people take one after another, and what was changed by hand since.

Everything becomes an `IntervalSet` per person: of one instant at most one person is on call. Pure; people are
keys that only the caller understands. The law behind the warnings: `rules/rest.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from veilleur.shared.intervals import IntervalSet

_DAY = timedelta(days=1)


class Hours(Protocol):
    """Something that says which time counts: `ServiceHours`, or the hours that a rota covers."""

    def intervals(self, start: datetime, end: datetime) -> IntervalSet:
        """Return the time in [start, end) that counts."""


@dataclass(frozen=True)
class Rotation:
    """People who take turns of equal length, from one day on until another.

    The first turn begins on `first_day` at `handover`, on the wall of `zone`, and each of the following
    `days` days later at the same time on the wall. `until` is the day on whose handover the rotation ends,
    None: it goes on. `hours` say when on-call duty counts at all, None: always.

    `planned_at` is when it was planned: it changes nothing that lies before. It was ended at `ended_at`,
    two instants; None: it counts from the first turn on, and still does.
    """

    zone: str
    people: tuple[str, ...]
    first_day: date
    handover: time
    days: int
    until: date | None = None
    hours: Hours | None = None
    planned_at: datetime | None = None
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for turns that nobody takes or that have no length, and for a time with a zone."""
        if not self.people:
            raise ValueError("nobody takes turns")
        if self.days < 1:
            raise ValueError(f"a turn lasts a day at least, not {self.days}")
        if self.handover.tzinfo is not None:
            raise ValueError("the handover is a time on the wall: it has no zone")


@dataclass(frozen=True)
class Turn:
    """Somebody is on call from `start` (included) to `end` (excluded), two instants in UTC."""

    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Override:
    """Somebody takes over a stretch of time, whoever had it; `person` None: nobody is on call in it.

    `recorded_at` is when it was decided: of two for one instant the later counts. A swap is two of them.
    With `of`, it takes only what that person had. With `hours`, only those, and what anybody had.
    `is_agreed`: whoever takes over said so.
    """

    person: str | None
    start: datetime
    end: datetime
    recorded_at: datetime
    of: str | None = None
    hours: Hours | None = None
    is_agreed: bool = False


def turns(rotation: Rotation, start: datetime, end: datetime) -> Iterator[Turn]:
    """Yield the turns that overlap [start, end), whole, in order: what a calendar shows."""
    index = max(0, (_local_day(rotation, start) - rotation.first_day).days // rotation.days - 1)
    while True:
        turn = _turn(rotation, index)
        if turn is None or turn.start >= end:
            return
        if turn.end > start:
            yield turn
        index += 1


def on_call(
    rotations: Sequence[Rotation], overrides: Sequence[Override], start: datetime, end: datetime
) -> dict[str, IntervalSet]:
    """Return for each person when they are on call in [start, end). The sets do not overlap.

    A later rotation takes over from an earlier one where both have turns. People who are never on call in
    that time have an empty set.
    """
    duty: dict[str, IntervalSet] = {}
    for rotation in rotations:
        for turn in turns(rotation, start, end):
            _hand_over(duty, turn.person, _counted(rotation, turn, start, end))
    for override in sorted(overrides, key=lambda one: one.recorded_at):
        _hand_over(duty, override.person, _taken(duty, override, start, end))
    return duty


def gaps(duty: Mapping[str, IntervalSet], needed: IntervalSet) -> IntervalSet:
    """Return the part of `needed` in which nobody is on call."""
    covered = IntervalSet.empty()
    for times in duty.values():
        covered |= times
    return needed - covered


def person_at(duty: Mapping[str, IntervalSet], instant: datetime) -> str | None:
    """Return who is on call at an instant, None for nobody."""
    return next((person for person, times in duty.items() if times.contains(instant)), None)


def _hand_over(duty: dict[str, IntervalSet], person: str | None, stretch: IntervalSet) -> None:
    for other, times in duty.items():
        duty[other] = times - stretch
    if person is not None:
        duty[person] = duty.get(person, IntervalSet.empty()) | stretch


def _counted(rotation: Rotation, turn: Turn, start: datetime, end: datetime) -> IntervalSet:
    """Return what counts in [start, end) of one turn."""
    low = max(turn.start, start, rotation.planned_at or start)
    high = min(turn.end, end, rotation.ended_at or end)
    if low >= high:
        return IntervalSet.empty()
    return IntervalSet.of([(low, high)]) if rotation.hours is None else rotation.hours.intervals(low, high)


def _taken(
    duty: Mapping[str, IntervalSet], override: Override, start: datetime, end: datetime
) -> IntervalSet:
    """Return what an override takes in [start, end)."""
    stretch = IntervalSet.of([(override.start, override.end)]).clip(start, end)
    if override.of is not None:
        return stretch & duty.get(override.of, IntervalSet.empty())
    if override.hours is None or not stretch:
        return stretch
    open_or_had = override.hours.intervals(max(start, override.start), min(end, override.end))
    for times in duty.values():
        open_or_had |= times
    return stretch & open_or_had


def _turn(rotation: Rotation, index: int) -> Turn | None:
    """Return one turn of a rotation, the last one cut off at its end; None after that."""
    first = rotation.first_day + index * rotation.days * _DAY
    after = first + rotation.days * _DAY
    if rotation.until is not None:
        if first >= rotation.until:
            return None
        after = min(after, rotation.until)
    person = rotation.people[index % len(rotation.people)]
    return Turn(person, _handover_on(rotation, first), _handover_on(rotation, after))


def _handover_on(rotation: Rotation, day: date) -> datetime:
    return datetime.combine(day, rotation.handover, ZoneInfo(rotation.zone)).astimezone(UTC)


def _local_day(rotation: Rotation, instant: datetime) -> date:
    return instant.astimezone(ZoneInfo(rotation.zone)).date()
