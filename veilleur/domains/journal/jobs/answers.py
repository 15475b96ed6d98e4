"""Answers made anew: those that changed by themselves, or all of them from nothing."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions.answers import keep_answer, replace_answers
from veilleur.domains.journal.ports import FORMULAS
from veilleur.domains.journal.queries.answers import due_answers
from veilleur.domains.journal.queries.entries import sequence_of
from veilleur.domains.journal.rules.answers import Formula, NewAnswer
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.shared.viewer import SYSTEM


def refresh_answers(_ticket: JobTicket, clock: Clock) -> None:
    """Job: compute anew the answers whose instant of change has come, longest ago first, 1,000 a time."""
    formulas = {formula.name: formula for formula in FORMULAS.get()}
    now = clock()
    for answer in due_answers(formulas.keys(), now, limit=1000):
        organisation_id = answer.organisation_id
        fresh = _compute(formulas[answer.formula], organisation_id, answer.subject, now)
        keep_answer(now=now, actor=SYSTEM, organisation_id=organisation_id, answer=fresh)


def rebuild(*, now: datetime, organisation_ids: Collection[int]) -> int:
    """Compute all answers of these organisations from nothing; return how many there are then.

    Computing takes no transaction; the answers of one organisation change at once, so that no page sees a
    half. Facts that come meanwhile are seen by the next refresh: each answer says what it had seen.
    """
    return sum(_rebuild_one(now, organisation_id) for organisation_id in organisation_ids)


def _rebuild_one(now: datetime, organisation_id: int) -> int:
    fresh = [
        _compute(formula, organisation_id, subject, now)
        for formula in FORMULAS.get()
        for subject in formula.subjects(organisation_id)
    ]
    replace_answers(now=now, actor=SYSTEM, organisation_id=organisation_id, answers=fresh)
    return len(fresh)


def _compute(formula: Formula, organisation_id: int, subject: UUID, now: datetime) -> NewAnswer:
    # Before the computation: a fact that comes during it may or may not be seen.
    seen = sequence_of(organisation_id)
    computed = formula.compute(organisation_id, subject, now)
    return NewAnswer(subject, formula.name, formula.version, computed.value, computed.next_change_at, seen)
