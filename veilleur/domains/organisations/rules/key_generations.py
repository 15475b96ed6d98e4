"""Generations of the master key: when the next one is due, and when the one before may go. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

# A proposal: nothing is rotated without somebody asking for it.
ROTATE_EVERY = timedelta(days=365)
# Longer than any request or piece of work that may still hold what was sealed under the generation before.
RETIRE_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class KeyGeneration:
    """A generation of the master key, without the key. `superseded_at`: None for the present one."""

    id: UUID
    number: int
    made_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True)
class Renewal:
    """What became of one sealed value: its new text, empty where it needs none, or why it does not open.

    `fault`: "generation_gone" or "secret_damaged"; empty where it opened.
    """

    sealed: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Passage:
    """What one walk over all sealed values found. `faults`: (table, key of the row, reason)."""

    seen: int = 0
    renewed: int = 0
    faults: tuple[tuple[str, int, str], ...] = ()

    @property
    def is_proof(self) -> bool:
        """Return whether nothing refers to an older generation: all was opened under the present one."""
        return self.renewed == 0 and not any(reason == "secret_damaged" for *_row, reason in self.faults)


def is_due(present: KeyGeneration, now: datetime) -> bool:
    """Return whether the present generation is old enough for another to be proposed."""
    return now - present.made_at >= ROTATE_EVERY


def retire_at(generation: KeyGeneration) -> datetime | None:
    """Return when a generation may go at the earliest; None for the present one."""
    return None if generation.superseded_at is None else generation.superseded_at + RETIRE_AFTER
