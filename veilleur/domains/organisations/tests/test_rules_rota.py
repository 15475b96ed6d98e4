"""Who is on call: turns on the wall of a zone, overrides and swaps; never two people, and gaps are found."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.organisations.rules.rota import (
    Override,
    Rotation,
    gaps,
    on_call,
    person_at,
    turns,
)
from veilleur.shared.hours import ServiceHours
from veilleur.shared.intervals import IntervalSet

PARIS = "Europe/Paris"
WEEKLY = Rotation(PARIS, ("anna", "ben", "chloe"), date(2026, 1, 5), time(9), days=7)
JANUARY = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
HORIZON = timedelta(days=120)
NIGHTS = ServiceHours(PARIS, {day: [("18:00", "08:00")] for day in range(5)})

instants = st.integers(0, 120 * 24 * 60).map(lambda minutes: JANUARY + timedelta(minutes=minutes))
overrides = st.lists(
    st.tuples(st.sampled_from(["anna", "ben", "dora", None]), instants, instants, instants).map(
        lambda drawn: Override(drawn[0], min(drawn[1:3]), max(drawn[1:3]), drawn[3])
    ),
    max_size=6,
)
rotations = st.builds(
    Rotation,
    zone=st.sampled_from([PARIS, "America/Guadeloupe", "Indian/Reunion"]),
    people=st.lists(st.sampled_from(["anna", "ben", "chloe"]), min_size=1, max_size=4).map(tuple),
    first_day=st.dates(date(2025, 12, 1), date(2026, 4, 1)),
    handover=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    days=st.integers(1, 15),
    hours=st.sampled_from([None, NIGHTS]),
)


def at(month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_people_take_turns_from_handover_to_handover() -> None:
    duty = on_call([WEEKLY], [], JANUARY, JANUARY + HORIZON)

    assert person_at(duty, JANUARY) == "anna"
    assert person_at(duty, JANUARY + timedelta(days=7) - timedelta(microseconds=1)) == "anna"
    assert person_at(duty, JANUARY + timedelta(days=7)) == "ben"
    assert person_at(duty, JANUARY + timedelta(days=21)) == "anna"


def test_a_handover_stays_at_its_hour_on_the_wall_when_the_clocks_change() -> None:
    across = list(turns(WEEKLY, at(3, 24, 0), at(3, 31, 0)))

    # The clocks go forward on 29 March 2026: a week of 167 hours.
    assert (across[0].start, across[0].end) == (at(3, 23, 8), at(3, 30, 7))
    assert across[0].end - across[0].start == timedelta(hours=167)


def test_nobody_is_on_call_before_the_first_turn_nor_after_the_last() -> None:
    ending = Rotation(PARIS, ("anna", "ben"), date(2026, 1, 5), time(9), days=7, until=date(2026, 1, 15))
    duty = on_call([ending], [], JANUARY - timedelta(days=9), JANUARY + HORIZON)

    assert person_at(duty, JANUARY - timedelta(microseconds=1)) is None
    assert person_at(duty, at(1, 15, 7)) == "ben"
    assert person_at(duty, at(1, 15, 8)) is None


def test_a_swap_is_two_overrides() -> None:
    week = timedelta(days=7)
    swap = [
        Override("ben", JANUARY, JANUARY + week, JANUARY - week),
        Override("anna", JANUARY + week, JANUARY + 2 * week, JANUARY - week),
    ]
    duty = on_call([WEEKLY], swap, JANUARY, JANUARY + HORIZON)

    assert person_at(duty, JANUARY) == "ben"
    assert person_at(duty, JANUARY + week) == "anna"
    assert person_at(duty, JANUARY + 2 * week) == "chloe"


def test_of_two_overrides_the_one_decided_later_counts_in_whatever_order_they_come() -> None:
    first = Override("ben", JANUARY, JANUARY + timedelta(days=2), JANUARY - timedelta(days=3))
    second = Override("dora", JANUARY, JANUARY + timedelta(days=1), JANUARY - timedelta(days=2))

    for order in ([first, second], [second, first]):
        duty = on_call([WEEKLY], order, JANUARY, JANUARY + HORIZON)
        assert person_at(duty, JANUARY) == "dora"
        assert person_at(duty, JANUARY + timedelta(days=1)) == "ben"


def test_a_later_rotation_takes_over_from_an_earlier_one() -> None:
    new = Rotation(PARIS, ("dora",), date(2026, 2, 2), time(9), days=7)

    duty = on_call([WEEKLY, new], [], JANUARY, JANUARY + HORIZON)

    assert person_at(duty, at(2, 2, 7)) == "anna"
    assert person_at(duty, at(2, 2, 8)) == "dora"


def test_an_hour_that_nobody_takes_is_a_gap() -> None:
    left_open = [Override(None, JANUARY, JANUARY + timedelta(hours=5), JANUARY)]
    needed = IntervalSet.of([(JANUARY, JANUARY + timedelta(days=30))])

    found = gaps(on_call([WEEKLY], left_open, JANUARY, JANUARY + HORIZON), needed)

    assert list(found) == [(JANUARY, JANUARY + timedelta(hours=5))]


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": ()},
        {"days": 0},
        {"handover": time(9, tzinfo=UTC)},
    ],
)
def test_turns_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    whole = {
        "zone": PARIS,
        "people": ("anna",),
        "first_day": date(2026, 1, 5),
        "handover": time(9),
        "days": 7,
    }

    with pytest.raises(ValueError, match=r"nobody|a day at least|no zone"):
        Rotation(**(whole | wrong))  # type: ignore[arg-type]


@given(rotation=rotations, changed=overrides)
def test_never_are_two_people_on_call_at_once(rotation: Rotation, changed: list[Override]) -> None:
    duty = on_call([rotation], changed, JANUARY, JANUARY + HORIZON)

    assert not any(one & other for one, other in combinations(duty.values(), 2))


@given(rotation=rotations, changed=overrides, cut=instants)
def test_two_halves_of_a_time_say_what_the_whole_says(
    rotation: Rotation, changed: list[Override], cut: datetime
) -> None:
    end = JANUARY + HORIZON
    whole = on_call([rotation], changed, JANUARY, end)
    first, second = on_call([rotation], changed, JANUARY, cut), on_call([rotation], changed, cut, end)

    for person in whole.keys() | first.keys() | second.keys():
        halves = first.get(person, IntervalSet.empty()) | second.get(person, IntervalSet.empty())
        assert whole.get(person, IntervalSet.empty()) == halves


@given(rotation=rotations, changed=overrides)
def test_what_is_covered_and_what_is_open_make_up_the_whole(
    rotation: Rotation, changed: list[Override]
) -> None:
    needed = IntervalSet.of([(JANUARY, JANUARY + HORIZON)])
    duty = on_call([rotation], changed, JANUARY, JANUARY + HORIZON)

    covered = sum((times.duration() for times in duty.values()), timedelta())

    assert covered + gaps(duty, needed).duration() == HORIZON


@given(rotation=rotations, moment=instants)
def test_turns_follow_one_another_without_a_hole(rotation: Rotation, moment: datetime) -> None:
    in_order = list(turns(rotation, moment, moment + timedelta(days=40)))

    assert all(one.end == other.start for one, other in pairwise(in_order))
    assert all(turn.end > moment and turn.start < moment + timedelta(days=40) for turn in in_order)
