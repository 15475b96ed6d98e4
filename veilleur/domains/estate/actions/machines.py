"""Writes of a machine's registration: what it told of itself, kept with dates, facts for changes only."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.actions.parts import PartUpdate
from veilleur.domains.estate.facts import AssetChanged, AssetRegistered, Change
from veilleur.domains.estate.models import Asset, AssetIdentity
from veilleur.domains.estate.queries import known_asset
from veilleur.domains.estate.queries.inventory import whole_parts_of_veilleur
from veilleur.domains.estate.rules.machine import (
    PARTS,
    Identity,
    MachineFacts,
)
from veilleur.domains.estate.rules.map import NodeKind
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import Actor


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
    keep_identities(asset, now, facts.identities)
    if facts.is_here:
        _leave_other_machines(asset)
    for part in PARTS:
        PartUpdate(asset, part, now).apply(getattr(facts, part))
    return asset


@recorded
def register_read_machine(*, now: datetime, actor: Actor, organisation_id: int, facts: MachineFacts) -> UUID:
    """Register a machine that was read from afar and is none of those that are known; its parts follow."""
    return add_machine(now, organisation_id, facts).public_id


def add_machine(now: datetime, organisation_id: int, facts: MachineFacts) -> Asset:
    """Register a machine that a person says is new, whatever its signs; within an action."""
    asset = _new_asset(now, organisation_id, facts)
    keep_identities(asset, now, facts.identities)
    return asset


@recorded
def refresh_machine(
    *, now: datetime, actor: Actor, organisation_id: int, asset: UUID, facts: MachineFacts
) -> bool:
    """Bring what a machine is up to date from its agent; return whether there is such a machine.

    What the agent does not tell stays, and so does the kind, which a reader on the machine itself or a person
    may know better. To a machine that Veilleur itself reads, an agent adds its signs alone.
    """
    row = Asset.objects.of(organisation_id).filter(public_id=asset, until=None).first()
    if row is None:
        return False
    if not whole_parts_of_veilleur(organisation_id, asset, now):
        told = {field: value for field, value in _told(facts).items() if value and field != "kind"}
        _apply_told(row, now, told)
    keep_identities(row, now, facts.identities)
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


def keep_identities(asset: Asset, now: datetime, identities: tuple[Identity, ...]) -> None:
    """Keep the signs by which an asset is known again; within an action."""
    signs = AssetIdentity.objects.of(asset.organisation_id)
    for identity in identities:
        # A sign that already names another asset stays there: two machines may share a host name.
        if not signs.filter(scheme=identity.scheme, value=identity.value).exists():
            AssetIdentity(
                organisation_id=asset.organisation_id,
                public_id=new_id(now),
                asset=asset,
                scheme=identity.scheme,
                value=identity.value,
            ).save()
