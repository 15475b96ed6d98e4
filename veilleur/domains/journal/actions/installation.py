"""Writes about the installation itself: its processes, its journal. These facts go to its own chain."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions.recording import record, recorded
from veilleur.domains.journal.facts import JournalVerified, ProcessDied
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
    if Entry.objects.filter(
        organisation=INSTALLATION, subject=death, kind="installation.process_died"
    ).exists():
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
