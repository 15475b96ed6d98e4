"""Routes of the API about services."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from veilleur.domains.estate.queries import visible_service, visible_services
from veilleur.domains.estate.rules.map import ServiceRow
from veilleur.shared.api import Page, Part, part_of
from veilleur.shared.doors import viewer_in

router = Router(tags=["estate"])


class ServiceOut(Schema):
    """A service. Objectives in seconds: how long it may be down (RTO), how much work may be lost (RPO).

    `is_proposed`: Veilleur found it and nobody has confirmed it yet. `asset_ids` are what it runs on,
    `data_set_ids` the data it needs.
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


def _service(row: ServiceRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ServiceOut.model_fields}
