"""Which part of the map a page shows, and how each node of it is: read once, chosen by what was asked.

A company's whole map is too much for one drawing: workstations and printers are left out, and long layers
are folded, what carries most staying in sight.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.queries import (
    AssetRow,
    ImpactView,
    visible_asset_rows,
    visible_criticality,
    visible_impact,
    visible_map,
)
from veilleur.domains.estate.rules.activities import NOBODY_HAS_SAID, WORST_FIRST
from veilleur.domains.estate.rules.impact import PASSES_ON, Harm
from veilleur.domains.estate.rules.map import (
    AssetKind,
    DependencyKind,
    EstateMap,
    LifeState,
    MapEdge,
    MapNode,
    NodeKind,
)
from veilleur.domains.monitoring.queries import visible_checks
from veilleur.shared.verdict import Verdict, worst
from veilleur.shared.viewer import Viewer
from veilleur.shared.words import sort_key

# From people down to places.
ACTIVITIES, SERVICES, DATA, SERVERS, HOSTS, SITES = range(6)
_LAYER_OF = {NodeKind.ACTIVITY: ACTIVITIES, NodeKind.SERVICE: SERVICES, NodeKind.DATA_SET: DATA}
# How a node is drawn: codes of `shared.drawings.layers`.
CAUSE, HIT, WATCH, UNKNOWN, GOOD = "cause", "hit", "watch", "unknown", "good"
_STATES = {Verdict.BAD: CAUSE, Verdict.WATCH: WATCH, Verdict.UNKNOWN: UNKNOWN, Verdict.GOOD: GOOD}
# What carries nothing, as a rule, and what does not work: drawn only where something rests on it.
_AT_THE_EDGE = frozenset({AssetKind.WORKSTATION, AssetKind.PRINTER})
_NOT_THERE = frozenset({LifeState.PLANNED, LifeState.RETIRED})


@dataclass(frozen=True)
class Asked:
    """What was asked for. `site` and `state`: "" for all; `focus`: the node whose fall is shown, or
    `lost_site`: the site that is lost as a whole; `opened`: the layers that are unfolded.
    """

    site: str = ""
    state: str = ""
    focus: UUID | None = None
    lost_site: str = ""
    opened: frozenset[int] = frozenset()


class Selection:
    """The part of the map that is shown. `causes`: what is down, or what is `supposed` to be."""

    def __init__(self, viewer: Viewer, now: datetime, asked: Asked) -> None:
        self.asked = asked
        self.whole = visible_map(viewer)
        self.assets = {row.id: row for row in visible_asset_rows(viewer)}
        self.edges = tuple(each for each in self.whole.edges if PASSES_ON[DependencyKind(each.kind)])
        self._above, self._below = _neighbours(self.edges)
        self._levels = visible_criticality(viewer)
        self.verdicts = _verdicts(viewer, now)
        self._hosting = _hosting(self.whole, self.edges)
        down = [asset for asset, verdict in self.verdicts.items() if verdict is Verdict.BAD]
        self.supposed = self._supposed()
        self.causes: tuple[UUID, ...] = self.supposed or tuple(down)
        self.impact: ImpactView = visible_impact(viewer, self.causes)
        self._harms = {each.node.id: each.harm for each in self.impact.fallen}
        self._through = {
            (hit.by.dependent, hit.by.dependency): hit.harm
            for each in self.impact.fallen
            for hit in each.path
            if hit.by is not None
        }
        self.nodes: dict[UUID, MapNode] = {each.id: each for each in self._chosen()}

    def _supposed(self) -> tuple[UUID, ...]:
        """Return what is shown as if it fell: a site, or the focus unless nothing can fall with it."""
        if self.asked.lost_site:
            return tuple(each for each in self.assets if self.site_of(each) == self.asked.lost_site)
        focus = self.asked.focus
        return (focus,) if focus is not None and self._above.get(focus) else ()

    @property
    def sites(self) -> tuple[str, ...]:
        """Return the names of the sites at which something stands."""
        return tuple(sorted({row.site for row in self.assets.values() if row.site}, key=sort_key))

    def site_of(self, node: UUID) -> str:
        """Return where a component stands, itself or what it runs on; "" where nobody has said."""
        if node not in self.assets:
            return ""
        around = (node, *sorted(self.below(node)))
        return next(
            (self.assets[each].site for each in around if each in self.assets and self.assets[each].site), ""
        )

    def layer_of(self, node: MapNode) -> int:
        """Return the layer of a node: a component on which others run is a host."""
        if node.kind != NodeKind.ASSET:
            return _LAYER_OF[NodeKind(node.kind)]
        return HOSTS if node.id in self._hosting else SERVERS

    def state_of(self, node: UUID) -> str:
        """Return how a node is: a cause, hit by one, or what is known of what it rests on."""
        if node in self.causes:
            return CAUSE
        if node in self._harms:
            return HIT if self._harms[node] == Harm.LOST else WATCH
        if self.supposed:
            return GOOD
        if node in self.assets:
            return _STATES[self.verdicts.get(node, Verdict.UNKNOWN)]
        watched = [self.verdicts[each] for each in self.below(node) if each in self.verdicts]
        return UNKNOWN if not watched or worst(watched) is Verdict.UNKNOWN else GOOD

    def kind_of(self, edge: MapEdge) -> str:
        """Return how an edge is drawn: a code of `shared.drawings.layers`."""
        harm = self._through.get((edge.dependent, edge.dependency))
        if harm is not None:
            return "hot" if harm == Harm.LOST else "warm"
        return "plain" if edge.group is None else "spare"

    def direct_above(self, node: UUID) -> list[UUID]:
        """Return what needs a node itself, a node once for each way."""
        return self._above.get(node, [])

    def direct_below(self, node: UUID) -> list[UUID]:
        """Return what a node needs itself, a node once for each way."""
        return self._below.get(node, [])

    def below(self, node: UUID) -> frozenset[UUID]:
        """Return everything a node rests on."""
        return _closure([node], self._below) - {node}

    def above(self, node: UUID) -> frozenset[UUID]:
        """Return everything that rests on a node."""
        return _closure([node], self._above) - {node}

    def weight(self, node: MapNode) -> tuple[int, int, str]:
        """Return what puts nodes in order, what matters most first: how critical, how much rests on it, name.

        It follows from the map alone, so that places stay the same from one day to the next.
        """
        level = self._levels.get(node.id, NOBODY_HAS_SAID).level
        return WORST_FIRST.index(level), -len(self.above(node.id)), sort_key(node.name)

    def _chosen(self) -> Iterable[MapNode]:
        wanted = self._wanted()
        for node in self.whole.nodes:
            is_shown = wanted is None or node.id in wanted
            if is_shown and (self.asked.state != "not_good" or self.state_of(node.id) != GOOD):
                yield node

    def _wanted(self) -> frozenset[UUID] | None:
        """Return the nodes that the question is about; None: all but what nobody rests on at a desk."""
        focus = self.asked.focus
        if self.asked.lost_site:
            there = [key for key in self.supposed if _counts(self.assets[key], self._above)]
            return _closure(there, self._above)
        if focus is not None:
            return self.above(focus) | self.below(focus) | {focus}
        if self.asked.site:
            there = [key for key, row in self.assets.items() if _counts(row, self._above, self.asked.site)]
            return _closure(there, self._above) | _closure(there, self._below)
        return frozenset(
            each.id
            for each in self.whole.nodes
            if each.id not in self.assets or _counts(self.assets[each.id], self._above)
        )


def _counts(row: AssetRow, above: Mapping[UUID, list[UUID]], site: str = "") -> bool:
    if site and row.site != site:
        return False
    is_at_the_edge = row.kind in _AT_THE_EDGE or row.life_state in _NOT_THERE
    return not is_at_the_edge or bool(above.get(row.id))


def _verdicts(viewer: Viewer, now: datetime) -> dict[UUID, Verdict]:
    found: dict[UUID, list[Verdict]] = {}
    for check in visible_checks(viewer, now):
        found.setdefault(check.asset, []).append(check.verdict)
    return {asset: worst(each) for asset, each in found.items()}


def _neighbours(edges: Iterable[MapEdge]) -> tuple[dict[UUID, list[UUID]], dict[UUID, list[UUID]]]:
    above, below = dict[UUID, list[UUID]](), dict[UUID, list[UUID]]()
    for edge in edges:
        above.setdefault(edge.dependency, []).append(edge.dependent)
        below.setdefault(edge.dependent, []).append(edge.dependency)
    return above, below


def _hosting(estate: EstateMap, edges: Iterable[MapEdge]) -> frozenset[UUID]:
    assets = {node.id for node in estate.nodes if node.kind == NodeKind.ASSET}
    return frozenset(each.dependency for each in edges if {each.dependent, each.dependency} <= assets)


def _closure(starts: Iterable[UUID], onward: Mapping[UUID, list[UUID]]) -> frozenset[UUID]:
    waiting, found = list(starts), set[UUID]()
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(onward.get(node, ()))
    return frozenset(found)
