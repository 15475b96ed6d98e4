"""Readers at work: find the news by one join, give each fact to its reader, move the cursor behind it."""

import logging
import traceback
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from veilleur.domains.journal.actions.leases import finish_job, hold
from veilleur.domains.journal.actions.readers import move_cursor, note_failure, settle_retry, start_reader
from veilleur.domains.journal.jobs.leasing import LeaseKeeper
from veilleur.domains.journal.models import Entry, TroubledFact
from veilleur.domains.journal.queries.entries import entry_of_chain, for_page, for_reader, whole_entries
from veilleur.domains.journal.queries.work import (
    News,
    news,
    retries_asked_for,
    troubled_entries,
    unknown_readers,
)
from veilleur.domains.journal.rules.errors import LeaseLost
from veilleur.domains.journal.rules.work import Clock, JobTicket, Reader, is_live, may_act
from veilleur.shared.viewer import SYSTEM

# The row of the job table that is held while a reader reads: two workers never read for one reader at once.
HELD_KIND = "journal.read"
_BATCH = 500

_log = logging.getLogger(__name__)


def read_news(readers: Collection[Reader], clock: Clock) -> int:
    """Give readers what they have not read yet, 500 facts per chain at most; return how many were handled.

    Never raises for what a reader does: a failure is logged and counted, and parks the fact at the fifth.
    Three reads when there is no news, whatever the number of organisations.
    """
    by_name = {reader.name: reader for reader in readers}
    for name in sorted(unknown_readers(by_name.keys())):
        start_reader(now=clock(), actor=SYSTEM, name=name, start=by_name[name].start)
    now = clock()
    waiting = {chain.reader for chain in news(by_name.keys(), now)}
    waiting |= {fact.reader_id for fact in retries_asked_for(by_name.keys(), now)}
    return sum(_read_under_lease(by_name[name], clock) for name in sorted(waiting))


def _read_under_lease(reader: Reader, clock: Clock) -> int:
    ticket = hold(now=clock(), actor=SYSTEM, kind=HELD_KIND, key=reader.name)
    if ticket is None:
        return 0
    turn = _Turn(reader, ticket, clock)
    try:
        with LeaseKeeper(ticket, clock):
            # Asked again under the lease: another worker may have read it all since.
            for chain in news([reader.name], clock()):
                turn.read_chain(chain)
            for fact in retries_asked_for([reader.name], clock()):
                turn.retry(fact)
        finish_job(now=clock(), actor=SYSTEM, ticket=ticket)
    except LeaseLost:
        _log.warning("reader %s: another worker reads now", reader.name)
    return turn.handled


class _Outcome(Enum):
    PASSED_OVER = "too old, or no live fact: not for a reader that acts on the world"
    DONE = "handled"
    LATER = "failed, to be tried again: the reader waits on this chain"
    PARKED = "failed too often: the reader goes on without it"


@dataclass
class _Turn:
    """What one reader does while it holds its lease."""

    reader: Reader
    ticket: JobTicket
    clock: Clock
    handled: int = 0

    def read_chain(self, chain: News) -> None:
        """Read on from the cursor, up to a fact that failed and is to be tried again."""
        entries = whole_entries(
            chain.organisation_id,
            after=chain.cursor,
            up_to=chain.head,
            kinds=self.reader.kinds,
            limit=_BATCH,
        )
        troubled = troubled_entries(self.reader.name, chain.organisation_id or 0) if entries else frozenset()
        for entry in entries:
            outcome = self._outcome(entry, chain)
            if outcome is _Outcome.LATER:
                # All before it is done with, passed over or of other kinds.
                self._move(chain, entry.sequence - 1)
                return
            if outcome is not _Outcome.PASSED_OVER:
                settled = entry.pk if outcome is _Outcome.DONE and entry.pk in troubled else None
                self._move(chain, entry.sequence, settled)
        self._move(chain, chain.head if len(entries) < _BATCH else entries[-1].sequence)

    def retry(self, fact: TroubledFact) -> None:
        """Give the reader a parked fact that a person wants to be tried again, whatever its age by now."""
        entry, head = entry_of_chain(fact.organisation_key or None, fact.entry_id)
        read = for_page(entry, fact.organisation_key or None)
        may_be_given = self.reader.greatest_age is None or is_live(read, current_epoch=head.epoch)
        if not may_be_given or self._give(entry, fact.organisation_key or None) is _Outcome.DONE:
            settle_retry(now=self.clock(), actor=SYSTEM, ticket=self.ticket, entry_id=entry.pk)

    def _outcome(self, entry: Entry, chain: News) -> _Outcome:
        read = for_page(entry, chain.organisation_id)
        if not may_act(self.reader, read, current_epoch=chain.epoch, now=self.clock()):
            return _Outcome.PASSED_OVER
        return self._give(entry, chain.organisation_id)

    def _give(self, entry: Entry, organisation_id: int | None) -> _Outcome:
        try:
            self.reader.handle(for_reader(entry, organisation_id), self.clock)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - the reader loop: whatever it raises is counted and kept
            _log.exception("reader %s failed on %s", self.reader.name, entry)
            return self._note(entry, organisation_id, error)
        self.handled += 1
        return _Outcome.DONE

    def _note(self, entry: Entry, organisation_id: int | None, error: Exception) -> _Outcome:
        is_parked = note_failure(
            now=self.clock(),
            actor=SYSTEM,
            ticket=self.ticket,
            entry=for_page(entry, organisation_id),
            error="".join(traceback.format_exception_only(error)).strip(),
        )
        return _Outcome.PARKED if is_parked else _Outcome.LATER

    def _move(self, chain: News, sequence: int, settled: UUID | None = None) -> None:
        if sequence > chain.cursor:
            move_cursor(
                now=self.clock(),
                actor=SYSTEM,
                ticket=self.ticket,
                chain=chain.organisation_id,
                sequence=sequence,
                settled=settled,
            )
