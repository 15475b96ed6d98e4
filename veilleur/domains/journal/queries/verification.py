"""Verification of the stored chains against themselves and against signed heads that left the machine."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.apps import apps
from django.db import connection

from veilleur.domains.journal.facts import JournalVerified
from veilleur.domains.journal.models import ChainHead, Entry, HeadExport
from veilleur.domains.journal.models.append_only import missing_guards
from veilleur.domains.journal.queries.stored import (
    DamagedRow,
    entries_before_the_first,
    organisations_of,
    stored_entries,
    stored_head,
)
from veilleur.domains.journal.rules.chain import INSTALLATION, from_us
from veilleur.domains.journal.rules.errors import BadFact
from veilleur.domains.journal.rules.heads import ExportedHead, SignedHeads
from veilleur.domains.journal.rules.kinds import read_fact
from veilleur.domains.journal.rules.verification import (
    ChainCheck,
    ChainPoint,
    Damage,
    DeclaredLoss,
    Finding,
    Outcome,
    RecordedErasure,
    StoredEntry,
)

_FORGED = Finding(Damage.FORGED, INSTALLATION, 0, 0, 0)
_NAMELESS = Finding(Damage.STRAY, INSTALLATION, 0, 0, 0)
_UNGUARDED = Finding(Damage.UNGUARDED, INSTALLATION, 0, 0, 0)


@dataclass(frozen=True)
class Report:
    """What a verification found. `heads_exported_at` is the newest signed head that could be trusted.

    Unless `is_full`, what lies before a chain's newest signed head was not read.
    """

    findings: tuple[Finding, ...]
    losses: tuple[DeclaredLoss, ...]
    erasures: tuple[RecordedErasure, ...]
    chains: int
    entries: int
    heads_exported_at: datetime | None
    is_full: bool

    @property
    def bodies_erased(self) -> int:
        """Return how many entries that were read have no body any more, by a recorded act."""
        return sum(erasure.bodies for erasure in self.erasures)

    @property
    def outcome(self) -> Outcome:
        """Return the one word of it."""
        if self.findings:
            return Outcome.BROKEN
        if self.heads_exported_at is None:
            return Outcome.UNKNOWN
        return Outcome.LOSS_DECLARED if self.losses else Outcome.OK


@dataclass(frozen=True)
class LastVerification:
    """When the whole journal was last verified by Veilleur itself, and what was found."""

    at: datetime
    found: JournalVerified


def last_verification() -> LastVerification | None:
    """Return the last full verification by the weekly job; None when there is none that can be read."""
    of_installation = Entry.objects.filter(organisation=INSTALLATION, subject=INSTALLATION)
    entry = of_installation.filter(kind="journal.verified").order_by("-sequence").first()
    if entry is None or entry.body is None:
        return None
    try:
        fact = read_fact(entry.kind, entry.version, entry.body)
    except (BadFact, ValueError):
        return None
    return (
        LastVerification(from_us(entry.recorded_at_us), fact) if isinstance(fact, JournalVerified) else None
    )


def last_export() -> SignedHeads | None:
    """Return the newest readable signed heads kept in the database; their signature is not checked."""
    for row in HeadExport.objects.order_by("-exported_at_us", "-pk").iterator(10):
        signed = _signed(row)
        if signed.is_readable:
            return signed
    return None


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
    entries, losses, erasures = 0, list[DeclaredLoss](), list[RecordedErasure]()
    chains, is_any_nameless = _organisations(by_chain, is_full)
    findings += [_NAMELESS] if is_any_nameless else []
    for organisation in chains:
        check = _check_chain(organisation, by_chain.get(organisation, set()), is_full)
        findings += check.findings
        losses += check.losses
        erasures += check.erasures
        entries += check.checked
    newest = max((heads.exported_at for heads in trusted), default=None)
    acts = tuple(erasures)
    return Report(tuple(findings), tuple(losses), acts, len(chains), entries, newest, is_full)


def _organisations(exported: Iterable[UUID], is_full: bool) -> tuple[list[UUID], bool]:
    """Return the organisations that have a chain, or had one, and whether some row belongs to none."""
    known, is_any_nameless = organisations_of(ChainHead)
    if is_full:
        # A chain whose head was deleted still has its entries.
        named, has_nameless_entry = organisations_of(Entry)
        known, is_any_nameless = known | named, is_any_nameless or has_nameless_entry
    return sorted({*exported, *known}), is_any_nameless


def _check_chain(organisation: UUID, exported: Collection[ExportedHead], is_full: bool) -> ChainCheck:
    start = None if is_full else _start_of(organisation, exported)
    check = ChainCheck(organisation, start, exported)
    if start is not None and start.epoch > 1:
        check.losses += _losses_before(organisation, start, exported)
    # Few or none: read whatever the check goes on from.
    for stray in entries_before_the_first(organisation):
        check.name_stray(_sequence_of(stray))
    head, has_more = None, True
    while has_more:
        before = check.reached
        for row in stored_entries(organisation, check.reached):
            _follow(check, row)
        # The head last: it may only have gone further, and then there must be entries to follow.
        head = stored_head(organisation)
        point = head.point if head else None
        has_more = (
            point is not None
            and check.reached > before
            and _has_entries(organisation, check.reached, point.sequence)
        )
    if head is not None and point is not None and head.key != _key_of(organisation):
        check.name_owner(point)
    check.finish(point)
    return check


def _follow(check: ChainCheck, row: StoredEntry | DamagedRow) -> None:
    if isinstance(row, StoredEntry):
        check.follow(row)
    elif row.sequence is None:
        check.name_stray(None)
    else:
        check.pass_over(row.sequence, row.hash)


def _sequence_of(row: StoredEntry | DamagedRow) -> int | None:
    return row.header.sequence if isinstance(row, StoredEntry) else row.sequence


def _key_of(organisation: UUID) -> int | None:
    """Return the key that a chain's head is kept under, None for an organisation that does not exist."""
    if organisation == INSTALLATION:
        return 0
    organisations = apps.get_model("organisations", "Organisation").objects
    return organisations.filter(public_id=organisation).values_list("pk", flat=True).first()


