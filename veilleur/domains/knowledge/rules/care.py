"""How well a document is looked after: filled in, reviewed in time, known by two people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from veilleur.shared.verdict import Verdict


class Need(StrEnum):
    """What a document lacks, the most pressing first."""

    OWNER_LEFT = "owner_left"
    FILL_IN = "fill_in"
    REVIEW = "review"
    SECOND_PERSON = "second_person"


VERDICTS: dict[Need, Verdict] = {
    Need.OWNER_LEFT: Verdict.BAD,
    Need.FILL_IN: Verdict.BAD,
    Need.REVIEW: Verdict.WATCH,
    Need.SECOND_PERSON: Verdict.WATCH,
}


@dataclass(frozen=True)
class Cared:
    """What is known of the care for one document. `has_deputy`: one who still belongs to the organisation."""

    blanks: int
    owner_stays: bool
    has_deputy: bool
    review_due_at: datetime


def needs_of(document: Cared, now: datetime) -> tuple[Need, ...]:
    """Return everything a document lacks, the most pressing first; nothing for one that is well kept.

    A look is due from `review_due_at` on, that instant included.
    """
    found = {
        Need.OWNER_LEFT: not document.owner_stays,
        Need.FILL_IN: document.blanks > 0,
        Need.REVIEW: document.review_due_at <= now,
        Need.SECOND_PERSON: not document.has_deputy,
    }
    return tuple(need for need in Need if found[need])


def verdict_of(needs: tuple[Need, ...]) -> Verdict:
    """Return the state of a document with these needs."""
    return VERDICTS[needs[0]] if needs else Verdict.GOOD
