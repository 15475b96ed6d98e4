"""Reads of weak points: what rests on one component, circles, zones that meet, what services lack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.models import Asset
from veilleur.domains.estate.ports import COPIED, DOCUMENTED
from veilleur.domains.estate.queries.activities import whole_activities
from veilleur.domains.estate.queries.map import present, visible_map, whole_present_map
from veilleur.domains.estate.queries.services import whole_services
from veilleur.domains.estate.rules.activities import WORST_FIRST, Criticality, criticality_below
from veilleur.domains.estate.rules.gaps import Care, care_of
from veilleur.domains.estate.rules.map import EstateMap, MapNode, NodeKind, ServiceRow
from veilleur.domains.estate.rules.weak_points import Circle, Rests, circles_of, what_rests_on_one
from veilleur.domains.estate.rules.zones import Mix, mixed_zones
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class WeakPoints:
    """Everything that is weak in an organisation's map. `rests`: of services and activities, by name.

    `cares`: each service with what is missing of it, by name. `levels`: how critical each node is that an
    activity needs, as a `Criticality`. `zoned`: of how many components somebody said what they are for.
    """

    rests: tuple[Rests, ...]
    circles: tuple[Circle, ...]
    mixes: tuple[Mix, ...]
    cares: tuple[tuple[ServiceRow, Care], ...]
    levels: Mapping[UUID, str]
    zoned: int

    def is_critical(self, node: UUID) -> bool:
        """Return whether the company stands still, or as good as, without the node."""
        return self.levels.get(node) == Criticality.CRITICAL

    def gravity(self, node: UUID) -> int:
        """Return the node's place among all, the most critical first."""
        return WORST_FIRST.index(Criticality(self.levels.get(node, Criticality.UNKNOWN)))


@dataclass(frozen=True)
class SinglePoint:
    """A component that alone brings down so many services; `is_critical`: a critical one among them."""

    component: UUID
    services: int
    is_critical: bool


@dataclass(frozen=True)
class SinglePoints:
    """Single points under the services. `undrawn`: those of the `services` below which nothing is drawn."""

    services: int
    points: tuple[SinglePoint, ...]
    undrawn: tuple[UUID, ...]


@dataclass(frozen=True)
class WeakPointsView:
    """Weak points of the whole map, and the nodes that the viewer may see by name."""

    points: WeakPoints
    names: dict[UUID, MapNode]


def visible_weak_points(viewer: Viewer, now: datetime) -> WeakPointsView | None:
    """Return the weak points; None for a viewer who sees nothing of the organisation."""
    if not viewer.may_see(viewer.organisation_id):
        return None
    names = {node.id: node for node in visible_map(viewer).nodes}
    return WeakPointsView(whole_weak_points(viewer.organisation_id, now), names)


def whole_weak_points(organisation_id: int, now: datetime) -> WeakPoints:
    """Return the weak points of the present map, and what later domains know of services at `now`."""
    estate, services = whole_present_map(organisation_id), whole_services(organisation_id)
    environments = _environments(organisation_id)
    data_sets = {each for row in services for each in row.data_set_ids}
    copied = COPIED.get()(organisation_id, data_sets, now)
    documented = DOCUMENTED.get()(organisation_id, [row.id for row in services], now)
    return WeakPoints(
        rests=_rests(estate),
        circles=circles_of(estate),
        mixes=mixed_zones(estate, environments),
        levels=_levels(organisation_id, estate),
        zoned=len(environments),
        cares=tuple((row, care_of(row, copied, documented)) for row in services),
    )


def whole_single_points(organisation_id: int) -> SinglePoints:
    """Return what alone brings down services of the present map, the most critical first."""
    estate = whole_present_map(organisation_id)
    levels = _levels(organisation_id, estate)
    kinds = {node.id: node.kind for node in estate.nodes}
    services = [each for each in what_rests_on_one(estate) if kinds[each.node] == NodeKind.SERVICE]
    falls: dict[UUID, list[UUID]] = {}
    for rests in services:
        for component in rests.alone:
            falls.setdefault(component, []).append(rests.node)
    points = [
        SinglePoint(component, len(those), any(levels.get(each) == Criticality.CRITICAL for each in those))
        for component, those in falls.items()
    ]
    return SinglePoints(
        services=len(services),
        points=tuple(sorted(points, key=lambda each: (not each.is_critical, -each.services))),
        undrawn=tuple(each.node for each in services if not each.is_drawn),
    )


def _rests(estate: EstateMap) -> tuple[Rests, ...]:
    kinds = {node.id: node.kind for node in estate.nodes}
    return tuple(each for each in what_rests_on_one(estate) if kinds[each.node] != NodeKind.DATA_SET)


def _environments(organisation_id: int) -> dict[UUID, str]:
    rows = Asset.objects.of(organisation_id).filter(present()).exclude(environment="")
    return dict(rows.values_list("public_id", "environment"))


def _levels(organisation_id: int, estate: EstateMap) -> dict[UUID, str]:
    activities = {row.id: row.criticality for row in whole_activities(organisation_id)}
    below = criticality_below(estate, activities)
    return {**activities, **{node: found.level for node, found in below.items()}}
