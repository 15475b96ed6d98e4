"""Durations, ages, instants, numbers and sizes in words, in French and English. Pure: no clock, no Django.

Both languages are held here and not in the catalogue, because they differ by grammar, not by words alone.
Pages reach these through the filters of `templatetags/veilleur.py`, the terminal and mail directly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from unicodedata import combining, normalize

FIXED = "\u00a0"
NARROW = "\u202f"
DASH = "—"

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True)
class _Tongue:
    decimal: str
    thousands: str
    percent: str
    byte_units: tuple[str, ...]
    day_unit: str
    units: Mapping[str, tuple[str, str]]
    spelled: tuple[str, ...]
    months: tuple[str, ...]
    long_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    never: str
    just_now: str
    ago: str
    ahead: str
    under_a_second: str


_FRENCH = _Tongue(
    decimal=",",
    thousands=NARROW,
    percent=NARROW + "%",
    byte_units=("o", "ko", "Mo", "Go", "To", "Po"),
    day_unit="j",
    units={"day": ("jour", "jours"), "month": ("mois", "mois"), "year": ("an", "ans")},
    spelled=("aucune", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
    months=(
        "janv.",
        "févr.",
        "mars",
        "avr.",
        "mai",
        "juin",
        "juil.",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
    ),
    long_months=(
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ),
    weekdays=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    never="jamais",
    just_now="à l’instant",
    ago="il y a {}",
    ahead="dans {}",
    under_a_second="moins d’une seconde",
)
_ENGLISH = _Tongue(
    decimal=".",
    thousands=",",
    percent="%",
    byte_units=("B", "kB", "MB", "GB", "TB", "PB"),
    day_unit="d",
    units={"day": ("day", "days"), "month": ("month", "months"), "year": ("year", "years")},
    spelled=("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"),
    long_months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    never="never",
    just_now="just now",
    ago="{} ago",
    ahead="in {}",
    under_a_second="under a second",
)


def _tongue(language: str) -> _Tongue:
    return _FRENCH if language.startswith("fr") else _ENGLISH


def sort_key(name: str) -> str:
    """Return what puts names in the order of a dictionary: accents and capitals do not part them."""
    plain = normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not combining(letter))


def number(value: float, language: str, *, decimals: int = 0) -> str:
    """Return a number with the language's decimal sign and thousands, e.g. `1 284 310` or `1,284,310`."""
    tongue = _tongue(language)
    plain = f"{value:,.{decimals}f}"
    return plain.translate({ord(","): tongue.thousands, ord("."): tongue.decimal, ord("-"): "−"})


def percent(value: float, language: str, *, decimals: int = 0) -> str:
    """Return a share of 100 given in percent, e.g. 99.93 as `99,93 %` in French."""
    return number(value, language, decimals=decimals) + _tongue(language).percent


def spelled(count: int, language: str) -> str:
    """Return a whole number as a word up to ten (feminine in French), in figures above."""
    words = _tongue(language).spelled
    return words[count] if 0 <= count < len(words) else number(count, language)


def byte_count(value: int, language: str) -> str:
    """Return a size in decimal units (1 kB = 1000 B), one decimal under ten: `84 Go`, `1.2 TB`."""
    units = _tongue(language).byte_units
    size, rank = float(value), 0
    while round(size, 1) >= 1000 and rank < len(units) - 1:
        size, rank = size / 1000, rank + 1
    decimals = 1 if rank and round(size, 1) < 10 and round(size, 1) % 1 else 0
    return f"{number(size, language, decimals=decimals)}{FIXED}{units[rank]}"


def duration(seconds: float, language: str) -> str:
    """Return a duration in seconds as people say it: `40 s`, `3 min 20`, `50 min`, `9 h 20`, `4 d 4 h`.

    Rounded to the last unit shown; a promise is never shown shorter than it is by more than that.
    """
    if seconds < 0:
        return "−" + duration(-seconds, language)
    if seconds < 9.95:
        return _seconds(seconds, language)
    whole, minutes = round(seconds), round(seconds / _MINUTE)
    if whole < 10 * _MINUTE:
        return _two(whole, _MINUTE, f"{FIXED}min", f"{FIXED}s") if whole >= _MINUTE else f"{whole}{FIXED}s"
    if minutes < 60:
        return f"{minutes}{FIXED}min"
    if minutes < 72 * 60:
        return _two(minutes, 60, f"{FIXED}h", "")
    return _two(round(seconds / _HOUR), 24, f"{FIXED}{_tongue(language).day_unit}", f"{FIXED}h")


def _seconds(seconds: float, language: str) -> str:
    """Return a short duration, with one decimal where it says something."""
    tenths = round(seconds, 1)
    if 0 < tenths < 1:
        return _tongue(language).under_a_second
    return f"{number(seconds, language, decimals=1 if tenths % 1 else 0)}{FIXED}s"


