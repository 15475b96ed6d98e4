"""Readers' progress: where each stands on each chain, and the facts it failed on."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from veilleur.domains.journal.actions.jobs import require_lease
from veilleur.domains.journal.actions.recording import record, recorded
from veilleur.domains.journal.facts import FactParked, ParkedFactDropped, ParkedFactRetried
from veilleur.domains.journal.models import ChainHead, Cursor, ReaderState, TroubledFact
from veilleur.domains.journal.rules.chain import to_us
from veilleur.domains.journal.rules.work import (
    FAILURES_BEFORE_PARKING,
    JobTicket,
    ReadEntry,
    reader_delay,
)
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

_LONGEST_ERROR = 2000


@recorded
def start_reader(*, now: datetime, actor: Actor, name: str, start: Literal["beginning", "now"]) -> None:
    """Place a new reader's cursors: before all history, or at the present end of every chain.

    A chain that begins later is read from its beginning in both cases; a second call changes nothing.
    """
    is_new = not ReaderState.objects.filter(pk=name).exists()
    if not is_new:
        return
    ReaderState.objects.bulk_create([ReaderState(name=name, started_at_us=to_us(now))], ignore_conflicts=True)
    if start == "now":
        ends = ChainHead.objects.filter(sequence__gt=0).values_list("key", "sequence")
        cursors = [Cursor(reader_id=name, organisation_key=key, sequence=end) for key, end in ends]
        Cursor.objects.bulk_create(cursors, ignore_conflicts=True)


@recorded
def move_cursor(
    *,
    now: datetime,
    actor: Actor,
    ticket: JobTicket,
    chain: int | None,
    sequence: int,
    settled: UUID | None = None,
) -> None:
    """Record that the reader holding `ticket` is done with a chain up to `sequence`, included.

    `chain` is an organisation's key, None the installation's; `settled` names an entry handled at last that
    the reader had failed on before. Raise LeaseLost when another worker reads now.
    """
    require_lease(ticket)
    cursor = Cursor(reader_id=ticket.key, organisation_key=chain or 0, sequence=sequence)
    Cursor.objects.bulk_create(
        [cursor],
        update_conflicts=True,
        unique_fields=["reader", "organisation_key"],
        update_fields=["sequence"],
    )
    if settled is not None:
        TroubledFact.objects.filter(reader=ticket.key, entry_id=settled).delete()


@recorded
def note_failure(*, now: datetime, actor: Actor, ticket: JobTicket, entry: ReadEntry, error: str) -> bool:
    """Record that a reader failed on an entry; return whether the entry is parked now.

    Parking is a fact, so that people are told; a fact about parking is parked without one, else a reader
    that fails on all facts would make new ones for ever.
    """
    require_lease(ticket)
    trouble, _ = TroubledFact.objects.get_or_create(
        reader_id=ticket.key, entry_id=entry.id, organisation_key=entry.organisation_id or 0
    )
    was_parked = trouble.parked_at_us is not None
    trouble.failures += 1
    trouble.last_error = error[:_LONGEST_ERROR]
    is_parked = was_parked or trouble.failures >= FAILURES_BEFORE_PARKING
    trouble.retry_at_us = None if is_parked else to_us(now + reader_delay(trouble.failures))
    trouble.parked_at_us = trouble.parked_at_us or (to_us(now) if is_parked else None)
    trouble.save()
    if is_parked and not was_parked and entry.kind != "journal.fact_parked":
        fact = FactParked(reader=ticket.key, kind=entry.kind, failures=trouble.failures)
        record(fact, subject=entry.id, organisation_id=entry.organisation_id)
    return is_parked


@recorded
def settle_retry(*, now: datetime, actor: Actor, ticket: JobTicket, entry_id: UUID) -> None:
    """Record that a parked fact was handled at last."""
    require_lease(ticket)
    TroubledFact.objects.filter(reader=ticket.key, entry_id=entry_id).delete()


@recorded
def retry_parked(
    *, now: datetime, actor: Actor, organisation_id: int | None, reader: str, entry_id: UUID
) -> Refused | None:
    """Ask that a reader try a parked fact once more. Refused("not_parked") for any other."""
    trouble = _parked(organisation_id, reader, entry_id)
    if trouble is None:
        return Refused("not_parked")
    if trouble.retry_at_us is None:
        trouble.retry_at_us = to_us(now)
        trouble.save(update_fields=["retry_at_us"])
        record(ParkedFactRetried(reader=reader), subject=entry_id, organisation_id=organisation_id)
    return None


@recorded
def drop_parked(
    *, now: datetime, actor: Actor, organisation_id: int | None, reader: str, entry_id: UUID, reason: str
) -> Refused | None:
    """Decide that a reader leaves a parked fact alone for good. Refused("not_parked") for any other."""
    trouble = _parked(organisation_id, reader, entry_id)
    if trouble is None:
        return Refused("not_parked")
    trouble.delete()
    record(ParkedFactDropped(reader=reader, reason=reason), subject=entry_id, organisation_id=organisation_id)
    return None


def _parked(organisation_id: int | None, reader: str, entry_id: UUID) -> TroubledFact | None:
    parked = TroubledFact.objects.select_for_update().filter(parked_at_us__isnull=False)
    return parked.filter(organisation_key=organisation_id or 0, reader=reader, entry_id=entry_id).first()
