"""Entries as pages and readers get them, and how far each chain reaches."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from veilleur.domains.journal.models import ChainHead, Entry
from veilleur.domains.journal.rules.chain import from_us
from veilleur.domains.journal.rules.errors import BadFact
from veilleur.domains.journal.rules.kinds import read_fact
from veilleur.domains.journal.rules.work import Origin, ReadEntry
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class ChainEnd:
    """How far one chain reaches; `organisation_id` is None for the installation's own chain."""

    organisation_id: int | None
    organisation: UUID
    epoch: int
    sequence: int
    hash: bytes


def chain_ends() -> tuple[ChainEnd, ...]:
    """Return the ends of all chains, by key: for verification and export. One query."""
    heads = ChainHead.objects.order_by("key")
    return tuple(
        ChainEnd(head.key or None, head.organisation, head.epoch, head.sequence, bytes(head.hash))
        for head in heads
    )


def sequence_of(organisation_id: int | None) -> int:
    """Return the sequence of the organisation's last fact, 0 before the first; None is the installation.

    A computation reads it before anything else and hands it to `keep_answer` as `up_to_sequence`.
    """
    found = ChainHead.objects.filter(key=organisation_id or 0).values_list("sequence", flat=True).first()
    return found or 0


def visible_timeline(
    viewer: Viewer,
    *,
    subject: UUID | None = None,
    kinds: Collection[str] | None = None,
    before_sequence: int | None = None,
    limit: int = 50,
) -> tuple[ReadEntry, ...]:
    """Return the newest entries of the viewer's organisation, newest first: about one subject, of some kinds.

    `before_sequence` (excluded) continues a page. The order is that of recording, not of `occurred_at`.
    """
    entries = _visible(viewer)
    if subject is not None:
        entries = entries.filter(subject=subject)
    if kinds is not None:
        entries = entries.filter(kind__in=kinds)
    if before_sequence is not None:
        entries = entries.filter(sequence__lt=before_sequence)
    return tuple(for_page(entry, viewer.organisation_id) for entry in entries.order_by("-sequence")[:limit])


def visible_entry(viewer: Viewer, entry_id: UUID) -> ReadEntry | None:
    """Return one entry of the viewer's organisation, None where it has none of that id."""
    entry = _visible(viewer).filter(pk=entry_id).first()
    return None if entry is None else for_page(entry, viewer.organisation_id)


def _visible(viewer: Viewer) -> "QuerySet[Entry]":
    if not viewer.may_see(viewer.organisation_id):
        return Entry.objects.none()
    organisation = ChainHead.objects.filter(key=viewer.organisation_id).values("organisation")
    return Entry.objects.filter(organisation__in=organisation)


def whole_entries(
    organisation_id: int | None,
    *,
    after: int = 0,
    up_to: int | None = None,
    kinds: Collection[str] | None = None,
    limit: int = 1000,
) -> tuple[Entry, ...]:
    """Return up to `limit` rows of one chain with after < sequence <= up_to, in sequence order."""
    organisation = ChainHead.objects.filter(key=organisation_id or 0).values("organisation")
    entries = Entry.objects.filter(organisation__in=organisation, sequence__gt=after)
    if up_to is not None:
        entries = entries.filter(sequence__lte=up_to)
    if kinds is not None:
        entries = entries.filter(kind__in=kinds)
    return tuple(entries.order_by("sequence")[:limit])


def entry_of_chain(organisation_id: int | None, entry_id: UUID) -> tuple[Entry, ChainHead]:
    """Return one entry and its chain's head; raise Entry.DoesNotExist when the chain has none of that id."""
    head = ChainHead.objects.get(key=organisation_id or 0)
    return Entry.objects.get(organisation=head.organisation, pk=entry_id), head


def for_reader(entry: Entry, organisation_id: int | None) -> ReadEntry:
    """Return the entry with its fact; raise BadFact when a known kind's body cannot be read."""
    fact = None if entry.body is None else read_fact(entry.kind, entry.version, entry.body)
    return _read_entry(entry, organisation_id, fact)


def for_page(entry: Entry, organisation_id: int | None) -> ReadEntry:
    """Return the entry with its fact, or with its raw body alone where the fact cannot be read any more."""
    try:
        return for_reader(entry, organisation_id)
    except BadFact:
        return _read_entry(entry, organisation_id, None)


def _read_entry(entry: Entry, organisation_id: int | None, fact: object | None) -> ReadEntry:
    return ReadEntry(
        id=entry.pk,
        organisation=entry.organisation,
        organisation_id=organisation_id,
        epoch=entry.epoch,
        sequence=entry.sequence,
        occurred_at=from_us(entry.occurred_at_us),
        recorded_at=from_us(entry.recorded_at_us),
        actor=entry.actor,
        origin=Origin(entry.origin),
        kind=entry.kind,
        version=entry.version,
        subject=entry.subject,
        fact=fact,
        body=None if entry.body is None else json.loads(entry.body),
    )
