"""The algebra against a naive model, a Python set of minutes, and against its own laws."""

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.shared.intervals import EARLIEST, LATEST, IntervalSet, to_instant, to_microseconds

MIDNIGHT = datetime(2026, 3, 29, tzinfo=UTC)
SPAN = 240  # minutes that the generated sets lie in

# No deadline: a slow machine is not a fault of the algebra.
brief = settings(max_examples=50)

pairs_of_minutes = st.lists(
    st.tuples(st.integers(0, SPAN), st.integers(0, 40)).map(lambda p: (p[0], min(SPAN, p[0] + p[1]))),
    max_size=12,
)
minutes = st.integers(0, SPAN)


def at(minute: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=minute)


def make_set(*pairs: tuple[int, int]) -> IntervalSet:
    return IntervalSet.of((at(start), at(end)) for start, end in pairs)


def minute_set(pairs: list[tuple[int, int]]) -> set[int]:
    """The naive model: every minute is its own element."""
    return {minute for start, end in pairs for minute in range(start, end)}


def minutes_of(intervals: IntervalSet) -> set[int]:
    minute = timedelta(minutes=1)
    return {
        m for start, end in intervals for m in range((start - MIDNIGHT) // minute, (end - MIDNIGHT) // minute)
    }


sets = pairs_of_minutes.map(lambda pairs: make_set(*pairs))


@brief
@given(pairs_of_minutes, pairs_of_minutes)
def test_union_intersection_and_subtraction_agree_with_sets_of_minutes(left, right):
    a, b = make_set(*left), make_set(*right)
    model_a, model_b = minute_set(left), minute_set(right)

    assert minutes_of(a | b) == model_a | model_b
    assert minutes_of(a & b) == model_a & model_b
    assert minutes_of(a - b) == model_a - model_b


@brief
@given(pairs_of_minutes, pairs_of_minutes)
def test_every_result_is_sorted_and_its_intervals_neither_overlap_nor_touch(left, right):
    a, b = make_set(*left), make_set(*right)

    for result in (a, a | b, a & b, a - b, a.clip(at(30), at(90))):
        assert (result.starts < result.ends).all()
        assert (result.ends[:-1] < result.starts[1:]).all()


@brief
@given(pairs_of_minutes, minutes, minutes)
def test_clip_duration_and_elapsed_agree_with_sets_of_minutes(pairs, one, other):
    low, high = sorted((one, other))
    inside = {minute for minute in minute_set(pairs) if low <= minute < high}

    clipped = make_set(*pairs).clip(at(low), at(high))

    assert minutes_of(clipped) == inside
    assert clipped.duration() == timedelta(minutes=len(inside))
    assert make_set(*pairs).elapsed(at(low), at(high)) == clipped.duration()


@brief
@given(pairs_of_minutes)
def test_contains_agrees_with_the_set_of_minutes_at_every_minute(pairs):
    intervals, model = make_set(*pairs), minute_set(pairs)

    assert {minute for minute in range(-1, SPAN + 2) if intervals.contains(at(minute))} == model


@brief
@given(pairs_of_minutes, minutes, st.integers(1, 60))
def test_advance_is_the_first_minute_at_which_the_model_has_counted_enough(pairs, start, amount):
    left = sorted(minute for minute in minute_set(pairs) if minute >= start)
    expected = at(left[amount - 1] + 1) if len(left) >= amount else None

    assert make_set(*pairs).advance(at(start), timedelta(minutes=amount)) == expected


@brief
@given(sets, minutes, st.timedeltas(timedelta(0), timedelta(minutes=SPAN)))
def test_elapsed_undoes_advance_to_the_microsecond(intervals, start, amount):
    reached = intervals.advance(at(start), amount)

    if reached is None:
        assert intervals.elapsed(at(start), at(SPAN)) < amount
    else:
        assert intervals.elapsed(at(start), reached) == amount
        assert reached == at(start) or intervals.contains(reached - timedelta(microseconds=1))


@brief
@given(sets, sets, sets)
def test_union_and_intersection_are_associative_commutative_and_distributive(a, b, c):
    assert (a | b) | c == a | (b | c)
    assert (a & b) & c == a & (b & c)
    assert a | b == b | a
    assert a & b == b & a
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (b & c) == (a | b) & (a | c)


@brief
@given(sets, sets)
def test_de_morgan_holds_within_a_window(a, b):
    window = make_set((0, SPAN))

    assert window - (a | b) == (window - a) & (window - b)
    assert window - (a & b) == (window - a) | (window - b)


@brief
@given(sets, sets)
def test_subtraction_and_intersection_part_a_set_in_two(a, b):
    assert (a - b) | (a & b) == a
    assert not (a - b) & b
    assert (a - b).duration() + (a & b).duration() == a.duration()


@brief
@given(sets)
def test_empty_and_self_are_neutral(a):
    empty = IntervalSet.empty()

    assert a | empty == a | a == a & a == a - empty == a
    assert a & empty == a - a == empty - a == empty


@brief
@given(st.lists(st.tuples(*[st.integers(EARLIEST, LATEST)] * 2).map(sorted), max_size=8))
def test_any_microseconds_of_the_calendar_come_back_unchanged(pairs):
    built = IntervalSet.from_microseconds([p[0] for p in pairs], [p[1] for p in pairs])

    assert IntervalSet.of(built) == built
    assert IntervalSet.from_microseconds(built.starts, built.ends) == built
    assert built == IntervalSet.of((to_instant(start), to_instant(end)) for start, end in pairs)


@brief
@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_an_instant_becomes_microseconds_and_comes_back_exactly(instant):
    try:
        microseconds = to_microseconds(instant)
    except ValueError:
        assert instant.year in (1, 9999)
    else:
        # In UTC: Python holds that instants of an hour shown twice differ from the same in another zone.
        assert to_instant(microseconds) == instant.astimezone(UTC)


MERGED = [
    # nothing given
    ([], []),
    # an empty interval vanishes
    ([(5, 5)], []),
    # an empty interval between two others joins nothing
    ([(0, 5), (7, 7), (9, 10)], [(0, 5), (9, 10)]),
    # touching intervals are one
    ([(0, 5), (5, 8)], [(0, 8)]),
    # a microsecond-free gap of one minute stays
    ([(0, 5), (6, 8)], [(0, 5), (6, 8)]),
    # overlap, given in reverse order
    ([(4, 9), (0, 5)], [(0, 9)]),
    # a long one swallows short ones
    ([(0, 60), (5, 10), (20, 30)], [(0, 60)]),
    # the same one three times
    ([(3, 4), (3, 4), (3, 4)], [(3, 4)]),
]


@pytest.mark.parametrize(("given_pairs", "expected"), MERGED)
def test_building_sorts_and_merges(given_pairs, expected):
    assert list(make_set(*given_pairs)) == [(at(start), at(end)) for start, end in expected]


ADVANCED = [
    # zero gives the start back, outside the set
    (0, 0, 0),
    # zero gives the start back, in the middle of an interval
    (15, 0, 15),
    # from before the set, the wait until it opens is not counted
    (0, 5, 15),
    # spent exactly at an end: that end, not the next start
    (10, 10, 20),
    # a minute more goes on in the next interval
    (10, 11, 41),
    # from a hole
    (30, 3, 43),
    # to the very last minute
    (0, 30, 60),
    # one minute too many
    (0, 31, None),
    # from the end of the set nothing is left
    (60, 1, None),
]


@pytest.mark.parametrize(("start", "amount", "expected"), ADVANCED)
def test_advance_by_hand(start, amount, expected):
    reached = make_set((10, 20), (40, 60)).advance(at(start), timedelta(minutes=amount))

    assert reached == (None if expected is None else at(expected))


def test_clip_takes_nothing_from_the_intervals_that_the_window_only_touches():
    intervals = make_set((10, 20), (40, 60))

    assert intervals.clip(at(20), at(40)) == intervals.clip(at(15), at(15)) == IntervalSet.empty()
    assert intervals.clip(at(10), at(60)) == intervals


def test_advance_answers_none_on_the_empty_set_and_for_the_longest_timedelta():
    assert IntervalSet.empty().advance(MIDNIGHT, timedelta(microseconds=1)) is None
    assert IntervalSet.empty().advance(MIDNIGHT, timedelta(0)) == MIDNIGHT
    assert make_set((0, 5)).advance(MIDNIGHT, timedelta.max) is None


def test_instants_of_any_zone_come_back_in_utc():
    paris = ZoneInfo("Europe/Paris")

    (interval,) = IntervalSet.of(
        [(datetime(2026, 7, 1, 9, tzinfo=paris), datetime(2026, 7, 1, 12, tzinfo=paris))]
    )

    assert interval == (datetime(2026, 7, 1, 7, tzinfo=UTC), datetime(2026, 7, 1, 10, tzinfo=UTC))
    assert all(instant.tzinfo is UTC for instant in interval)


def test_fold_tells_the_two_showings_of_an_autumn_hour_apart():
    shown = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Paris"))

    intervals = IntervalSet.of([(shown, shown.replace(fold=1))])

    assert list(intervals) == [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    ]
    assert intervals.advance(shown, timedelta(minutes=45)) == datetime(2026, 10, 25, 1, 15, tzinfo=UTC)


def test_the_whole_calendar_is_counted_exactly():
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    everything = IntervalSet.of([(first, last)])
    hole = IntervalSet.of([(MIDNIGHT, at(1))])

    assert everything.duration() == everything.elapsed(first, last) == datetime.max - datetime.min
    assert everything.advance(first, last - first) == last
    assert (everything - hole).duration() == everything.duration() - timedelta(minutes=1)
    assert everything - hole | hole == everything
    assert not everything.contains(last)


def test_microseconds_are_not_lost_far_from_1970():
    late = datetime(9999, 12, 31, 23, 59, 59, 999_998, tzinfo=UTC)

    intervals = IntervalSet.of([(late, late + timedelta(microseconds=1))])

    assert intervals.duration() == timedelta(microseconds=1)
    assert intervals.contains(late)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: IntervalSet.of([(datetime(2026, 1, 1), at(0))]),
        lambda: IntervalSet.of([(at(0), datetime(2027, 1, 1))]),
        lambda: make_set().contains(datetime(2026, 1, 1)),
        lambda: make_set().clip(datetime(2026, 1, 1), at(0)),
        lambda: make_set().elapsed(at(0), datetime(2027, 1, 1)),
        lambda: make_set().advance(datetime(2026, 1, 1), timedelta(1)),
    ],
)
def test_a_naive_instant_is_refused_everywhere(refused):
    with pytest.raises(ValueError, match="no time zone"):
        refused()


