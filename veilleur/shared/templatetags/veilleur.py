"""Filters and tags of every page: `{% load veilleur %}`. Durations, ages, icons and states.

Values come in as facts (seconds, aware instants, bytes, verdicts) and leave as words of the page's language.
"""

from collections.abc import Sized
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from veilleur.shared import words
from veilleur.shared.markdown import marked_blanks, to_html
from veilleur.shared.verdict import Verdict

register = template.Library()

STATE_ICONS = {
    "good": "circle-check",
    "watch": "eye",
    "bad": "alert-octagon",
    "unknown": "progress-help",
    "planned": "clock-pause",
}
STATE_WORDS = {
    "good": _("Good"),
    "watch": _("To watch"),
    "bad": _("Bad"),
    "unknown": _("Unknown"),
    "planned": _("Planned"),
}


def _language() -> str:
    return translation.get_language() or "en"


@register.filter
def duration(value: float | timedelta | None) -> str:
    """Return a duration (seconds or timedelta) as `9 h 20`; None is a dash."""
    if value is None:
        return words.DASH
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    return words.duration(seconds, _language())


@register.filter
def age(value: datetime | None, now: datetime) -> str:
    """Return how long before `now` an instant was: `12 days ago`; None is `never`."""
    return words.age(value, now, _language())


@register.filter
def span(value: float | timedelta | None) -> str:
    """Return an age (seconds or timedelta) in its largest unit: `12 days`; None is a dash."""
    if value is None:
        return words.DASH
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    return words.span(seconds, _language())


@register.filter
def instant(value: datetime | None) -> str:
    """Return date and time in the zone of the page; None is `never`."""
    if value is None:
        return words.never(_language())
    return words.instant(value, timezone.get_current_timezone(), _language())


@register.filter
def until(start: datetime, end: datetime) -> str:
    """Return from when until when, in the zone of the page: each day and each year is named once."""
    return words.stretch(start, end, timezone.get_current_timezone(), _language())


@register.filter
def day(value: datetime, now: datetime | None = None) -> str:
    """Return the date in short, in the zone of the page: `20 nov.`; where it is told what is now, with the
    year if that is another one.
    """
    zone = timezone.get_current_timezone()
    is_other_year = now is not None and value.astimezone(zone).year != now.astimezone(zone).year
    return words.day(value, zone, _language(), year=is_other_year)


@register.filter
def calendar_day(value: date) -> str:
    """Return a date without a time of day: `10 June 2028`."""
    return words.calendar_day(value, _language())


@register.filter
def long_day(value: datetime) -> str:
    """Return weekday and date in full, in the zone of the page."""
    return words.long_day(value, timezone.get_current_timezone(), _language())


@register.filter
def time_of_day(value: datetime) -> str:
    """Return the wall time in the zone of the page: `8 h 42`."""
    return words.time_of_day(value, timezone.get_current_timezone(), _language())


@register.filter(name="bytes")
def byte_count(value: int | None) -> str:
    """Return a size in decimal units; None is a dash."""
    return words.DASH if value is None else words.byte_count(value, _language())


@register.filter
def beyond(count: int, shown: Sized) -> int:
    """Return how many more there are than are shown."""
    return count - len(shown)


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    """Return a number in the page's language; None is a dash."""
    return words.DASH if value is None else words.number(value, _language(), decimals=decimals)


@register.filter
def percent(value: float | None, decimals: int = 0) -> str:
    """Return a value given in percent; None is a dash."""
    return words.DASH if value is None else words.percent(value, _language(), decimals=decimals)


@register.filter
def markdown(value: str, top_heading: int = 3) -> SafeString:
    """Return what people wrote in Markdown as HTML, cleaned after it was rendered."""
    return mark_safe(to_html(value, top_heading=top_heading))  # noqa: S308


@register.filter
def marked(value: str) -> SafeString:
    """Return one line that people wrote, with what is still to be filled in marked."""
    return mark_safe(marked_blanks(value))  # noqa: S308


@register.filter
def upper_first(value: str) -> str:
    """Return the text with its first letter in capitals, the rest untouched."""
    text = str(value)
    return text[:1].upper() + text[1:]


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of the sprite, hidden from screen readers: the word beside it speaks."""
    return format_html(
        '<svg class="i" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("desk/icons.svg"),
        name,
    )


@register.simple_tag
def state(verdict: Verdict | str, word: Any = "") -> SafeString:
    """Return a state: icon, colour, word. The word may be sharper than the verdict's, never the colour."""
    code = str(verdict)
    return format_html(
        '<span class="state state-{}">{}{}</span>',
        code,
        icon(STATE_ICONS[code]),
        conditional_escape(word or STATE_WORDS[code]),
    )


@register.simple_tag
def svg(drawn: str) -> SafeString:
    """Return a drawing of `shared/drawings`, which escapes every word it is given."""
    return mark_safe(drawn)  # noqa: S308
