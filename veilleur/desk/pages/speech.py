"""Figures and instants as words, in the language and the zone of the request that is being answered."""

from datetime import date, datetime
from math import ceil

from django.utils import timezone
from django.utils.translation import get_language

from veilleur.shared import words


def language() -> str:
    """Return the language of the page, English when none is active."""
    return get_language() or "en"


def said_duration(seconds: float | None) -> str:
    """Return a duration in seconds, a dash for None."""
    return words.DASH if seconds is None else words.duration(seconds, language())


def said_span(seconds: float | None) -> str:
    """Return an age in seconds in its largest unit, a dash for None."""
    return words.DASH if seconds is None else words.span(seconds, language())


def said_age(then: datetime | None, now: datetime) -> str:
    """Return how long ago an instant was."""
    return words.age(then, now, language())


def said_instant(at: datetime, now: datetime) -> str:
    """Return an instant as briefly as it can be understood: the time today, else the day as well, with its
    year when it is another one.
    """
    zone = timezone.get_current_timezone()
    time = words.time_of_day(at, zone, language())
    if at.astimezone(zone).date() == now.astimezone(zone).date():
        return time
    return f"{_day_and_year(at, now)}, {time}"


def said_since(at: datetime, now: datetime) -> str:
    """Return an instant that stands alone: always with its day, so that no time is taken for a duration."""
    time = words.time_of_day(at, timezone.get_current_timezone(), language())
    return f"{_day_and_year(at, now)}, {time}"


def _day_and_year(at: datetime, now: datetime) -> str:
    zone = timezone.get_current_timezone()
    other_year = at.astimezone(zone).year != now.astimezone(zone).year
    return words.day(at, zone, language(), year=other_year)


def said_day(at: datetime) -> str:
    """Return the day of an instant, in short."""
    return words.day(at, timezone.get_current_timezone(), language())


def said_date(day: date) -> str:
    """Return a calendar day in full, without its weekday."""
    return words.calendar_day(day, language())


def lower_first(text: str) -> str:
    """Return a sentence that another one introduces: its first letter small, but for an acronym."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def said_loss(seconds: float | None) -> str:
    """Return an amount of work lost: whole minutes from the first one on, rounded up, never made smaller."""
    if seconds is None or seconds < 60:
        return said_duration(seconds)
    return said_duration(60 * ceil(seconds / 60))
