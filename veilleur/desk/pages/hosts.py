"""What the form about what something runs on is filled with."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import ngettext

from veilleur.domains.estate.queries import AssetRow, visible_asset_rows, visible_map
from veilleur.domains.estate.rules.map import AssetKind, MapNode, NodeKind, hosts_of
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import sort_key

_HOST_NOTHING = frozenset({AssetKind.WORKSTATION, AssetKind.PRINTER})


@dataclass(frozen=True)
class Hosted:
    """A service or machine, the machines it may run on, and those it runs on with how many are enough."""

    node: MapNode
    machines: tuple[AssetRow, ...]
    hosts: tuple[tuple[UUID, ...], int]
    environment: str


def hosted(viewer: Viewer, public_id: UUID) -> Hosted | None:
    """Return a service or a machine with what it may run on; None where there is none for this viewer."""
    estate = visible_map(viewer)
    node = next((each for each in estate.nodes if each.id == public_id), None)
    if node is None or node.kind not in {NodeKind.SERVICE, NodeKind.ASSET}:
        return None
    rows, hosts = visible_asset_rows(viewer), hosts_of(estate, public_id)
    may_host = [
        row for row in rows if row.id != public_id and (row.kind not in _HOST_NOTHING or row.id in hosts[0])
    ]
    return Hosted(
        node=node,
        machines=tuple(sorted(may_host, key=lambda row: sort_key(row.name))),
        hosts=hosts,
        environment=next((row.environment for row in rows if row.id == public_id), ""),
    )


def machine_hosts(viewer: Viewer, public_id: UUID) -> tuple[tuple[MapNode, ...], int]:
    """Return what a machine runs on, and how many of that are enough; 0: all are needed."""
    estate = visible_map(viewer)
    hosts, enough = hosts_of(estate, public_id)
    return tuple(node for node in estate.nodes if node.id in hosts), enough


def said_enough(enough: int) -> str:
    """Return how many alternatives are enough, "" where all are needed."""
    if not enough:
        return ""
    return ngettext("({count} is enough)", "({count} are enough)", enough).format(count=enough)
