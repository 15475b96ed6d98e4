"""Reads of the map, as the values that rules walk."""

from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from veilleur.domains.estate.models import Alternative, Dependency, Node
from veilleur.domains.estate.rules.map import EstateMap, LifeState, MapEdge, MapGroup, MapNode, would_loop
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


def valid_at(at: datetime, of: str = "") -> Q:
    """Return what keeps rows valid at `at`: their start is included, their end is not. `of`: as a prefix."""
    has_begun, is_open = Q((f"{of}since__lte", at)), Q((f"{of}until", None))
    return has_begun & (is_open | Q((f"{of}until__gt", at)))


def present(of: str = "") -> Q:
    """Return what keeps rows that nobody has ended. `of`: as a prefix."""
    return Q((f"{of}until", None))


# What is not there yet, or not any more, stands in for nothing.
_AWAY = frozenset({LifeState.PLANNED, LifeState.RETIRED})


def _map_of(nodes: TenantQuerySet, edges: TenantQuerySet, alternatives: TenantQuerySet) -> EstateMap:
    columns = ("id", "public_id", "node_kind", "name")
    by_key, away = dict[int, MapNode](), set[UUID]()
    for key, public_id, kind, name, life_state in nodes.order_by(*columns[:0:-1]).values_list(
        *columns, "asset__life_state"
    ):
        by_key[key] = MapNode(public_id, kind, name)
        if life_state in _AWAY:
            away.add(public_id)
    # The tables cannot see to it that an alternative is one of the very node that has them.
    said = alternatives.filter(edge__dependent_id=F("redundancy__dependent_id")).order_by("id")
    groups = {
        edge: MapGroup(public_id, by_key[dependent].id, needed)
        for edge, public_id, dependent, needed in said.values_list(
            "edge_id", "redundancy__public_id", "redundancy__dependent_id", "redundancy__needed"
        )
        if dependent in by_key
    }
    # An edge whose end is not valid any more is no edge: its node left the map.
    drawn = tuple(
        MapEdge(
            by_key[dependent].id, by_key[dependency].id, kind, groups[edge].id if edge in groups else None
        )
        for edge, dependent, dependency, kind in edges.order_by("id").values_list(
            "id", "dependent_id", "dependency_id", "kind"
        )
        if dependent in by_key and dependency in by_key
    )
    return EstateMap(tuple(by_key.values()), drawn, tuple(dict.fromkeys(groups.values())), frozenset(away))


def whole_map(organisation_id: int, at: datetime) -> EstateMap:
    """Return the map as it was valid at `at`, with what is away now; three queries, nodes sorted by name."""
    nodes = Node.objects.of(organisation_id).filter(valid_at(at))
    edges = Dependency.objects.of(organisation_id).filter(valid_at(at))
    said = Alternative.objects.of(organisation_id).filter(valid_at(at, "redundancy__"))
    return _map_of(nodes, edges, said)


def whole_present_map(organisation_id: int) -> EstateMap:
    """Return the present map of an organisation; three queries, nodes sorted by name."""
    nodes = Node.objects.of(organisation_id).filter(present())
    edges = Dependency.objects.of(organisation_id).filter(present())
    return _map_of(nodes, edges, Alternative.objects.of(organisation_id).filter(present("redundancy__")))


def visible_map(viewer: Viewer) -> EstateMap:
    """Return the present map of the viewer's organisation; empty if the viewer may not see it."""
    nodes = Node.objects.visible_to(viewer).filter(present())
    edges = Dependency.objects.visible_to(viewer).filter(present())
    return _map_of(nodes, edges, Alternative.objects.visible_to(viewer).filter(present("redundancy__")))


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
