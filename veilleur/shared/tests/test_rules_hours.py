"""Service hours against a naive walk of the wall clock, minute by minute, and against hand-worked days."""

import pickle
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, _zoneinfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.shared.holidays import HOLIDAY_CODES, public_holidays
from veilleur.shared.hours import ServiceHours
from veilleur.shared.intervals import IntervalSet

OFFICE = {weekday: [("08:00", "12:00"), ("14:00", "18:00")] for weekday in range(5)}
ALWAYS = {weekday: [("00:00", "24:00")] for weekday in range(7)}
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def make_hours(week=OFFICE, zone="Europe/Paris", **others) -> ServiceHours:
    return ServiceHours(zone=zone, week=week, **others)


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)


def local_days(hours: ServiceHours, first: date, days: int = 1) -> IntervalSet:
    """Return the hours from midnight of a local date to midnight some days later."""
    zone = ZoneInfo(hours.zone)
    start = datetime.combine(first, time(), zone)
    return hours.intervals(start, datetime.combine(first + days * DAY, time(), zone))


def clock_times(intervals: IntervalSet, zone: str = "Europe/Paris") -> list[tuple[str, str]]:
    return [
        tuple(instant.astimezone(ZoneInfo(zone)).strftime("%d %H:%M") for instant in pair)
        for pair in intervals
    ]


# --- The naive model ---


def is_open(wall: datetime, hours_of_day) -> bool:
    """Tell whether a wall time is inside, reading the day's own hours and the nights of the day before."""
    shown = wall.strftime("%H:%M")
    own, eve = hours_of_day(wall.date()), hours_of_day(wall.date() - DAY)
    return any(start <= shown and (shown < end or end <= start) for start, end in own) or any(
        end <= start and shown < end for start, end in eve
    )


