"""Keeping answers: disposable rows, each as new as the facts it was computed from."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid5

from veilleur.domains.journal.actions.recording import recorded
from veilleur.domains.journal.models import Answer
from veilleur.domains.journal.queries.entries import sequence_of
from veilleur.domains.journal.rules.answers import NewAnswer
from veilleur.domains.journal.rules.chain import to_us
from veilleur.shared.viewer import Actor

_IDENTITY = ("organisation", "formula", "subject")
_CHANGING = ("formula_version", "up_to_sequence", "next_change_at_us", "value", "computed_at_us")


@recorded
def keep_answer(*, now: datetime, actor: Actor, organisation_id: int, answer: NewAnswer) -> None:
    """Keep an answer in place of the former one, unless that one saw more facts or a later instant."""
    seen = sequence_of(organisation_id) if answer.up_to_sequence is None else answer.up_to_sequence
    rows = Answer.objects.of(organisation_id).select_for_update()
    former = rows.filter(subject=answer.subject, formula=answer.formula).first()
    if former is not None and _age(former) > (answer.formula_version, seen, to_us(now)):
        return
    row = Answer(
        organisation_id=organisation_id,
        # The same after a rebuild: an answer's identity is what it answers.
        public_id=uuid5(answer.subject, answer.formula),
        subject=answer.subject,
        formula=answer.formula,
        formula_version=answer.formula_version,
        up_to_sequence=seen,
        next_change_at_us=None if answer.next_change_at is None else to_us(answer.next_change_at),
        value=answer.value,
        computed_at_us=to_us(now),
    )
    Answer.objects.of(organisation_id).bulk_create(
        [row], update_conflicts=True, unique_fields=_IDENTITY, update_fields=_CHANGING
    )


def _age(answer: Answer) -> tuple[int, int, int]:
    return answer.formula_version, answer.up_to_sequence, answer.computed_at_us


@recorded
def replace_answers(
    *, now: datetime, actor: Actor, organisation_id: int, answers: Collection[NewAnswer]
) -> None:
    """Put these answers in place of all that were kept for an organisation."""
    forget_answers(now=now, actor=actor, organisation_id=organisation_id)
    for answer in answers:
        keep_answer(now=now, actor=actor, organisation_id=organisation_id, answer=answer)


@recorded
def forget_answers(
    *, now: datetime, actor: Actor, organisation_id: int, formulas: Collection[str] | None = None
) -> int:
    """Delete the kept answers of an organisation, of these formulas or of all; return how many."""
    rows = Answer.objects.of(organisation_id)
    if formulas is not None:
        rows = rows.filter(formula__in=formulas)
    deleted, _ = rows.delete()
    return deleted
