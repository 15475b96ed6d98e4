"""Writes of the devices that report: known again, kept waiting, let in by a person or turned away."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from veilleur.domains.estate.actions.machines import add_machine
from veilleur.domains.estate.actions.sites import place_at_site
from veilleur.domains.estate.facts import DeviceAccepted, DeviceRefused, DeviceWaits
from veilleur.domains.estate.models import AgentDevice, AgentDocument, Asset, Site
from veilleur.domains.estate.queries.agents import known_device, present_asset, recognised, signs_of
from veilleur.domains.estate.rules.agents import (
    APPLY_DOCUMENT,
    MOST_WAITING_DEVICES,
    DeviceState,
    Told,
)
from veilleur.domains.estate.rules.identity import Doubt, identities_of, merged_signs
from veilleur.domains.estate.rules.machine import Hardware, MachineFacts, OperatingSystem
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.domains.journal.actions import record, recorded, schedule_job
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

Kept = TypeVar("Kept", OperatingSystem, Hardware)


@dataclass(frozen=True)
class Settled:
    """What became of a report: its device, and the machine that it refreshes; None while it waits."""

    device: UUID
    state: DeviceState
    asset: UUID | None


@recorded
def settle_device(
    *, now: datetime, actor: Actor, organisation_id: int, key: int, told: Told, received_at: datetime
) -> Settled | Refused:
    """Return whose report this is, with what is new of the device; a new one is recognised or waits.

    Refuse "too_many_waiting" where so many wait that no person looks at them.
    """
    row = known_device(organisation_id, told.signs)
    if row is None:
        made = _new_device(now, organisation_id, told)
        if isinstance(made, Refused):
            return made
        row = made
        row.first_report_at = row.last_report_at = received_at
    elif row.asset is not None and row.asset.until is not None:
        # Its machine left the estate: a person says what it is now.
        row.state, row.asset, row.doubt = DeviceState.WAITING, None, Doubt.UNKNOWN
    row.key_id = key
    _keep_telling(row, told)
    row.save()
    return Settled(row.public_id, DeviceState(row.state), row.asset.public_id if row.asset else None)


def _new_device(now: datetime, organisation_id: int, told: Told) -> AgentDevice | Refused:
    found = recognised(organisation_id, told.signs)
    asset = None if found.asset is None else present_asset(organisation_id, found.asset)
    row = AgentDevice(organisation_id=organisation_id, public_id=new_id(now))
    if asset is not None:
        row.state, row.asset = DeviceState.ACCEPTED, asset
        fact: object = DeviceAccepted(told.signs.host_name, asset.public_id, "recognised")
    else:
        waiting = AgentDevice.objects.of(organisation_id).filter(state=DeviceState.WAITING)
        if waiting.count() >= MOST_WAITING_DEVICES:
            return Refused("too_many_waiting")
        row.doubt = found.doubt or Doubt.UNKNOWN
        fact = DeviceWaits(told.signs.host_name, told.facts.hardware.kind, row.doubt)
    record(fact, subject=row.public_id, organisation_id=organisation_id)
    return row


def _keep_telling(row: AgentDevice, told: Told) -> None:
    """Keep by what the device is known again and recognised by a person, as it tells it now."""
    signs = merged_signs(signs_of(row), told.signs)
    row.agent_id, row.device_id, row.host_name = signs.agent_id, signs.device_id, signs.host_name
    row.uuid, row.serial, row.macs = signs.uuid, signs.serial, list(signs.macs)
    row.kind = told.facts.hardware.kind
    row.told = {"system": _plain(told.facts.system), "hardware": _plain(told.facts.hardware)}
    row.tag, row.client, row.booted_at = told.tag, told.client, told.booted_at
    row.is_incomplete, row.faults = told.is_partial, list(told.faults)


@recorded
def accept_device(*, now: datetime, actor: Actor, organisation_id: int, device: UUID) -> UUID | Refused:
    """Let a device in as a new machine and return that. Refuse "no_such_device" for one let in already.

    Its parts follow by a job, from what the device told last.
    """
    row = _waiting(organisation_id, device)
    if row is None:
        return Refused("no_such_device")
    asset = add_machine(now, organisation_id, facts_of(row))
    _place(row, asset, now)
    _let_in(row, asset, now, "new")
    return asset.public_id


def _place(row: AgentDevice, asset: Asset, now: datetime) -> None:
    """Have a new machine stand at the site that its agent's tag names, if there is one."""
    sites = Site.objects.of(row.organisation_id).filter(until=None, name__iexact=row.tag)
    site = sites.order_by("pk").first() if row.tag else None
    if site is not None:
        place_at_site(
            now=now,
            actor=SYSTEM,
            organisation_id=row.organisation_id,
            node=asset.public_id,
            site=site.public_id,
        )


@recorded
def link_device(
    *, now: datetime, actor: Actor, organisation_id: int, device: UUID, asset: UUID
) -> UUID | Refused:
    """Say that a device is a machine that is known. Refuse "no_such_device" and "no_such_node"."""
    row = _waiting(organisation_id, device)
    if row is None:
        return Refused("no_such_device")
    machine = present_asset(organisation_id, asset)
    if machine is None:
        return Refused("no_such_node")
    _let_in(row, machine, now, "linked")
    return machine.public_id


@recorded
def refuse_device(*, now: datetime, actor: Actor, organisation_id: int, device: UUID) -> Refused | None:
    """Turn a device away: what it tells is not kept until a person lets it in. Refuse "no_such_device"."""
    row = _waiting(organisation_id, device)
    if row is None:
        return Refused("no_such_device")
    if row.state != DeviceState.REFUSED:
        row.state = DeviceState.REFUSED
        row.save(update_fields=["state"])
        AgentDocument.objects.of(organisation_id).filter(device=row).delete()
        record(DeviceRefused(row.host_name), subject=row.public_id, organisation_id=organisation_id)
    return None


def _waiting(organisation_id: int, device: UUID) -> AgentDevice | None:
    rows = AgentDevice.objects.of(organisation_id).filter(public_id=device)
    row: AgentDevice | None = rows.exclude(state=DeviceState.ACCEPTED).select_for_update(of=("self",)).first()
    return row


def _let_in(row: AgentDevice, asset: Asset, now: datetime, how: str) -> None:
    row.state, row.asset, row.doubt = DeviceState.ACCEPTED, asset, ""
    row.save(update_fields=["state", "asset", "doubt"])
    record(
        DeviceAccepted(row.host_name, asset.public_id, how),
        subject=row.public_id,
        organisation_id=row.organisation_id,
    )
    named = {"organisation": str(row.organisation.public_id), "device": str(row.public_id)}
    schedule_job(APPLY_DOCUMENT, str(row.public_id), now, dict(named))


def facts_of(row: AgentDevice) -> MachineFacts:
    """Return what a device says the machine is, without its parts."""
    hardware = _rebuilt(Hardware, row.told.get("hardware", {}))
    return MachineFacts(
        host_name=row.host_name,
        identities=identities_of(signs_of(row)),
        system=_rebuilt(OperatingSystem, row.told.get("system", {})),
        hardware=hardware,
    )


def _plain(value: OperatingSystem | Hardware) -> dict[str, Any]:
    """Return the fields that JSON can hold: no dates, which no agent tells."""
    return {name: each for name, each in asdict(value).items() if isinstance(each, str | int)}


def _rebuilt(kind: type[Kept], kept: dict[str, Any]) -> Kept:
    known = {field.name for field in fields(kind)}
    values = {name: value for name, value in kept.items() if name in known}
    if kind is Hardware:
        values["kind"] = AssetKind(values["kind"])
    return kind(**values)
