"""What a plan comes to: every instant is whose the plan says; gaps are what is needed and nobody has."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.domains.organisations.rules.duty import (
    CoveredHours,
    Plan,
    Run,
    Terms,
    day_bounds,
    pieces_of_day,
    runs,
)
from veilleur.domains.organisations.rules.rest import hours_by_kind
from veilleur.domains.organisations.rules.rota import Override, Rotation, person_at
from veilleur.domains.organisations.rules.rota_warnings import RotaWarning, warnings
from veilleur.domains.organisations.rules.rota_words import Cover
from veilleur.shared.intervals import IntervalSet

PARIS = "Europe/Paris"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
END = START + timedelta(days=60)
PEOPLE = ("anna", "ben", "chloe")
OFFICE = Terms(START, PARIS, Cover.OUTSIDE, time(8), time(18), (0, 1, 2, 3, 4), "FR")
ALWAYS = Terms(START, PARIS, Cover.ALWAYS, time(8), time(18), (0, 1, 2, 3, 4), "FR")
POOL = frozenset(PEOPLE)

instants = st.integers(0, 60 * 24 * 4).map(lambda quarter: START + timedelta(minutes=15 * quarter))
people = st.sampled_from(PEOPLE)
terms = st.lists(
    st.builds(
        Terms,
        since=instants,
        zone=st.just(PARIS),
        cover=st.sampled_from(Cover),
        opens=st.sampled_from([time(8), time(22)]),
        closes=st.sampled_from([time(6), time(18)]),
        weekdays=st.sampled_from([(0, 1, 2, 3, 4), (5, 6)]),
        holidays=st.sampled_from(["FR", "FR-57"]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one.since,
).map(lambda found: tuple(sorted(found, key=lambda one: one.since)))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Return a plan of up to two sets of turns, shifts of each kind, somebody who left, and its end."""
    hours = draw(terms)
    covered = CoveredHours(hours)
    rotations = draw(
        st.lists(
            st.builds(
                Rotation,
                zone=st.just(PARIS),
                people=st.lists(people, min_size=1, max_size=3).map(tuple),
                first_day=st.dates(date(2026, 2, 20), date(2026, 4, 10)),
                handover=st.sampled_from([time(2, 30), time(9)]),
                days=st.integers(1, 9),
                hours=st.just(covered),
                planned_at=instants,
                ended_at=st.none() | instants,
            ),
            max_size=2,
        )
    )
    shifts = draw(
        st.lists(
            st.tuples(
                st.none() | people, instants, instants, instants, st.none() | people, st.booleans()
            ).map(
                lambda drawn: Override(
                    person=drawn[0],
                    start=min(drawn[1:3]),
                    end=max(drawn[1:3]),
                    recorded_at=drawn[3],
                    of=drawn[4],
                    hours=covered if drawn[5] and drawn[4] is None else None,
                )
            ),
            max_size=4,
        )
    )
    left = draw(st.dictionaries(people, instants, max_size=1))
    return Plan(hours, tuple(rotations), tuple(shifts), left, draw(st.none() | instants))


def needed_at(plan: Plan, at: datetime) -> bool:
    """Return whether somebody must be on call, told step by step from the wall clock."""
    before = [one for one in plan.terms if one.since <= at]
    if not before or (plan.ended_at is not None and at >= plan.ended_at):
        return False
    return before[-1].covered(at, at + timedelta(minutes=1)).contains(at)


def whose(plan: Plan, at: datetime) -> str | None:
    """Return whose an instant is, told step by step: turns, then what was decided, in its order."""
    if plan.ended_at is not None and at >= plan.ended_at:
        return None
    is_covered = needed_at(Plan(plan.terms), at)
    person = None
    for rotation in plan.rotations:
        wall = at.astimezone(ZoneInfo(PARIS))
        day = wall.date()
        if at < datetime.combine(day, rotation.handover, ZoneInfo(PARIS)).astimezone(UTC):
            day -= timedelta(days=1)
        turn = (day - rotation.first_day).days // rotation.days
        assert rotation.planned_at is not None
        counts = rotation.planned_at <= at and (rotation.ended_at is None or at < rotation.ended_at)
        if counts and day >= rotation.first_day and is_covered:
            person = rotation.people[turn % len(rotation.people)]
    for one in sorted(plan.overrides, key=lambda one: one.recorded_at):
        if not one.start <= at < one.end:
            continue
        takes_this = one.of == person if one.of is not None else True
        if takes_this and (one.hours is None or is_covered or person is not None):
            person = one.person
    left = (plan.left or {}).get(person or "")
    return None if left is not None and at >= left else person


