"""Writes of the journal: facts, background jobs, readers' progress, kept answers, epochs and erasure."""

from veilleur.domains.journal.actions.answers import forget_answers, keep_answer
from veilleur.domains.journal.actions.chain import erase_bodies, keep_export, open_epoch
from veilleur.domains.journal.actions.jobs import require_lease, schedule_job
from veilleur.domains.journal.actions.readers import drop_parked, retry_parked
from veilleur.domains.journal.actions.recording import record, recorded
from veilleur.domains.journal.actions.turns import take_turn

__all__ = [
    "drop_parked",
    "erase_bodies",
    "forget_answers",
    "keep_answer",
    "keep_export",
    "open_epoch",
    "record",
    "recorded",
    "require_lease",
    "retry_parked",
    "schedule_job",
    "take_turn",
]
