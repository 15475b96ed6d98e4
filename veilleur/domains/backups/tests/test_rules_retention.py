"""What may go: the promised history stays, and never does the last good point go."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.backups.rules.retention import Retention, StoredPoint, points_to_remove

NOW = datetime(2026, 10, 15, 12, tzinfo=UTC)
POLICY = Retention()


def point(number: int, hours_ago: float, *, good: bool = True, proven: bool = False) -> StoredPoint:
    return StoredPoint(UUID(int=number), NOW - timedelta(hours=hours_ago), good, proven)


def removed(points: list[StoredPoint], policy: Retention = POLICY) -> list[int]:
    return [one.identity.int for one in points_to_remove(points, policy, NOW)]


def test_everything_of_the_last_hours_is_kept() -> None:
    assert removed([point(number, number) for number in range(1, 48)]) == []


def test_of_an_older_day_the_newest_point_is_kept() -> None:
    # 13 October, at 10:00, 9:00 and 8:00
    assert removed([point(1, 50), point(2, 51), point(3, 52)]) == [3, 2]


def test_days_weeks_and_months_reach_back_as_promised() -> None:
    daily = [point(day, day * 24) for day in range(1, 800)]
    kept = {one.identity.int for one in daily} - set(removed(daily))

    assert {day for day in kept if day <= 13} == set(range(1, 14))
    assert len(kept) < 14 + 8 + 12
    assert max(kept) == (NOW.date() - date(2025, 11, 30)).days  # the end of the twelfth month


def test_a_bad_point_never_stands_for_a_day() -> None:
    assert removed([point(1, 50, good=False), point(2, 51)]) == [1]


def test_the_newest_good_and_the_newest_proven_point_stay_whatever_their_age() -> None:
    nothing = Retention(timedelta(0), 0, 0, 0)
    points = [point(1, 1, good=False), point(2, 9000), point(3, 9001), point(4, 9999, proven=True)]

    assert removed(points, nothing) == [3, 1]


def test_a_point_from_the_future_is_neither_counted_nor_removed() -> None:
    nothing = Retention(timedelta(0), 1, 0, 0)

    assert removed([point(1, -100), point(2, 1), point(3, 30)], nothing) == [3]


@given(st.lists(st.tuples(st.floats(0, 20000), st.booleans(), st.booleans()), max_size=60))
def test_thinning_out_is_stable_and_never_takes_the_last_good_point(
    history: list[tuple[float, bool, bool]],
) -> None:
    points = [
        point(number, hours, good=good, proven=good and proven)
        for number, (hours, good, proven) in enumerate(history)
    ]

    going = set(points_to_remove(points, POLICY, NOW))
    left = [one for one in points if one not in going]

    assert points_to_remove(left, POLICY, NOW) == ()
    good = [one for one in points if one.is_good]
    if good:
        assert max(one.started_at for one in good) in {one.started_at for one in left}
