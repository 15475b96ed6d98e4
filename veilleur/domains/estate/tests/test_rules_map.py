"""Pure rules of the map: circles and what is attached to a service."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.estate.rules.map import (
    DependencyKind,
    EstateMap,
    MapEdge,
    MapNode,
    NodeKind,
    attached,
    would_loop,
)

A, B, C = (UUID(int=number) for number in (1, 2, 3))
START = DependencyKind.NEEDS_TO_START


def test_a_circle_is_seen_through_several_nodes_of_one_kind_only() -> None:
    edges = (MapEdge(A, B, START), MapEdge(B, C, START))

    assert would_loop(edges, MapEdge(C, A, START))
    assert not would_loop(edges, MapEdge(A, C, START))
    assert not would_loop(edges, MapEdge(C, A, DependencyKind.RUNS_ON))


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40))
def test_a_map_that_refuses_circles_can_always_be_put_in_order(pairs: list[tuple[int, int]]) -> None:
    edges: tuple[MapEdge, ...] = ()
    for dependent, dependency in pairs:
        fresh = MapEdge(UUID(int=dependent), UUID(int=dependency), START)
        if not would_loop(edges, fresh):
            edges = (*edges, fresh)

    # An order exists exactly when nodes without needs can be taken away until none is left.
    left = {edge.dependent for edge in edges} | {edge.dependency for edge in edges}
    while left:
        ready = {
            node for node in left if not any(e.dependent == node and e.dependency in left for e in edges)
        }
        assert ready
        left -= ready


def test_what_is_attached_to_a_service_is_named_once_each() -> None:
    estate = EstateMap(
        nodes=(
            MapNode(A, NodeKind.SERVICE, "mail"),
            MapNode(B, NodeKind.ASSET, "srv"),
            MapNode(C, NodeKind.DATA_SET, "boxes"),
        ),
        edges=(
            MapEdge(A, B, DependencyKind.RUNS_ON),
            MapEdge(A, C, DependencyKind.NEEDS_TO_START),
            MapEdge(A, C, DependencyKind.NEEDS_TO_RESTORE),
            MapEdge(C, B, DependencyKind.STORED_ON),
        ),
    )

    assert attached(estate)[A] == ((B,), (C,))
