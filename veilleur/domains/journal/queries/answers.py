"""Kept answers, as pages and rules read them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.models import Answer
from veilleur.domains.journal.rules.chain import to_us
from veilleur.shared.viewer import Viewer


def answer_of(organisation_id: int, subject: UUID, formula: str) -> Answer | None:
    """Return the kept answer of a formula for a subject (a public id), None when none was computed yet."""
    answer: Answer | None = (
        Answer.objects.of(organisation_id).filter(subject=subject, formula=formula).first()
    )
    return answer


def whole_answers(organisation_id: int, formula: str) -> tuple[Answer, ...]:
    """Return all kept answers of one formula in one organisation, by subject."""
    return tuple(Answer.objects.of(organisation_id).filter(formula=formula).order_by("subject"))


def visible_answers(viewer: Viewer, formula: str, subjects: Collection[UUID]) -> dict[UUID, Answer]:
    """Return the kept answers of one formula for the subjects shown on a page, by subject. One query."""
    rows = Answer.objects.visible_to(viewer).filter(formula=formula, subject__in=subjects)
    return {answer.subject: answer for answer in rows}


def due_answers(formulas: Collection[str], now: datetime, limit: int = 200) -> tuple[Answer, ...]:
    """Return the answers that have changed by themselves by now, longest ago first."""
    rows = Answer.objects.across_organisations("answers fall due in all organisations").filter(
        formula__in=formulas, next_change_at_us__lte=to_us(now)
    )
    return tuple(rows.order_by("next_change_at_us", "pk")[:limit])