@settings(max_examples=40, deadline=None)
@given(plan=plans(), moments=st.lists(instants, min_size=4, max_size=8))
def test_every_instant_is_whose_the_plan_says(plan: Plan, moments: list[datetime]) -> None:
    duty = plan.duty(START, END)

    for at in moments:
        if at < END:
            assert person_at(duty, at) == whose(plan, at)


@settings(max_examples=25, deadline=None)
@given(plan=plans())
def test_what_is_needed_is_had_by_one_person_or_is_a_gap(plan: Plan) -> None:
    duty, missing = plan.duty(START, END), plan.gaps(START, END)
    had = IntervalSet.empty()
    for times in duty.values():
        assert not had & times
        had |= times

    needed = plan.intervals(START, END)
    assert not had & missing
    assert (needed & had) | missing == needed


@settings(max_examples=25, deadline=None)
@given(plan=plans(), middle=instants)
def test_two_windows_side_by_side_say_what_one_says(plan: Plan, middle: datetime) -> None:
    whole, first, then = plan.duty(START, END), plan.duty(START, middle), plan.duty(middle, END)

    for person in PEOPLE:
        none = IntervalSet.empty()
        assert first.get(person, none) | then.get(person, none) == whole.get(person, none)


@settings(max_examples=20, deadline=None)
@given(plan=plans())
def test_pieces_of_a_calendar_add_up_to_duty_and_gaps(plan: Plan) -> None:
    day, zone = date(2026, 3, 29), PARIS
    start, end = day_bounds(day, zone)
    duty, missing = plan.duty(start, end), plan.gaps(start, end)

    pieces = list(pieces_of_day(duty, missing, day, zone))

    total = sum((piece.end - piece.start for piece in pieces), timedelta())
    assert total == sum((times.duration() for times in duty.values()), missing.duration())
    assert all(before.end <= after.start for before, after in pairwise(pieces))


