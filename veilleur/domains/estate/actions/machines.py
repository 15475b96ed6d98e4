"""Writes of a machine's registration: what it told of itself, kept with dates, facts for changes only."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.facts import AssetChanged, AssetRegistered, Change, InventoryChanged
from veilleur.domains.estate.models import Asset, AssetIdentity, PartReading
from veilleur.domains.estate.queries import PART_TABLES, known_asset, part_rows
from veilleur.domains.estate.rules.machine import (
    PARTS,
    TOLD_APART,
    InventoryRow,
    MachineFacts,
    Unread,
    difference,
    row_text,
)
from veilleur.domains.estate.rules.map import NodeKind
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

# Rows closed or inserted by one statement: SQLite bounds the number of its parameters.
_BATCH = 400
# Rows of one piece: well under the time that one turn at the database may last.
_PIECE = 150


@recorded
def register_machine(*, now: datetime, actor: Actor, organisation_id: int, facts: MachineFacts) -> Asset:
    """Register the machine, or bring up to date the asset that one of its signs names.

    Facts are recorded for what changed only: the same machine read twice records nothing more. A
    part that could not be read keeps its last rows and says since when and why it is unknown.
    """
    asset = known_asset(organisation_id, facts.identities)
    if asset is None:
        asset = _new_asset(now, organisation_id, facts)
    else:
        _apply_told(asset, now, _told(facts))
    _keep_identities(asset, now, facts)
    if facts.is_here:
        _leave_other_machines(asset)
    for part in PARTS:
        rows: tuple[InventoryRow, ...] | Unread = getattr(facts, part)
        _PartUpdate(asset, part, now).apply(rows)
    return asset


def add_machine(now: datetime, organisation_id: int, facts: MachineFacts) -> Asset:
    """Register a machine that a person says is new, whatever its signs; within an action."""
    asset = _new_asset(now, organisation_id, facts)
    _keep_identities(asset, now, facts)
    return asset


@recorded
def refresh_machine(
    *, now: datetime, actor: Actor, organisation_id: int, asset: UUID, facts: MachineFacts
) -> bool:
    """Bring what a machine is up to date from its agent; return whether there is such a machine.

    What the agent does not tell stays, and so does the kind, which a reader on the machine itself or a person
    may know better. The machine that Veilleur runs on is read by Veilleur: an agent adds its signs alone.
    """
    row = Asset.objects.of(organisation_id).filter(public_id=asset, until=None).first()
    if row is None:
        return False
    if not row.is_here:
        told = {field: value for field, value in _told(facts).items() if value and field != "kind"}
        _apply_told(row, now, told)
    _keep_identities(row, now, facts)
    return True


def _told(facts: MachineFacts) -> dict[str, object]:
    """Return the columns of an asset that its machine tells, by column name."""
    system, hardware = facts.system, facts.hardware
    return {
        "host_name": facts.host_name,
        "is_here": facts.is_here,
        "kind": hardware.kind,
        "os_id": system.os_id,
        "os_version": system.version,
        "os_name": system.name,
        "os_codename": system.codename,
        "kernel": system.kernel,
        "architecture": system.architecture,
        "full_support_until": system.full_support_until,
        "lts_support_until": system.lts_support_until,
        "support_source": system.support_source,
        "cpu_model": hardware.cpu_model,
        "cpu_count": hardware.cpu_count,
        "memory_bytes": hardware.memory_bytes,
        "manufacturer": hardware.manufacturer,
        "model": hardware.model,
        "serial": hardware.serial,
    }


def _new_asset(now: datetime, organisation_id: int, facts: MachineFacts) -> Asset:
    asset = Asset(
        organisation_id=organisation_id,
        public_id=new_id(now),
        node_kind=NodeKind.ASSET,
        name=facts.host_name,
        since=now,
        recorded_at=now,
        read_at=now,
        **_told(facts),
    )
    asset.save()
    strongest = facts.identities[0] if facts.identities else None
    fact = AssetRegistered(
        name=asset.name,
        kind=asset.kind,
        identity=f"{strongest.scheme}:{strongest.value}" if strongest else "",
        operating_system=asset.os_name,
    )
    record(fact, subject=asset.public_id, organisation_id=organisation_id)
    return asset


def _apply_told(asset: Asset, now: datetime, told: dict[str, object]) -> None:
    changes = []
    for field, after in told.items():
        before = getattr(asset, field)
        if before != after:
            changes.append(Change(field, _text(before), _text(after)))
            setattr(asset, field, after)
    asset.read_at = now
    asset.save()
    if changes:
        fact = AssetChanged(changes=tuple(changes))
        record(fact, subject=asset.public_id, organisation_id=asset.organisation_id)


def _leave_other_machines(asset: Asset) -> None:
    """Veilleur moved here: the machine it ran on before is no longer its own."""
    others = Asset.objects.of(asset.organisation_id).filter(is_here=True).exclude(pk=asset.pk)
    for other in others.order_by("pk"):
        other.is_here = False
        other.save()
        fact = AssetChanged(changes=(Change("is_here", "True", "False"),))
        record(fact, subject=other.public_id, organisation_id=asset.organisation_id)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _keep_identities(asset: Asset, now: datetime, facts: MachineFacts) -> None:
    signs = AssetIdentity.objects.of(asset.organisation_id)
    for identity in facts.identities:
        # A sign that already names another asset stays there: two machines may share a host name.
        if not signs.filter(scheme=identity.scheme, value=identity.value).exists():
            AssetIdentity(
                organisation_id=asset.organisation_id,
                public_id=new_id(now),
                asset=asset,
                scheme=identity.scheme,
                value=identity.value,
            ).save()


@recorded
def update_part(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    asset: UUID,
    part: str,
    rows: tuple[InventoryRow, ...] | Unread,
) -> bool | Refused:
    """Bring a piece of one part of an asset's inventory up to date; return whether nothing is left to do.

    A piece is small enough for a short turn at the database: call again until it says so. Refused with
    `no_such_node`.
    """
    row: Asset | None = Asset.objects.of(organisation_id).filter(public_id=asset, until=None).first()
    if row is None:
        return Refused("no_such_node")
    return _PartUpdate(row, part, now, most=_PIECE).apply(rows)


@dataclass(frozen=True)
class _PartUpdate:
    """Brings one part of the inventory up to date, at most so many rows at a time."""

    asset: Asset
    part: str
    now: datetime
    most: int | None = None

    def apply(self, rows: tuple[InventoryRow, ...] | Unread) -> bool:
        """Close what is gone, insert what is new, and return whether that was all of it."""
        if rows == TOLD_APART:
            return True
        reading = self._reading()
        if isinstance(rows, Unread):
            self._note(reading, rows.reason)
            return True
        gone, new = difference(part_rows(self.asset, self.part), frozenset(rows))
        closed, inserted = self._piece(gone, new)
        self._close(closed)
        self._insert(inserted)
        # What was there when Veilleur first looked is no change of the machine.
        if reading is not None and (closed or inserted):
            self._record(closed, inserted)
        is_done = len(closed) + len(inserted) == len(gone) + len(new)
        if is_done:
            self._note(reading, "")
        return is_done

    def _piece(
        self, gone: frozenset[InventoryRow], new: frozenset[InventoryRow]
    ) -> tuple[list[InventoryRow], list[InventoryRow]]:
        """Return what this piece closes and inserts; both in order, so that an upgrade stays together."""
        steps = sorted([(row_text(row), 0, row) for row in gone] + [(row_text(row), 1, row) for row in new])
        piece = steps[: self.most]
        return [row for _, side, row in piece if side == 0], [row for _, side, row in piece if side == 1]

    def _record(self, closed: list[InventoryRow], inserted: list[InventoryRow]) -> None:
        fact = InventoryChanged(
            part=self.part, added=tuple(map(row_text, inserted)), removed=tuple(map(row_text, closed))
        )
        record(fact, subject=self.asset.public_id, organisation_id=self.asset.organisation_id)

    def _reading(self) -> PartReading | None:
        readings = PartReading.objects.of(self.asset.organisation_id)
        found: PartReading | None = readings.filter(asset=self.asset, part=self.part).first()
        return found

    def _note(self, reading: PartReading | None, reason: str) -> None:
        """Note that the part was read now, or why it could not be."""
        if reading is None:
            reading = PartReading(
                organisation_id=self.asset.organisation_id,
                public_id=new_id(self.now),
                asset=self.asset,
                part=self.part,
            )
        # An unread part keeps the instant at which its rows were last true, if there is one.
        if not reason or reading.pk is None:
            reading.read_at = self.now
        reading.unread_reason = reason
        reading.save()

    def _close(self, gone: list[InventoryRow]) -> None:
        if not gone:
            return
        wanted, kind = frozenset(gone), type(gone[0])
        names = [field.name for field in fields(kind)]
        current = PART_TABLES[self.part].objects.of(self.asset.organisation_id)
        current = current.filter(asset=self.asset, until=None)
        keys = [pk for pk, *values in current.values_list("pk", *names) if kind(*values) in wanted]
        for first in range(0, len(keys), _BATCH):
            current.filter(pk__in=keys[first : first + _BATCH]).update(until=self.now)

    def _insert(self, new: list[InventoryRow]) -> None:
        table = PART_TABLES[self.part]
        fresh = [
            table(
                organisation_id=self.asset.organisation_id,
                public_id=new_id(self.now),
                asset=self.asset,
                since=self.now,
                recorded_at=self.now,
                **{field.name: getattr(row, field.name) for field in fields(row)},
            )
            for row in new
        ]
        table.objects.of(self.asset.organisation_id).bulk_create(fresh, batch_size=_BATCH)
