"""Reads of what falls with something: computed on the whole map, told as far as the viewer may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.estate.queries.map import visible_map, whole_present_map
from veilleur.domains.estate.rules.impact import Ground, Harm, Hit
from veilleur.domains.estate.rules.map import EstateMap, MapNode
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class Fallen:
    """A node that is hit and the hits by which, from what was lost to the node itself."""

    node: MapNode
    harm: Harm
    path: tuple[Hit, ...]


@dataclass(frozen=True)
class ImpactView:
    """What falls: `fallen` as the viewer may see it, in the order of the map's layers and by name.

    `hidden` counts what is hit beside it. `names` are those of every node that may be named. `is_drawn`:
    whether the map says anything of what depends on the lost ones.
    """

    fallen: tuple[Fallen, ...]
    hidden: int
    names: dict[UUID, MapNode]
    is_drawn: bool


def visible_impact(viewer: Viewer, lost: Iterable[UUID]) -> ImpactView:
    """Return what falls when these nodes are lost together, themselves left out. Six queries."""
    ground = Ground(whole_present_map(viewer.organisation_id))
    return seen_impact(visible_map(viewer), ground, frozenset(lost))


def seen_impact(seen: EstateMap, ground: Ground, lost: frozenset[UUID]) -> ImpactView:
    """Return what falls in the whole map, which is the ground, told by what of it is seen."""
    names = {node.id: node for node in seen.nodes}
    impact = ground.impact(lost)
    hit = [each for each in impact.hits.values() if each.by is not None]
    fallen = [
        Fallen(names[each.node], each.harm, impact.path_to(each.node)) for each in hit if each.node in names
    ]
    return ImpactView(
        fallen=tuple(sorted(fallen, key=lambda each: (each.harm != Harm.LOST, each.node.name, each.node.id))),
        hidden=len(hit) - len(fallen),
        names=names,
        is_drawn=any(map(ground.carries, lost)),
    )
