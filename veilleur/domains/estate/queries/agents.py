"""Reads of agents: who comes by a key, what waits to be read, which devices report, for which machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.estate.models import (
    AgentDevice,
    AgentDocument,
    AgentKey,
    AgentReport,
    Asset,
    AssetIdentity,
)
from veilleur.domains.estate.queries.map import present
from veilleur.domains.estate.rules.agents import DeviceState, digest_of_key, is_key
from veilleur.domains.estate.rules.identity import (
    KnownDevice,
    Recognition,
    Signs,
    device_of,
    looked_up,
    recognise,
)
from veilleur.domains.estate.rules.machine import Identity
from veilleur.shared.models import TenantQuerySet


@dataclass(frozen=True)
class KeyHolder:
    """For whom an agent reports: the key and the organisation, by their database keys."""

    key: int
    organisation_id: int
    organisation: UUID
    last_used_at: datetime | None


def holder_of(key: str) -> KeyHolder | None:
    """Return for whom an agent with this key reports, None for a key that opens nothing. One query at most.

    Found by its digest alone: how long that takes tells nothing about any key.
    """
    if not is_key(key):
        return None
    rows = AgentKey.objects.across_organisations("the key says for which organisation")
    found = rows.filter(key_digest=digest_of_key(key), revoked_at=None)
    row = found.values_list("pk", "organisation_id", "organisation__public_id", "last_used_at").first()
    return None if row is None else KeyHolder(*row)


def whole_waiting_reports(organisation_id: int, most: int) -> list[UUID]:
    """Return the documents that wait to be read, those that came first before the others."""
    waiting = AgentReport.objects.of(organisation_id).filter(fault="").order_by("received_at", "pk")
    return list(waiting.values_list("public_id", flat=True)[:most])


def device_with_document(organisation_id: int, digest: str) -> UUID | None:
    """Return the device whose last document is this one."""
    documents = AgentDocument.objects.of(organisation_id).filter(digest=digest)
    found: UUID | None = documents.values_list("device__public_id", flat=True).first()
    return found


def kept_document(organisation_id: int, device: UUID) -> bytes | None:
    """Return what a device told last, deflated."""
    documents = AgentDocument.objects.of(organisation_id).filter(device__public_id=device)
    content = documents.values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def whole_accepted(organisation_id: int, device: UUID) -> UUID | None:
    """Return the machine that a device reports for; None while it waits or is turned away."""
    rows = AgentDevice.objects.of(organisation_id).filter(public_id=device, state=DeviceState.ACCEPTED)
    found: UUID | None = rows.values_list("asset__public_id", flat=True).first()
    return found


def known_device(organisation_id: int, told: Signs) -> AgentDevice | None:
    """Return the device that tells again, None for one that nobody has heard of. One query."""
    rows = {row.public_id: row for row in _of_same_agent(organisation_id, told)}
    found = device_of(told, [_known(row) for row in rows.values()])
    return None if found is None else rows[found.id]


def recognised(organisation_id: int, told: Signs) -> Recognition:
    """Return which machine a device is that reports for the first time. Four queries."""
    holders = _holders(organisation_id, looked_up(told))
    signs = AssetIdentity.objects.of(organisation_id).filter(asset__public_id__in=set(holders.values()))
    held: dict[UUID, set[Identity]] = {}
    for asset, scheme, value in signs.values_list("asset__public_id", "scheme", "value"):
        held.setdefault(asset, set()).add(Identity(scheme, value))
    reporting = AgentDevice.objects.of(organisation_id).filter(
        asset__public_id__in=held, state=DeviceState.ACCEPTED
    )
    devices = {row.pk: _known(row) for row in reporting.select_related("asset")}
    devices |= {row.pk: _known(row) for row in _of_same_agent(organisation_id, told)}
    return recognise(
        told, list(devices.values()), holders, {asset: frozenset(each) for asset, each in held.items()}
    )


def _of_same_agent(organisation_id: int, told: Signs) -> TenantQuerySet:
    same = Q(device_id=told.device_id)
    if told.agent_id:
        same |= Q(agent_id=told.agent_id)
    rows = AgentDevice.objects.of(organisation_id).filter(same)
    return rows.select_related("asset").order_by("pk")


def _holders(organisation_id: int, identities: Iterable[Identity]) -> dict[Identity, UUID]:
    """Return which present asset holds which of these signs."""
    wanted = Q(pk__in=())
    for identity in identities:
        wanted |= Q(scheme=identity.scheme, value=identity.value)
    signs = AssetIdentity.objects.of(organisation_id).filter(wanted, asset__until=None)
    return {
        Identity(scheme, value): asset
        for asset, scheme, value in signs.values_list("asset__public_id", "scheme", "value")
    }


def signs_of(device: AgentDevice) -> Signs:
    """Return what is known of who a device is."""
    return Signs(
        device.agent_id, device.device_id, device.uuid, device.serial, tuple(device.macs), device.host_name
    )


def _known(device: AgentDevice) -> KnownDevice:
    return KnownDevice(
        device.public_id, signs_of(device), device.asset.public_id if device.asset is not None else None
    )


def present_asset(organisation_id: int, public_id: UUID) -> Asset | None:
    """Return a present asset, for the actions."""
    asset: Asset | None = Asset.objects.of(organisation_id).filter(present(), public_id=public_id).first()
    return asset
