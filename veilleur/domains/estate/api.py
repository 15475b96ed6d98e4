"""Routes of the API about business activities and services."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from veilleur.domains.estate.queries import ActivityRow, visible_activities, visible_service, visible_services
from veilleur.domains.estate.rules.map import ServiceRow
from veilleur.shared.api import Page, Part, part_of
from veilleur.shared.doors import viewer_in

router = Router(tags=["estate"])


class ServiceOut(Schema):
    """A service. Objectives in seconds: how long it may be down (RTO), how much work may be lost (RPO).

    `is_proposed`: Veilleur found it and nobody has confirmed it yet. `asset_ids` are what it runs on,
    `data_set_ids` the data it needs. `max_outage_s`: the longest the company can do without it.
    """

    id: UUID
    name: str
    rto_s: int
    rpo_s: int
    rto_is_default: bool
    rpo_is_default: bool
    is_proposed: bool
    asset_ids: list[UUID]
    data_set_ids: list[UUID]
    max_outage_s: int | None
    data_loss_effect: str


class ActivityOut(Schema):
    """A business activity. `criticality`: critical, important, ordinary or unknown, by what was said of it.

    `is_vital`: in the minimum vital set. `service_ids` are the services it relies on itself.
    """

    id: UUID
    name: str
    criticality: str
    is_vital: bool
    service_ids: list[UUID]


@router.get("/activities", response=Page[ActivityOut])
def list_activities(request: HttpRequest, part: Query[Part]) -> Any:
    """Return the business activities."""
    return part_of(visible_activities(viewer_in(request)), part, _activity, lambda row: row.id)


@router.get("/services", response=Page[ServiceOut])
def list_services(request: HttpRequest, part: Query[Part]) -> Any:
    """Return the services."""
    return part_of(visible_services(viewer_in(request)), part, _service, lambda row: row.id)


@router.get("/services/{uuid:service}", response=ServiceOut)
def get_service(request: HttpRequest, service: UUID) -> Any:
    """Return one service."""
    found = visible_service(viewer_in(request), service)
    if found is None:
        raise Http404
    return _service(found.row)


def _activity(row: ActivityRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "criticality": row.criticality,
        "is_vital": row.said.is_vital,
        "service_ids": list(row.services),
    }


def _service(row: ServiceRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ServiceOut.model_fields}
