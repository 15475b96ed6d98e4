"""What pages show of the backups: each row as a value, for one viewer."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from veilleur.domains.backups.models import Copy, Plan, Repository, RestoreTest, Run
from veilleur.domains.backups.queries.instants import from_us
from veilleur.domains.backups.queries.protection import whole_protection
from veilleur.domains.backups.queries.work import PlaceRow, PlanRow, place_row, plan_row
from veilleur.domains.backups.rules.protection import Phases, Protection
from veilleur.shared.viewer import Viewer

_SHOWN = 50


@dataclass(frozen=True)
class RunRow:
    """A run as pages show it; `reason` is a code of labels.py."""

    id: UUID
    plan_name: str
    data_set: UUID
    data_set_name: str
    state: str
    reason: str
    detail: str
    started_at: datetime
    ended_at: datetime | None
    total_bytes: int
    file_count: int
    fact_count: int
    unstable_count: int
    manifest_digest: str


@dataclass(frozen=True)
class TestRow:
    """A restore test as pages show it; `differences` holds the first ones, `difference_count` all."""

    __test__ = False

    id: UUID
    data_set: UUID
    data_set_name: str
    repository_name: str
    state: str
    reason: str
    detail: str
    level: int
    started_at: datetime
    ended_at: datetime | None
    point_at: datetime
    phases: Phases
    total_bytes: int
    compared_count: int
    tolerated_count: int
    difference_count: int
    differences: tuple[dict[str, str], ...]
    remarks: tuple[str, ...]
    isolation: str
    with_recovery_key_alone: bool


def visible_plans(viewer: Viewer) -> tuple[PlanRow, ...]:
    """Return the plans the viewer may see and that have not ended, by name."""
    return tuple(plan_row(plan) for plan in _plans(viewer).filter(ended_at=None).order_by("name", "pk"))


def visible_ended_plans(viewer: Viewer) -> tuple[PlanRow, ...]:
    """Return the plans the viewer may see that have ended, the last one first. One query per plan."""
    ended = _plans(viewer).filter(ended_at__isnull=False)
    return tuple(plan_row(plan) for plan in ended.order_by("-ended_at", "-pk"))


def visible_plan(viewer: Viewer, plan: UUID) -> PlanRow | None:
    """Return one plan, also one that has ended; None when the viewer may see none of that identity."""
    found = _plans(viewer).filter(public_id=plan).first()
    return None if found is None else plan_row(found)


def _plans(viewer: Viewer) -> Any:
    return Plan.objects.visible_to(viewer).select_related("repository__asset", "organisation")


def visible_repositories(viewer: Viewer) -> tuple[PlaceRow, ...]:
    """Return the backup places in use that the viewer may see, by name."""
    return _places(viewer, is_retired=False)


def visible_retired(viewer: Viewer) -> tuple[PlaceRow, ...]:
    """Return the retired backup places that the viewer may see, by name."""
    return _places(viewer, is_retired=True)


def _places(viewer: Viewer, *, is_retired: bool) -> tuple[PlaceRow, ...]:
    rows = Repository.objects.visible_to(viewer).filter(retired_at__isnull=not is_retired)
    return tuple(place_row(row) for row in rows.select_related("asset").order_by("name", "pk"))


@dataclass(frozen=True)
class HeldRow:
    """What a repository holds of one data set: how many points, the newest of them, and its size."""

    data_set: UUID
    name: str
    points: int
    newest_at: datetime
    size_bytes: int


def visible_holdings(viewer: Viewer, repository: UUID) -> tuple[HeldRow, ...]:
    """Return what is still in a repository, by name; nothing where the viewer may not see it. One query."""
    rows = Copy.objects.visible_to(viewer).filter(repository__public_id=repository, removed_us=None)
    found: dict[UUID, HeldRow] = {}
    for copy in rows.select_related("data_set").order_by("data_set__name", "-started_us"):
        key = copy.data_set.public_id
        known = found.get(key)
        found[key] = (
            replace(known, points=known.points + 1)
            if known
            else HeldRow(key, copy.data_set.name, 1, from_us(copy.started_us), copy.total_bytes)
        )
    return tuple(found.values())


def visible_protection(viewer: Viewer, now: datetime) -> tuple[Protection, ...]:
    """Return how the data of the viewer's organisation is protected; nothing when it may not be seen."""
    if not viewer.may_see(viewer.organisation_id):
        return ()
    return whole_protection(viewer.organisation_id, now)


def whole_runs(organisation_id: int, ids: set[UUID]) -> tuple[RunRow, ...]:
    """Return these runs, oldest first: for commands, where the operator sees everything."""
    rows = Run.objects.of(organisation_id).filter(public_id__in=ids).select_related("plan", "data_set")
    return tuple(_run_row(run) for run in rows.order_by("pk"))


def whole_tests(organisation_id: int, ids: set[UUID]) -> tuple[TestRow, ...]:
    """Return these restore tests, oldest first: for commands, where the operator sees everything."""
    rows = RestoreTest.objects.of(organisation_id).filter(public_id__in=ids)
    return tuple(
        _test_row(test) for test in rows.select_related("copy", "data_set", "repository").order_by("pk")
    )


def visible_runs(viewer: Viewer, data_set: UUID | None = None) -> tuple[RunRow, ...]:
    """Return the last 50 runs the viewer may see, newest first; of one data set if one is named."""
    rows = Run.objects.visible_to(viewer).select_related("plan", "data_set").order_by("-started_us")
    if data_set is not None:
        rows = rows.filter(data_set__public_id=data_set)
    return tuple(_run_row(run) for run in rows[:_SHOWN])


def _run_row(run: Run) -> RunRow:
    return RunRow(
        id=run.public_id,
        plan_name=run.plan.name,
        data_set=run.data_set.public_id,
        data_set_name=run.data_set.name,
        state=run.state,
        reason=run.reason,
        detail=run.detail,
        started_at=from_us(run.started_us),
        ended_at=None if run.ended_us is None else from_us(run.ended_us),
        total_bytes=run.total_bytes,
        file_count=run.file_count,
        fact_count=run.fact_count,
        unstable_count=run.unstable_count,
        manifest_digest=run.manifest_digest,
    )


def visible_tests(viewer: Viewer, data_set: UUID | None = None) -> tuple[TestRow, ...]:
    """Return the last 50 restore tests the viewer may see, newest first; of one data set if one is named."""
    rows = RestoreTest.objects.visible_to(viewer).select_related("copy", "data_set", "repository")
    if data_set is not None:
        rows = rows.filter(data_set__public_id=data_set)
    return tuple(_test_row(test) for test in rows.order_by("-started_us")[:_SHOWN])


def _test_row(test: Any) -> TestRow:
    return TestRow(
        id=test.public_id,
        data_set=test.data_set.public_id,
        data_set_name=test.data_set.name,
        repository_name=test.repository.name,
        state=test.state,
        reason=test.reason,
        detail=test.detail,
        level=test.level,
        started_at=from_us(test.started_us),
        ended_at=None if test.ended_us is None else from_us(test.ended_us),
        point_at=from_us(test.copy.started_us),
        phases=Phases(
            fetch_s=test.fetch_s, restore_s=test.restore_s, start_s=test.start_s, verify_s=test.verify_s
        ),
        total_bytes=test.total_bytes,
        compared_count=test.compared_count,
        tolerated_count=test.tolerated_count,
        difference_count=test.difference_count,
        differences=tuple(test.differences),
        remarks=tuple(test.remarks),
        isolation=test.isolation,
        with_recovery_key_alone=test.with_recovery_key_alone,
    )
