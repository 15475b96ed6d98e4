"""Background work in the domain's words: tickets of jobs, periodic work, readers and their entries."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, TypeAlias
from uuid import UUID

from veilleur.domains.journal.rules.canonical import JSON
from veilleur.domains.journal.rules.errors import LeaseLost, NotYet

__all__ = [
    "Clock",
    "JobHandler",
    "JobTicket",
    "LeaseLost",
    "NotYet",
    "Origin",
    "Periodic",
    "ReadEntry",
    "Reader",
]

Clock: TypeAlias = Callable[[], datetime]

# A worker that dies leaves its job alone for this long at most; a living one renews at a third of it.
LEASE = timedelta(seconds=60)
RENEW_EVERY = LEASE / 3
# No lease ends later than this from now: one that seems to was taken before the clock was set back.
LONGEST_LEASE = timedelta(hours=1)
# A handler that hangs is no longer renewed after this, so that somebody may take its job.
LONGEST_RUN = timedelta(hours=24)
FAILURES_BEFORE_PARKING = 5

_FIRST_RETRY = timedelta(seconds=10)
_SLOWEST_RETRY = timedelta(hours=1)


class Origin(StrEnum):
    """Where a fact comes from. Only a live one may make a reader act on the world."""

    LIVE = "live"
    IMPORTED = "imported"
    DEMO = "demo"


@dataclass(frozen=True)
class JobTicket:
    """A job in the hands of one worker. `token` is the proof of its lease; `attempts` counts this one."""

    kind: str
    key: str
    payload: Mapping[str, JSON]
    attempts: int
    token: UUID


JobHandler: TypeAlias = Callable[[JobTicket, Clock], None]


@dataclass(frozen=True)
class Periodic:
    """Work that comes back: `every` is the time between two due instants; missed ones are not made up for."""

    kind: str
    every: timedelta
    key: str = ""


@dataclass(frozen=True)
class ReadEntry:
    """A journal entry as a reader or a page gets it.

    `fact` is the kind's dataclass in its present version; None when the body was erased or the kind is
    not known here, and then `body`, the raw JSON object, is all there is (None when erased).
    `organisation_id` is None for the installation's chain.
    """

    id: UUID
    organisation: UUID
    organisation_id: int | None
    epoch: int
    sequence: int
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    origin: Origin
    kind: str
    version: int
    subject: UUID | None
    fact: Any | None
    body: Mapping[str, JSON] | None


@dataclass(frozen=True)
class Reader:
    """A domain that follows the journal from its own cursors.

    `start`: at its very first run it reads all history ("beginning") or only what comes after ("now").
    `greatest_age`: None for a reader that only keeps our own tables: it gets every fact. A reader that acts
    on the world (sends, pages, runs) states the greatest age at which it still does: older facts, and
    imported, demo and restored ones whatever their age, are passed over in silence.
    `handle` is called at least once per fact, in sequence order within one organisation; it must be
    idempotent by (reader, entry id). Raising = again later; after five failures the fact is parked.
    """

    name: str
    kinds: frozenset[str]
    start: Literal["beginning", "now"]
    greatest_age: timedelta | None
    handle: Callable[[ReadEntry, Clock], None]


def retry_delay(attempts: int) -> timedelta:
    """Return how long a job waits after its n-th failed attempt: 10 s, doubled each time, an hour at most."""
    doublings = max(0, min(attempts - 1, 20))
    return min(_FIRST_RETRY * (1 << doublings), _SLOWEST_RETRY)


def reader_delay(failures: int) -> timedelta:
    """Return a reader's wait after the n-th failure on a fact: 1, 5, 25, 125 s; then it is parked."""
    return timedelta(seconds=5 ** (failures - 1))


def is_live(entry: ReadEntry, *, current_epoch: int) -> bool:
    """Return whether an entry tells of something that happened here, not imported, made up or restored.

    An entry of an earlier epoch than the chain's was brought back by a restore.
    """
    return entry.origin is Origin.LIVE and entry.epoch == current_epoch


def may_act(reader: Reader, entry: ReadEntry, *, current_epoch: int, now: datetime) -> bool:
    """Return whether the reader is to be given this entry; see Reader.greatest_age."""
    if reader.greatest_age is None:
        return True
    return is_live(entry, current_epoch=current_epoch) and now - entry.occurred_at <= reader.greatest_age


def longest_wait(periodic: Periodic, *, attempts: int) -> timedelta:
    """Return how far ahead periodic work is due at most, after so many failed attempts in a row.

    What is due later was put off before the clock was set back, and would stand still until it is as late.
    """
    return max(periodic.every, retry_delay(attempts)) if attempts else periodic.every


def next_due(periodic: Periodic, *, last_due: datetime, now: datetime) -> datetime:
    """Return when periodic work is due next: one period after it last was, at once if that has gone by.

    It was last due now at the latest, whatever a clock said that was set back since.
    """
    return max(min(last_due, now) + periodic.every, now)
