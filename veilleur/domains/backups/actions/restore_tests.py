"""Writes of restore tests."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from veilleur.domains.backups.actions.keys import note_tested_alone
from veilleur.domains.backups.actions.runs import fact_of_test
from veilleur.domains.backups.models import Copy, RestoreTest
from veilleur.domains.backups.queries import from_us, to_us
from veilleur.domains.backups.rules.plans import RestoreOutcome
from veilleur.domains.backups.rules.states import TestState
from veilleur.domains.journal.actions import record, recorded, require_lease
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import Actor


@recorded
def begin_test(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    copy: UUID,
    with_recovery_key_alone: bool,
    ticket: JobTicket | None,
) -> UUID:
    """Keep that a restore test of a copy begins. Callers hold the repository's claim."""
    if ticket is not None:
        require_lease(ticket)
    row = Copy.objects.of(organisation_id).get(public_id=copy)
    test = RestoreTest(
        organisation_id=organisation_id,
        public_id=new_id(now),
        copy=row,
        data_set_id=row.data_set_id,
        repository_id=row.repository_id,
        state=TestState.RUNNING,
        started_us=to_us(now),
        with_recovery_key_alone=with_recovery_key_alone,
    )
    test.save(force_insert=True)
    return test.public_id


@recorded
def end_test(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    test: UUID,
    outcome: RestoreOutcome,
    ticket: JobTicket | None,
) -> None:
    """Keep how a restore test ended; one that passed with the recovery key alone proves the key too."""
    if ticket is not None:
        require_lease(ticket)
    rows = RestoreTest.objects.of(organisation_id).select_for_update(of=("self",))
    row = rows.select_related("copy__run", "data_set", "repository").get(public_id=test)
    row.state, row.reason, row.detail = outcome.state, outcome.reason, outcome.detail
    row.ended_us, row.level, row.total_bytes = to_us(now), outcome.level, outcome.total_bytes
    for phase, seconds in outcome.phases.items():
        setattr(row, phase, seconds)
    row.compared_count = outcome.comparison.compared
    row.tolerated_count = outcome.comparison.tolerated
    row.difference_count = outcome.comparison.difference_count
    row.differences = [asdict(difference) for difference in outcome.comparison.differences]
    row.isolation, row.remarks = outcome.isolation, list(outcome.remarks)
    row.engine_version = outcome.engine_version
    row.save()
    record(fact_of_test(row), subject=test, organisation_id=organisation_id)
    if row.with_recovery_key_alone and outcome.state == TestState.PASSED:
        note_tested_alone(
            now=now,
            actor=actor,
            organisation_id=organisation_id,
            restore_test=test,
            began_at=from_us(row.started_us),
        )
