"""How data is protected, as values for the rules of every domain above."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from veilleur.domains.backups.models import Copy, PlanItem, RecoveryKey, Repository, RestoreTest
from veilleur.domains.backups.queries.instants import from_us, to_us
from veilleur.domains.backups.queries.reach import Reach, reach_of
from veilleur.domains.backups.rules.protection import (
    PAST,
    CopyView,
    PastPoint,
    Phases,
    PointView,
    Protection,
    RecoveryKeyState,
    TestView,
)
from veilleur.domains.backups.rules.states import REASONS_OF_A_WHOLE_REPOSITORY, TestState
from veilleur.domains.estate.queries import DataSetRow, whole_data_sets
from veilleur.shared.models import TenantQuerySet

_RAN = (TestState.PASSED, TestState.FAILED)
_ENDED = (*_RAN, TestState.SKIPPED, TestState.INTERRUPTED)
# Older points and tests say nothing about today; pages that need them all have their own queries.
_POINTS_PER_COPY = 500
_TESTS_PER_COPY = 100
# What decides where several plans have the same data: one that runs, else the one nearest to running.
_PRECEDENCE = ("", "plan_off", "plan_ended", "no_plan")


def whole_protection(organisation_id: int, now: datetime) -> tuple[Protection, ...]:
    """Return how each present data set is protected, by name. A few queries, whatever the number of rows.

    Copies and tests dated later than now were made before the clock was set back: how old they really are
    nobody knows, so they count for nothing until then.
    """
    planned = _planned(organisation_id)
    copies = _copies(organisation_id, now, planned)
    return tuple(
        _protection(row, copies.get(row.id, ()), planned.get(row.id, {}))
        for row in whole_data_sets(organisation_id)
    )


def _planned(organisation_id: int) -> dict[UUID, dict[int, str]]:
    """Return, for each data set, the repositories that plans put it into: "" where one does so now, else why
    none does any more.
    """
    found: dict[UUID, dict[int, str]] = defaultdict(dict)
    items = PlanItem.objects.of(organisation_id).order_by("plan_id")
    for data_set, repository, is_on, ended_at in items.values_list(
        "data_set__public_id", "plan__repository_id", "plan__is_on", "plan__ended_at"
    ):
        why = "plan_ended" if ended_at else "" if is_on else "plan_off"
        found[data_set][repository] = min(why, found[data_set].get(repository, why), key=_PRECEDENCE.index)
    return found


def _protection(row: DataSetRow, copies: tuple[CopyView, ...], planned: dict[int, str]) -> Protection:
    reason: str | None = min(planned.values(), key=_PRECEDENCE.index, default="no_plan")
    if not reason:
        reason = None if any(copy.points for copy in copies) else "never_run"
    return Protection(row.id, row.name, row.kind, copies, reason)


def _copies(
    organisation_id: int, now: datetime, planned: dict[UUID, dict[int, str]]
) -> dict[UUID, tuple[CopyView, ...]]:
    used = Repository.objects.of(organisation_id).filter(retired_at=None)
    repositories = {row.pk: row for row in used.select_related("asset")}
    points = _grouped(
        Copy.objects.of(organisation_id)
        .filter(removed_us=None, started_us__lte=to_us(now))
        .order_by("-started_us"),
        _POINTS_PER_COPY,
    )
    tests = _grouped(
        RestoreTest.objects.of(organisation_id)
        .filter(state__in=_ENDED, ended_us__lte=to_us(now))
        .order_by("-ended_us"),
        _TESTS_PER_COPY,
    )
    past, reach = _past(organisation_id, now), reach_of(organisation_id, now)
    condemned = _condemned(tests.values())
    found: dict[UUID, list[CopyView]] = defaultdict(list)
    for key in sorted(points.keys() | tests.keys()):
        if key[1] not in repositories:
            continue
        data_set, repository = key[0], repositories[key[1]]
        copies, ended = points.get(key, []), tests.get(key, [])
        found[data_set].append(
            CopyView(
                repository.public_id,
                repository.name,
                repository.asset.public_id if repository.asset else None,
                points_of(copies, ended),
                tuple(_test_view(test) for test in _with_neighbour(ended, condemned.get(key[1]), data_set)),
                tuple(past[key]),
                reach.get(key[1], Reach()).is_reached,
                is_renewed=planned.get(data_set, {}).get(key[1]) == "",
            )
        )
    return {data_set: tuple(views) for data_set, views in found.items()}


def _condemned(groups: Iterable[list[Any]]) -> dict[int, Any]:
    """Return, for each repository, the newest test that failed because of the repository as a whole."""
    found = (
        test
        for group in groups
        for test in group
        if test.state == TestState.FAILED and test.reason in REASONS_OF_A_WHOLE_REPOSITORY
    )
    return {test.repository_id: test for test in sorted(found, key=lambda test: int(test.ended_us))}


def _with_neighbour(tests: list[Any], condemned: Any, data_set: UUID) -> list[Any]:
    """Return the tests of one copy, newest first, with the one of other data that failed because of the
    repository: it speaks for all that is in it (docs/decisions/0008).
    """
    if condemned is None or condemned.data_set.public_id == data_set:
        return tests
    return sorted([*tests, condemned], key=lambda test: int(test.ended_us), reverse=True)


def _past(organisation_id: int, now: datetime) -> dict[tuple[UUID, int], list[PastPoint]]:
    """Return what every copy held once, removed points included: retention must not rewrite history."""
    between = {"started_us__gte": to_us(now - PAST), "started_us__lte": to_us(now)}
    rows = Copy.objects.of(organisation_id).filter(is_complete=True, **between)
    found: dict[tuple[UUID, int], list[PastPoint]] = defaultdict(list)
    for data_set, repository, started_us, stored_us in rows.order_by("started_us").values_list(
        "data_set__public_id", "repository_id", "started_us", "stored_us"
    ):
        found[data_set, repository].append(PastPoint(from_us(started_us), from_us(stored_us)))
    return found


def _grouped(rows: TenantQuerySet, limit: int) -> dict[tuple[UUID, int], list[Any]]:
    groups: dict[tuple[UUID, int], list[Any]] = defaultdict(list)
    for row in rows.select_related("data_set"):
        group = groups[(row.data_set.public_id, row.repository_id)]
        if len(group) < limit:
            group.append(row)
    return groups


def points_of(copies: Iterable[Copy], tests: Iterable[RestoreTest]) -> tuple[PointView, ...]:
    """Return the points of copies (newest first) judged by their own tests (newest first).

    A copy whose last test that ran failed is not complete any more, whatever passed before.
    """
    last: dict[int, RestoreTest] = {}
    for test in tests:
        if test.state in _RAN:
            last.setdefault(test.copy_id, test)
    return tuple(_point_view(copy, last.get(copy.pk)) for copy in copies)


def _point_view(copy: Copy, test: RestoreTest | None) -> PointView:
    passed = test is not None and test.state == TestState.PASSED
    failed = test is not None and not passed
    level = 0 if failed else max(copy.level, test.level if test else 0)
    return PointView(
        started_at=from_us(copy.started_us),
        is_complete=copy.is_complete and not failed,
        is_verified=passed,
        proof_level=level,
        total_bytes=copy.total_bytes,
    )


def _test_view(test: RestoreTest) -> TestView:
    assert test.ended_us is not None
    return TestView(
        finished_at=from_us(test.ended_us),
        level=test.level,
        passed=test.state == TestState.PASSED,
        phases=Phases(
            fetch_s=test.fetch_s, restore_s=test.restore_s, start_s=test.start_s, verify_s=test.verify_s
        ),
        total_bytes=test.total_bytes,
        with_recovery_key_alone=test.with_recovery_key_alone,
        opinion=test.is_opinion,
        has_run=test.state in _RAN,
    )


def recovery_key_state(organisation_id: int) -> RecoveryKeyState:
    """Return what is known of the organisation's present recovery key; all None when none was issued."""
    key = RecoveryKey.objects.of(organisation_id).filter(replaced_at=None).first()
    if key is None:
        return RecoveryKeyState(None, None, None)
    return RecoveryKeyState(key.issued_at, key.typed_back_at, key.tested_alone_at)
