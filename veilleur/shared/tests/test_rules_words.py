"""Durations, ages, instants, numbers and sizes as both languages say them."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.shared import words

F = "\u00a0"
N = "\u202f"
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 7, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "french", "english"),
    [
        (0, "0 s", "0 s"),
        (0.4, "moins d’une seconde", "under a second"),
        (3.24, "3,2 s", "3.2 s"),
        (40, "40 s", "40 s"),
        # rounding never says sixty of anything
        (59.6, "1 min", "1 min"),
        (3599, "1 h", "1 h"),
        (200, "3 min 20 s", "3 min 20 s"),
        (3000, "50 min", "50 min"),
        (33600, "9 h 20", "9 h 20"),
        # minutes have two digits after hours
        (25500, "7 h 05", "7 h 05"),
        (93600, "26 h", "26 h"),
        (360000, "4 j 4 h", "4 d 4 h"),
        (-300, "−5 min", "−5 min"),
    ],
)
def test_a_duration_is_said_in_the_units_people_use(seconds: float, french: str, english: str) -> None:
    assert words.duration(seconds, "fr") == french.replace(" ", F).replace(
        f"moins{F}d’une{F}", "moins d’une "
    )
    assert words.duration(seconds, "en") == english.replace(" ", F).replace(f"under{F}a{F}", "under a ")


@given(st.floats(min_value=0, max_value=10**8))
def test_a_duration_never_shows_sixty_minutes_or_seconds(seconds: float) -> None:
    assert not re.search(rf"(?<!\d)60{F}(s|min)|h{F}60", words.duration(seconds, "en"))


@pytest.mark.parametrize(
    ("ago", "french", "english"),
    [
        (timedelta(seconds=2), "à l’instant", "just now"),
        (timedelta(seconds=40), f"il y a 40{F}s", f"40{F}s ago"),
        (timedelta(minutes=59, seconds=59), f"il y a 59{F}min", f"59{F}min ago"),
        (timedelta(hours=26), f"il y a 26{F}h", f"26{F}h ago"),
        (timedelta(days=12), f"il y a 12{F}jours", f"12{F}days ago"),
        (timedelta(days=100), f"il y a 3{F}mois", f"3{F}months ago"),
        (timedelta(days=800), f"il y a 2{F}ans", f"2{F}years ago"),
        (-timedelta(minutes=12), f"dans 12{F}min", f"in 12{F}min"),
    ],
)
def test_an_age_is_rounded_down_in_its_largest_unit(ago: timedelta, french: str, english: str) -> None:
    assert words.age(NOW - ago, NOW, "fr") == french
    assert words.age(NOW - ago, NOW, "en") == english


def test_what_never_happened_has_no_age() -> None:
    assert words.age(None, NOW, "fr") == "jamais"
    assert words.age(None, NOW, "en") == "never"


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (2, f"20{F}nov. 2026, 8{F}h{F}42 – 10{F}h{F}42"),
        (24, f"20{F}nov., 8{F}h{F}42 – 21{F}nov. 2026, 8{F}h{F}42"),
        (24 * 60, f"20{F}nov. 2026, 8{F}h{F}42 – 19{F}janv. 2027, 8{F}h{F}42"),
    ],
)
def test_a_stretch_names_each_day_and_each_year_once(hours: int, said: str) -> None:
    assert words.stretch(NOW, NOW + timedelta(hours=hours), PARIS, "fr") == said


def test_an_instant_is_shown_in_its_zone() -> None:
    assert words.instant(NOW, PARIS, "fr") == f"20{F}nov. 2026, 8{F}h{F}42"
    assert words.instant(NOW, PARIS, "en") == f"20{F}Nov 2026, 08:42"


def test_the_first_of_a_month_is_an_ordinal_in_french_only() -> None:
    first = datetime(2026, 12, 1, 12, tzinfo=UTC)

    assert words.day(first, PARIS, "fr") == f"1er{F}déc."
    assert words.day(first, PARIS, "en") == f"1{F}Dec"
    assert words.long_day(first, PARIS, "fr") == f"mardi 1er{F}décembre 2026"


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, "0 o", "0 B"),
        (999, "999 o", "999 B"),
        (1000, "1 ko", "1 kB"),
        (999_960_000, "1 Go", "1 GB"),
        (84_000_000_000, "84 Go", "84 GB"),
        (1_234_000_000_000, "1,2 To", "1.2 TB"),
    ],
)
def test_a_size_is_in_decimal_units(size: int, french: str, english: str) -> None:
    assert words.byte_count(size, "fr") == french.replace(" ", F)
    assert words.byte_count(size, "en") == english.replace(" ", F)


def test_numbers_follow_the_language() -> None:
    assert words.number(1284310, "fr") == f"1{N}284{N}310"
    assert words.number(1284310, "en") == "1,284,310"
    assert words.number(-0.25, "fr", decimals=2) == "−0,25"
    assert words.percent(99.93, "fr", decimals=2) == f"99,93{N}%"
    assert words.percent(99.93, "en", decimals=2) == "99.93%"


@pytest.mark.parametrize(
    ("count", "french", "english"), [(1, "une", "one"), (7, "sept", "seven"), (12, "12", "12")]
)
def test_small_counts_are_spelled(count: int, french: str, english: str) -> None:
    assert words.spelled(count, "fr") == french
    assert words.spelled(count, "en") == english


def test_names_are_put_in_the_order_of_a_dictionary() -> None:
    names = ["Téléphonie", "étiquettes", "ERP", "Fichiers", "Zone", "Évreux"]

    assert sorted(names, key=words.sort_key) == [
        "ERP",
        "étiquettes",
        "Évreux",
        "Fichiers",
        "Téléphonie",
        "Zone",
    ]
