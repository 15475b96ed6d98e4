"""One turn of the job loop: feed the periodic work, take what is due, run it, record how it ended."""

import logging
import traceback
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from veilleur.domains.journal.actions.leases import (
    fail_job,
    feed_periodic,
    finish_job,
    forget_finished_jobs,
    take_job,
)
from veilleur.domains.journal.jobs.leasing import LeaseKeeper
from veilleur.domains.journal.queries.work import due_jobs, idle_periodics
from veilleur.domains.journal.rules.errors import LeaseLost, NotYet
from veilleur.domains.journal.rules.work import Clock, JobHandler, JobTicket, Periodic
from veilleur.shared.viewer import SYSTEM

_REMEMBERED = timedelta(days=30)
_log = logging.getLogger(__name__)


def feed_periodics(periodics: Collection[Periodic], now: datetime) -> int:
    """Make periodic work wait for its next time; return how many rows were fed. One read when none is."""
    idle = idle_periodics(periodics, now)
    if idle:
        feed_periodic(now=now, actor=SYSTEM, periodics=idle)
    return len(idle)


def take_due_job(now: datetime, kinds: Collection[str]) -> JobTicket | None:
    """Lease the job of these kinds that is due longest; None, after one read, when nothing is due."""
    candidates = due_jobs(kinds, now)
    return take_job(now=now, actor=SYSTEM, candidates=candidates) if candidates else None


def run_one_job(handlers: Mapping[str, JobHandler], clock: Clock) -> bool:
    """Take one due job, run it and record how it ended; return whether there was one.

    Never raises for what a handler does: a failure is logged, kept with the job and tried again later.
    """
    ticket = take_due_job(clock(), handlers.keys())
    if ticket is None:
        return False
    run_ticket(ticket, handlers[ticket.kind], clock)
    return True


def run_ticket(ticket: JobTicket, handler: JobHandler, clock: Clock) -> None:
    """Run a taken job under its lease and record how it ended; see run_one_job."""
    try:
        with LeaseKeeper(ticket, clock):
            handler(ticket, clock)
        finish_job(now=clock(), actor=SYSTEM, ticket=ticket)
    except LeaseLost:
        _log.warning("job %s %s went to another worker; its result is refused", ticket.kind, ticket.key)
    except NotYet as expected:
        _log.info("job %s %s waits: %s", ticket.kind, ticket.key, expected)
        _note_failure(ticket, expected, clock)
    except Exception as error:  # noqa: BLE001 - the job loop: whatever a handler raises is kept and retried
        _log.exception("job %s %s failed, attempt %d", ticket.kind, ticket.key, ticket.attempts)
        _note_failure(ticket, error, clock)


def _note_failure(ticket: JobTicket, error: Exception, clock: Clock) -> None:
    text = "".join(traceback.format_exception_only(error)).strip()
    try:
        fail_job(now=clock(), actor=SYSTEM, ticket=ticket, error=text)
    except LeaseLost:
        _log.warning("job %s %s went to another worker before it failed", ticket.kind, ticket.key)


def forget_jobs(_ticket: JobTicket, clock: Clock) -> None:
    """Job: delete the rows of jobs that ended well a month ago and were not asked for since."""
    forget_finished_jobs(now=clock(), actor=SYSTEM, older_than=_REMEMBERED)
