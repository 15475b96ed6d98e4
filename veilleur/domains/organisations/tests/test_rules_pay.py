"""Hours for pay: each of one kind, by the terms of its time; months add up to the year, in any clock."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.organisations.rules.duty import Terms, day_bounds
from veilleur.domains.organisations.rules.pay import paid_hours
from veilleur.domains.organisations.rules.rest import PayKind
from veilleur.domains.organisations.rules.rota_words import Cover
from veilleur.shared.intervals import IntervalSet

PARIS = "Europe/Paris"
HOUR = timedelta(hours=1)
START = datetime(2025, 12, 20, tzinfo=UTC)


def terms(since: datetime, holidays: str) -> Terms:
    return Terms(since, PARIS, Cover.ALWAYS, time(8), time(18), (0, 1, 2, 3, 4), holidays)


def month(number: int) -> tuple[datetime, datetime]:
    year, after = divmod(number, 12)
    return day_bounds(date(2026, number, 1), PARIS)[0], day_bounds(date(2026 + year, after + 1, 1), PARIS)[0]


YEAR = (month(1)[0], month(12)[1])
duties = st.lists(st.tuples(st.integers(0, 370 * 24), st.integers(1, 500)), max_size=12).map(
    lambda drawn: IntervalSet.of(
        [(START + start * HOUR, START + (start + length) * HOUR) for start, length in drawn]
    )
)


def test_a_holiday_is_one_by_the_terms_that_counted_then() -> None:
    # 26 December is a holiday in Alsace alone; the terms are changed at noon of it, on the wall.
    day = IntervalSet.of([day_bounds(date(2026, 12, 26), PARIS)])
    noon = datetime(2026, 12, 26, 11, tzinfo=UTC)
    alsace, france = terms(START, "FR-67"), terms(noon, "FR")

    assert paid_hours((alsace, france), day)[PayKind.HOLIDAY] == 12 * HOUR
    assert paid_hours((alsace,), day)[PayKind.HOLIDAY] == 24 * HOUR
    assert paid_hours((terms(START, "FR"), terms(noon, "FR-67")), day)[PayKind.SATURDAY] == 12 * HOUR


def test_a_night_over_midnight_into_a_holiday_is_told_apart_at_midnight() -> None:
    # Thursday 30 April 2026, 20 h, to Friday 1 May, 8 h.
    night = IntervalSet.of([(datetime(2026, 4, 30, 18, tzinfo=UTC), datetime(2026, 5, 1, 6, tzinfo=UTC))])

    figures = paid_hours((terms(START, "FR"),), night)

    expected = {PayKind.DAY: HOUR, PayKind.NIGHT: 3 * HOUR, PayKind.HOLIDAY: 8 * HOUR}
    assert {kind: hours for kind, hours in figures.items() if hours} == expected


@given(duties, st.integers(0, 370 * 24))
def test_months_add_up_to_the_year_kind_by_kind_whenever_the_terms_were_changed(
    duty: IntervalSet, change: int
) -> None:
    both = (terms(START, "FR-57"), terms(START + change * HOUR, "FR"))

    months = [paid_hours(both, duty.clip(*month(number))) for number in range(1, 13)]

    whole = paid_hours(both, duty.clip(*YEAR))
    assert {kind: sum((one[kind] for one in months), timedelta()) for kind in PayKind} == whole
    assert sum(whole.values(), timedelta()) == duty.clip(*YEAR).duration()
