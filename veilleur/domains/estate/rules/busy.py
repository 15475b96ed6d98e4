"""When an activity is busy: its rhythms as intervals on the calendar of a zone."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from veilleur.domains.estate.rules.rhythms import BusyPeriod, Rhythm
from veilleur.shared.intervals import IntervalSet

_DAY = timedelta(days=1)


def is_busy_day(period: BusyPeriod, day: date) -> bool:
    """Return whether the day is in the period; both its ends are."""
    if period.rhythm == Rhythm.WEEKLY:
        here, first, last = day.weekday(), period.first, period.last
    elif period.rhythm == Rhythm.MONTHLY:
        longest = monthrange(day.year, day.month)[1]
        here, first, last = day.day, min(period.first, longest), min(period.last, longest)
    else:
        here = day.month * 100 + day.day
        first, last = (_in_year(each, day.year) for each in (period.first, period.last))
    # The order is that of the period as it was said: 30 to 31 is no period over the end of a short month.
    if period.first <= period.last:
        return first <= here <= last
    return here >= first or here <= last


def _in_year(day: int, year: int) -> int:
    """Return the day as that year has it: the last of February is the 28th in most."""
    month, date_of_month = divmod(day, 100)
    return month * 100 + min(date_of_month, monthrange(year, month)[1])


def busy_intervals(periods: Iterable[BusyPeriod], start: datetime, end: datetime, zone: str) -> IntervalSet:
    """Return when any of the periods runs, from `start` (included) to `end` (excluded).

    Days are those of the zone's calendar, from midnight to midnight on the wall. Cost: one test per day and
    period.
    """
    wall, wanted = ZoneInfo(zone), tuple(periods)
    first, last = start.astimezone(wall).date(), end.astimezone(wall).date()
    days = (first + _DAY * count for count in range((last - first).days + 1))
    busy = (day for day in days if any(is_busy_day(period, day) for period in wanted))
    return IntervalSet.of((_midnight(day, wall), _midnight(day + _DAY, wall)) for day in busy).clip(
        start, end
    )


def _midnight(day: date, wall: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), wall).astimezone(UTC)
