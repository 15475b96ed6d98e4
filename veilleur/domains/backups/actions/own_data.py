"""Asks for the protection of Veilleur's own data, which installing it consents to."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.backups.rules.kinds_of_work import PROTECT_OWN_DATA
from veilleur.domains.journal.actions import recorded, schedule_job
from veilleur.shared.viewer import Actor


@recorded
def ask_own_protection(*, now: datetime, actor: Actor, organisation: UUID) -> None:
    """Put the protection of Veilleur's own data into the job table; `organisation` is the public id.

    Harmless when it is protected already: the job then finds nothing to do.
    """
    schedule_job(PROTECT_OWN_DATA, str(organisation), now, {"organisation": str(organisation)})
