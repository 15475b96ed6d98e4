"""Reads of services, each with what it runs on and the data it needs."""

from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.estate.models import Dependency, Service
from veilleur.domains.estate.queries.data import DataSetRow, visible_data_sets
from veilleur.domains.estate.queries.map import (
    needed_by_of,
    needs_of,
    present,
    visible_map,
    whole_present_map,
)
from veilleur.domains.estate.rules.map import (
    NOTHING_ATTACHED,
    Attached,
    DependencyKind,
    EstateMap,
    MapNode,
    ServiceRow,
    attached,
)
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class ServiceView:
    """What a service's page shows: the service, its data, its neighbours by kind of dependency."""

    row: ServiceRow
    data_sets: tuple[DataSetRow, ...]
    needs: tuple[tuple[str, MapNode], ...]
    needed_by: tuple[tuple[str, MapNode], ...]


def _service_row(service: Service, own: Attached) -> ServiceRow:
    asset_ids, data_set_ids = own
    return ServiceRow(
        id=service.public_id,
        name=service.name,
        rto_s=service.rto_s,
        rpo_s=service.rpo_s,
        rto_is_default=service.rto_is_default,
        rpo_is_default=service.rpo_is_default,
        is_proposed=service.is_proposed,
        asset_ids=asset_ids,
        data_set_ids=data_set_ids,
        referent=service.referent.person.public_id if service.referent else None,
        max_outage_s=service.max_outage_s,
        data_loss_effect=service.data_loss_effect,
    )


def _service_rows(services: TenantQuerySet, estate: EstateMap) -> list[ServiceRow]:
    current = services.filter(present()).select_related("referent__person").order_by("name", "public_id")
    own = attached(estate)
    return [_service_row(service, own.get(service.public_id, NOTHING_ATTACHED)) for service in current]


def whole_services(organisation_id: int) -> list[ServiceRow]:
    """Return the present services by name, each with the assets it runs on and the data it needs."""
    return _service_rows(Service.objects.of(organisation_id), whole_present_map(organisation_id))


def visible_services(viewer: Viewer) -> list[ServiceRow]:
    """Return the services the viewer may see, by name."""
    return _service_rows(Service.objects.visible_to(viewer), visible_map(viewer))


def visible_service(viewer: Viewer, public_id: UUID) -> ServiceView | None:
    """Return what the service's page shows, None where there is no such service for this viewer."""
    service = Service.objects.visible_to(viewer).filter(present(), public_id=public_id).first()
    if service is None:
        return None
    estate = visible_map(viewer)
    row = _service_row(service, attached(estate).get(public_id, NOTHING_ATTACHED))
    held = {data_set.id: data_set for data_set in visible_data_sets(viewer)}
    return ServiceView(
        row=row,
        data_sets=tuple(held[key] for key in row.data_set_ids if key in held),
        needs=needs_of(estate, public_id),
        needed_by=needed_by_of(estate, public_id),
    )


def is_home_of_a_service(organisation_id: int, asset: UUID) -> bool:
    """Return whether any service of the present map runs on the asset."""
    edges = Dependency.objects.of(organisation_id).filter(present(), kind=DependencyKind.RUNS_ON)
    return edges.filter(dependency__public_id=asset).exists()
