"""Routes of the API about backup plans, what they did, and what proves it; and one that has a plan run."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema, Status

from veilleur.domains.backups.actions import ask_run
from veilleur.domains.backups.labels import reason_sentence
from veilleur.domains.backups.queries.pages import (
    RunRow,
    TestRow,
    visible_plan,
    visible_plans,
    visible_runs,
    visible_tests,
)
from veilleur.domains.backups.queries.work import PlanRow
from veilleur.shared.api import ApiRefusal, Instant, Page, Part, part_of
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in

router = Router(tags=["backups"])
# The plan cannot keep what its services promise, and runs as often as it can.
_RUNS_ALL_THE_SAME = "rpo_too_short"


class DataSetOut(Schema):
    """A data set of a plan and how it is read."""

    id: UUID
    name: str
    kind: str


class PlanOut(Schema):
    """A backup plan. `rpo_s`: the greatest loss that its services admit; `interval_s`: between two runs."""

    id: UUID
    name: str
    place: str
    is_on: bool
    is_own_data: bool
    rpo_s: float
    interval_s: float
    test_every_s: float
    data_sets: list[DataSetOut]
    ended_at: Instant | None


class RunOut(Schema):
    """A backup run of one data set. `reason` is a code, empty where all went well."""

    id: UUID
    plan_name: str
    data_set: UUID
    state: str
    reason: str
    started_at: Instant
    ended_at: Instant | None
    total_bytes: int
    file_count: int


class ProofOut(Schema):
    """A restore test, and how far it went: `level` 0 to 7 of docs/explanation/proof-levels.md.

    `point_at` is when the copy that came back was made.
    """

    id: UUID
    data_set: UUID
    data_set_name: str
    place: str
    state: str
    reason: str
    level: int
    point_at: Instant
    started_at: Instant
    ended_at: Instant | None
    with_recovery_key_alone: bool
    difference_count: int


class AskedOut(Schema):
    """What was asked is on its way. `remark`: a code where something is to be mended all the same."""

    plan: UUID
    asked_at: Instant
    remark: str | None


@router.get("/backup-plans", response=Page[PlanOut])
def list_backup_plans(request: HttpRequest, part: Query[Part]) -> Any:
    """Return the backup plans that have not ended."""
    return part_of(visible_plans(viewer_in(request)), part, _plan, lambda row: row.id)


@router.get("/backup-plans/{uuid:plan}", response=PlanOut)
def get_backup_plan(request: HttpRequest, plan: UUID) -> Any:
    """Return one backup plan, also one that has ended."""
    row = visible_plan(viewer_in(request), plan)
    if row is None:
        raise Http404
    return _plan(row)


@router.get("/backup-runs", response=Page[RunOut])
def list_backup_runs(request: HttpRequest, part: Query[Part]) -> Any:
    """Return the last fifty backup runs."""
    return part_of(visible_runs(viewer_in(request)), part, _run, lambda row: row.id)


@router.get("/restore-tests", response=Page[ProofOut])
def list_restore_tests(request: HttpRequest, part: Query[Part]) -> Any:
    """Return the last fifty restore tests: what proves that data comes back."""
    return part_of(visible_tests(viewer_in(request)), part, _proof, lambda row: row.id)


@router.post("/backup-plans/{uuid:plan}/run", response={202: AskedOut})
def run_backup_plan(request: HttpRequest, plan: UUID) -> Any:
    """Have a plan run now. Asking again while it is on its way does no more."""
    viewer, now = viewer_in(request), utc_now()
    if visible_plan(viewer, plan) is None:
        raise Http404
    refused = ask_run(now=now, actor=actor_in(request), organisation_id=viewer.organisation_id, plan=plan)
    if refused is not None and refused.reason != _RUNS_ALL_THE_SAME:
        raise ApiRefusal(refused.reason, str(reason_sentence(refused.reason)))
    return Status(202, {"plan": plan, "asked_at": now, "remark": refused.reason if refused else None})


def _plan(row: PlanRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "place": row.place.name,
        "is_on": row.is_on,
        "is_own_data": row.is_own_data,
        "rpo_s": row.rpo.total_seconds(),
        "interval_s": row.interval.total_seconds(),
        "test_every_s": row.test_every.total_seconds(),
        "data_sets": [{"id": item.data_set, "name": item.name, "kind": item.kind} for item in row.items],
        "ended_at": row.ended_at,
    }


def _run(row: RunRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in RunOut.model_fields}


def _proof(row: TestRow) -> dict[str, Any]:
    names = [name for name in ProofOut.model_fields if name != "place"]
    return {name: getattr(row, name) for name in names} | {"place": row.repository_name}
