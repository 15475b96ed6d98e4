"""Reads of the journal: timelines, news for readers, jobs, kept answers, chains for verification."""

from veilleur.domains.journal.queries.answers import answer_of, due_answers, visible_answers, whole_answers
from veilleur.domains.journal.queries.entries import (
    chain_ends,
    sequence_of,
    visible_entry,
    visible_timeline,
    whole_entries,
)
from veilleur.domains.journal.queries.verification import (
    LastVerification,
    Report,
    is_signed_by,
    last_export,
    last_verification,
    verify,
)
from veilleur.domains.journal.queries.work import (
    ParkedFact,
    TroubledJob,
    last_run,
    next_due_at,
    parked_facts,
    troubled_jobs,
    visible_parked,
    waiting_since,
)
from veilleur.domains.journal.rules.verification import Outcome

__all__ = [
    "LastVerification",
    "Outcome",
    "ParkedFact",
    "Report",
    "TroubledJob",
    "answer_of",
    "chain_ends",
    "due_answers",
    "is_signed_by",
    "last_export",
    "last_run",
    "last_verification",
    "next_due_at",
    "parked_facts",
    "sequence_of",
    "troubled_jobs",
    "verify",
    "visible_answers",
    "visible_entry",
    "visible_parked",
    "visible_timeline",
    "waiting_since",
    "whole_answers",
    "whole_entries",
]
