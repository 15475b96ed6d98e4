"""Background work: the pieces that the `work` process loops over, and the journal's own jobs.

A turn is `feed_periodics(PERIODICS, now)`, `read_news(READERS, clock)`, `run_one_job(JOB_HANDLERS, clock)`;
when the last two had nothing to do, sleep until `queries.next_due_at(now)`, a second at most: facts ring
no bell.
Any number of threads and processes may run it; each call takes its own lease and is safe against kill -9.
"""

from veilleur.domains.journal.jobs.answers import rebuild, refresh_answers
from veilleur.domains.journal.jobs.heads import export_heads, open_epochs
from veilleur.domains.journal.jobs.reading import read_news
from veilleur.domains.journal.jobs.running import (
    feed_periodics,
    forget_jobs,
    run_one_job,
    run_ticket,
    take_due_job,
)
from veilleur.domains.journal.jobs.table import HANDLERS, PERIODICS

__all__ = [
    "HANDLERS",
    "PERIODICS",
    "export_heads",
    "feed_periodics",
    "forget_jobs",
    "open_epochs",
    "read_news",
    "rebuild",
    "refresh_answers",
    "run_one_job",
    "run_ticket",
    "take_due_job",
]
