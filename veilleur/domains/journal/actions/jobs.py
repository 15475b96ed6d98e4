"""Writes of the one job table: scheduling, leases, ends. Bookkeeping: no facts, no head locked."""

from datetime import datetime

from veilleur.domains.journal.actions.recording import recording_now
from veilleur.domains.journal.models import Job
from veilleur.domains.journal.rules.canonical import JSON
from veilleur.domains.journal.rules.chain import to_us
from veilleur.domains.journal.rules.errors import LeaseLost
from veilleur.domains.journal.rules.work import LEASE, JobTicket


def schedule_job(kind: str, key: str, due_at: datetime, payload: dict[str, JSON] | None = None) -> None:
    """Put a job into the table, in the transaction of the enclosing recorded action.

    One row per (kind, key): a job that waits keeps the earlier instant and takes the newer payload; one that
    runs now is run once more afterwards, since it may have read what was there before. Raise NotRecording
    outside a recorded action.
    """
    recording_now()
    due_at_us = to_us(due_at)
    fresh = Job(kind=kind, key=key, due_at_us=due_at_us, payload=payload or {})
    Job.objects.bulk_create([fresh], ignore_conflicts=True)
    job = Job.objects.select_for_update().get(kind=kind, key=key)
    if job.lease_token is not None:
        job.again_at_us = due_at_us if job.again_at_us is None else min(job.again_at_us, due_at_us)
    else:
        job.due_at_us = due_at_us if job.due_at_us is None else min(job.due_at_us, due_at_us)
    if payload is not None:
        job.payload = payload
    job.save(update_fields=["due_at_us", "again_at_us", "payload"])


def require_lease(ticket: JobTicket) -> None:
    """Refuse the result of a job whose lease went to another worker: raise LeaseLost.

    Called first in the recorded action that writes a job's result. It also renews the lease and holds the
    row until the commit, so that nobody takes the job between the check and the end of that action.
    """
    now = recording_now()
    job = (
        Job.objects.select_for_update()
        .filter(kind=ticket.kind, key=ticket.key, lease_token=ticket.token)
        .first()
    )
    if job is None:
        raise LeaseLost(f"{ticket.kind} {ticket.key}: another worker holds it")
    job.leased_until_us = max(job.leased_until_us or 0, to_us(now + LEASE))
    job.save(update_fields=["leased_until_us"])
