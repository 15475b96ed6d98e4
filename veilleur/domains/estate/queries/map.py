"""Reads of the map, as the values that rules walk."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.estate.models import Dependency, Node
from veilleur.domains.estate.rules.map import EstateMap, MapEdge, MapNode, would_loop
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


def valid_at(at: datetime) -> Q:
    """Return what keeps rows valid at `at`: their start is included, their end is not."""
    return Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))


def present() -> Q:
    """Return what keeps rows that nobody has ended."""
    return Q(until=None)


def _map_of(nodes: TenantQuerySet, edges: TenantQuerySet) -> EstateMap:
    columns = ("id", "public_id", "node_kind", "name")
    by_key = {
        key: MapNode(public_id, kind, name)
        for key, public_id, kind, name in nodes.order_by(*columns[:0:-1]).values_list(*columns)
    }
    # An edge whose end is not valid any more is no edge: its node left the map.
    drawn = tuple(
        MapEdge(by_key[dependent].id, by_key[dependency].id, kind)
        for dependent, dependency, kind in edges.order_by("id").values_list(
            "dependent_id", "dependency_id", "kind"
        )
        if dependent in by_key and dependency in by_key
    )
    return EstateMap(tuple(by_key.values()), drawn)


def whole_map(organisation_id: int, at: datetime) -> EstateMap:
    """Return the map as it was valid at `at`; two queries, nodes sorted by name."""
    nodes = Node.objects.of(organisation_id).filter(valid_at(at))
    return _map_of(nodes, Dependency.objects.of(organisation_id).filter(valid_at(at)))


def whole_present_map(organisation_id: int) -> EstateMap:
    """Return the present map of an organisation; two queries, nodes sorted by name."""
    nodes = Node.objects.of(organisation_id).filter(present())
    return _map_of(nodes, Dependency.objects.of(organisation_id).filter(present()))


def visible_map(viewer: Viewer) -> EstateMap:
    """Return the present map of the viewer's organisation; empty if the viewer may not see it."""
    nodes = Node.objects.visible_to(viewer).filter(present())
    return _map_of(nodes, Dependency.objects.visible_to(viewer).filter(present()))


def closes_circle(organisation_id: int, fresh: MapEdge) -> bool:
    """Return whether the edge would make nodes of the present map wait for one another."""
    return would_loop(whole_present_map(organisation_id).edges, fresh)


def needs_of(estate: EstateMap, node: UUID) -> tuple[tuple[str, MapNode], ...]:
    """Return what the node needs, in the order of the edges: (kind of dependency, node)."""
    by_id = {each.id: each for each in estate.nodes}
    return tuple((edge.kind, by_id[edge.dependency]) for edge in estate.edges if edge.dependent == node)


def needed_by_of(estate: EstateMap, node: UUID) -> tuple[tuple[str, MapNode], ...]:
    """Return what needs the node, in the order of the edges: (kind of dependency, node)."""
    by_id = {each.id: each for each in estate.nodes}
    return tuple((edge.kind, by_id[edge.dependent]) for edge in estate.edges if edge.dependency == node)
