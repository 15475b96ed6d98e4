"""Verification of one chain, entry by entry: what was changed, removed, reordered, rewritten or cut off."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from veilleur.domains.journal.rules.chain import FIRST_HASH, Header, body_digest, entry_hash
from veilleur.domains.journal.rules.heads import ExportedHead

_MOST_FINDINGS = 1000
_MOST_REORDERED = 200


class Damage(StrEnum):
    """What is wrong at one place of a chain; codes of `labels.py`."""

    CHANGED = "changed"
    BODY_CHANGED = "body_changed"
    BODY_MISSING = "body_missing"
    REMOVED = "removed"
    REORDERED = "reordered"
    UNLINKED = "unlinked"
    EPOCH = "epoch"
    HEAD = "head"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    FORGED = "forged"
    UNGUARDED = "unguarded"
    STRAY = "stray"
    OWNER = "owner"


class Outcome(StrEnum):
    """How a verification ended. Without a signed head a cut-off end could not show: unknown, never ok.

    A declared loss is not ok either: whether there was a restore or an end was cut off, no journal can tell.
    """

    OK = "ok"
    BROKEN = "broken"
    LOSS_DECLARED = "loss_declared"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """One damage: where it is, and up to which sequence (included) where it is more than one entry."""

    damage: Damage
    organisation: UUID
    epoch: int
    sequence: int
    until: int


@dataclass(frozen=True)
class StoredEntry:
    """An entry as the database holds it now."""

    header: Header
    hash: bytes
    body: str | None
    salt: bytes | None


@dataclass(frozen=True)
class DeclaredLoss:
    """What a restore lost by its own declaration: all after `kept` up to `lost`, both (epoch, sequence).

    It is proven when `lost` is a head that really left this machine signed: only then does it explain that
    heads in between are missing. Whether there was a restore at all, no chain can prove.
    """

    organisation: UUID
    kept: tuple[int, int]
    lost: tuple[int, int]
    declared_at_us: int
    actor: str
    reason: str
    is_proven: bool


@dataclass(frozen=True)
class RecordedErasure:
    """An act that erased bodies and said so: how many it names, and how many of those that were read are
    empty by it; none of those that lie before where the reading began.
    """

    organisation: UUID
    epoch: int
    sequence: int
    recorded_at_us: int
    actor: str
    reason: str
    named: int
    bodies: int


@dataclass(frozen=True)
class ChainPoint:
    """A place in a chain: epoch, sequence and the hash of the entry there; sequence 0 is the beginning."""

    epoch: int
    sequence: int
    hash: bytes


class ChainCheck:
    """Follows one chain on from `start`, whose own entry is not checked: `follow` entries, then `finish`.

    `exported` are signed heads of this chain known from outside; those up to the start are not looked for.
    """

    def __init__(
        self,
        organisation: UUID,
        start: ChainPoint | None = None,
        exported: Iterable[ExportedHead] = (),
    ) -> None:
        self.findings: list[Finding] = []
        self.losses: list[DeclaredLoss] = []
        self.erasures: list[RecordedErasure] = []
        self.checked = 0
        self._organisation = organisation
        self._last = start or ChainPoint(1, 0, FIRST_HASH)
        self._exported = frozenset((head.epoch, head.sequence, head.hash) for head in exported)
        # Heads of before a declared restore lie in an earlier epoch, though their sequence may be greater.
        passed = (self._last.epoch, self._last.sequence) if start else (0, 0)
        self._awaited: dict[tuple[int, int], set[str]] = {}
        for epoch, sequence, digest in self._exported:
            if (epoch, sequence) > passed:
                self._awaited.setdefault((epoch, sequence), set()).add(digest)
        self._erased: dict[UUID, Header] = {}
        self._changed: list[StoredEntry] = []

    @property
    def reached(self) -> int:
        """Return the sequence of the last entry that was followed."""
        return self._last.sequence

    def follow(self, entry: StoredEntry) -> None:
        """Check one entry against the one before it."""
        header = entry.header
        self.checked += 1
        self._check_place(header)
        if entry_hash(header) != entry.hash:
            self._changed.append(entry)
        self._check_body(entry)
        self._check_export(entry)
        self._learn(entry)
        self._last = ChainPoint(header.epoch, header.sequence, entry.hash)

    def pass_over(self, sequence: int, digest: bytes) -> None:
        """Name what stands at this place and can be no entry, and go on after it."""
        self.checked += 1
        last = self._last
        if sequence > last.sequence + 1:
            self._find(Damage.REMOVED, last.epoch, last.sequence + 1, sequence - 1)
        self._find(Damage.CHANGED, last.epoch, sequence)
        self._awaited.pop((last.epoch, sequence), None)
        self._last = ChainPoint(last.epoch, sequence, digest)

    def name_stray(self, sequence: int | None) -> None:
        """Name a row at a place that no chain has: before its first, or not even a number."""
        self.checked += 1
        self._find(Damage.STRAY, 0, sequence or 0)

    def name_owner(self, head: ChainPoint) -> None:
        """Name a head that is kept under another organisation's key."""
        self._find(Damage.OWNER, head.epoch, head.sequence)

    def finish(self, head: ChainPoint | None) -> Sequence[Finding]:
        """Return all findings in sequence order, after the last entry; `head` is the one in the database."""
        self._check_head(head)
        proven = [loss for loss in self.losses if loss.is_proven]
        for place in self._awaited:
            if not any(loss.kept < place <= loss.lost for loss in proven):
                self._find(Damage.TRUNCATED, *place)
        for header in self._erased.values():
            self._find(Damage.BODY_MISSING, header.epoch, header.sequence)
        self._sort_out_changed()
        self.findings.sort(key=lambda finding: (finding.sequence, finding.damage))
        del self.findings[_MOST_FINDINGS:]
        return self.findings

    def _check_place(self, header: Header) -> None:
        last = self._last
        if header.sequence > last.sequence + 1:
            self._find(Damage.REMOVED, header.epoch, last.sequence + 1, header.sequence - 1)
        elif header.previous_hash != last.hash:
            self._find(Damage.UNLINKED, header.epoch, header.sequence)
        may_rise = header.kind == "journal.epoch_opened"
        if header.epoch < last.epoch or (header.epoch > last.epoch and not may_rise):
            self._find(Damage.EPOCH, header.epoch, header.sequence)

    def _check_body(self, entry: StoredEntry) -> None:
        header = entry.header
        if entry.body is None:
            self._erased[header.id] = header
        elif entry.salt is None or body_digest(entry.salt, entry.body) != header.body_digest:
            self._find(Damage.BODY_CHANGED, header.epoch, header.sequence)

    def _check_export(self, entry: StoredEntry) -> None:
        exported = self._awaited.pop((entry.header.epoch, entry.header.sequence), set())
        if exported - {entry.hash.hex()}:
            self._find(Damage.REWRITTEN, entry.header.epoch, entry.header.sequence)

    def _learn(self, entry: StoredEntry) -> None:
        """Learn from the journal's own facts what was erased or lost with somebody's knowledge."""
        if entry.body is None or not entry.header.kind.startswith("journal."):
            return
        try:
            body = json.loads(entry.body)
            if entry.header.kind == "journal.bodies_erased":
                self._learn_erasure(entry.header, body)
            elif entry.header.kind == "journal.epoch_opened" and body["lost_epoch"] is not None:
                self._learn_loss(entry.header, body)
        except (ValueError, KeyError, TypeError):
            # A body that was tampered with explains nothing; its digest has been reported already.
            return

    def _learn_erasure(self, header: Header, body: dict[str, Any]) -> None:
        found = [self._erased.pop(UUID(entry_id), None) for entry_id in body["entries"]]
        erasure = RecordedErasure(
            organisation=self._organisation,
            epoch=header.epoch,
            sequence=header.sequence,
            recorded_at_us=header.recorded_at_us,
            actor=header.actor,
            reason=str(body.get("reason", "")),
            named=len(found),
            bodies=sum(each is not None for each in found),
        )
        self.erasures.append(erasure)

    def _learn_loss(self, header: Header, body: dict[str, Any]) -> None:
        """Believe a declared loss as far as a signed head backs it: the gap between what is left and that."""
        kept = (self._last.epoch, self._last.sequence)
        lost = (int(body["lost_epoch"]), int(body["lost_sequence"]))
        if lost <= kept:
            return  # that head is still here, or should be: it has to be found like any other
        is_proven = header.epoch > lost[0] and (*lost, body["lost_hash"]) in self._exported
        self.losses.append(
            DeclaredLoss(
                self._organisation,
                kept,
                lost,
                header.recorded_at_us,
                header.actor,
                str(body.get("reason", "")),
                is_proven,
            )
        )

    def _check_head(self, head: ChainPoint | None) -> None:
        last = self._last
        if head is None:
            self._find(Damage.HEAD, last.epoch, last.sequence)
        elif head.sequence > last.sequence:
            self._find(Damage.TRUNCATED, head.epoch, last.sequence + 1, head.sequence)
        elif (head.sequence, head.hash) != (last.sequence, last.hash) or head.epoch < last.epoch:
            self._find(Damage.HEAD, head.epoch, head.sequence)

    def _sort_out_changed(self) -> None:
        """Tell entries that only moved from those that were changed: theirs is the hash of another place."""
        places = [entry.header.sequence for entry in self._changed[:_MOST_REORDERED]]
        for entry in self._changed:
            has_moved = any(
                entry_hash(replace(entry.header, sequence=place)) == entry.hash
                for place in places
                if len(self._changed) <= _MOST_REORDERED
            )
            damage = Damage.REORDERED if has_moved else Damage.CHANGED
            self._find(damage, entry.header.epoch, entry.header.sequence)

    def _find(self, damage: Damage, epoch: int, sequence: int, until: int | None = None) -> None:
        self.findings.append(Finding(damage, self._organisation, epoch, sequence, until or sequence))
