"""Where production and test meet: what is tried on one may bring the other down, or see its data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from veilleur.domains.estate.rules.impact import PASSES_ON
from veilleur.domains.estate.rules.map import DependencyKind, EstateMap


class Environment(StrEnum):
    """What a component is for; "" stands for what nobody has said."""

    PRODUCTION = "production"
    TEST = "test"


@dataclass(frozen=True)
class Mix:
    """A node at which zones meet, with what is of production and of test: it rests on them, or carries them.

    The node itself may be among them.
    """

    node: UUID
    production: tuple[UUID, ...]
    test: tuple[UUID, ...]
    carries: bool


def mixed_zones(estate: EstateMap, environments: Mapping[UUID, str]) -> tuple[Mix, ...]:
    """Return where production and test meet, in the map's order: only the lowest such nodes, not all above.

    A node is of every zone of its own and of what it rests on. One that belongs to no zone and carries
    components of both is told too. Watching, backups and flows are made to cross and count for nothing. Nodes
    that wait for one another are told as a circle only.
    """
    below, above = dict[UUID, list[UUID]](), dict[UUID, list[UUID]]()
    for edge in estate.edges:
        if PASSES_ON[DependencyKind(edge.kind)]:
            below.setdefault(edge.dependent, []).append(edge.dependency)
            above.setdefault(edge.dependency, []).append(edge.dependent)
    own = {node: frozenset({zone}) for node, zone in environments.items() if zone}
    zones = _zones(estate, own, below)
    found = []
    for node in estate.nodes:
        needs, carried = below.get(node.id, ()), above.get(node.id, ())
        if len(zones[node.id]) > 1:
            if all(len(zones[each]) < 2 for each in needs):
                parts = {**{each: zones[each] for each in needs}, node.id: own.get(node.id, _NONE)}
                found.append(_mix(node.id, parts, carries=False))
        elif not zones[node.id]:
            found.append(_mix(node.id, {each: own.get(each, _NONE) for each in carried}, carries=True))
    return tuple(mix for mix in found if mix.production and mix.test)


_NONE: frozenset[str] = frozenset()


def _zones(
    estate: EstateMap, own: Mapping[UUID, frozenset[str]], below: Mapping[UUID, Iterable[UUID]]
) -> dict[UUID, frozenset[str]]:
    zones, is_settled = {node.id: own.get(node.id, _NONE) for node in estate.nodes}, False
    while not is_settled:
        is_settled = True
        for node, needs in below.items():
            grown = zones[node].union(*(zones[each] for each in needs))
            if grown != zones[node]:
                zones[node], is_settled = grown, False
    return zones


def _mix(node: UUID, parts: Mapping[UUID, frozenset[str]], *, carries: bool) -> Mix:
    return Mix(
        node,
        tuple(each for each, zones in parts.items() if Environment.PRODUCTION in zones),
        tuple(each for each, zones in parts.items() if Environment.TEST in zones),
        carries,
    )
