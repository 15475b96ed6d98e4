"""A worker's hold on jobs: taking, renewing, ending. Whoever no longer holds the token is refused."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import F, QuerySet

from veilleur.domains.journal.actions.recording import recorded
from veilleur.domains.journal.models import Job
from veilleur.domains.journal.queries.work import is_free, is_idle
from veilleur.domains.journal.rules.chain import from_us, to_us
from veilleur.domains.journal.rules.errors import LeaseLost
from veilleur.domains.journal.rules.work import LEASE, JobTicket, Periodic, next_due, retry_delay
from veilleur.shared.viewer import Actor

_LONGEST_ERROR = 2000


@recorded
def take_job(*, now: datetime, actor: Actor, candidates: Collection[int]) -> JobTicket | None:
    """Lease the first of these rows that is still due and free; None when others were quicker."""
    for row in candidates:
        ticket = _lease(Job.objects.filter(is_free(now), pk=row, due_at_us__lte=to_us(now)), now)
        if ticket is not None:
            return ticket
    return None


@recorded
def hold(*, now: datetime, actor: Actor, kind: str, key: str) -> JobTicket | None:
    """Lease a row that is never due, for work that two must not do at once; None while it is held."""
    Job.objects.bulk_create([Job(kind=kind, key=key)], ignore_conflicts=True)
    return _lease(Job.objects.filter(is_free(now), kind=kind, key=key), now)


def _lease(row: QuerySet[Job], now: datetime) -> JobTicket | None:
    # One statement whose conditions stand on the row itself: a second worker waits for the first, then looks
    # at them again and finds the row leased. With a subquery PostgreSQL would not look again.
    token = uuid4()
    leased = row.update(lease_token=token, leased_until_us=to_us(now + LEASE), attempts=F("attempts") + 1)
    if not leased:
        return None
    # What was asked for before this run began is answered by it.
    Job.objects.filter(lease_token=token, again_at_us__lte=to_us(now)).update(again_at_us=None)
    job = Job.objects.get(lease_token=token)
    return JobTicket(job.kind, job.key, job.payload, job.attempts, token)


@recorded
def renew_lease(*, now: datetime, actor: Actor, ticket: JobTicket) -> bool:
    """Prolong a lease; False when another worker holds the job now."""
    return bool(Job.objects.filter(lease_token=ticket.token).update(leased_until_us=to_us(now + LEASE)))


@recorded
def finish_job(*, now: datetime, actor: Actor, ticket: JobTicket) -> None:
    """Record that a job ended well; it waits again if it was asked for while it ran. Raise LeaseLost."""
    _end(
        ticket,
        attempts=0,
        last_error="",
        finished_at_us=to_us(now),
        last_due_at_us=F("due_at_us"),
        due_at_us=F("again_at_us"),
        again_at_us=None,
    )


@recorded
def fail_job(*, now: datetime, actor: Actor, ticket: JobTicket, error: str) -> None:
    """Record that an attempt failed; the job is due again after its delay. Raise LeaseLost."""
    due_at_us = to_us(now + retry_delay(ticket.attempts))
    _end(ticket, last_error=error[:_LONGEST_ERROR] or "?", due_at_us=due_at_us, again_at_us=None)


def _end(ticket: JobTicket, **changes: object) -> None:
    row = Job.objects.filter(lease_token=ticket.token)
    if not row.update(lease_token=None, leased_until_us=None, **changes):
        raise LeaseLost(f"{ticket.kind} {ticket.key}: another worker holds it")


@recorded
def feed_periodic(*, now: datetime, actor: Actor, periodics: Collection[Periodic]) -> None:
    """Make each of this periodic work wait for its next time, where its row does not wait or run already."""
    for periodic in periodics:
        fresh = Job(kind=periodic.kind, key=periodic.key, due_at_us=to_us(now))
        Job.objects.bulk_create([fresh], ignore_conflicts=True)
        job = Job.objects.select_for_update().get(kind=periodic.kind, key=periodic.key)
        if is_idle(periodic, job, now):
            last_due_us = job.last_due_at_us or job.finished_at_us
            last_due = now - periodic.every if last_due_us is None else from_us(last_due_us)
            job.due_at_us = to_us(next_due(periodic, last_due=last_due, now=now))
            job.save(update_fields=["due_at_us"])


@recorded
def forget_finished_jobs(*, now: datetime, actor: Actor, older_than: timedelta) -> int:
    """Delete the rows of jobs that ended well longer ago than this and do not wait; return how many."""
    finished = Job.objects.filter(due_at_us__isnull=True, lease_token__isnull=True)
    deleted, _ = finished.filter(finished_at_us__lt=to_us(now - older_than)).delete()
    return deleted
