"""Small maps for tests of rules: drawn by letters, or at random within what a map may be."""

from dataclasses import dataclass
from uuid import UUID

from hypothesis import strategies as st

from veilleur.domains.estate.rules.map import DependencyKind, EstateMap, MapEdge, MapGroup, MapNode, NodeKind

_KINDS = tuple(DependencyKind)
_NODE_KINDS = tuple(NodeKind)


def node_id(letter: str) -> UUID:
    """Return the identity of the node of this letter."""
    return UUID(int=ord(letter))


def group_id(letter: str) -> UUID:
    """Return the identity of the alternatives of the node of this letter."""
    return UUID(int=1_000 + ord(letter))


@dataclass(frozen=True)
class Drawn:
    """Edges as text: "a>b" or, as one of the alternatives of a, "a?b"."""

    edges: str
    kind: DependencyKind = DependencyKind.RUNS_ON


def drawn(
    *parts: Drawn, services: str = "", needed: dict[str, int] | None = None, away: str = ""
) -> EstateMap:
    """Return the map of the parts; letters of `services` are services, all others components."""
    edges = [
        MapEdge(
            node_id(text[0]),
            node_id(text[2]),
            part.kind,
            group_id(text[0]) if text[1] == "?" else None,
        )
        for part in parts
        for text in part.edges.split()
    ]
    letters = sorted(
        {chr(end.int) for edge in edges for end in (edge.dependent, edge.dependency)} | {*services}
    )
    return EstateMap(
        nodes=tuple(
            MapNode(node_id(letter), NodeKind.SERVICE if letter in services else NodeKind.ASSET, letter)
            for letter in letters
        ),
        edges=tuple(edges),
        groups=tuple(
            MapGroup(group_id(letter), node_id(letter), count) for letter, count in (needed or {}).items()
        ),
        away=frozenset(map(node_id, away)),
    )


@st.composite
def maps(draw: st.DrawFn, *, size: int = 9, most_edges: int = 24) -> EstateMap:
    """Draw a map: circles, alternatives of every number and components that are away included."""
    count = draw(st.integers(1, size))
    ids = [UUID(int=number + 1) for number in range(count)]
    nodes = tuple(MapNode(each, draw(st.sampled_from(_NODE_KINDS)), str(each.int)) for each in ids)
    ends = st.tuples(st.sampled_from(ids), st.sampled_from(ids), st.sampled_from(_KINDS), st.booleans())
    pairs = [each for each in draw(st.lists(ends, max_size=most_edges)) if each[0] != each[1]]
    edges = tuple(
        # The alternatives of a node, all of one kind: their identity follows from both.
        MapEdge(dependent, dependency, kind, _group(dependent, kind) if is_grouped else None)
        for dependent, dependency, kind, is_grouped in dict.fromkeys(pairs)
    )
    groups = dict.fromkeys((edge.group, edge.dependent) for edge in edges if edge.group is not None)
    return EstateMap(
        nodes=nodes,
        edges=edges,
        groups=tuple(MapGroup(key, dependent, draw(st.integers(1, 4))) for key, dependent in groups if key),
        away=frozenset(draw(st.sets(st.sampled_from(ids), max_size=2))),
    )


def _group(dependent: UUID, kind: DependencyKind) -> UUID:
    return UUID(int=1_000 * (1 + _KINDS.index(kind)) + dependent.int)
