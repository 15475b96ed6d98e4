"""Which points of a copy may go: the promised history is kept, and never the last point that is any good."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID


@dataclass(frozen=True)
class Retention:
    """The promised history: everything of the last hours, then the newest point of each day, week and
    month.
    """

    everything_for: timedelta = timedelta(hours=48)
    days: int = 14
    weeks: int = 8
    months: int = 12


@dataclass(frozen=True)
class StoredPoint:
    """One point as retention sees it. `is_good`: complete and not found damaged; `is_proven`: a test
    passed.
    """

    identity: UUID
    started_at: datetime
    is_good: bool
    is_proven: bool


def points_to_remove(
    points: Sequence[StoredPoint], policy: Retention, now: datetime
) -> tuple[StoredPoint, ...]:
    """Return the points that no part of the promise needs, oldest first.

    Days, weeks (ISO) and months are counted in UTC, only those that hold a good point. Always kept: the
    newest good point and the newest proven one, whatever their age. Points in the future (a clock that was
    wrong) are never counted for a day and never removed.
    """
    past = sorted((point for point in points if point.started_at <= now), key=lambda one: one.started_at)
    newest_first = past[::-1]
    keep = {point.identity for point in past if now - point.started_at <= policy.everything_for}
    good = [point for point in newest_first if point.is_good]
    keep.update(point.identity for point in good[:1])
    keep.update(point.identity for point in [one for one in newest_first if one.is_proven][:1])
    for count, period in ((policy.days, _day), (policy.weeks, _week), (policy.months, _month)):
        keep.update(_newest_of_each(good, count, period))
    return tuple(point for point in past if point.identity not in keep)


def _day(instant: datetime) -> object:
    return instant.date()


def _week(instant: datetime) -> object:
    return date.isocalendar(instant)[:2]


def _month(instant: datetime) -> object:
    return (instant.year, instant.month)


def _newest_of_each(
    newest_first: Sequence[StoredPoint], count: int, period: Callable[[datetime], object]
) -> set[UUID]:
    """Return the newest point of each of the last `count` periods that hold one."""
    seen: dict[object, UUID] = {}
    for point in newest_first:
        seen.setdefault(period(point.started_at), point.identity)
    return set(list(seen.values())[:count])