def _two(amount: int, size: int, first: str, second: str) -> str:
    """Return `amount` in two units, the smaller with two digits when it has no unit of its own."""
    high, low = divmod(amount, size)
    if not low:
        return f"{high}{first}"
    small = f"{low:02d}" if not second else str(low)
    return f"{high}{first}{FIXED}{small}{second}"


def _span(seconds: float, language: str) -> str:
    """Return a span in its one largest fitting unit, rounded down: an age is not made older."""
    if seconds < _MINUTE:
        return f"{int(seconds)}{FIXED}s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)}{FIXED}min"
    if seconds < 2 * _DAY:
        return f"{int(seconds // _HOUR)}{FIXED}h"
    days = int(seconds // _DAY)
    if days < 60:
        return _counted(days, "day", language)
    if days < 730:
        return _counted(int(days // 30.44), "month", language)
    return _counted(int(days // 365.25), "year", language)


def _counted(count: int, unit: str, language: str) -> str:
    singular, plural = _tongue(language).units[unit]
    return f"{count}{FIXED}{singular if count == 1 else plural}"


def age(then: datetime | None, now: datetime, language: str) -> str:
    """Return how long ago an aware instant was (`12 days ago`), or how far ahead; None is `never`."""
    tongue = _tongue(language)
    if then is None:
        return never(language)
    seconds = (now - then).total_seconds()
    if abs(seconds) < 5:
        return tongue.just_now
    return (tongue.ago if seconds > 0 else tongue.ahead).format(_span(abs(seconds), language))


def never(language: str) -> str:
    """Return the word for an instant that has not come to be."""
    return _tongue(language).never


def span(seconds: float, language: str) -> str:
    """Return an age in seconds without `ago`, in its one largest unit, rounded down: `12 days`."""
    return _span(max(0.0, seconds), language)


def time_of_day(at: datetime, zone: tzinfo, language: str) -> str:
    """Return the wall time of an aware instant: `8 h 05` in French, `08:05` in English."""
    local = at.astimezone(zone)
    if language.startswith("fr"):
        return f"{local.hour}{FIXED}h{FIXED}{local.minute:02d}"
    return f"{local.hour:02d}:{local.minute:02d}"


def day(at: datetime, zone: tzinfo, language: str, *, year: bool = False) -> str:
    """Return the date of an aware instant in short: `20 nov.`, `1er déc. 2026`, `20 Nov`."""
    local = at.astimezone(zone)
    text = f"{_ordinal(local.day, language)}{FIXED}{_tongue(language).months[local.month - 1]}"
    return f"{text} {local.year}" if year else text


def long_day(at: datetime, zone: tzinfo, language: str) -> str:
    """Return the date in full: `vendredi 20 novembre 2026`, `Friday 20 November 2026`."""
    local = at.astimezone(zone)
    tongue = _tongue(language)
    month = tongue.long_months[local.month - 1]
    return f"{tongue.weekdays[local.weekday()]} {_ordinal(local.day, language)}{FIXED}{month} {local.year}"


def calendar_day(day_: date, language: str) -> str:
    """Return a date that has no time of day: `10 juin 2028`, `1er décembre 2026`, `10 June 2028`."""
    month = _tongue(language).long_months[day_.month - 1]
    return f"{_ordinal(day_.day, language)}{FIXED}{month} {day_.year}"


def day_of_year(month: int, day_: int, language: str) -> str:
    """Return a day that comes back every year: `1er novembre`, `1 November`. January is 1."""
    return f"{_ordinal(day_, language)}{FIXED}{_tongue(language).long_months[month - 1]}"


def month_name(month: int, language: str) -> str:
    """Return the name of a month; January is 1."""
    return _tongue(language).long_months[month - 1]


def weekday_name(weekday: int, language: str) -> str:
    """Return the name of a day of the week; Monday is 0."""
    return _tongue(language).weekdays[weekday]


def instant(at: datetime, zone: tzinfo, language: str) -> str:
    """Return date and wall time of an aware instant: `20 nov. 2026, 8 h 42`, `20 Nov 2026, 08:42`."""
    return f"{day(at, zone, language, year=True)}, {time_of_day(at, zone, language)}"


def stretch(start: datetime, end: datetime, zone: tzinfo, language: str) -> str:
    """Return from when until when, each day and each year named once:
    `20 nov. 2026, 18 h 00 – 22 h 30`, `20 nov., 18 h 00 – 21 nov. 2026, 8 h 00`.
    """
    first, last = start.astimezone(zone), end.astimezone(zone)
    until = time_of_day(end, zone, language)
    if first.date() == last.date():
        return f"{instant(start, zone, language)} – {until}"
    began = day(start, zone, language, year=first.year != last.year)
    ended = day(end, zone, language, year=True)
    return f"{began}, {time_of_day(start, zone, language)} – {ended}, {until}"


def _ordinal(day_of_month: int, language: str) -> str:
    return "1er" if day_of_month == 1 and language.startswith("fr") else str(day_of_month)
