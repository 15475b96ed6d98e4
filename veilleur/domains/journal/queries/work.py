"""What background work there is: due jobs, readers' news, and the facts and jobs that are in trouble."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from veilleur.domains.journal.models import Entry, Job, ReaderState, TroubledFact
from veilleur.domains.journal.rules.chain import from_us, to_us
from veilleur.domains.journal.rules.work import LONGEST_LEASE, Periodic, longest_wait
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class News:
    """A chain that has entries beyond a reader's cursor. Sequences: cursor excluded, head included."""

    reader: str
    organisation_id: int | None
    cursor: int
    head: int
    epoch: int


@dataclass(frozen=True)
class ParkedFact:
    """A fact that a reader went past after too many failures; named by (reader, entry_id)."""

    reader: str
    entry_id: UUID
    kind: str
    failures: int
    parked_at: datetime
    last_error: str
    is_to_be_retried: bool


@dataclass(frozen=True)
class TroubledJob:
    """A job that failed at its last attempt and waits for the next one."""

    kind: str
    key: str
    attempts: int
    due_at: datetime
    last_error: str


_NEWS = """
SELECT s.name, h.key, COALESCE(c.sequence, 0), h.sequence, h.epoch
FROM journal_readerstate s
CROSS JOIN journal_chainhead h
LEFT JOIN journal_cursor c ON c.reader_id = s.name AND c.organisation_key = h.key
WHERE h.sequence > COALESCE(c.sequence, 0)
AND NOT EXISTS (
    SELECT 1 FROM journal_troubledfact t WHERE t.reader_id = s.name AND t.organisation_key = h.key
    AND t.parked_at_us IS NULL AND t.retry_at_us > %s)
ORDER BY s.name, h.key
"""


def news(readers: Collection[str], now: datetime) -> tuple[News, ...]:
    """Return where these readers have something to read, by one join of heads with cursors.

    A chain on which a reader waits with a troubled fact is left out until that wait is over.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, [to_us(now)])
        rows = cursor.fetchall()
    return tuple(
        News(name, key or None, sequence, head, epoch)
        for name, key, sequence, head, epoch in rows
        if name in readers
    )


def unknown_readers(names: Collection[str]) -> frozenset[str]:
    """Return those of the names that never ran yet."""
    known = ReaderState.objects.filter(pk__in=names).values_list("pk", flat=True)
    return frozenset(names) - frozenset(known)


def retries_asked_for(readers: Collection[str], now: datetime) -> tuple[TroubledFact, ...]:
    """Return the parked facts that a person wants to be tried again."""
    rows = TroubledFact.objects.filter(reader__in=readers, parked_at_us__isnull=False)
    return tuple(rows.filter(retry_at_us__lte=to_us(now)).order_by("pk"))


def troubled_entries(reader: str, organisation_key: int) -> frozenset[UUID]:
    """Return the ids of the entries of one chain that a reader has failed on and not yet gone past."""
    rows = TroubledFact.objects.filter(
        reader=reader, organisation_key=organisation_key, parked_at_us__isnull=True
    )
    return frozenset(rows.values_list("entry_id", flat=True))


def parked_facts(organisation_id: int | None) -> tuple[ParkedFact, ...]:
    """Return the parked facts of one organisation (None: the installation), oldest first: for a banner."""
    rows = TroubledFact.objects.filter(organisation_key=organisation_id or 0, parked_at_us__isnull=False)
    found = list(rows.order_by("parked_at_us", "pk"))
    kinds = dict(Entry.objects.filter(pk__in=[row.entry_id for row in found]).values_list("pk", "kind"))
    return tuple(
        ParkedFact(
            row.reader_id,
            row.entry_id,
            kinds[row.entry_id],
            row.failures,
            from_us(row.parked_at_us or 0),
            row.last_error,
            row.retry_at_us is not None,
        )
        for row in found
    )


def visible_parked(viewer: Viewer) -> tuple[ParkedFact, ...]:
    """Return the parked facts of the organisation the viewer is looking at, none if it may not be seen."""
    return parked_facts(viewer.organisation_id) if viewer.may_see(viewer.organisation_id) else ()


def is_free(now: datetime) -> Q:
    """Return the condition under which a job's row may be taken: nobody holds it, or the lease has ended.

    So has one of before the clock was set back: whoever lives has renewed it since.
    """
    ended = Q(leased_until_us__lt=to_us(now)) | Q(leased_until_us__gt=to_us(now + LONGEST_LEASE))
    return Q(lease_token__isnull=True) | ended


def due_jobs(kinds: Collection[str], now: datetime, limit: int = 5) -> tuple[int, ...]:
    """Return the keys of the rows of these kinds that are due and free, longest due first."""
    rows = Job.objects.filter(is_free(now), kind__in=kinds, due_at_us__lte=to_us(now))
    return tuple(rows.order_by("due_at_us", "pk").values_list("pk", flat=True)[:limit])


def waiting_since(now: datetime) -> datetime | None:
    """Return since when the job that is longest due has waited for somebody to take it; None if none is due.

    A job whose lease has ended waits too: whoever held it is gone, or stands still.
    """
    due = Job.objects.filter(is_free(now), due_at_us__lte=to_us(now)).order_by("due_at_us")
    oldest = due.values_list("due_at_us", flat=True).first()
    return None if oldest is None else from_us(oldest)


def idle_periodics(periodics: Collection[Periodic], now: datetime) -> tuple[Periodic, ...]:
    """Return the periodic work whose row is missing, or neither waits nor runs. One query."""
    rows = Job.objects.filter(kind__in={periodic.kind for periodic in periodics})
    known = {(row.kind, row.key): row for row in rows}
    return tuple(each for each in periodics if is_idle(each, known.get((each.kind, each.key)), now))


def is_idle(periodic: Periodic, job: Job | None, now: datetime) -> bool:
    """Return whether a row, None for a missing one, neither runs nor waits for as long as it may at most."""
    if job is None:
        return True
    if job.lease_token is not None:
        return False
    latest_us = to_us(now + longest_wait(periodic, attempts=job.attempts))
    return job.due_at_us is None or job.due_at_us > latest_us


def troubled_jobs() -> tuple[TroubledJob, ...]:
    """Return the jobs whose last attempt failed, most attempts first: for `doctor` and the state page."""
    rows = Job.objects.exclude(last_error="").filter(due_at_us__isnull=False)
    return tuple(
        TroubledJob(job.kind, job.key, job.attempts, from_us(job.due_at_us or 0), job.last_error)
        for job in rows.order_by("-attempts", "pk")
    )


def last_run(kind: str, key: str = "") -> datetime | None:
    """Return when the job last ended well, None when it never did or that is long forgotten."""
    found = Job.objects.filter(kind=kind, key=key).values_list("finished_at_us", flat=True).first()
    return None if found is None else from_us(found)


def next_due_at(now: datetime) -> datetime | None:
    """Return when the next waiting job is due or a lease ends, None when there is none: how long to sleep."""
    waiting = Job.objects.filter(lease_token__isnull=True, due_at_us__isnull=False).order_by("due_at_us")
    leased = Job.objects.filter(lease_token__isnull=False, due_at_us__isnull=False).order_by(
        "leased_until_us"
    )
    found = [
        row
        for row in (
            waiting.values_list(F("due_at_us")).first(),
            leased.values_list(F("leased_until_us")).first(),
        )
        if row is not None
    ]
    return max(now, from_us(min(row[0] for row in found))) if found else None
