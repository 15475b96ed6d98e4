"""What the French labour code asks of on-call duty: notice, rest, and hours that pay tells apart.

Sources, Code du travail: L3121-9 (on-call time without intervention is no work, and is told in reasonable
time); L3121-12 (fifteen days before where no agreement says otherwise, one clear day in exceptional
circumstances); L3121-10 (on-call time counts as rest, but for interventions); L3131-1 (eleven hours of rest
in a row each day; the day is that of directive 2003/88, article 3: 24 hours from when work begins); L3122-2
(night, 21 h to 6 h).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from veilleur.shared.holidays import public_holidays
from veilleur.shared.hours import ServiceHours
from veilleur.shared.intervals import IntervalSet

DAILY_REST = timedelta(hours=11)
NOTICE = timedelta(days=15)
_DAY = timedelta(days=1)


class Notice(StrEnum):
    """How long before it began somebody was told of a stretch of on-call duty."""

    IN_TIME = "in_time"
    # Fewer than fifteen days: allowed in exceptional circumstances.
    SHORT = "short"
    # Less than one clear day: not even then.
    TOO_SHORT = "too_short"


class PayKind(StrEnum):
    """Hours that pay tells apart. Each hour is of one kind: the first that it belongs to."""

    HOLIDAY = "holiday"
    SUNDAY = "sunday"
    SATURDAY = "saturday"
    NIGHT = "night"
    DAY = "day"


@dataclass(frozen=True)
class RestBreach:
    """Work began at `begins`, and no rest of eleven hours in a row began within 24 hours."""

    begins: datetime
    longest_rest: timedelta


def notice_of(told_at: datetime, begins: datetime, zone: str) -> Notice:
    """Return whether somebody was told early enough. A clear day is one between the two, on the wall of
    `zone`.
    """
    if begins - told_at >= NOTICE:
        return Notice.IN_TIME
    wall = ZoneInfo(zone)
    clear_days = (begins.astimezone(wall).date() - told_at.astimezone(wall).date()).days - 1
    return Notice.SHORT if clear_days >= 1 else Notice.TOO_SHORT


def rest_breaches(worked: IntervalSet) -> Iterator[RestBreach]:
    """Yield where daily rest was missing, in order. `worked`: a person's ordinary work and interventions.

    A day of 24 hours begins with the first work after a whole rest, or after the day before. A rest that
    begins within it counts whole: after an intervention in the night, work that begins eleven hours later
    breaks no rule. On-call time in which nothing happened is rest; so is all that follows the last work.
    """
    spans = list(worked)
    rests = [after[0] - before[1] for before, after in pairwise(spans)]
    day_ends = None
    for index, (start, _end) in enumerate(spans):
        has_rested = index > 0 and rests[index - 1] >= DAILY_REST
        if day_ends is not None and start < day_ends and not has_rested:
            continue
        day_ends = start + _DAY
        of_the_day = [at for at in range(index, len(spans)) if spans[at][1] < day_ends]
        # Work that goes on past the day leaves no rest after it.
        is_open = bool(of_the_day) and of_the_day[-1] == len(spans) - 1
        longest = max((rests[at] for at in of_the_day if at < len(rests)), default=timedelta())
        if not is_open and longest < DAILY_REST:
            yield RestBreach(start, longest)


def hours_by_kind(duty: IntervalSet, zone: str, holidays: str) -> dict[PayKind, timedelta]:
    """Return how long somebody was on call, by kind of hour. The kinds add up to the whole, exactly.

    `holidays` is a code of `shared/holidays.py`. Days and nights are those on the wall of `zone`.
    """
    left, figures = duty, dict.fromkeys(PayKind, timedelta())
    if not duty:
        return figures
    spans = list(duty)
    start, end = spans[0][0], spans[-1][1]
    for kind, hours in _kinds(zone, holidays, start, end):
        part = left & hours.intervals(start, end)
        figures[kind] = part.duration()
        left -= part
    figures[PayKind.DAY] = left.duration()
    return figures


def _kinds(
    zone: str, holidays: str, start: datetime, end: datetime
) -> tuple[tuple[PayKind, ServiceHours], ...]:
    whole, night = [("00:00", "24:00")], [("00:00", "06:00"), ("21:00", "24:00")]
    closed = {day: whole for day in _holidays(zone, holidays, start, end)}
    return (
        (PayKind.HOLIDAY, ServiceHours(zone, {}, exceptions=closed)),
        (PayKind.SUNDAY, ServiceHours(zone, {6: whole})),
        (PayKind.SATURDAY, ServiceHours(zone, {5: whole})),
        (PayKind.NIGHT, ServiceHours(zone, dict.fromkeys(range(7), night))),
    )


def _holidays(zone: str, holidays: str, start: datetime, end: datetime) -> set[date]:
    wall = ZoneInfo(zone)
    years = range(start.astimezone(wall).year, end.astimezone(wall).year + 1)
    return {day for year in years for day in public_holidays(holidays, year)}
