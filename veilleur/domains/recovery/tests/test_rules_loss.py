"""How much work is lost, counted on points that survive, are complete and that a restore test vouches for."""

from datetime import timedelta

import pytest

from veilleur.domains.recovery.rules.inputs import Copy, Point, TimedTest
from veilleur.domains.recovery.rules.loss import VOUCHES_FOR, last_point, newest_point, worst_gap
from veilleur.domains.recovery.tests.support import DAY, HOUR, MACHINE, NOW, make_copy, make_point, make_test


def copy_with(*points: Point) -> Copy:
    return make_copy(points=points)


def untried(age: timedelta) -> Point:
    return make_point(age, is_verified=False, proof_level=1)


def test_a_passed_test_vouches_for_the_points_made_after_it() -> None:
    copy = make_copy(points=(untried(HOUR), untried(DAY), make_point(7 * DAY)), tests=(make_test(6 * DAY),))

    assert last_point([copy]) == NOW - HOUR


@pytest.mark.parametrize(
    ("tests", "counted"),
    [
        # Never tested: only the point that was restored itself.
        ((), 2 * HOUR),
        # A test that could not run says nothing against the copy.
        ((make_test(HOUR, passed=False, has_run=False), make_test(2 * DAY)), HOUR),
        # A sample is no full restore.
        ((make_test(2 * DAY, level=4),), 2 * HOUR),
        # Thirty-five days after its end a test is too old for what is made then.
        ((make_test(VOUCHES_FOR + HOUR),), HOUR),
        ((make_test(VOUCHES_FOR + 2 * HOUR),), 2 * HOUR),
    ],
)
def test_without_a_test_that_vouches_only_points_restored_themselves_count(
    tests: tuple[TimedTest, ...], counted: timedelta
) -> None:
    copy = make_copy(points=(untried(HOUR), make_point(2 * HOUR), make_point(3 * HOUR)), tests=tests)

    assert last_point([copy]) == NOW - counted
    assert newest_point([copy]) == NOW - HOUR


def test_after_a_failed_test_nothing_of_that_copy_counts_until_one_passes_again() -> None:
    failed = make_test(HOUR, passed=False)
    points = (untried(HOUR), make_point(2 * HOUR))

    assert last_point([make_copy(points=points, tests=(failed, make_test(2 * DAY)))]) is None
    assert last_point([make_copy(points=points, tests=(make_test(HOUR / 2), failed))]) == NOW - HOUR


def test_one_copy_is_not_vouched_for_by_the_test_of_another() -> None:
    tested = make_copy(points=(make_point(9 * HOUR),), tests=(make_test(HOUR),))
    never = make_copy(MACHINE, points=(untried(HOUR),), tests=())

    assert last_point([tested, never]) == NOW - 9 * HOUR


@pytest.mark.parametrize("fields", [{"is_complete": False}, {"is_complete": False, "is_verified": True}])
def test_an_incomplete_point_brings_nothing_back(fields: dict[str, bool]) -> None:
    copy = copy_with(make_point(HOUR, **fields))

    assert last_point([copy]) is None
    assert newest_point([copy]) is None


def test_the_best_of_several_copies_counts() -> None:
    copies = [copy_with(make_point(5 * HOUR)), make_copy(MACHINE, points=(make_point(3 * HOUR),))]

    assert last_point(copies) == NOW - 3 * HOUR


def held(*points: tuple[timedelta, timedelta]) -> Copy:
    """A copy that once held complete points, each told by its age and by how long it took to be stored."""
    past = sorted((NOW - age, NOW - age + lasted) for age, lasted in points)
    return make_copy(past=tuple(past))


def test_the_worst_moment_is_just_before_the_next_point_has_ended() -> None:
    copy = held((DAY, HOUR), (3 * DAY, HOUR), (4 * DAY, HOUR))

    assert worst_gap([copy]) == 2 * DAY + HOUR


def test_what_happened_more_than_ninety_days_ago_is_forgiven() -> None:
    instant = timedelta()
    copy = held((DAY, instant), (2 * DAY, instant), (100 * DAY, instant), (150 * DAY, instant))

    # The gap that ended two days ago began a hundred days ago: it still counts.
    assert worst_gap([copy]) == 98 * DAY
    assert worst_gap([held((DAY, instant), (2 * DAY, instant), (92 * DAY, instant))]) == 90 * DAY


def test_a_point_that_ends_late_does_not_hide_a_newer_one_of_another_copy() -> None:
    slow = held((30 * HOUR, 29 * HOUR))
    quick = held((48 * HOUR, HOUR), (24 * HOUR, HOUR), (2 * HOUR, HOUR / 2))

    # When the slow one ends, an hour ago, the quick copy has long had newer states.
    assert worst_gap([slow, quick]) == timedelta(hours=25)


def test_retention_does_not_rewrite_the_past() -> None:
    nightly = make_copy(points=(make_point(HOUR),), past=held(*((n * DAY, HOUR) for n in range(90))).past)

    assert worst_gap([nightly]) == DAY + HOUR


def test_a_single_point_has_no_gap_and_no_point_has_none_either() -> None:
    assert worst_gap([held((HOUR, HOUR))]) is None
    assert worst_gap([held()]) is None
    assert last_point([]) is None