def open_minutes(zone: str, start: datetime, end: datetime, hours_of_day) -> set[datetime]:
    walk = (start + n * MINUTE for n in range((end - start) // MINUTE))
    return {instant for instant in walk if is_open(instant.astimezone(ZoneInfo(zone)), hours_of_day)}


def whole_minutes(intervals: IntervalSet) -> set[datetime]:
    """Return the whole minutes inside; a zone of old may open between two of them."""
    epoch = utc(1970, 1, 1)
    return {
        epoch + minute * MINUTE
        for start, end in intervals
        for minute in range(-((epoch - start) // MINUTE), -((epoch - end) // MINUTE))
    }


WALKS = [
    # spring: 2:00 to 3:00 is never shown
    ("Europe/Paris", date(2026, 3, 28)),
    # autumn: 2:00 to 3:00 is shown twice
    ("Europe/Paris", date(2026, 10, 24)),
    # half an hour of summer time, its end and its beginning
    ("Australia/Lord_Howe", date(2026, 4, 4)),
    ("Australia/Lord_Howe", date(2026, 10, 3)),
    # 30 December does not exist
    ("Pacific/Apia", date(2011, 12, 29)),
    # the last day of the year does not exist
    ("Pacific/Kiritimati", date(1994, 12, 30)),
    # the offset changes as the year does, in UTC
    ("Europe/Lisbon", date(1911, 12, 31)),
    # the offset goes back for Ramadan, and forth again
    ("Africa/Casablanca", date(2026, 2, 14)),
    ("Africa/Casablanca", date(2026, 3, 21)),
    # the clock moves one minute after midnight: the date is shown twice
    ("America/St_Johns", date(2006, 10, 28)),
    # midnight itself is skipped
    ("Africa/Cairo", date(2026, 4, 23)),
    # 0:44:30 behind, to Greenwich time
    ("Africa/Monrovia", date(1972, 1, 6)),
    # Paris mean time, 9 min 21 s ahead
    ("Europe/Paris", date(1911, 3, 9)),
    # from local mean time, 4:56:02 behind, to a whole hour
    ("America/New_York", date(1883, 11, 17)),
    # never changes
    ("Asia/Kathmandu", date(2026, 1, 1)),
]

clock = st.one_of(
    st.sampled_from(["00:00", "00:01", "01:30", "02:00", "02:30", "02:45", "03:00", "23:59"]),
    st.times().map(lambda moment: moment.strftime("%H:%M")),
)
spans = st.tuples(clock, clock | st.just("24:00")).filter(lambda span: span[0] != span[1])
days_hours = st.lists(spans, max_size=3)


# One run per place, so that no change is left to luck; no deadline, a slow machine is not a fault.
@pytest.mark.parametrize(("zone", "first"), WALKS)
@settings(max_examples=4)
@given(
    st.dictionaries(st.integers(0, 6), days_hours),
    st.dictionaries(st.integers(-1, 3), days_hours, max_size=2),
    st.integers(0, 600),
)
def test_hours_agree_with_a_minute_by_minute_walk_of_the_wall_clock(zone, first, week, exceptions, late):
    replaced = {first + number * DAY: hours for number, hours in exceptions.items()}
    start = datetime.combine(first, time(), UTC) + late * MINUTE
    end = start + 2 * DAY

    intervals = ServiceHours(zone, week, exceptions=replaced).intervals(start, end)

    model = open_minutes(zone, start, end, lambda day: replaced.get(day, week.get(day.weekday(), [])))
    assert whole_minutes(intervals) == model


@settings(max_examples=10)
@given(st.dictionaries(st.integers(0, 6), days_hours), st.sampled_from(["FR", "FR-57", None]))
def test_holidays_agree_with_the_walk_over_an_easter_with_a_change_of_clock(week, code):
    closed = {"FR": [date(2027, 3, 29)], "FR-57": [date(2027, 3, 26), date(2027, 3, 29)], None: []}[code]
    start, end = utc(2027, 3, 25, 12), utc(2027, 3, 30, 12)

    intervals = ServiceHours("Europe/Paris", week, holidays=code).intervals(start, end)

    model = open_minutes(
        "Europe/Paris", start, end, lambda day: [] if day in closed else week.get(day.weekday(), [])
    )
    assert whole_minutes(intervals) == model


# --- Days worked by hand ---

SUNDAYS = [
    # autumn: a quarter shown twice is two intervals
    (date(2026, 10, 25), ("02:30", "02:45"), [((0, 30), (0, 45)), ((1, 30), (1, 45))]),
    # spring: a quarter never shown is none
    (date(2026, 3, 29), ("02:30", "02:45"), []),
    # spring: what is left on both sides of the hole is one stretch of time
    (date(2026, 3, 29), ("01:30", "03:30"), [((0, 30), (1, 30))]),
    # spring: an end inside the hole is the instant of the change
    (date(2026, 3, 29), ("01:30", "02:30"), [((0, 30), (1, 0))]),
    # autumn: across the change, an hour more than the wall says
    (date(2026, 10, 25), ("01:00", "04:00"), [((-1, 0), (3, 0))]),
    # autumn: an end inside the repeated hour closes, and the second showing opens again
    (date(2026, 10, 25), ("01:00", "02:30"), [((-1, 0), (0, 30)), ((1, 0), (1, 30))]),
    # autumn: the same from the other side
    (date(2026, 10, 25), ("02:30", "04:00"), [((0, 30), (1, 0)), ((1, 30), (3, 0))]),
    # an ordinary winter Sunday
    (date(2026, 1, 4), ("02:30", "02:45"), [((1, 30), (1, 45))]),
]


@pytest.mark.parametrize(("sunday", "span", "expected"), SUNDAYS)
def test_paris_sundays_by_hand(sunday, span, expected):
    midnight = datetime.combine(sunday, time(), UTC)

    intervals = local_days(make_hours({6: [span]}), sunday)

    assert list(intervals) == [
        tuple(midnight + timedelta(hours=hour, minutes=minute) for hour, minute in pair) for pair in expected
    ]


DAY_LENGTHS = [
    # spring
    ("Europe/Paris", date(2026, 3, 29), timedelta(hours=23)),
    # autumn
    ("Europe/Paris", date(2026, 10, 25), timedelta(hours=25)),
    # half an hour more
    ("Australia/Lord_Howe", date(2026, 4, 5), timedelta(hours=24, minutes=30)),
    # half an hour less
    ("Australia/Lord_Howe", date(2026, 10, 4), timedelta(hours=23, minutes=30)),
    # a day that never was
    ("Pacific/Apia", date(2011, 12, 30), timedelta(0)),
    # Paris gave up 9 min 21 s at this midnight
    ("Europe/Paris", date(1911, 3, 10), timedelta(hours=24, minutes=9, seconds=21)),
]


@pytest.mark.parametrize(("zone", "day", "length"), DAY_LENGTHS)
def test_a_day_around_the_clock_lasts_what_the_wall_shows(zone, day, length):
    only_that_day = make_hours({}, zone, exceptions={day: [("00:00", "24:00")]})
    noon = datetime.combine(day, time(12), UTC)

    assert only_that_day.intervals(noon - 3 * DAY, noon + 3 * DAY).duration() == length


def test_round_the_clock_is_one_interval_across_every_change():
    start, end = utc(2005, 6, 1), utc(2015, 6, 1)

    assert list(make_hours(ALWAYS, "Pacific/Apia").intervals(start, end)) == [(start, end)]


NIGHT = {weekday: [("22:00", "06:00")] for weekday in range(7)}
NIGHTS = [
    # the night of the eve runs into the closed day; the closed day starts none
    ({date(2026, 6, 10): []}, None, date(2026, 6, 10), [("10 00:00", "10 06:00")]),
    # the day after a closed day has no morning left of a night
    ({date(2026, 6, 10): []}, None, date(2026, 6, 11), [("11 22:00", "12 00:00")]),
    # an exception replaces what starts on the day, its own night included
    (
        {date(2026, 6, 10): [("20:00", "02:00")]},
        None,
        date(2026, 6, 10),
        [("10 00:00", "10 06:00"), ("10 20:00", "11 00:00")],
    ),
    # and that night ends by the exception's own time
    (
        {date(2026, 6, 10): [("20:00", "02:00")]},
        None,
        date(2026, 6, 11),
        [("11 00:00", "11 02:00"), ("11 22:00", "12 00:00")],
    ),
    # a holiday: as an exception without hours
    ({}, "FR", date(2026, 7, 14), [("14 00:00", "14 06:00")]),
    # an exception opens a holiday
    (
        {date(2026, 7, 14): [("09:00", "12:00")]},
        "FR",
        date(2026, 7, 14),
        [("14 00:00", "14 06:00"), ("14 09:00", "14 12:00")],
    ),
]


@pytest.mark.parametrize(("exceptions", "code", "day", "expected"), NIGHTS)
def test_a_night_belongs_to_the_day_on_which_it_starts(exceptions, code, day, expected):
    hours = make_hours(NIGHT, exceptions=exceptions, holidays=code)

    assert clock_times(local_days(hours, day)) == expected


def test_a_window_inside_a_night_sees_it_though_its_day_is_outside():
    intervals = make_hours(NIGHT).intervals(utc(2026, 1, 5, 1), utc(2026, 1, 5, 2))

    assert list(intervals) == [(utc(2026, 1, 5, 1), utc(2026, 1, 5, 2))]


SAME_DAYS = [
    # midnight as an end is the end of the day, under both names
    ([("22:00", "24:00")], [("22:00", "00:00")]),
    # hours that touch are one
    ([("08:00", "12:00"), ("12:00", "18:00")], [("08:00", "18:00")]),
    # hours that overlap, in any order
    ([("10:00", "18:00"), ("08:00", "12:00")], [("08:00", "18:00")]),
]


@pytest.mark.parametrize(("one", "other"), SAME_DAYS)
def test_two_ways_to_write_the_same_day(one, other):
    monday = date(2026, 6, 8)

    assert local_days(make_hours({0: one}), monday, 2) == local_days(make_hours({0: other}), monday, 2)


def test_an_office_week_with_a_holiday_and_an_exception():
    hours = make_hours(holidays="FR", exceptions={date(2026, 5, 16): [("09:00", "12:00")]})

    # Ascension Thursday closed, a Saturday opened.
    week = local_days(hours, date(2026, 5, 11), 7)

    assert week.duration() == timedelta(hours=4 * 8 + 3)
    assert clock_times(week)[-1] == ("16 09:00", "16 12:00")


def test_the_window_cuts_at_its_ends_and_may_be_empty():
    start, end = utc(2026, 1, 5, 8), utc(2026, 1, 5, 9)

    assert list(make_hours().intervals(start, end)) == [(start, end)]
    assert not make_hours().intervals(start, start)


def test_hours_reach_both_ends_of_the_calendar():
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        assert make_hours(ALWAYS, zone).intervals(first, first + DAY).duration() == DAY
        assert make_hours(ALWAYS, zone).intervals(last - DAY, last).duration() == DAY


def test_no_zone_changes_its_offset_and_back_within_a_day():
    """The search for changes looks once a day; this is what makes it complete."""
    for name in available_timezones():
        zone = _zoneinfo.ZoneInfo(name)
        offsets = [info.utcoff for info in zone._ttinfos]
        moves = [t for t, a, b in zip(zone._trans_utc[1:], offsets, offsets[1:], strict=False) if a != b]
        assert all(after - before > 86_400 for before, after in pairwise(moves)), name


# --- Holidays ---


def test_france_has_eleven_days_and_alsace_moselle_two_more():
    national = public_holidays("FR", 2026)

    assert len(national) == 11
    for code in ("FR-57", "FR-67", "FR-68"):
        assert public_holidays(code, 2026) - national == {date(2026, 4, 3), date(2026, 12, 26)}


def test_every_holiday_code_answers():
    for code in HOLIDAY_CODES:
        assert date(2026, 7, 14) in public_holidays(code, 2026)


def test_a_year_without_known_holidays_is_refused_and_not_taken_as_all_working_days():
    with pytest.raises(ValueError, match="not for 2101"):
        make_hours(holidays="FR").intervals(utc(2100, 12, 30), utc(2101, 1, 2))

    assert make_hours(holidays="FR").intervals(utc(2100, 12, 30), utc(2100, 12, 31, 23))


# --- What is refused ---

REFUSED = [
    # zones
    ({"zone": "Europe/Pari"}, "time zone"),
    ({"zone": "Europe"}, "time zone"),
    ({"zone": ""}, "time zone"),
    ({"zone": "../../etc/passwd"}, "time zone"),
    ({"zone": None}, "time zone"),
    # weekdays
    ({"week": {7: []}}, "7 is no weekday"),
    ({"week": {-1: []}}, "weekday"),
    ({"week": {"0": []}}, "weekday"),
    # times of day
    ({"week": {0: [("8:00", "12:00")]}}, "'8:00' is no time of day"),
    ({"week": {0: [("08:00", "12:60")]}}, "time of day"),
    ({"week": {0: [("08:00", "24:01")]}}, "time of day"),
    ({"week": {0: [("08:00", "12:00\n")]}}, "time of day"),
    ({"week": {0: [(8, 12)]}}, "time of day"),
    ({"week": {0: [("24:00", "06:00")]}}, "24:00 can end"),
    ({"week": {0: [("00:00", "00:00")]}}, "empty"),
    ({"week": {0: [("09:00", "09:00")]}}, "empty"),
    # holidays
    ({"holidays": "FR-99"}, "holidays code"),
    ({"holidays": "fr"}, "holidays code"),
    # exceptions
    ({"exceptions": {"2026-05-01": []}}, "date of exception"),
    ({"exceptions": {datetime(2026, 5, 1): []}}, "date of exception"),
    ({"exceptions": {date(2026, 5, 1): [("9h", "10h")]}}, "time of day"),
]


@pytest.mark.parametrize(("bad", "sentence"), REFUSED)
def test_what_cannot_be_meant_is_refused_by_a_sentence(bad, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_hours(**bad)


def test_a_naive_or_reversed_window_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        make_hours().intervals(datetime(2026, 1, 1), utc(2027, 1, 1))
    with pytest.raises(ValueError, match="ends before it starts"):
        make_hours().intervals(utc(2027, 1, 1), utc(2026, 1, 1))


def test_hours_are_values():
    week = {0: [("08:00", "12:00")]}
    hours = make_hours(week, exceptions={date(2026, 5, 1): []})
    two_ways = make_hours({0: [("01:00", "02:00"), ("03:00", "04:00")]})

    week[0].append(("13:00", "14:00"))

    assert hours == make_hours({0: [("08:00", "12:00")]}, exceptions={date(2026, 5, 1): []})
    assert two_ways == make_hours({0: [("03:00", "04:00"), ("01:00", "02:00")]})
    assert hash(hours) == hash(pickle.loads(pickle.dumps(hours)))
    assert hours != make_hours(week, exceptions={date(2026, 5, 1): []})
