"""Writes of a machine's registration: what it told of itself, kept with dates, facts for changes only."""

from dataclasses import dataclass, fields
from datetime import datetime

from veilleur.domains.estate.facts import AssetChanged, AssetRegistered, Change, InventoryChanged
from veilleur.domains.estate.models import Asset, AssetIdentity, PartReading
from veilleur.domains.estate.queries import PART_TABLES, known_asset, part_rows
from veilleur.domains.estate.rules.machine import (
    PARTS,
    InventoryRow,
    MachineFacts,
    Unread,
    difference,
    row_text,
)
from veilleur.domains.estate.rules.map import NodeKind
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import Actor

# Rows closed or inserted by one statement: SQLite bounds the number of its parameters.
_BATCH = 400


@recorded
def register_machine(*, now: datetime, actor: Actor, organisation_id: int, facts: MachineFacts) -> Asset:
    """Register the machine, or bring up to date the asset that one of its signs names.

    Facts are recorded for what changed only: the same machine read twice records nothing more. A
    part that could not be read keeps its last rows and says since when and why it is unknown.
    """
    asset = known_asset(organisation_id, facts.identities)
    is_new = asset is None
    if asset is None:
        asset = _new_asset(now, organisation_id, facts)
    else:
        _update_asset(asset, now, facts)
    _keep_identities(asset, now, facts)
    if facts.is_here:
        _leave_other_machines(asset)
    for part in PARTS:
        rows: tuple[InventoryRow, ...] | Unread = getattr(facts, part)
        _PartUpdate(asset, part, now, is_news=not is_new).apply(rows)
    return asset


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


def _update_asset(asset: Asset, now: datetime, facts: MachineFacts) -> None:
    changes = []
    for field, after in _told(facts).items():
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


@dataclass(frozen=True)
class _PartUpdate:
    """Brings one part of the inventory up to date; `is_news` is False at the first registration."""

    asset: Asset
    part: str
    now: datetime
    is_news: bool

    def apply(self, rows: tuple[InventoryRow, ...] | Unread) -> None:
        if isinstance(rows, Unread):
            self._note(rows.reason)
            return
        gone, new = difference(part_rows(self.asset, self.part), frozenset(rows))
        self._close(gone)
        self._insert(new)
        is_first_reading = not self._note("")
        if (gone or new) and self.is_news and not is_first_reading:
            fact = InventoryChanged(
                part=self.part,
                added=tuple(sorted(map(row_text, new))),
                removed=tuple(sorted(map(row_text, gone))),
            )
            record(fact, subject=self.asset.public_id, organisation_id=self.asset.organisation_id)

    def _note(self, reason: str) -> bool:
        """Note when the part was read, or why not; return whether it had been read before."""
        readings = PartReading.objects.of(self.asset.organisation_id).filter(asset=self.asset, part=self.part)
        reading = readings.first()
        if reading is None:
            PartReading(
                organisation_id=self.asset.organisation_id,
                public_id=new_id(self.now),
                asset=self.asset,
                part=self.part,
                read_at=self.now,
                unread_reason=reason,
            ).save()
            return False
        # An unread part keeps the instant at which its rows were last true.
        reading.read_at = reading.read_at if reason else self.now
        reading.unread_reason = reason
        reading.save(update_fields=["read_at", "unread_reason"])
        return True

    def _close(self, gone: frozenset[InventoryRow]) -> None:
        if not gone:
            return
        table = PART_TABLES[self.part]
        current = table.objects.of(self.asset.organisation_id).filter(asset=self.asset, until=None)
        kind = type(next(iter(gone)))
        names = [field.name for field in fields(kind)]
        keys = [pk for pk, *values in current.values_list("pk", *names) if kind(*values) in gone]
        for first in range(0, len(keys), _BATCH):
            current.filter(pk__in=keys[first : first + _BATCH]).update(until=self.now)

    def _insert(self, new: frozenset[InventoryRow]) -> None:
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
