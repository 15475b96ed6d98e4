"""Honest rows for tests, of this domain and of those above it; never used by the product itself."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from veilleur.domains.backups.models import Copy, Plan, PlanItem, RecoveryKey, Repository, RestoreTest, Run
from veilleur.domains.backups.queries.instants import to_us
from veilleur.domains.backups.rules.states import Medium, RunState, SourceKind, TestState
from veilleur.shared.ids import new_id

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def _made(model: type[Any], now: datetime, **fields: Any) -> Any:
    row = model(public_id=new_id(now), **fields)
    row.save(force_insert=True)
    return row


def make_repository(
    organisation_id: int,
    *,
    asset: Any = None,
    name: str = "Backup place",
    folder: str = "",
    now: datetime = NOON,
) -> Repository:
    """Make a backup place, held elsewhere unless an asset is named."""
    medium = Medium.NETWORK if asset is None else Medium.SAME_DISK
    folder = folder or f"/srv/{new_id(now)}"
    row: Repository = _made(
        Repository,
        now,
        organisation_id=organisation_id,
        name=name,
        folder=folder,
        asset=asset,
        medium=medium,
        made_at=now,
    )
    return row


def make_plan(
    organisation_id: int,
    *,
    repository: Repository,
    items: Mapping[Any, tuple[SourceKind, str]],
    now: datetime = NOON,
    **fields: Any,
) -> Plan:
    """Make a plan; `items` maps data sets to (how they are read, where they are)."""
    day = {
        "rpo_s": 86400,
        "interval_s": 43200,
        "test_every_s": 604800,
        "name": "Plan",
        "made_at": now,
    } | fields
    plan: Plan = _made(Plan, now, organisation_id=organisation_id, repository=repository, **day)
    for data_set, (kind, source) in items.items():
        _made(
            PlanItem,
            now,
            organisation_id=organisation_id,
            plan=plan,
            data_set=data_set,
            source_kind=kind,
            source=source,
        )
    return plan


def make_run(
    plan: Plan,
    data_set: Any,
    *,
    started_at: datetime = NOON,
    lasted: timedelta = timedelta(minutes=2),
    total_bytes: int = 1_000_000,
    state: RunState = RunState.COMPLETE,
    **fields: Any,
) -> Run:
    """Make an ended run and, when it stored something, its copy in its plan's place; `fields`: the run's own.

    Find the copy by `Copy.objects.of(organisation_id).get(run=run)`.
    """
    start, end = to_us(started_at), to_us(started_at + lasted)
    common = {"organisation_id": plan.organisation_id, "data_set": data_set, "total_bytes": total_bytes}
    run: Run = _made(
        Run,
        started_at,
        plan=plan,
        state=state,
        started_us=start,
        ended_us=end,
        manifest_digest="0" * 64,
        **common,
        **fields,
    )
    if state in (RunState.COMPLETE, RunState.PARTIAL):
        _made(
            Copy,
            started_at,
            run=run,
            repository=plan.repository,
            snapshot_id=run.public_id.hex,
            started_us=start,
            stored_us=end,
            is_complete=state == RunState.COMPLETE,
            level=1,
            **common,
        )
    return run


def make_restore_test(
    run: Run,
    *,
    finished_at: datetime = NOON + timedelta(hours=1),
    state: TestState = TestState.PASSED,
    level: int = 5,
    phases: tuple[float, float, float, float] = (60.0, 30.0, 10.0, 20.0),
    **fields: Any,
) -> RestoreTest:
    """Make an ended test of the run's copy; `phases` are the seconds of fetch, restore, start, verify."""
    copy = Copy.objects.of(run.organisation_id).get(run=run)
    fetch_s, restore_s, start_s, verify_s = phases
    test: RestoreTest = _made(
        RestoreTest,
        finished_at,
        organisation_id=run.organisation_id,
        copy=copy,
        data_set_id=copy.data_set_id,
        repository_id=copy.repository_id,
        state=state,
        level=level if state == TestState.PASSED else 0,
        started_us=to_us(finished_at - timedelta(seconds=sum(phases))),
        ended_us=to_us(finished_at),
        fetch_s=fetch_s,
        restore_s=restore_s,
        start_s=start_s,
        verify_s=verify_s,
        total_bytes=copy.total_bytes,
        **fields,
    )
    return test


def make_recovery_key(organisation_id: int, *, issued_at: datetime = NOON) -> RecoveryKey:
    """Make a key that was typed back the day after it was issued, and tried alone another day later."""
    key: RecoveryKey = _made(
        RecoveryKey,
        issued_at,
        organisation_id=organisation_id,
        issued_at=issued_at,
        typed_back_at=issued_at + timedelta(days=1),
        tested_alone_at=issued_at + timedelta(days=2),
    )
    return key


def copy_of(run: Run) -> Copy:
    """Return the copy a made run left."""
    copy: Copy = Copy.objects.of(run.organisation_id).get(run=run)
    return copy


def identity(now: datetime = NOON) -> UUID:
    """Return a fresh public identity."""
    return new_id(now)
