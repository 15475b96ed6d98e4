"""People who are away: gaps, stand-ins, and what was decided before it and since."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.organisations.rules.duty import Absence, Plan, Terms
from veilleur.domains.organisations.rules.rota import Override, Rotation
from veilleur.domains.organisations.rules.rota_warnings import RotaWarning, warnings
from veilleur.domains.organisations.rules.rota_words import Cover
from veilleur.shared.intervals import IntervalSet

PARIS = "Europe/Paris"
# Monday, 9 h in Paris.
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
BEFORE = MONDAY - timedelta(days=30)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
END = MONDAY + 14 * DAY
ALWAYS = Terms(BEFORE, PARIS, Cover.ALWAYS, time(8), time(18), (0, 1, 2, 3, 4), "FR")
# A week each: Anna's begins on Monday.
TURNS = Rotation(PARIS, ("anna", "ben"), date(2026, 11, 16), time(9), 7, planned_at=BEFORE)


def away(start: float, end: float, **fields: object) -> Absence:
    """Return an absence of Anna's, in days from Monday, entered before."""
    known = {"person": "anna", "entered_at": BEFORE + DAY}
    return Absence(start=MONDAY + start * DAY, end=MONDAY + end * DAY, **(known | fields))  # type: ignore[arg-type]


def plan(*absences: Absence, overrides: tuple[Override, ...] = ()) -> Plan:
    return Plan((ALWAYS,), (TURNS,), overrides, absences=absences)


def days(plan: Plan) -> dict[str, float]:
    duty = plan.duty(MONDAY, END)
    return {person: times.duration() / DAY for person, times in duty.items() if times}


def test_whoever_is_away_leaves_a_gap_in_their_own_hours_alone() -> None:
    # Two days of Anna's week, and two of Ben's, in which she has none.
    absence = away(5, 9)

    found = plan(absence)

    assert days(found) == {"anna": 5, "ben": 7}
    assert list(found.gaps_by(absence, MONDAY)) == [(MONDAY + 5 * DAY, MONDAY + 7 * DAY)]
    assert found.gaps(MONDAY, END) == found.gaps_by(absence, MONDAY)


def test_who_stands_in_has_just_those_hours_and_no_gap_is_left() -> None:
    absence = away(5, 9, stand_in="carla")

    found = plan(absence)

    assert days(found) == {"anna": 5, "carla": 2, "ben": 7}
    assert not found.gaps_by(absence, MONDAY)


def test_whoever_comes_back_has_their_hours_again_from_then_on() -> None:
    absence = away(1, 6, ended_at=MONDAY + 3 * DAY)

    assert days(plan(absence)) == {"anna": 5, "ben": 7}
    assert days(plan(away(1, 6, ended_at=MONDAY))) == {"anna": 7, "ben": 7}


def test_what_was_decided_before_an_absence_yields_to_it_and_what_is_decided_since_counts() -> None:
    def shift(recorded_at: datetime) -> Override:
        return Override("anna", MONDAY + 8 * DAY, MONDAY + 9 * DAY, recorded_at)

    assert days(plan(away(0, 14), overrides=(shift(BEFORE),))) == {"ben": 6}
    since = plan(away(0, 14), overrides=(shift(BEFORE + 2 * DAY),))
    assert days(since) == {"anna": 1, "ben": 6}
    # A planner is told so.
    told = warnings(since, {"anna", "ben"}, {}, MONDAY)
    assert [(one.code, one.person, one.at) for one in told if one.code is RotaWarning.AWAY] == [
        (RotaWarning.AWAY, "anna", MONDAY + 8 * DAY)
    ]


def test_a_gap_that_two_absences_make_is_told_of_both() -> None:
    illness, leave = away(2, 5), away(4, 7, entered_at=BEFORE + 2 * DAY)
    found = plan(illness, leave)

    assert list(found.gaps_by(illness, MONDAY)) == [(MONDAY + 2 * DAY, MONDAY + 5 * DAY)]
    assert list(found.gaps_by(leave, MONDAY + 5 * DAY)) == [(MONDAY + 5 * DAY, MONDAY + 7 * DAY)]


def test_turns_that_are_planned_later_do_not_end_an_absence() -> None:
    again = Rotation(PARIS, ("anna",), date(2026, 11, 23), time(9), 7, planned_at=MONDAY)

    found = Plan((ALWAYS,), (TURNS, again), absences=(away(0, 14),))

    assert days(found) == {}


def test_a_stand_in_who_is_away_as_well_leaves_a_gap() -> None:
    later = Absence("carla", MONDAY + 6 * DAY, END, BEFORE + 2 * DAY)

    assert days(plan(away(5, 7, stand_in="carla"), later)) == {"anna": 5, "carla": 1, "ben": 7}


absences = st.lists(
    st.tuples(
        st.sampled_from(["anna", "ben"]),
        st.integers(0, 14 * 24),
        st.integers(1, 200),
        st.sampled_from([None, "carla"]),
        st.one_of(st.none(), st.integers(0, 14 * 24)),
    ),
    max_size=5,
).map(
    lambda drawn: tuple(
        Absence(
            person,
            MONDAY + start * HOUR,
            MONDAY + (start + hours) * HOUR,
            BEFORE + number * HOUR,
            stand_in,
            None if back is None else MONDAY + back * HOUR,
        )
        for number, (person, start, hours, stand_in, back) in enumerate(drawn)
    )
)


@given(absences)
def test_nobody_is_on_call_while_away_and_duty_and_gaps_are_always_the_whole(
    entered: tuple[Absence, ...],
) -> None:
    found = plan(*entered)
    duty = found.duty(MONDAY, END)

    for absence in entered:
        if absence.counts_until > absence.start:
            assert not duty.get(absence.person, IntervalSet.empty()).clip(absence.start, absence.counts_until)
    total = sum((times.duration() for times in duty.values()), found.gaps(MONDAY, END).duration())
    assert total == END - MONDAY


@given(absences)
def test_the_gaps_of_an_absence_lie_within_it_and_are_gaps_of_the_rota(
    entered: tuple[Absence, ...],
) -> None:
    found = plan(*entered)

    for absence in entered:
        gaps = found.gaps_by(absence, MONDAY)
        assert gaps & IntervalSet.of([(absence.start, absence.end)]) == gaps
        assert gaps & found.gaps(MONDAY, max(END, absence.end)) == gaps
