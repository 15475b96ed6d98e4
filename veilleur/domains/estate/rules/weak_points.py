"""Where the map is weak: what alone brings a service down, what waits for itself, what mixes zones.

Computed on the whole map, groups of alternatives respected; `impact.py` says what is lost with what.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.estate.rules.impact import PASSES_ON
from veilleur.domains.estate.rules.map import DependencyKind, EstateMap, MapEdge, NodeKind

# What must be there before something can be brought back: those kinds together must make no circle.
COMES_BEFORE = frozenset(
    {
        DependencyKind.RUNS_ON,
        DependencyKind.STORED_ON,
        DependencyKind.NEEDS_TO_START,
        DependencyKind.NEEDS_TO_RESTORE,
        DependencyKind.AUTHENTICATES_WITH,
    }
)


@dataclass(frozen=True)
class Rests:
    """On what one service, activity or data set rests.

    `alone`: the components of which each alone brings it down, in the map's order. Not `is_drawn`: the map
    knows no component below it, so that nothing is known either way.
    """

    node: UUID
    alone: tuple[UUID, ...]
    is_drawn: bool


@dataclass(frozen=True)
class Circle:
    """Nodes that wait for one another: each edge leads to the next one's dependent, the last to the first."""

    edges: tuple[MapEdge, ...]


class _Needs:
    """What each node needs, by place in the map: all of some, and enough of each group of alternatives."""

    def __init__(self, estate: EstateMap, kinds: Iterable[str]) -> None:
        wanted = frozenset(kinds)
        self.place = {node.id: place for place, node in enumerate(estate.nodes)}
        self.each: list[list[int]] = [[] for _node in estate.nodes]
        self.groups: list[list[tuple[int, tuple[int, ...]]]] = [[] for _node in estate.nodes]
        members: dict[UUID, dict[int, None]] = defaultdict(dict)
        for edge in estate.edges:
            if edge.kind not in wanted:
                continue
            if edge.group is None:
                self.each[self.place[edge.dependent]].append(self.place[edge.dependency])
            elif edge.dependency not in estate.away:
                members[edge.group][self.place[edge.dependency]] = None
        for group in estate.groups:
            if members[group.id]:
                self.groups[self.place[group.dependent]].append((group.needed, tuple(members[group.id])))

    def below(self, node: int) -> Iterator[int]:
        """Yield what the node needs, alternatives included."""
        yield from self.each[node]
        for _needed, members in self.groups[node]:
            yield from members

    def are_met(self, node: int, ready: Sequence[bool]) -> bool:
        """Return whether all that the node needs is ready, and enough of each group of alternatives."""
        return all(ready[need] for need in self.each[node]) and all(
            # More may be asked for than there are any more: then all that are left.
            sum(ready[member] for member in members) >= min(needed, len(members))
            for needed, members in self.groups[node]
        )

    def upwards(self) -> list[int]:
        """Return every node, each after all it needs wherever no circle forbids it."""
        order, seen = list[int](), [False] * len(self.each)
        for start in range(len(self.each)):
            if seen[start]:
                continue
            seen[start] = True
            path = [(start, self.below(start))]
            while path:
                node, needs = path[-1]
                need = next((each for each in needs if not seen[each]), None)
                if need is None:
                    order.append(node)
                    path.pop()
                else:
                    seen[need] = True
                    path.append((need, self.below(need)))
        return order


def what_rests_on_one(estate: EstateMap) -> tuple[Rests, ...]:
    """Return for each node but components, in the map's order, the components that alone bring it down.

    Those are the ones with which `impact_of` would lose it. Cost: a few walks of the edges.
    """
    needs = _Needs(estate, (kind for kind, passes in PASSES_ON.items() if passes))
    themselves = [1 << place for place in range(len(estate.nodes))]
    alone, below = _until_settled(needs, themselves, _falls_with), _until_settled(needs, themselves, _reaches)
    assets = [(1 << place, node.id) for place, node in enumerate(estate.nodes) if node.kind == NodeKind.ASSET]
    components = sum(bit for bit, _asset in assets)
    return tuple(
        Rests(
            node.id,
            tuple(asset for bit, asset in assets if alone[place] & bit),
            bool(below[place] & components),
        )
        for place, node in enumerate(estate.nodes)
        if node.kind != NodeKind.ASSET
    )


