"""The journal's own jobs and when they come back, for `config/wiring.py` to join to those of others."""

from datetime import timedelta

from veilleur.domains.journal.jobs.answers import refresh_answers
from veilleur.domains.journal.jobs.heads import export_heads
from veilleur.domains.journal.jobs.running import forget_jobs
from veilleur.domains.journal.jobs.verification import verify_whole
from veilleur.domains.journal.rules.work import JobHandler, Periodic

HANDLERS: dict[str, JobHandler] = {
    "journal.export_heads": export_heads,
    "journal.forget_jobs": forget_jobs,
    "journal.refresh_answers": refresh_answers,
    "journal.verify_whole": verify_whole,
}
PERIODICS: tuple[Periodic, ...] = (
    Periodic("journal.export_heads", every=timedelta(days=1)),
    Periodic("journal.forget_jobs", every=timedelta(days=1)),
    Periodic("journal.refresh_answers", every=timedelta(minutes=5)),
    Periodic("journal.verify_whole", every=timedelta(days=7)),
)
