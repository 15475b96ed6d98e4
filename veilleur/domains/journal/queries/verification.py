"""Verification of the stored chains against themselves and against signed heads that left the machine."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from veilleur.domains.journal.models import ChainHead, Entry, HeadExport
from veilleur.domains.journal.models.append_only import missing_guards
from veilleur.domains.journal.rules.chain import INSTALLATION, Header
from veilleur.domains.journal.rules.heads import ExportedHead, SignedHeads
from veilleur.domains.journal.rules.verification import (
    ChainCheck,
    ChainPoint,
    Damage,
    DeclaredLoss,
    Finding,
    StoredEntry,
)

_BATCH = 2000
_FORGED = Finding(Damage.FORGED, INSTALLATION, 0, 0, 0)
_UNGUARDED = Finding(Damage.UNGUARDED, INSTALLATION, 0, 0, 0)


class Outcome(StrEnum):
    """How a verification ended. Without a signed head a cut-off end could not show: unknown, never ok.

    A declared loss is not ok either: whether there was a restore or an end was cut off, no journal can tell.
    """

    OK = "ok"
    BROKEN = "broken"
    LOSS_DECLARED = "loss_declared"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Report:
    """What a verification found. `heads_exported_at` is the newest signed head that could be trusted."""

    findings: tuple[Finding, ...]
    losses: tuple[DeclaredLoss, ...]
    chains: int
    entries: int
    heads_exported_at: datetime | None

    @property
    def outcome(self) -> Outcome:
        """Return the one word of it."""
        if self.findings:
            return Outcome.BROKEN
        if self.heads_exported_at is None:
            return Outcome.UNKNOWN
        return Outcome.LOSS_DECLARED if self.losses else Outcome.OK


def last_export() -> SignedHeads | None:
    """Return the newest signed heads kept in the database; their signature is not checked here."""
    row = HeadExport.objects.order_by("-exported_at_us", "-pk").first()
    return None if row is None else _signed(row)


def verify(*, public_keys: Collection[bytes], elsewhere: Iterable[SignedHeads], is_full: bool) -> Report:
    """Verify all chains and return what was found; reads 2,000 entries at a time, about 40,000 a second.

    `public_keys` are the trusted signing keys; `elsewhere` signed heads read from outside the database, which
    alone show an end that was cut off together with the database's own record of it. Unless `is_full`, each
    chain is followed from its newest signed head on.
    """
    signed = [*elsewhere, *(_signed(row) for row in HeadExport.objects.order_by("pk").iterator(100))]
    trusted = [heads for heads in signed if is_signed_by(heads, public_keys)] if public_keys else []
    findings = [_FORGED for heads in signed if public_keys and heads not in trusted]
    findings += [_UNGUARDED] if missing_guards(connection) else []
    by_chain: dict[UUID, set[ExportedHead]] = {}
    for heads in trusted:
        for head in heads.heads:
            by_chain.setdefault(head.organisation, set()).add(head)
    entries, losses = 0, list[DeclaredLoss]()
    chains = _organisations(by_chain, is_full)
    for organisation in chains:
        check = _check_chain(organisation, by_chain.get(organisation, set()), is_full)
        findings += check.findings
        losses += check.losses
        entries += check.checked
    newest = max((heads.exported_at for heads in trusted), default=None)
    return Report(tuple(findings), tuple(losses), len(chains), entries, newest)


def _organisations(exported: Iterable[UUID], is_full: bool) -> list[UUID]:
    known = {*exported, *ChainHead.objects.values_list("organisation", flat=True)}
    if is_full:
        # A chain whose head was deleted still has its entries.
        known |= set(Entry.objects.order_by().values_list("organisation", flat=True).distinct())
    return sorted(known)


def _check_chain(organisation: UUID, exported: Collection[ExportedHead], is_full: bool) -> ChainCheck:
    start = None if is_full else _start_of(organisation, exported)
    check = ChainCheck(organisation, start, exported)
    if start is not None and start.epoch > 1:
        check.losses += _losses_before(organisation, start, exported)
    head, has_more = None, True
    while has_more:
        for entry in _stored_entries(organisation, check.reached, None):
            check.follow(entry)
        # The head last: it may only have gone further, and then there must be entries to follow.
        head = _stored_head(organisation)
        has_more = head is not None and _has_entries(organisation, check.reached, head.sequence)
    check.finish(head)
    return check


def _losses_before(
    organisation: UUID, start: ChainPoint, exported: Collection[ExportedHead]
) -> Iterator[DeclaredLoss]:
    """Yield what was declared lost up to a point from which the chain is followed on: it is always told."""
    opened = Entry.objects.filter(organisation=organisation, sequence__lte=start.sequence)
    places = opened.filter(kind="journal.epoch_opened").order_by("sequence").values_list("sequence", flat=True)
    for place in places:
        before, entry = None, None
        for found in _stored_entries(organisation, place - 2, place):
            before, entry = entry, found
        if entry is None:
            continue
        point = before and ChainPoint(before.header.epoch, before.header.sequence, before.hash)
        probe = ChainCheck(organisation, point, exported)
        probe.follow(entry)
        yield from probe.losses


def _stored_head(organisation: UUID) -> ChainPoint | None:
    head = ChainHead.objects.filter(organisation=organisation).first()
    return None if head is None else ChainPoint(head.epoch, head.sequence, bytes(head.hash))


def _has_entries(organisation: UUID, after: int, up_to: int) -> bool:
    between = Entry.objects.filter(organisation=organisation, sequence__gt=after, sequence__lte=up_to)
    return between.exists()


def _start_of(organisation: UUID, exported: Collection[ExportedHead]) -> ChainPoint | None:
    """Return the newest signed head if the chain still has it; else the whole chain has to be read."""
    if not exported:
        return None
    newest = max(exported, key=lambda head: (head.epoch, head.sequence))
    before = newest.sequence - 1
    for entry in _stored_entries(organisation, before, newest.sequence):
        probe = ChainCheck(
            organisation, ChainPoint(newest.epoch, before, entry.header.previous_hash), [newest]
        )
        probe.follow(entry)
        point = ChainPoint(newest.epoch, newest.sequence, entry.hash)
        return None if probe.finish(point) else point
    return None


def _stored_entries(organisation: UUID, after: int, up_to: int | None) -> Iterator[StoredEntry]:
    rows = Entry.objects.filter(organisation=organisation).order_by("sequence")
    if up_to is not None:
        rows = rows.filter(sequence__lte=up_to)
    while batch := list(rows.filter(sequence__gt=after)[:_BATCH]):
        yield from (_stored_entry(entry) for entry in batch)
        after = batch[-1].sequence


def _stored_entry(entry: Entry) -> StoredEntry:
    header = Header(
        id=entry.pk,
        organisation=entry.organisation,
        epoch=entry.epoch,
        sequence=entry.sequence,
        occurred_at_us=entry.occurred_at_us,
        recorded_at_us=entry.recorded_at_us,
        actor=entry.actor,
        origin=entry.origin,
        kind=entry.kind,
        version=entry.version,
        subject=entry.subject,
        body_digest=bytes(entry.body_digest),
        previous_hash=bytes(entry.previous_hash),
    )
    return StoredEntry(
        header, bytes(entry.hash), entry.body, None if entry.salt is None else bytes(entry.salt)
    )


def _signed(row: HeadExport) -> SignedHeads:
    return SignedHeads(row.document, bytes(row.signature), bytes(row.public_key))


def is_signed_by(heads: SignedHeads, public_keys: Collection[bytes]) -> bool:
    """Return whether signed heads carry a signature by one of these keys that fits them."""
    if heads.public_key not in public_keys:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(heads.public_key).verify(heads.signature, heads.document.encode())
    except InvalidSignature:
        return False
    return True
