"""Notice, daily rest, and hours by kind for pay, against the labour code and by property."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.organisations.rules.rest import (
    DAILY_REST,
    Notice,
    PayKind,
    hours_by_kind,
    notice_of,
    rest_breaches,
)
from veilleur.shared.intervals import IntervalSet

PARIS = "Europe/Paris"
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)  # 9 h in Paris
HOUR = timedelta(hours=1)


def hours(*spans: tuple[float, float]) -> IntervalSet:
    """Return work, in hours from Monday 9 h."""
    return IntervalSet.of([(MONDAY + start * HOUR, MONDAY + end * HOUR) for start, end in spans])


@pytest.mark.parametrize(
    ("told", "notice"),
    [
        (MONDAY - timedelta(days=15), Notice.IN_TIME),
        (MONDAY - timedelta(days=15) + HOUR, Notice.SHORT),
        # Told on Saturday for Monday: Sunday is a clear day.
        (MONDAY - timedelta(days=2), Notice.SHORT),
        # Told on Sunday at noon for Monday: no clear day is between.
        (MONDAY - timedelta(hours=21), Notice.TOO_SHORT),
        (MONDAY + HOUR, Notice.TOO_SHORT),
    ],
)
def test_notice_is_fifteen_days_or_at_least_one_clear_day(told: datetime, notice: Notice) -> None:
    assert notice_of(told, MONDAY, PARIS) is notice


@pytest.mark.parametrize(
    ("worked", "breaches"),
    [
        # Two ordinary days, 9 h to 17 h.
        (hours((0, 8), (24, 32)), 0),
        # Called at 23 h for an hour: back at 9 h after nine hours of rest.
        (hours((0, 8), (14, 15), (24, 32)), 1),
        # Called at 23 h for an hour, back at 11 h: eleven hours of rest.
        (hours((0, 8), (14, 15), (26, 32)), 0),
        # Called at 5 h: eleven hours and more were rested before.
        (hours((0, 8), (20, 21), (24, 32)), 0),
        # Work without an end.
        (hours((0, 60)), 1),
        (IntervalSet.empty(), 0),
    ],
)
def test_a_day_of_work_holds_eleven_hours_of_rest_in_a_row(worked: IntervalSet, breaches: int) -> None:
    assert len(list(rest_breaches(worked))) == breaches


def test_a_breach_tells_how_long_the_longest_rest_was() -> None:
    (breach,) = rest_breaches(hours((0, 8), (14, 15), (24, 32)))

    assert (breach.begins, breach.longest_rest) == (MONDAY, 9 * HOUR)


def test_a_week_on_call_is_told_apart_by_kind() -> None:
    # Monday 9 November 2026, 9 h, to Monday 16, 9 h; the 11th, a Wednesday, is a holiday.
    week = IntervalSet.of([(MONDAY - timedelta(days=7), MONDAY)])

    figures = hours_by_kind(week, PARIS, "FR")

    assert figures == {
        PayKind.HOLIDAY: 24 * HOUR,
        PayKind.SUNDAY: 24 * HOUR,
        PayKind.SATURDAY: 24 * HOUR,
        # Monday to Monday without the holiday: nights of Monday 3 h, Tuesday, Thursday, Friday 9 h, Monday 6
        # h.
        PayKind.NIGHT: 36 * HOUR,
        PayKind.DAY: 60 * HOUR,
    }


def test_the_night_when_the_clocks_go_back_is_an_hour_longer() -> None:
    sunday = IntervalSet.of(
        [(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))]
    )

    assert hours_by_kind(sunday, PARIS, "FR")[PayKind.SUNDAY] == 25 * HOUR


spans = st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 900)), max_size=12).map(
    lambda drawn: IntervalSet.of(
        [
            (MONDAY + timedelta(minutes=15 * start), MONDAY + timedelta(minutes=15 * start + length))
            for start, length in drawn
        ]
    )
)


@given(spans)
def test_the_kinds_add_up_to_the_whole(duty: IntervalSet) -> None:
    figures = hours_by_kind(duty, PARIS, "FR-67")

    assert sum(figures.values(), timedelta()) == duty.duration()
    assert all(figure >= timedelta() for figure in figures.values())


@given(spans)
def test_whoever_rests_whole_nights_breaks_no_rule(worked: IntervalSet) -> None:
    days = IntervalSet.of(
        [(MONDAY + timedelta(days=day), MONDAY + timedelta(days=day, hours=13)) for day in range(40)]
    )

    assert list(rest_breaches(worked & days)) == []


@given(spans)
def test_a_breach_is_told_only_where_rest_is_really_missing(worked: IntervalSet) -> None:
    for breach in rest_breaches(worked):
        free = IntervalSet.of([(breach.begins, breach.begins + timedelta(days=1))]) - worked

        assert worked.contains(breach.begins)
        assert all(end - start < DAILY_REST for start, end in free)
