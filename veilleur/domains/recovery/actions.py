"""Writes of recovery: the kept answer, and what people say of their steps and means."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from veilleur.domains.journal.actions import keep_answer, record, recorded, require_lease, schedule_job
from veilleur.domains.journal.rules.answers import NewAnswer
from veilleur.domains.journal.rules.canonical import JSON
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.recovery.facts import AnswerChanged, HumanStepEstimated, MeansStated
from veilleur.domains.recovery.models import HumanStep, RecoveryMeans
from veilleur.domains.recovery.queries import kept_findings, organisation_key
from veilleur.domains.recovery.rules.changes import changes_between
from veilleur.domains.recovery.rules.document import kept
from veilleur.domains.recovery.rules.findings import Findings
from veilleur.domains.recovery.rules.inputs import Estimate, Means
from veilleur.domains.recovery.rules.people import DEFAULT_ESTIMATES
from veilleur.domains.recovery.rules.simulation import FORMULA, FORMULA_VERSION
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

RECOMPUTE = "recovery.recompute"
# One backup run records several facts; they are answered together.
_GATHER = timedelta(seconds=2)


@recorded
def ask_recompute(*, now: datetime, actor: Actor, organisation_id: int) -> None:
    """Have the organisation's restart times computed anew shortly; asked again meanwhile, it is done once."""
    key = str(organisation_key(organisation_id))
    schedule_job(RECOMPUTE, key, now + _GATHER, {"organisation": key})


@recorded
def keep_restart_times(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    findings: Findings,
    up_to_sequence: int,
    ticket: JobTicket,
) -> None:
    """Keep computed findings, and record for each service what they change. Raise LeaseLost.

    `up_to_sequence` is the journal's sequence before the computation began.
    """
    require_lease(ticket)
    for service, change in changes_between(kept_findings(organisation_id), findings, now):
        fact = AnswerChanged(
            scenario=change.scenario,
            kind=change.after.kind,
            state=str(change.after.state),
            reason=change.after.reason or "",
            kind_before=change.before.kind if change.before else "",
            state_before=str(change.before.state) if change.before else "",
        )
        record(fact, subject=service, organisation_id=organisation_id, occurred_at=None)
    answer = NewAnswer(
        subject=organisation_key(organisation_id),
        formula=FORMULA,
        formula_version=FORMULA_VERSION,
        value=cast(JSON, kept(findings)),
        up_to_sequence=up_to_sequence,
    )
    keep_answer(now=now, actor=actor, organisation_id=organisation_id, answer=answer)


@recorded
def estimate_human_step(
    *, now: datetime, actor: Actor, organisation_id: int, scenario: str, step: str, estimate: Estimate
) -> HumanStep | Refused:
    """Record how long a step done by people takes, in place of the default or of an earlier estimate.

    Refused ("unknown_step") for a step that the scenario does not have.
    """
    if (scenario, step) not in DEFAULT_ESTIMATES:
        return Refused("unknown_step", f"{scenario} {step}")
    seconds = {
        "low_s": round(estimate.low_s),
        "likely_s": round(estimate.likely_s),
        "high_s": round(estimate.high_s),
    }
    rows = HumanStep.objects.of(organisation_id).select_for_update()
    row = rows.filter(scenario=scenario, step=step).first()
    if row is None:
        row = HumanStep(organisation_id=organisation_id, public_id=new_id(now), scenario=scenario, step=step)
    for name, value in seconds.items():
        setattr(row, name, value)
    row.stated_at = now
    row.save()
    fact = HumanStepEstimated(scenario=scenario, step=step, **seconds)
    record(fact, subject=row.public_id, organisation_id=organisation_id, occurred_at=None)
    return cast(HumanStep, row)


@recorded
def state_means(*, now: datetime, actor: Actor, organisation_id: int, means: Means) -> RecoveryMeans:
    """Record how many people restore at once and how many restores a repository feeds; estimates apart."""
    row = RecoveryMeans.objects.of(organisation_id).select_for_update().first()
    if row is None:
        row = RecoveryMeans(organisation_id=organisation_id, public_id=new_id(now))
    row.technicians, row.streams, row.stated_at = means.technicians, means.streams, now
    row.save()
    fact = MeansStated(technicians=means.technicians, streams=means.streams)
    record(fact, subject=row.public_id, organisation_id=organisation_id, occurred_at=None)
    return cast(RecoveryMeans, row)


@recorded
def state_opinions(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    scenario: str,
    estimates: Mapping[str, Estimate],
    means: Means | None = None,
) -> None:
    """Record several steps of a scenario, by step, and the means where given: all together or none.

    Raise KeyError for a step that the scenario does not have.
    """
    for step, estimate in estimates.items():
        kept = estimate_human_step(
            now=now,
            actor=actor,
            organisation_id=organisation_id,
            scenario=scenario,
            step=step,
            estimate=estimate,
        )
        if isinstance(kept, Refused):
            raise KeyError(kept.detail)
    if means is not None:
        state_means(now=now, actor=actor, organisation_id=organisation_id, means=means)


def organisation_of_ticket(ticket: JobTicket) -> UUID | None:
    """Return the organisation that a job is for; None for the periodic one, which is for all."""
    named = ticket.payload.get("organisation")
    return UUID(named) if isinstance(named, str) else None
