"""Reads of agents for pages: keys, devices that wait, devices that report, documents laid aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from veilleur.domains.estate.models import AgentDevice, AgentKey, AgentReport, AssetIdentity
from veilleur.domains.estate.queries.agents import signs_of
from veilleur.domains.estate.rules.agents import SILENT_AFTER, DeviceState
from veilleur.domains.estate.rules.identity import looked_up
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer

# What one page shows; the others follow once these are settled.
MOST_SHOWN = 100


@dataclass(frozen=True)
class AgentKeyRow:
    """What pages show of a key."""

    id: UUID
    name: str
    shown: str
    made_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Candidate:
    """A machine that a device may be."""

    id: UUID
    name: str


@dataclass(frozen=True)
class DeviceRow:
    """What pages show of a device. `candidates` are machines that have one of its signs, strongest first."""

    id: UUID
    state: str
    doubt: str
    host_name: str
    device_id: str
    kind: str
    os_name: str
    manufacturer: str
    model: str
    serial: str
    uuid: str
    macs: tuple[str, ...]
    tag: str
    client: str
    key_name: str
    is_incomplete: bool
    faults: tuple[str, ...]
    booted_at: datetime | None
    first_report_at: datetime
    last_report_at: datetime
    asset: Candidate | None
    candidates: tuple[Candidate, ...] = ()

    def is_silent(self, now: datetime) -> bool:
        """Return whether its agent has missed so many reports that somebody should look."""
        return now - self.last_report_at > SILENT_AFTER


@dataclass(frozen=True)
class AsideRow:
    """A document that could not be taken; `fault` is a code of `labels.DOCUMENT_FAULTS`."""

    received_at: datetime
    client: str
    size_bytes: int
    fault: str
    key_name: str


@dataclass(frozen=True)
class DeviceCounts:
    """How many devices there are in each state, and how many that report were not heard for long."""

    waiting: int
    accepted: int
    refused: int
    silent: int


def visible_agent_keys(viewer: Viewer) -> list[AgentKeyRow]:
    """Return the keys that open something, by name."""
    rows = AgentKey.objects.visible_to(viewer).filter(revoked_at=None).order_by("name", "pk")
    columns = ("public_id", "name", "shown", "made_at", "last_used_at")
    return [AgentKeyRow(*values) for values in rows.values_list(*columns)]


def visible_device_counts(viewer: Viewer, now: datetime) -> DeviceCounts:
    """Return how many devices the viewer's organisation has. Two queries."""
    rows = AgentDevice.objects.visible_to(viewer)
    states = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    late = rows.filter(state=DeviceState.ACCEPTED, last_report_at__lt=now - SILENT_AFTER)
    return DeviceCounts(
        waiting=states.get(DeviceState.WAITING, 0),
        accepted=states.get(DeviceState.ACCEPTED, 0),
        refused=states.get(DeviceState.REFUSED, 0),
        silent=late.count(),
    )


def visible_waiting_count(viewer: Viewer) -> int:
    """Return how many devices wait for a person."""
    return AgentDevice.objects.visible_to(viewer).filter(state=DeviceState.WAITING).count()


def visible_devices(viewer: Viewer, state: DeviceState) -> list[DeviceRow]:
    """Return a page of the devices in a state: those that wait longest, or are silent longest, first."""
    order = "first_report_at" if state is DeviceState.WAITING else "last_report_at"
    rows = AgentDevice.objects.visible_to(viewer).filter(state=state).order_by(order, "pk")
    return _rows(viewer, rows[:MOST_SHOWN], with_candidates=state is not DeviceState.ACCEPTED)


def visible_device(viewer: Viewer, public_id: UUID) -> DeviceRow | None:
    """Return one device; None where there is none for this viewer."""
    rows = AgentDevice.objects.visible_to(viewer).filter(public_id=public_id)
    return next(iter(_rows(viewer, rows, with_candidates=True)), None)


def visible_reports_aside(viewer: Viewer) -> list[AsideRow]:
    """Return the documents that could not be taken, the newest first."""
    rows = AgentReport.objects.visible_to(viewer).exclude(fault="").order_by("-received_at", "-pk")
    columns = ("received_at", "client", "size_bytes", "fault", "key__name")
    return [AsideRow(*values) for values in rows.values_list(*columns)]


def _rows(viewer: Viewer, rows: TenantQuerySet, *, with_candidates: bool) -> list[DeviceRow]:
    devices = list(rows.select_related("asset", "key"))
    found = _candidates(viewer, devices) if with_candidates else {}
    return [_row(device, found.get(device.pk, ())) for device in devices]


def _row(device: AgentDevice, candidates: tuple[Candidate, ...]) -> DeviceRow:
    system, hardware = device.told.get("system", {}), device.told.get("hardware", {})
    as_told: dict[str, Any] = {
        name: getattr(device, name)
        for name in (
            "state", "doubt", "host_name", "device_id", "kind", "serial", "uuid", "tag", "client",
            "is_incomplete", "booted_at", "first_report_at", "last_report_at",
        )
    }  # fmt: skip
    return DeviceRow(
        **as_told,
        id=device.public_id,
        os_name=system.get("name", ""),
        manufacturer=hardware.get("manufacturer", ""),
        model=hardware.get("model", ""),
        macs=tuple(device.macs),
        faults=tuple(device.faults),
        key_name=device.key.name,
        asset=Candidate(device.asset.public_id, device.asset.name) if device.asset else None,
        candidates=candidates,
    )


def _candidates(viewer: Viewer, devices: Sequence[AgentDevice]) -> dict[int, tuple[Candidate, ...]]:
    """Return for each device which machines have one of its signs. One query for all."""
    told = {device.pk: looked_up(signs_of(device)) for device in devices}
    holders = _holders(viewer, {identity.value for signs in told.values() for identity in signs})
    return {
        key: tuple(
            dict.fromkeys(
                each for identity in signs for each in holders.get((identity.scheme, identity.value), ())
            )
        )
        for key, signs in told.items()
    }


def _holders(viewer: Viewer, values: Iterable[str]) -> dict[tuple[str, str], list[Candidate]]:
    rows = AssetIdentity.objects.visible_to(viewer).filter(Q(value__in=list(values)), asset__until=None)
    holders: dict[tuple[str, str], list[Candidate]] = {}
    for scheme, value, asset, name in rows.values_list("scheme", "value", "asset__public_id", "asset__name"):
        holders.setdefault((scheme, value), []).append(Candidate(asset, name))
    return holders
