"""Runs the jobs of recovery that are due, as the work process does."""

from datetime import datetime

from veilleur.domains.journal.jobs import run_one_job
from veilleur.domains.recovery.jobs import HANDLERS


def run_jobs(now: datetime) -> int:
    """Run what is due at `now` until nothing is; return how many jobs ran."""
    ran = 0
    while run_one_job(HANDLERS, lambda: now):
        ran += 1
    return ran
