"""A page claims no more than the newest test that ran, and no level that nobody has tried."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import translation

from veilleur.desk.pages.proof import ladder, places
from veilleur.desk.pages.protection import headline
from veilleur.domains.backups.rules.protection import CopyView, PointView, Protection, TestView

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def restore_test(*, minutes_ago: int, passed: bool, has_run: bool = True) -> TestView:
    return TestView(
        finished_at=NOON - timedelta(minutes=minutes_ago),
        level=5 if passed else 0,
        passed=passed,
        phases={"fetch_s": 1.0, "restore_s": 0.0, "start_s": 0.0, "verify_s": 1.0},
        total_bytes=1000,
        with_recovery_key_alone=False,
        has_run=has_run,
    )


def accounts(*tests: TestView) -> Protection:
    points = tuple(
        PointView(NOON - timedelta(hours=hours), True, level == 5, level, 1000)
        for hours, level in ((1, 1), (13, 5))
    )
    copy = CopyView(UUID(int=2), "Vault", None, points, tests)
    return Protection(UUID(int=1), "Accounts", "files", (copy,), None)


def proven(protection: Protection) -> set[int]:
    return {rung.level for rung in ladder([protection]) if rung.proven_at is not None}


def test_a_full_restore_proves_all_below_it_but_never_every_byte_of_the_repository() -> None:
    assert proven(accounts(restore_test(minutes_ago=5, passed=True))) == {0, 1, 2, 4, 5}


def test_after_a_failed_test_a_copy_is_there_and_nothing_more_is_claimed() -> None:
    broken = accounts(restore_test(minutes_ago=5, passed=False), restore_test(minutes_ago=60, passed=True))

    assert proven(broken) == {0, 1}
    assert [(place.level, place.has_failed) for place in places([broken])] == [(1, True)]
    with translation.override("en"):
        assert headline([broken]) == "The last restore test of Accounts failed."


def test_a_test_that_could_not_run_takes_nothing_away() -> None:
    skipped = restore_test(minutes_ago=5, passed=False, has_run=False)
    held = accounts(skipped, restore_test(minutes_ago=60, passed=True))

    assert proven(held) == {0, 1, 2, 4, 5}
    assert [(place.level, place.has_failed) for place in places([held])] == [(5, False)]
