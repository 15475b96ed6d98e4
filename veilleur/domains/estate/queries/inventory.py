"""Reads of what a machine has, part by part."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.models import (
    Address,
    Antivirus,
    Asset,
    Disk,
    FoundDatabase,
    InstalledPackage,
    Interface,
    Listener,
    LocalGroup,
    LocalUser,
    PartReading,
    RemoteTool,
    SeenOnAsset,
    VirtualMachine,
    Volume,
)
from veilleur.domains.estate.queries.map import present
from veilleur.domains.estate.rules import inventory, machine

PART_TABLES: dict[str, type[SeenOnAsset]] = {
    "packages": InstalledPackage,
    "volumes": Volume,
    "addresses": Address,
    "listeners": Listener,
    "databases": FoundDatabase,
    "disks": Disk,
    "interfaces": Interface,
    "virtual_machines": VirtualMachine,
    "antivirus": Antivirus,
    "local_users": LocalUser,
    "local_groups": LocalGroup,
    "remote_tools": RemoteTool,
}


PART_ROWS: dict[str, type[machine.InventoryRow]] = {
    "packages": machine.Package,
    "volumes": machine.Volume,
    "addresses": machine.Address,
    "listeners": machine.Listener,
    "databases": machine.FoundDatabase,
    "disks": inventory.Disk,
    "interfaces": inventory.Interface,
    "virtual_machines": inventory.VirtualMachine,
    "antivirus": inventory.Antivirus,
    "local_users": inventory.LocalUser,
    "local_groups": inventory.LocalGroup,
    "remote_tools": inventory.RemoteTool,
}


@dataclass(frozen=True)
class PartView:
    """One part of a machine's inventory: its rows in order, when it was read, why not if it was not."""

    part: str
    rows: tuple[machine.InventoryRow, ...]
    read_at: datetime | None
    unread_reason: str


def part_rows(
    asset: Asset, part: str, alike: Sequence[machine.InventoryRow] | None = None
) -> frozenset[machine.InventoryRow]:
    """Return the present rows of one part of a machine, as the values of `rules.machine`.

    `alike`: only those that are called as one of these, which are few.
    """
    kind = PART_ROWS[part]
    names = [field.name for field in fields(kind)]
    rows = PART_TABLES[part].objects.of(asset.organisation_id).filter(present(), asset=asset)
    if alike is not None:
        rows = rows.filter(**{f"{names[0]}__in": {getattr(row, names[0]) for row in alike}})
    return frozenset(kind(*values) for values in rows.values_list(*names))


def whole_parts_of_veilleur(organisation_id: int, asset: UUID, now: datetime) -> frozenset[str]:
    """Return the parts of a machine that Veilleur itself has read lately: no agent's word counts for them."""
    readings = PartReading.objects.of(organisation_id).filter(asset__public_id=asset, unread_reason="")
    told = readings.values_list("part", "source", "read_at")
    return frozenset(part for part, source, at in told if not machine.may_agent_tell(source, at, now))


def whole_part_steps(
    organisation_id: int, asset: UUID, part: str, rows: tuple[machine.InventoryRow, ...]
) -> list[machine.Step]:
    """Return what changes one part of a machine to these rows; nothing for a machine that is not there."""
    row = Asset.objects.of(organisation_id).filter(present(), public_id=asset).first()
    return [] if row is None else machine.steps_between(part_rows(row, part), rows)


def part_views(asset: Asset) -> tuple[PartView, ...]:
    readings = {
        reading.part: reading for reading in PartReading.objects.of(asset.organisation_id).filter(asset=asset)
    }
    return tuple(_part_view(asset, part, readings.get(part)) for part in machine.PARTS)


def _part_view(asset: Asset, part: str, reading: PartReading | None) -> PartView:
    if reading is None:
        return PartView(part, (), None, "not_read")
    rows = tuple(sorted(part_rows(asset, part)))
    return PartView(part, rows, reading.read_at, reading.unread_reason)
