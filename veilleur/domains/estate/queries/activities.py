"""Reads of business activities, and of how critical they make what they rely on."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.estate.models import ActivityBusyPeriod, BusinessActivity, Dependency
from veilleur.domains.estate.queries.map import present, visible_map, whole_present_map
from veilleur.domains.estate.rules.activities import (
    ActivityDraft,
    Criticality,
    ServiceCriticality,
    criticality_below,
    criticality_of,
)
from veilleur.domains.estate.rules.map import DependencyKind
from veilleur.domains.estate.rules.rhythms import BusyPeriod
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class ActivityRow:
    """An activity, the services it relies on itself (public ids), and when it is busy."""

    id: UUID
    said: ActivityDraft
    services: tuple[UUID, ...]
    busy: tuple[BusyPeriod, ...]

    @property
    def name(self) -> str:
        """Return what the company calls it."""
        return self.said.name

    @property
    def criticality(self) -> Criticality:
        """Return how critical it is, by what was said of it."""
        return criticality_of(is_vital=self.said.is_vital, effects=self.said.effects)


def visible_activities(viewer: Viewer) -> list[ActivityRow]:
    """Return the present activities that the viewer may see, by name. Three queries."""
    edges, periods = Dependency.objects.visible_to(viewer), ActivityBusyPeriod.objects.visible_to(viewer)
    return _rows(BusinessActivity.objects.visible_to(viewer), edges, periods)


def visible_activity(viewer: Viewer, public_id: UUID) -> ActivityRow | None:
    """Return one present activity; None where there is none for this viewer."""
    return next((row for row in visible_activities(viewer) if row.id == public_id), None)


def whole_activities(organisation_id: int) -> list[ActivityRow]:
    """Return the present activities of an organisation, by name. Three queries."""
    edges = Dependency.objects.of(organisation_id)
    periods = ActivityBusyPeriod.objects.of(organisation_id)
    return _rows(BusinessActivity.objects.of(organisation_id), edges, periods)


def visible_criticality(viewer: Viewer) -> dict[UUID, ServiceCriticality]:
    """Return how critical each node of the map is that an activity needs; what is not in it, nobody named."""
    return criticality_below(visible_map(viewer), _levels(visible_activities(viewer)))


def whole_criticality(organisation_id: int) -> dict[UUID, ServiceCriticality]:
    """Return the same for rules and jobs of the organisation."""
    return criticality_below(whole_present_map(organisation_id), _levels(whole_activities(organisation_id)))


def _levels(rows: Iterable[ActivityRow]) -> dict[UUID, Criticality]:
    return {row.id: row.criticality for row in rows}


def _rows(activities: TenantQuerySet, edges: TenantQuerySet, periods: TenantQuerySet) -> list[ActivityRow]:
    services: dict[int, list[UUID]] = {}
    drawn = edges.filter(present(), kind=DependencyKind.RELIES_ON, dependency__until=None)
    for activity, service in drawn.order_by("dependency__name", "pk").values_list(
        "dependent_id", "dependency__public_id"
    ):
        services.setdefault(activity, []).append(service)
    busy: dict[int, list[BusyPeriod]] = {}
    for period in periods:
        busy.setdefault(period.activity_id, []).append(period.value)
    rows = activities.filter(present()).select_related("referent__person").order_by("name", "pk")
    return [
        ActivityRow(
            each.public_id,
            _draft(each),
            tuple(services.get(each.pk, ())),
            tuple(sorted(busy.get(each.pk, ()))),
        )
        for each in rows
    ]


def _draft(row: BusinessActivity) -> ActivityDraft:
    return ActivityDraft(
        name=row.name,
        purpose=row.purpose,
        referent=row.referent.person.public_id if row.referent else None,
        is_vital=row.is_vital,
        effects=row.effects,
        turnover_eur=row.hour_turnover_eur,
        idle_people=row.hour_idle_count,
    )
