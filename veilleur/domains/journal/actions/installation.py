"""Writes about the installation itself: its processes, its journal. These facts go to its own chain."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions.recording import record, recorded
from veilleur.domains.journal.facts import (
    JournalVerified,
    KeyGenerationMade,
    KeyGenerationRetired,
    ProcessDied,
)
from veilleur.domains.journal.models import Entry
from veilleur.domains.journal.rules.chain import INSTALLATION
from veilleur.shared.viewer import Actor


@recorded
def note_process_death(
    *, now: datetime, actor: Actor, death: UUID, process: str, exit_code: int, died_at: datetime
) -> bool:
    """Record that a process ended unasked; return False, and record nothing, when that death is known.

    `exit_code` is negative for a signal. `death` is the identity that the supervisor gave to it.
    """
    if _is_known("installation.process_died", death):
        return False
    record(
        ProcessDied(process=process, exit_code=exit_code),
        subject=death,
        organisation_id=None,
        occurred_at=died_at,
    )
    return True


@recorded
def note_verification(*, now: datetime, actor: Actor, found: JournalVerified) -> None:
    """Record that all chains were verified from their first entry on, and what was found."""
    record(found, subject=INSTALLATION, organisation_id=None)


@recorded
def note_key_generation_made(
    *, now: datetime, actor: Actor, generation: UUID, number: int, made_at: datetime
) -> bool:
    """Record that a generation of the master key was made; return False, and record nothing, when known."""
    if _is_known("installation.key_generation_made", generation):
        return False
    record(KeyGenerationMade(number), subject=generation, organisation_id=None, occurred_at=made_at)
    return True


@recorded
def note_key_generation_retired(
    *, now: datetime, actor: Actor, generation: UUID, number: int, values: int
) -> bool:
    """Record that a generation of the master key was removed; return False, and record nothing, if known."""
    if _is_known("installation.key_generation_retired", generation):
        return False
    record(KeyGenerationRetired(number, values), subject=generation, organisation_id=None)
    return True


def _is_known(kind: str, subject: UUID) -> bool:
    return Entry.objects.filter(organisation=INSTALLATION, subject=subject, kind=kind).exists()