@pytest.mark.parametrize(
    "refused",
    [
        lambda: make_set((0, 1), (5, 4)),
        lambda: make_set().clip(at(5), at(4)),
        lambda: make_set().elapsed(at(5), at(4)),
        lambda: IntervalSet.from_microseconds([0, 9], [1, 8]),
    ],
)
def test_an_end_before_its_start_is_refused_everywhere(refused):
    with pytest.raises(ValueError, match="ends before it starts"):
        refused()


def test_a_negative_amount_is_refused():
    with pytest.raises(ValueError, match="negative"):
        make_set((0, 5)).advance(at(0), timedelta(microseconds=-1))


def test_an_instant_that_utc_cannot_show_is_refused():
    before_year_one = datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))

    with pytest.raises(ValueError, match="years 1 to 9999"):
        to_microseconds(before_year_one)


BAD_ARRAYS = [
    # already rounded
    ([0.0], [1.0], "whole numbers"),
    # a table
    ([[0, 1]], [[1, 2]], "one row"),
    # one end is missing
    ([0, 5], [1], "2 starts do not match 1 ends"),
    # before year 1
    ([EARLIEST - 1], [0], "years 1 to 9999"),
    # after year 9999
    ([0], [LATEST + 1], "years 1 to 9999"),
    # does not fit in 64 bits at all
    ([0], [2**70], "whole numbers"),
]