def _losses_before(
    organisation: UUID, start: ChainPoint, exported: Collection[ExportedHead]
) -> Iterator[DeclaredLoss]:
    """Yield what was declared lost up to a point from which the chain is followed on: it is always told."""
    before_start = Entry.objects.filter(organisation=organisation, sequence__lte=start.sequence)
    opened = before_start.filter(kind="journal.epoch_opened").order_by("sequence")
    for place in opened.values_list("sequence", flat=True):
        before, entry = None, None
        for found in stored_entries(organisation, place - 2, place):
            before, entry = entry, found if isinstance(found, StoredEntry) else None
        if entry is None:
            continue
        point = None
        if before is not None:
            point = ChainPoint(before.header.epoch, before.header.sequence, before.hash)
        probe = ChainCheck(organisation, point, exported)
        probe.follow(entry)
        yield from probe.losses


def _has_entries(organisation: UUID, after: int, up_to: int) -> bool:
    between = Entry.objects.filter(organisation=organisation, sequence__gt=after, sequence__lte=up_to)
    return between.exists()


def _start_of(organisation: UUID, exported: Collection[ExportedHead]) -> ChainPoint | None:
    """Return the newest signed head if the chain still has it; else the whole chain has to be read."""
    if not exported:
        return None
    newest = max(exported, key=lambda head: (head.epoch, head.sequence))
    before = newest.sequence - 1
    for entry in stored_entries(organisation, before, newest.sequence):
        if isinstance(entry, DamagedRow):
            return None
        probe = ChainCheck(
            organisation, ChainPoint(newest.epoch, before, entry.header.previous_hash), [newest]
        )
        probe.follow(entry)
        point = ChainPoint(newest.epoch, newest.sequence, entry.hash)
        return None if probe.finish(point) else point
    return None


def _signed(row: HeadExport) -> SignedHeads:
    # SQLite keeps any type in any column; what is of another has no signature that fits.
    document = row.document if isinstance(row.document, str) else ""
    return SignedHeads(document, _bytes(row.signature), _bytes(row.public_key))


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else b""


def is_signed_by(heads: SignedHeads, public_keys: Collection[bytes]) -> bool:
    """Return whether signed heads carry a signature by one of these keys that fits them."""
    if heads.public_key not in public_keys:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(heads.public_key).verify(heads.signature, heads.document.encode())
    except InvalidSignature:
        return False
    return True
