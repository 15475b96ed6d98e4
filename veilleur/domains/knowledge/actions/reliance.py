"""Keeping what rests on one person: an answer, computed by a job."""

from datetime import datetime, timedelta

from veilleur.domains.journal.actions import keep_answer, recorded, require_lease, schedule_job
from veilleur.domains.journal.rules.answers import NewAnswer
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.knowledge.queries.reliance import FORMULA, FORMULA_VERSION, kept, organisation_key
from veilleur.domains.knowledge.rules.reliance import Reliance
from veilleur.shared.viewer import Actor

RECOMPUTE = "knowledge.reliance"
# A document with its owner and what it is about comes as several facts; they are answered together.
_GATHER = timedelta(seconds=2)


@recorded
def ask_reliance(*, now: datetime, actor: Actor, organisation_id: int) -> None:
    """Have the answer computed anew shortly; asked again meanwhile, it is done once."""
    key = str(organisation_key(organisation_id))
    schedule_job(RECOMPUTE, key, now + _GATHER, {"organisation": key})


@recorded
def keep_reliance(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    reliance: Reliance,
    up_to_sequence: int,
    ticket: JobTicket,
) -> None:
    """Keep a computed answer. Raise LeaseLost. `up_to_sequence`: the journal's before the computation."""
    require_lease(ticket)
    answer = NewAnswer(
        subject=organisation_key(organisation_id),
        formula=FORMULA,
        formula_version=FORMULA_VERSION,
        value=kept(reliance),
        next_change_at=reliance.next_change_at,
        up_to_sequence=up_to_sequence,
    )
    keep_answer(now=now, actor=actor, organisation_id=organisation_id, answer=answer)
