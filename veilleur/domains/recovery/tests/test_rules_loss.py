"""How much work is lost, counted on points that survive, are complete and verified."""

from datetime import timedelta

import pytest

from veilleur.domains.recovery.rules.inputs import Copy, Point
from veilleur.domains.recovery.rules.loss import last_point, newest_point, worst_gap
from veilleur.domains.recovery.tests.support import DAY, HOUR, MACHINE, NOW, make_copy, make_point


def copy_with(*points: Point) -> Copy:
    return make_copy(points=points)


def test_loss_is_counted_from_the_start_of_the_newest_verified_point() -> None:
    copy = copy_with(make_point(HOUR, is_verified=False), make_point(2 * HOUR), make_point(3 * HOUR))

    assert last_point([copy]) == NOW - 2 * HOUR
    assert newest_point([copy]) == NOW - HOUR


@pytest.mark.parametrize("fields", [{"is_complete": False}, {"is_complete": False, "is_verified": True}])
def test_an_incomplete_point_brings_nothing_back(fields: dict[str, bool]) -> None:
    copy = copy_with(make_point(HOUR, **fields))

    assert last_point([copy]) is None
    assert newest_point([copy]) is None


def test_the_best_of_several_copies_counts() -> None:
    copies = [copy_with(make_point(5 * HOUR)), make_copy(MACHINE, points=(make_point(3 * HOUR),))]

    assert last_point(copies) == NOW - 3 * HOUR


def test_the_worst_moment_is_just_before_the_next_point_has_ended() -> None:
    def lasting(age: timedelta, lasted: timedelta) -> Point:
        return make_point(age, finished_at=NOW - age + lasted)

    copy = copy_with(lasting(DAY, HOUR), lasting(3 * DAY, HOUR), lasting(4 * DAY, HOUR))

    assert worst_gap([copy]) == 2 * DAY + HOUR


def test_what_happened_more_than_ninety_days_ago_is_forgiven() -> None:
    copy = copy_with(make_point(DAY), make_point(2 * DAY), make_point(100 * DAY), make_point(150 * DAY))

    # The gap that ended two days ago began a hundred days ago: it still counts.
    assert worst_gap([copy]) == 98 * DAY
    assert worst_gap([copy_with(*copy.points[:2], make_point(92 * DAY), make_point(150 * DAY))]) == 90 * DAY


def test_a_single_point_has_no_gap_and_no_point_has_none_either() -> None:
    assert worst_gap([copy_with(make_point())]) is None
    assert worst_gap([copy_with()]) is None
    assert last_point([]) is None