@pytest.mark.parametrize(("month", "hours"), [(3, 743), (10, 745)])
def test_a_month_with_a_change_of_the_clocks_has_an_hour_less_or_more(month: int, hours: int) -> None:
    alone = Rotation(
        PARIS, ("anna",), date(2026, 1, 5), time(9), 7, planned_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    first, _ = day_bounds(date(2026, month, 1), PARIS)
    _, last = day_bounds(date(2026, month, 31), PARIS)

    duty = Plan((ALWAYS,), (alone,)).duty(first, last)["anna"]

    assert duty.duration() == timedelta(hours=hours)
    assert sum(hours_by_kind(duty, PARIS, "FR").values(), timedelta()) == timedelta(hours=hours)


def test_outside_working_hours_is_nights_weekends_and_public_holidays() -> None:
    # Easter Monday is 6 April 2026; Good Friday, 3 April, is one in Alsace and Moselle only.
    moments = {
        (2, 12): (False, False),
        (2, 5): (True, True),
        (4, 12): (True, True),
        (6, 12): (True, True),
        (3, 12): (False, True),
    }
    alsace = Terms(**{**vars(OFFICE), "holidays": "FR-57"})

    for (day, hour), expected in moments.items():
        at = datetime(2026, 4, day, hour, tzinfo=ZoneInfo(PARIS))
        assert (needed_at(Plan((OFFICE,)), at), needed_at(Plan((alsace,)), at)) == expected


def test_other_hours_count_from_when_they_were_set_and_leave_the_past() -> None:
    later = Terms(**{**vars(ALWAYS), "since": START + timedelta(days=7)})
    before, after = Plan((OFFICE,)), Plan((OFFICE, later))

    week = timedelta(days=7)
    assert after.intervals(START, START + week) == before.intervals(START, START + week)
    assert after.intervals(START + week, START + 2 * week).duration() == week


def test_whoever_left_leaves_a_gap_from_that_instant_on() -> None:
    left_at = START + timedelta(days=3)
    turns = Rotation(PARIS, ("anna",), date(2026, 3, 2), time(9), 7, planned_at=START)

    plan = Plan((ALWAYS,), (turns,), left={"anna": left_at})

    assert list(plan.duty(START, END)["anna"]) == [(START, left_at)]
    assert list(plan.gaps(START, END)) == [(left_at, END)]


def test_what_was_planned_later_changes_nothing_before() -> None:
    planned = START + timedelta(days=10)
    turns = Rotation(PARIS, ("ben",), date(2026, 3, 2), time(9), 7, planned_at=planned)

    assert list(Plan((ALWAYS,), (turns,)).duty(START, END)["ben"]) == [(planned, END)]


def test_a_turn_of_nights_is_one_run() -> None:
    turns = Rotation(
        PARIS, ("anna", "ben"), date(2026, 3, 2), time(18), 7, hours=CoveredHours((OFFICE,)), planned_at=START
    )
    duty = Plan((OFFICE,), (turns,)).duty(START, START + timedelta(days=10))

    assert runs(duty)[:2] == [
        Run("anna", datetime(2026, 3, 2, 17, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        Run("ben", datetime(2026, 3, 9, 17, tzinfo=UTC), datetime(2026, 3, 12, 7, tzinfo=UTC)),
    ]


def _turns(*names: str, planned_at: datetime = START - timedelta(days=60)) -> Rotation:
    return Rotation(PARIS, names, date(2026, 3, 2), time(9), 7, planned_at=planned_at)


def _codes(plan: Plan, now: datetime = START, worked: IntervalSet | None = None) -> list[tuple[str, str]]:
    found = warnings(plan, POOL, {} if worked is None else {"anna": worked}, now)
    return [(one.code.value, one.person) for one in found if one.code != RotaWarning.HOLIDAY]


def test_nothing_is_said_of_turns_that_were_planned_in_time() -> None:
    assert _codes(Plan((ALWAYS,), (_turns("anna", "ben"),))) == []


def test_people_who_left_or_are_in_no_team_any_more_are_named() -> None:
    plan = Plan((ALWAYS,), (_turns("anna", "dora"),), left={"anna": START - timedelta(days=1)})

    assert _codes(plan) == [("left", "anna"), ("not_in_team", "dora")]


def test_notice_is_counted_from_when_somebody_was_told_and_not_where_they_agreed() -> None:
    day = timedelta(days=1)

    def shift(person: str, told: datetime, begins: datetime, *, is_agreed: bool = False) -> Override:
        return Override(person, begins, begins + day / 2, told, is_agreed=is_agreed)

    short = shift("ben", START - day, START + 9 * day)
    too_short = shift("chloe", START - day, START + day / 4)
    agreed = shift("anna", START - day, START + 5 * day, is_agreed=True)
    plan = Plan((ALWAYS,), overrides=(short, too_short, agreed))

    assert _codes(plan) == [("notice_too_short", "chloe"), ("notice_short", "ben")]


def test_an_intervention_at_night_before_work_leaves_too_little_rest() -> None:
    # Called from 1:00 to 3:00 on Tuesday; work begins at 8:00, after five hours, and ends at 18:00.
    night = datetime(2026, 3, 3, 0, tzinfo=UTC)
    early = IntervalSet.of([(night - timedelta(hours=4), night - timedelta(hours=2))])
    called = IntervalSet.of([(night, night + timedelta(hours=2))]) | early
    now = night + timedelta(hours=3)

    assert _codes(Plan((OFFICE,)), now, called) == [("rest", "anna")]
    assert _codes(Plan((OFFICE,)), now, IntervalSet.of([(START, START + timedelta(hours=1))])) == []


def test_duty_on_a_public_holiday_is_said_with_its_first_hour() -> None:
    plan = Plan((ALWAYS,), (_turns("anna", "ben"),))
    now = datetime(2026, 4, 1, 12, tzinfo=UTC)

    found = warnings(plan, POOL, {}, now)

    # Easter Monday, from midnight on the wall, and from its handover on.
    assert [(one.code, one.person, one.at) for one in found] == [
        (RotaWarning.HOLIDAY, "anna", datetime(2026, 4, 5, 22, tzinfo=UTC)),
        (RotaWarning.HOLIDAY, "ben", datetime(2026, 4, 6, 7, tzinfo=UTC)),
    ]
