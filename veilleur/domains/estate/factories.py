"""Rows of the estate for tests: plain functions with honest defaults, no journal fact."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.db.models import Model

from veilleur.domains.estate.models import (
    AgentDevice,
    AgentKey,
    Alternative,
    Asset,
    BusinessActivity,
    DataSet,
    Dependency,
    Node,
    Redundancy,
    Service,
    SheetImport,
    Site,
)
from veilleur.domains.estate.rules.identity import Doubt
from veilleur.domains.estate.rules.map import AssetKind, DataSetKind, DependencyKind, NodeKind
from veilleur.shared.ids import new_id

SYSTEM = {"os_id": "debian", "version": "12", "name": "Debian GNU/Linux 12 (bookworm)"}
SINCE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
_numbers = count(1)


def _node(organisation: Model, kind: NodeKind, name: str) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "public_id": new_id(SINCE),
        "node_kind": kind,
        "name": name or f"{kind.value} {next(_numbers)}",
        "since": SINCE,
        "recorded_at": SINCE,
    }


def make_asset(organisation: Model, name: str = "", **fields: Any) -> Asset:
    """Make a server in service."""
    values = {**_node(organisation, NodeKind.ASSET, name), "kind": AssetKind.SERVER, **fields}
    asset = Asset(**values)
    asset.save()
    return asset


def make_service(
    organisation: Model, name: str = "", *, runs_on: Asset | None = None, **fields: Any
) -> Service:
    """Make a service with an RTO of 4 h and an RPO of 24 h, on an asset if one is given."""
    values = {**_node(organisation, NodeKind.SERVICE, name), "rto_s": 14_400, "rpo_s": 86_400, **fields}
    service = Service(**values)
    service.save()
    if runs_on is not None:
        make_dependency(service, runs_on, DependencyKind.RUNS_ON)
    return service


def make_data_set(
    organisation: Model,
    name: str = "",
    *,
    stored_on: Asset | None = None,
    used_by: Service | None = None,
    **fields: Any,
) -> DataSet:
    """Make a folder of files, on an asset and needed by a service if they are given."""
    values = {
        **_node(organisation, NodeKind.DATA_SET, name),
        "kind": DataSetKind.FILES,
        "locator": "/srv/data",
        **fields,
    }
    data_set = DataSet(**values)
    data_set.save()
    if stored_on is not None:
        make_dependency(data_set, stored_on, DependencyKind.STORED_ON)
    if used_by is not None:
        make_dependency(used_by, data_set, DependencyKind.NEEDS_TO_START)
    return data_set


def make_activity(
    organisation: Model, name: str = "", *, relies_on: tuple[Node, ...] = (), **fields: Any
) -> BusinessActivity:
    """Make an activity of which nothing is said, on services if they are given."""
    activity = BusinessActivity(**_node(organisation, NodeKind.ACTIVITY, name), **fields)
    activity.save()
    for service in relies_on:
        make_dependency(activity, service, DependencyKind.RELIES_ON)
    return activity


def make_dependency(dependent: Node, dependency: Node, kind: DependencyKind, **fields: Any) -> Dependency:
    """Draw an edge of the map."""
    values = {
        "organisation_id": dependent.organisation_id,
        "public_id": new_id(SINCE),
        "dependent_id": dependent.pk,
        "dependency_id": dependency.pk,
        "kind": kind,
        "since": SINCE,
        "recorded_at": SINCE,
        **fields,
    }
    edge = Dependency(**values)
    edge.save()
    return edge


def make_redundancy(*edges: Dependency, needed: int = 1) -> Redundancy:
    """Say that of what these edges lead to, so many are enough."""
    common = {"organisation_id": edges[0].organisation_id}
    dates = {"since": SINCE, "recorded_at": SINCE}
    row = Redundancy(
        **common, **dates, public_id=new_id(SINCE), dependent_id=edges[0].dependent_id, needed=needed
    )
    row.save()
    for edge in edges:
        Alternative(**common, public_id=new_id(SINCE), redundancy=row, edge=edge).save()
    return row


def make_agent_key(organisation: Model, **fields: Any) -> AgentKey:
    """Make a key that nobody has: it opens nothing."""
    number = next(_numbers)
    values = {
        "organisation": organisation,
        "public_id": new_id(SINCE),
        "name": f"key {number}",
        "key_digest": f"{number:064x}",
        "shown": "vag_0000",
        "made_at": SINCE,
        **fields,
    }
    key = AgentKey(**values)
    key.save()
    return key


def make_agent_device(organisation: Model, **fields: Any) -> AgentDevice:
    """Make a device that waits for a person to say what it is."""
    number = next(_numbers)
    values = {
        "organisation": organisation,
        "public_id": new_id(SINCE),
        "device_id": f"pc-{number}-2026-01-05-08-00-00",
        "host_name": f"pc-{number}",
        "doubt": Doubt.UNKNOWN,
        "kind": AssetKind.WORKSTATION,
        "told": {
            "hardware": {"kind": "workstation", "cpu_count": 2, "memory_bytes": 2**32},
            "system": SYSTEM,
        },
        "first_report_at": SINCE,
        "last_report_at": SINCE,
        **fields,
    }
    values.setdefault("key", make_agent_key(organisation))
    device = AgentDevice(**values)
    device.save()
    return device


def make_list(organisation: Model) -> SheetImport:
    """Keep a list of one name that was brought and looked at."""
    row = SheetImport(
        organisation_id=organisation.pk,
        public_id=new_id(SINCE),
        file_name=f"list {next(_numbers)}.csv",
        digest="0" * 64,
        loaded_at=SINCE,
        loaded_by="",
        sheets=[["", [["Name"], ["sw-01"]]]],
        heading=0,
        columns={"0": "name"},
    )
    row.save()
    return row


def make_samples(organisation: Model) -> None:
    """Make what cannot be made by rote: a device whose signs are signs, a list with lines."""
    make_list(organisation)
    make_agent_device(organisation)


def make_site(organisation: Model, name: str = "") -> Site:
    """Make a place."""
    values: dict[str, Any] = {"organisation": organisation, "public_id": new_id(SINCE), "since": SINCE}
    site = Site(**values, name=name or f"site {next(_numbers)}", recorded_at=SINCE)
    site.save()
    return site
