"""Tables of the journal: entries and chain heads, readers, background jobs, kept answers, exported heads."""

from veilleur.domains.journal.models.chain import ChainHead, Entry, HeadExport
from veilleur.domains.journal.models.work import Answer, Cursor, Job, ReaderState, TroubledFact

__all__ = ["Answer", "ChainHead", "Cursor", "Entry", "HeadExport", "Job", "ReaderState", "TroubledFact"]
