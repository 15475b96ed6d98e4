"""A page claims no more than the newest test that ran, and no level that nobody has tried."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.template.loader import render_to_string
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
    assert [(place.level, place.has_failed) for place in places([broken], NOON)] == [(1, True)]
    with translation.override("en"):
        assert headline([broken]) == "The last restore test of Accounts failed."


def test_a_test_that_could_not_run_takes_nothing_away() -> None:
    skipped = restore_test(minutes_ago=5, passed=False, has_run=False)
    held = accounts(skipped, restore_test(minutes_ago=60, passed=True))

    assert proven(held) == {0, 1, 2, 4, 5}
    assert [(place.level, place.has_failed) for place in places([held], NOON)] == [(5, False)]


@pytest.mark.parametrize(("days", "is_old"), [(34, False), (47, True)])
def test_a_level_is_shown_with_its_age_and_says_when_it_proves_nothing_any_more(
    days: int, is_old: bool
) -> None:
    point = PointView(NOON - timedelta(days=days), True, True, 5, 1000)
    passed = restore_test(minutes_ago=days * 24 * 60, passed=True)
    copy = CopyView(UUID(int=2), "Vault", None, (point,), (passed,))
    (place,) = places([Protection(UUID(int=1), "Accounts", "files", (copy,), None)], NOON)

    with translation.override("en"):
        shown = render_to_string("desk/parts/proof_mark.html", {"place": place, "now": NOON})

    assert "level 5" in shown
    assert f"{days}\N{NO-BREAK SPACE}days ago" in shown
    assert ("Too old to prove anything" in shown) == is_old