@pytest.mark.parametrize(("starts", "ends", "sentence"), BAD_ARRAYS)
def test_bad_arrays_are_refused(starts, ends, sentence):
    with pytest.raises(ValueError, match=sentence):
        IntervalSet.from_microseconds(starts, ends)


def test_a_set_cannot_be_changed_from_outside():
    starts = np.array([0, 10])
    intervals = IntervalSet.from_microseconds(starts, np.array([5, 15]))

    starts[0] = 3

    assert intervals.starts.tolist() == [0, 10]
    with pytest.raises(ValueError, match="read-only"):
        intervals.ends[0] = 7
    with pytest.raises(AttributeError):
        intervals.starts = starts


def test_a_pickled_set_comes_back_equal_and_still_read_only():
    intervals = make_set((0, 5), (8, 9))

    for twin in (pickle.loads(pickle.dumps(intervals)), copy.deepcopy(intervals)):
        assert twin == intervals
        assert not twin.starts.flags.writeable


def test_equal_sets_hash_alike_and_nothing_else_is_equal():
    assert {make_set((0, 5), (5, 9)), make_set((0, 9))} == {make_set((0, 9))}
    assert make_set((0, 9)) != make_set((0, 8))
    assert make_set((0, 9)) != [(at(0), at(9))]


def test_length_truth_and_a_short_name():
    assert (len(make_set((0, 5), (8, 9))), bool(make_set((0, 5)))) == (2, True)
    assert (len(IntervalSet.empty()), bool(make_set((3, 3)))) == (0, False)
    assert repr(make_set()) == "<IntervalSet: empty>"
    assert repr(make_set((0, 5), (8, 9))) == (
        "<IntervalSet: 2 from 2026-03-29T00:00:00+00:00 to 2026-03-29T00:09:00+00:00>"
    )


@pytest.mark.parametrize("combine", [lambda a: a | 1, lambda a: a & [], lambda a: a - "x"])
def test_only_sets_combine(combine):
    with pytest.raises(TypeError):
        combine(make_set((0, 5)))