def circles_of(estate: EstateMap) -> tuple[Circle, ...]:
    """Return one circle through each knot of nodes that can never be brought back: each waits for another.

    A circle that an alternative opens is none. Nodes that only wait for such a knot are not in it.
    """
    needs = _Needs(estate, COMES_BEFORE)
    stuck = _never_ready(needs)
    behind = _until_settled(needs, [0] * len(estate.nodes), lambda *known: _behind(*known) & stuck)
    found, told = list[Circle](), 0
    for place in range(len(estate.nodes)):
        bit = 1 << place
        if not (bit & stuck & behind[place]) or bit & told:
            continue
        knot = [other for other in _places(behind[place] & stuck) if behind[other] & bit]
        told |= sum(1 << other for other in knot)
        found.append(_circle_through(estate, place, {estate.nodes[other].id for other in knot}))
    return tuple(found)


# What is known of every node so far, as bits by place, and the node whose needs are looked at again.
_Grown = Callable[[_Needs, Sequence[int], int], int]


def _until_settled(needs: _Needs, known: Sequence[int], grown: _Grown) -> list[int]:
    """Return the least sets of nodes, as bits by place, that hold `known` and what `grown` makes of them."""
    found, order, is_settled = list(known), needs.upwards(), False
    while not is_settled:
        is_settled = True
        for node in order:
            bits = found[node] | grown(needs, found, node)
            if bits != found[node]:
                found[node], is_settled = bits, False
    return found


def _falls_with(needs: _Needs, found: Sequence[int], node: int) -> int:
    """Return what alone brings down one of the needs, or more alternatives than can be spared."""
    bits = 0
    for need in needs.each[node]:
        bits |= found[need]
    for needed, members in needs.groups[node]:
        bits |= _in_at_least(max(1, len(members) - needed + 1), [found[member] for member in members])
    return bits


def _in_at_least(count: int, sets: Sequence[int]) -> int:
    """Return the bits that are in at least `count` of the sets; count is positive."""
    at_least = [0] * (count + 1)
    for bits in sets:
        for number in range(count, 1, -1):
            at_least[number] |= at_least[number - 1] & bits
        at_least[1] |= bits
    return at_least[count]


def _reaches(needs: _Needs, found: Sequence[int], node: int) -> int:
    bits = 0
    for need in needs.below(node):
        bits |= found[need]
    return bits


def _behind(needs: _Needs, found: Sequence[int], node: int) -> int:
    bits = 0
    for need in needs.below(node):
        bits |= found[need] | 1 << need
    return bits


def _never_ready(needs: _Needs) -> int:
    """Return, as bits, the nodes that stay down when everything is brought back that can be."""
    ready, is_settled = [False] * len(needs.each), False
    order = needs.upwards()
    while not is_settled:
        is_settled = True
        for node in order:
            if not ready[node] and needs.are_met(node, ready):
                ready[node], is_settled = True, False
    return sum(1 << node for node, is_ready in enumerate(ready) if not is_ready)


def _places(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _circle_through(estate: EstateMap, place: int, knot: Set[UUID]) -> Circle:
    """Return the shortest circle of the knot through the node at `place`."""
    onward: dict[UUID, list[MapEdge]] = defaultdict(list)
    for edge in estate.edges:
        if edge.kind in COMES_BEFORE and edge.dependent in knot and edge.dependency in knot:
            onward[edge.dependent].append(edge)
    start = estate.nodes[place].id
    by: dict[UUID, MapEdge] = {}
    waiting = deque([start])
    while start not in by:
        for edge in onward[waiting.popleft()]:
            if edge.dependency not in by:
                by[edge.dependency] = edge
                waiting.append(edge.dependency)
    walked = [by[start]]
    while walked[-1].dependent != start:
        walked.append(by[walked[-1].dependent])
    return Circle(tuple(reversed(walked)))
