"""Formulas: named, versioned ways to compute an answer from facts, registered in `config/wiring.py`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.rules.canonical import JSON


@dataclass(frozen=True)
class Computed:
    """What a formula found: a JSON value, and when it changes by itself without any fact (None: never)."""

    value: JSON
    next_change_at: datetime | None = None


@dataclass(frozen=True)
class NewAnswer:
    """An answer to be kept in place of the former one.

    `up_to_sequence` is what `sequence_of(organisation_id)` gave before the computation began; left out, the
    present one is taken, which is right only for a computation made inside the very same transaction.
    """

    subject: UUID
    formula: str
    formula_version: int
    value: JSON
    next_change_at: datetime | None = None
    up_to_sequence: int | None = None


@dataclass(frozen=True)
class Formula:
    """How one kind of answer is made from nothing but facts and the instant.

    `subjects(organisation_id)` gives the public ids that have this answer; `compute(organisation_id,
    subject, now)` gives the answer, the same each time it is asked for the same facts and instant.
    """

    name: str
    version: int
    subjects: Callable[[int], Iterable[UUID]]
    compute: Callable[[int, UUID, datetime], Computed]
