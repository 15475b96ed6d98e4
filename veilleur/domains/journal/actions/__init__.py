"""Writes of the journal: recording facts, background jobs, readers' progress, kept answers, epochs and erasure."""

from veilleur.domains.journal.actions.jobs import require_lease, schedule_job
from veilleur.domains.journal.actions.recording import record, recorded

__all__ = ["record", "recorded", "require_lease", "schedule_job"]
