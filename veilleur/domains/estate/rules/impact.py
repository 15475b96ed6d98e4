"""What falls with a node: a set of lost nodes in; out, what is lost or weakened, each with the path by which.

One function for breakdowns, notices of maintenance, suppression of alerts and the order of a recovery.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from veilleur.domains.estate.rules.map import DependencyKind, EstateMap, MapEdge

# Whether a dependent is lost with what it depends on. A kind that is not true here holds nothing up.
# Why, in plain words: `labels.PASSES_ON`.
PASSES_ON: dict[DependencyKind, bool] = {
    # Nothing runs without what it runs on.
    DependencyKind.RUNS_ON: True,
    # Data that cannot be read is lost for as long.
    DependencyKind.STORED_ON: True,
    # What runs already may go on for a while; nobody can count on it, and it does not come back.
    DependencyKind.NEEDS_TO_START: True,
    # Where nobody can sign in, nobody works, whatever still runs.
    DependencyKind.AUTHENTICATES_WITH: True,
    # The work stops with the service it is done with.
    DependencyKind.RELIES_ON: True,
    # Of a recovery only: what runs does not notice.
    DependencyKind.NEEDS_TO_RESTORE: False,
    # Of the check after a change or a recovery only.
    DependencyKind.NEEDS_TO_VALIDATE: False,
    # Who sends goes on; who cannot do without what it is sent needs the sender to start, and says so.
    DependencyKind.FLOWS_TO: False,
    # Without its copies or its watch a service is less safe, and works.
    DependencyKind.BACKED_UP_BY: False,
    DependencyKind.WATCHED_BY: False,
}


_PASSING = frozenset(kind for kind, passes in PASSES_ON.items() if passes)


class Harm(StrEnum):
    """What becomes of a node."""

    LOST = "lost"
    # It works on what is left: an alternative took over, or something it rests on works on what is left.
    DEGRADED = "degraded"


@dataclass(frozen=True)
class Standing:
    """How a group of alternatives stands: `left` of `of` work, `needed` are enough."""

    left: int
    of: int
    needed: int


@dataclass(frozen=True)
class Hit:
    """One node that is hit. `by`: the edge through which; None for one that was named as lost.

    `standing`: how the alternatives stand to which that edge belongs; None: it belongs to none.
    """

    node: UUID
    harm: Harm
    by: MapEdge | None = None
    standing: Standing | None = None


@dataclass(frozen=True)
class Impact:
    """Every node that is hit, the nearest first, lost before degraded."""

    hits: Mapping[UUID, Hit]

    def harm_of(self, node: UUID) -> Harm | None:
        """Return what becomes of a node; None: nothing."""
        hit = self.hits.get(node)
        return hit.harm if hit else None

    def path_to(self, node: UUID) -> tuple[Hit, ...]:
        """Return by which hits a node is hit: first one of the lost nodes, last the node itself.

        Empty where nothing hits it.
        """
        path: list[Hit] = []
        hit = self.hits.get(node)
        while hit is not None:
            path.append(hit)
            hit = self.hits.get(hit.by.dependency) if hit.by else None
        return tuple(reversed(path))


class Ground:
    """A map made ready for questions about what falls; made once, asked often.

    Cost: one walk of all edges to make; a question walks only what is hit.
    """

    def __init__(self, estate: EstateMap) -> None:
        self.nodes = {node.id: node for node in estate.nodes}
        self._above: dict[UUID, list[MapEdge]] = defaultdict(list)
        self._members: dict[UUID, set[UUID]] = defaultdict(set)
        self._needed = {group.id: group.needed for group in estate.groups}
        for edge in estate.edges:
            if edge.kind not in _PASSING:
                continue
            if edge.group is not None:
                if edge.dependency in estate.away:
                    continue
                self._members[edge.group].add(edge.dependency)
            self._above[edge.dependency].append(edge)

    def carries(self, node: UUID) -> bool:
        """Return whether anything at all on the map would be hit by the loss of the node."""
        return bool(self._above.get(node))

    def impact(self, lost: Iterable[UUID]) -> Impact:
        """Return what is lost or degraded when these nodes are lost together; unknown ones do not count."""
        named = sorted({node for node in lost if node in self.nodes})
        through: dict[UUID, MapEdge | None] = dict.fromkeys(named)
        held = self._lose(through)
        gone = frozenset(through)
        self._weaken(through, held)
        return Impact({node: self._hit(node, edge, gone) for node, edge in through.items()})

    def _lose(self, through: dict[UUID, MapEdge | None]) -> list[MapEdge]:
        """Add what is lost with the lost, the nearest first; return edges to what holds by alternatives."""
        fallen: dict[UUID, set[UUID]] = defaultdict(set)
        waiting, held = deque(through), list[MapEdge]()
        while waiting:
            for edge in self._above.get(waiting.popleft(), ()):
                if edge.dependent in through:
                    continue
                if edge.group is not None:
                    fallen[edge.group].add(edge.dependency)
                    if len(self._members[edge.group] - fallen[edge.group]) >= self._needed[edge.group]:
                        held.append(edge)
                        continue
                through[edge.dependent] = edge
                waiting.append(edge.dependent)
        return held

    def _weaken(self, through: dict[UUID, MapEdge | None], held: Iterable[MapEdge]) -> None:
        """Add what works on what is left, and everything above it, the nearest first."""
        waiting = deque(held)
        while waiting:
            edge = waiting.popleft()
            if edge.dependent not in through:
                through[edge.dependent] = edge
                waiting.extend(self._above.get(edge.dependent, ()))

    def _hit(self, node: UUID, edge: MapEdge | None, gone: Set[UUID]) -> Hit:
        harm = Harm.LOST if node in gone else Harm.DEGRADED
        if edge is None or edge.group is None:
            return Hit(node, harm, edge)
        members = self._members[edge.group]
        return Hit(node, harm, edge, Standing(len(members - gone), len(members), self._needed[edge.group]))


def impact_of(estate: EstateMap, lost: Iterable[UUID]) -> Impact:
    """Return what is lost or degraded when these nodes are lost together; unknown ones do not count."""
    return Ground(estate).impact(lost)
