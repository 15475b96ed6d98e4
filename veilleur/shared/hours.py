"""Service hours: a weekly pattern on the wall clock of a zone, turned into UTC intervals.

Contracts, quiet hours and on-call turns describe themselves here; rules only see the `IntervalSet`
that comes out. Pure: the zone's rules come from the zone database, the window from the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from veilleur.shared.holidays import check_holiday_code, public_holidays
from veilleur.shared.intervals import (
    EARLIEST,
    LATEST,
    MICROSECOND,
    IntervalSet,
    Microseconds,
    to_instant,
    to_microseconds,
)

# Minutes from a day's midnight on the wall; over 1440 when the hours run into the next day.
Spans = tuple[tuple[int, int], ...]

_DAY_MINUTES = 24 * 60
_MINUTE = 60_000_000  # microseconds
_DAY = _DAY_MINUTES * _MINUTE  # microseconds
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY = date(1970, 1, 1).weekday()
_TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")


@dataclass(frozen=True, init=False)
class ServiceHours:
    """A weekly pattern in an IANA zone, with public holidays off and days of exception.

    `week` maps a weekday (0 is Monday) to its hours, pairs of "HH:MM" with the start included and
    the end excluded; a weekday left out has none. "24:00" may be an end. An end at or before its
    start is on the next day: ("22:00", "06:00"). The two may not be equal: a whole day is
    ("00:00", "24:00"). `holidays` is a code of `shared/holidays.py` or None; a holiday has no hours.
    `exceptions` gives the whole hours of one date, holiday or not; an empty list closes it.

    - *Wall time.* An instant is inside when the clock on the wall of the zone, at that instant,
      shows a time that is inside. An hour shown twice in autumn counts twice, an hour never shown
      in spring counts nothing.
    - *Nights.* Hours belong to the day on which they start. A shift that starts on the eve of a
      holiday or an exception runs to its end, into that day; what is replaced or closed is what
      starts on the day itself, its own night included. To cut a night short, give an exception to
      the day on which it starts.

    A bad zone, weekday, time, code or date is a ValueError that names it.
    """

    zone: str
    week: tuple[Spans, ...]
    holidays: str | None
    exceptions: tuple[tuple[date, Spans], ...]

    def __init__(
        self,
        zone: str,
        week: Mapping[int, Iterable[tuple[str, str]]],
        holidays: str | None = None,
        exceptions: Mapping[date, Iterable[tuple[str, str]]] | None = None,
    ) -> None:
        _find_zone(zone)
        if holidays is not None:
            check_holiday_code(holidays)
        object.__setattr__(self, "zone", zone)
        object.__setattr__(self, "week", _parse_week(week))
        object.__setattr__(self, "holidays", holidays)
        object.__setattr__(self, "exceptions", _parse_exceptions(exceptions or {}))

    def intervals(self, start: datetime, end: datetime) -> IntervalSet:
        """Return the hours that lie in [start, end), two aware instants in any zone, as UTC intervals.

        ValueError for a naive instant, an end before its start, or a year whose public holidays are
        asked for and not known. Cost: two milliseconds a year the first time for a zone, to find its
        changes of offset; after that a tenth of one.
        """
        low, high = to_microseconds(start), to_microseconds(end)
        if high < low:
            raise ValueError(f"the window ends before it starts: {start.isoformat()} to {end.isoformat()}")
        if low == high:
            return IntervalSet.empty()
        stretches = _constant_offsets(_find_zone(self.zone), low, high)
        first_day = min(since + offset for since, _, offset in stretches) // _DAY
        last_day = max(until - 1 + offset for _, until, offset in stretches) // _DAY
        opened, closed = self._wall_hours(first_day - 1, last_day)
        return _place(opened, closed, stretches)

    def _wall_hours(self, first_day: int, last_day: int) -> tuple[Microseconds, Microseconds]:
        """Return the hours that start on the local days given, as wall times sorted by their start.

        Days are counted from 1970-01-01, both included; wall times are microseconds since midnight
        of that day, as if every day had 24 hours.
        """
        replaced = self._replaced_days(first_day, last_day)
        days = np.arange(first_day, last_day + 1, dtype=np.int64)
        ordinary = days[~np.isin(days, np.array(sorted(replaced), dtype=np.int64))]
        weekdays = (ordinary + _EPOCH_WEEKDAY) % 7
        plans = [(ordinary[weekdays == weekday], spans) for weekday, spans in enumerate(self.week)]
        plans += [(np.array([day], dtype=np.int64), spans) for day, spans in replaced.items()]
        none = np.empty(0, dtype=np.int64)
        opened = np.concatenate([none, *(day * _DAY + a * _MINUTE for day, spans in plans for a, _ in spans)])
        closed = np.concatenate([none, *(day * _DAY + b * _MINUTE for day, spans in plans for _, b in spans)])
        order = np.argsort(opened, kind="stable")
        return opened[order], closed[order]

    def _replaced_days(self, first_day: int, last_day: int) -> dict[int, Spans]:
        """Return the days that do not follow the week, with their own hours."""
        replaced: dict[int, Spans] = {}
        if self.holidays is not None:
            for year in range(_year_of(first_day), _year_of(last_day) + 1):
                replaced.update((_day_number(day), ()) for day in public_holidays(self.holidays, year))
        replaced.update((_day_number(day), spans) for day, spans in self.exceptions)
        return {day: spans for day, spans in replaced.items() if first_day <= day <= last_day}


def _place(opened: Microseconds, closed: Microseconds, stretches: list[tuple[int, int, int]]) -> IntervalSet:
    """Return the wall hours as UTC intervals: one shift of the clock per stretch of constant offset."""
    starts = []
    ends = []
    for since, until, offset in stretches:
        low, high = since + offset, until + offset
        # No hours last over a day, so none that started earlier than that can still be open.
        near = slice(*np.searchsorted(opened, (low - _DAY, high)))
        starts.append(np.clip(opened[near], low, high) - offset)
        ends.append(np.clip(closed[near], low, high) - offset)
    return IntervalSet.from_microseconds(np.concatenate(starts), np.concatenate(ends))


def _constant_offsets(zone: ZoneInfo, low: int, high: int) -> list[tuple[int, int, int]]:
    """Return (since, until, offset) in order, covering [low, high): UTC microseconds, wall less UTC."""
    years = range(to_instant(low).year, to_instant(high - 1).year + 1)
    changes = [change for year in years for change in _changes_of_year(zone, year) if low < change < high]
    return [(since, until, _offset(zone, since)) for since, until in pairwise([low, *changes, high])]


@lru_cache(maxsize=4096)
def _changes_of_year(zone: ZoneInfo, year: int) -> tuple[int, ...]:
    """Return the instants of a UTC year, its first excluded, from which a zone has another offset."""
    first = _day_number(date(year, 1, 1)) * _DAY
    last = (_day_number(date(year, 12, 31)) + 1) * _DAY
    # A day at a time: no zone has ever changed its offset and back within one (tested on all zones).
    offsets = [(moment, _offset(zone, moment)) for moment in range(first, last + 1, _DAY)]
    uneven = [(low, high) for (low, before), (high, after) in pairwise(offsets) if before != after]
    return tuple(change for low, high in uneven for change in _changes(zone, low, high))


def _changes(zone: ZoneInfo, low: int, high: int) -> list[int]:
    """Return the instants in (low, high] from which the offset is another, to the microsecond."""
    if _offset(zone, low) == _offset(zone, high):
        return []
    if high - low == 1:
        return [high]
    middle = (low + high) // 2
    return _changes(zone, low, middle) + _changes(zone, middle, high)


def _offset(zone: ZoneInfo, moment: int) -> int:
    """Return by how many microseconds the wall clock of a zone is ahead of UTC at an instant."""
    # Within a day of the calendar's ends the wall may show year 0 or 10000, which datetime cannot.
    utc = to_instant(min(max(moment, EARLIEST + _DAY), LATEST - _DAY))
    return (utc.astimezone(zone).replace(tzinfo=UTC) - utc) // MICROSECOND


def _find_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        raise ValueError(f"{name!r} is no known time zone: write an IANA name such as Europe/Paris") from None


def _parse_week(week: Mapping[int, Iterable[tuple[str, str]]]) -> tuple[Spans, ...]:
    for weekday in week:
        if weekday not in range(7):
            raise ValueError(f"{weekday!r} is no weekday: write 0 for Monday to 6 for Sunday")
    return tuple(_parse_spans(week.get(weekday, ())) for weekday in range(7))


def _parse_exceptions(
    exceptions: Mapping[date, Iterable[tuple[str, str]]],
) -> tuple[tuple[date, Spans], ...]:
    for day in exceptions:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise ValueError(f"{day!r} is no date of exception: give a date without a time")
    return tuple((day, _parse_spans(exceptions[day])) for day in sorted(exceptions))


def _parse_spans(hours: Iterable[tuple[str, str]]) -> Spans:
    return tuple(sorted(_parse_span(start, end) for start, end in hours))


def _parse_span(start: str, end: str) -> tuple[int, int]:
    """Return the start and end in minutes from midnight, the end over 1440 when it is on the next day."""
    opened, closed = _parse_time(start), _parse_time(end)
    if opened == _DAY_MINUTES:
        raise ValueError("24:00 can end hours but not start them: write 00:00 of the next day")
    if opened == closed:
        raise ValueError(f"hours from {start} to {end} are empty: write 00:00 to 24:00 for a whole day")
    return opened, closed if opened < closed else closed + _DAY_MINUTES


def _parse_time(text: str) -> int:
    if not isinstance(text, str) or not _TIME_OF_DAY.fullmatch(text):
        raise ValueError(f"{text!r} is no time of day: write HH:MM, from 00:00 to 24:00")
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _day_number(day: date) -> int:
    return day.toordinal() - _EPOCH_ORDINAL


def _year_of(day: int) -> int:
    ordinal = min(max(day + _EPOCH_ORDINAL, 1), date.max.toordinal())
    return date.fromordinal(ordinal).year
