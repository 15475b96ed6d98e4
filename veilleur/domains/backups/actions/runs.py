"""Writes of runs, their copies, and the removal of points."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.backups.actions.plans import ask_test
from veilleur.domains.backups.facts import (
    PointsRemoved,
    RestoreTestEnded,
    RetentionFailed,
    RetentionWorksAgain,
    RunEnded,
)
from veilleur.domains.backups.models import Copy, Plan, PlanItem, Repository, RestoreTest, Run
from veilleur.domains.backups.queries import from_us, to_us
from veilleur.domains.backups.rules.plans import RunOutcome
from veilleur.domains.backups.rules.states import RunState, TestState
from veilleur.domains.journal.actions import record, recorded, require_lease
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def begin_run(
    *, now: datetime, actor: Actor, organisation_id: int, item: UUID, ticket: JobTicket | None
) -> UUID | Refused:
    """Keep that a run of a plan's item begins; its start is what everything later is lost with.

    Callers hold the repository's claim. Refused with `no_such_plan`, also once the plan has ended.
    """
    if ticket is not None:
        require_lease(ticket)
    row = PlanItem.objects.of(organisation_id).filter(public_id=item, plan__ended_at=None).first()
    if row is None:
        return Refused("no_such_plan")
    run = Run(
        organisation_id=organisation_id,
        public_id=new_id(now),
        plan_id=row.plan_id,
        data_set_id=row.data_set_id,
        state=RunState.RUNNING,
        started_us=to_us(now),
    )
    run.save(force_insert=True)
    return run.public_id


@recorded
def end_run(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    run: UUID,
    outcome: RunOutcome,
    ticket: JobTicket | None,
) -> None:
    """Keep how a run ended and the copy it left; the very first copy of a data set is tested at once."""
    if ticket is not None:
        require_lease(ticket)
    rows = Run.objects.of(organisation_id).select_for_update(of=("self",))
    row = rows.select_related("plan__repository", "data_set").get(public_id=run)
    is_first = not Copy.objects.of(organisation_id).filter(data_set_id=row.data_set_id).exists()
    row.state, row.reason, row.detail = outcome.state, outcome.reason, outcome.detail
    row.ended_us = to_us(now)
    row.total_bytes, row.file_count = outcome.total_bytes, outcome.file_count
    row.fact_count, row.unstable_count = outcome.fact_count, outcome.unstable_count
    row.manifest_digest, row.engine_version = outcome.manifest_digest, outcome.engine_version
    row.save()
    if outcome.copy is not None:
        _keep_copy(now, row, outcome)
    record(_run_fact(row, outcome), subject=run, organisation_id=organisation_id)
    if outcome.copy is not None and is_first:
        ask_test(now=now, actor=actor, organisation_id=organisation_id, plan=row.plan.public_id)


def _keep_copy(now: datetime, run: Run, outcome: RunOutcome) -> None:
    assert outcome.copy is not None
    copy = Copy(
        organisation_id=run.organisation_id,
        public_id=new_id(now),
        run=run,
        data_set_id=run.data_set_id,
        repository_id=run.plan.repository_id,
        snapshot_id=outcome.copy.snapshot_id,
        companion_snapshot_id=outcome.copy.companion_snapshot_id,
        started_us=run.started_us,
        stored_us=to_us(now),
        total_bytes=outcome.total_bytes,
        is_complete=outcome.state == RunState.COMPLETE,
        level=outcome.copy.level,
    )
    copy.save(force_insert=True)


def _run_fact(run: Run, outcome: RunOutcome) -> RunEnded:
    assert run.ended_us is not None
    return RunEnded(
        plan=run.plan.public_id,
        data_set=run.data_set.public_id,
        repository=run.plan.repository.public_id,
        state=outcome.state.value,
        reason=outcome.reason,
        started_at=from_us(run.started_us),
        duration_ms=(run.ended_us - run.started_us) // 1000,
        total_bytes=outcome.total_bytes,
        file_count=outcome.file_count,
        fact_count=outcome.fact_count,
        unstable_count=outcome.unstable_count,
        manifest_digest=outcome.manifest_digest,
        snapshot_id=outcome.copy.snapshot_id if outcome.copy else "",
    )


@recorded
def interrupt_dead(
    *, now: datetime, actor: Actor, organisation_id: int, repository: UUID
) -> tuple[UUID, ...]:
    """Mark the runs and tests that never ended as interrupted, and return the runs.

    Only the holder of the repository's claim calls this: while it holds it nothing else can be running.
    """
    return _interrupt(now, organisation_id, repository)


@recorded
def interrupt_all(*, now: datetime, actor: Actor, organisation_id: int) -> None:
    """Mark whatever an organisation's restored database takes for running as interrupted: what ran when the
    copy was made runs no more.

    What it stored stays in the repository: the copy that was just restored is one of these runs.
    """
    for place in Repository.objects.of(organisation_id).order_by("pk"):
        _interrupt(now, organisation_id, place.public_id)


def _interrupt(now: datetime, organisation_id: int, repository: UUID) -> tuple[UUID, ...]:
    runs = list(
        Run.objects.of(organisation_id)
        .select_for_update(of=("self",))
        .select_related("plan__repository", "data_set")
        .filter(plan__repository__public_id=repository, state=RunState.RUNNING)
        .order_by("pk")
    )
    outcome = RunOutcome(RunState.INTERRUPTED, "interrupted")
    for run in runs:
        run.state, run.reason, run.ended_us = outcome.state, outcome.reason, to_us(now)
        run.save(update_fields=["state", "reason", "ended_us"])
        record(_run_fact(run, outcome), subject=run.public_id, organisation_id=organisation_id)
    _interrupt_tests(now, organisation_id, repository)
    return tuple(run.public_id for run in runs)


def _interrupt_tests(now: datetime, organisation_id: int, repository: UUID) -> None:
    tests = (
        RestoreTest.objects.of(organisation_id)
        .select_for_update(of=("self",))
        .select_related("copy__run", "data_set", "repository")
        .filter(repository__public_id=repository, state=TestState.RUNNING)
    )
    for test in tests.order_by("pk"):
        test.state, test.reason, test.ended_us = TestState.INTERRUPTED, "interrupted", to_us(now)
        test.save(update_fields=["state", "reason", "ended_us"])
        record(fact_of_test(test), subject=test.public_id, organisation_id=organisation_id)


def fact_of_test(test: RestoreTest) -> RestoreTestEnded:
    """Return the fact of an ended test, from its row with copy, run, data set and repository."""
    return RestoreTestEnded(
        run=test.copy.run.public_id,
        data_set=test.data_set.public_id,
        repository=test.repository.public_id,
        state=str(test.state),
        reason=test.reason,
        level=test.level,
        started_at=from_us(test.started_us),
        fetch_ms=round(test.fetch_s * 1000),
        restore_ms=round(test.restore_s * 1000),
        start_ms=round(test.start_s * 1000),
        verify_ms=round(test.verify_s * 1000),
        total_bytes=test.total_bytes,
        compared_count=test.compared_count,
        difference_count=test.difference_count,
        manifest_digest=test.copy.run.manifest_digest,
        snapshot_id=test.copy.snapshot_id,
        engine_version=test.engine_version,
        with_recovery_key_alone=test.with_recovery_key_alone,
    )


@recorded
def remove_points(
    *, now: datetime, actor: Actor, organisation_id: int, repository: UUID, runs: tuple[UUID, ...]
) -> None:
    """Keep that the copies of these runs are no longer in the repository."""
    place = Repository.objects.of(organisation_id).get(public_id=repository)
    copies = Copy.objects.of(organisation_id).filter(
        repository=place, run__public_id__in=runs, removed_us=None
    )
    if copies.update(removed_us=to_us(now)):
        fact = PointsRemoved(repository=repository, runs=tuple(sorted(runs)))
        record(fact, subject=repository, organisation_id=organisation_id)


@recorded
def note_retention(*, now: datetime, actor: Actor, organisation_id: int, plan: UUID, failure: str) -> None:
    """Keep whether removing old points works; a fact only when that changed. `failure`: empty or a code."""
    row = Plan.objects.of(organisation_id).select_for_update(of=("self",)).get(public_id=plan)
    before, row.retention_failure = row.retention_failure, failure
    if before == failure:
        return
    row.save(update_fields=["retention_failure"])
    fact = RetentionFailed(reason=failure) if failure else RetentionWorksAgain(reason_before=before)
    record(fact, subject=plan, organisation_id=organisation_id)
