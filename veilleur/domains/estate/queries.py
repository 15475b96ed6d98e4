"""Reads of the estate: the map as values for rules, rows for pages."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from veilleur.domains.estate.models import (
    Address,
    Asset,
    AssetIdentity,
    DataSet,
    Dependency,
    FoundDatabase,
    InstalledPackage,
    Listener,
    Node,
    PartReading,
    SeenOnAsset,
    Service,
    Volume,
)
from veilleur.domains.estate.rules import machine
from veilleur.domains.estate.rules.map import (
    DependencyKind,
    EstateMap,
    MapEdge,
    MapNode,
    NodeKind,
    ServiceRow,
    attached,
    would_loop,
)
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer

PART_TABLES: dict[str, type[SeenOnAsset]] = {
    "packages": InstalledPackage,
    "volumes": Volume,
    "addresses": Address,
    "listeners": Listener,
    "databases": FoundDatabase,
}
PART_ROWS: dict[str, type[machine.InventoryRow]] = {
    "packages": machine.Package,
    "volumes": machine.Volume,
    "addresses": machine.Address,
    "listeners": machine.Listener,
    "databases": machine.FoundDatabase,
}


@dataclass(frozen=True)
class PartView:
    """One part of a machine's inventory: its rows in order, when it was read, why not if it was not."""

    part: str
    rows: tuple[machine.InventoryRow, ...]
    read_at: datetime | None
    unread_reason: str


@dataclass(frozen=True)
class AssetRow:
    """What a list of assets shows of one. `site` is empty where nobody has said where it stands."""

    id: UUID
    name: str
    kind: str
    life_state: str
    host_name: str
    os_name: str
    kernel: str
    architecture: str
    full_support_until: date | None
    lts_support_until: date | None
    support_source: str
    cpu_model: str
    cpu_count: int
    memory_bytes: int
    is_here: bool
    read_at: datetime | None
    site: str

    def support(self, today: date) -> str:
        """Return the level of `rules.machine.support_level` on that day.

        Unknown when the machine was last read too long ago: it may run another system by now. So it is when
        the reading is dated later than today: it was made before the clock was set back, whenever that was.
        """
        if self.read_at is None or not machine.is_fresh(self.read_at.date(), today):
            return "unknown"
        return machine.support_level(self.full_support_until, self.lts_support_until, today)


@dataclass(frozen=True)
class AssetView(AssetRow):
    """What an asset's page shows. `needed_by` pairs the kind of dependency with the dependent node."""

    parts: tuple[PartView, ...]
    needed_by: tuple[tuple[str, MapNode], ...]

    def part(self, name: str) -> PartView:
        """Return one part by its name in `rules.machine.PARTS`."""
        return next(part for part in self.parts if part.part == name)


@dataclass(frozen=True)
class DataSetRow:
    """A data set with the assets that hold it. `kind` is a `DataSetKind`; `retired_at` is None for a present
    one.
    """

    id: UUID
    name: str
    kind: str
    locator: str
    stored_on: tuple[UUID, ...]
    retired_at: datetime | None


@dataclass(frozen=True)
class ServiceView:
    """What a service's page shows: the service, its data, its neighbours by kind of dependency."""

    row: ServiceRow
    data_sets: tuple[DataSetRow, ...]
    needs: tuple[tuple[str, MapNode], ...]
    needed_by: tuple[tuple[str, MapNode], ...]


def _valid(at: datetime) -> Q:
    return Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))


def _current() -> Q:
    return Q(until=None)


def _map_of(nodes: TenantQuerySet, edges: TenantQuerySet) -> EstateMap:
    columns = ("id", "public_id", "node_kind", "name")
    by_key = {
        key: MapNode(public_id, kind, name)
        for key, public_id, kind, name in nodes.order_by(*columns[:0:-1]).values_list(*columns)
    }
    # An edge whose end is not valid any more is no edge: its node left the map.
    drawn = tuple(
        MapEdge(by_key[dependent].id, by_key[dependency].id, kind)
        for dependent, dependency, kind in edges.order_by("id").values_list(
            "dependent_id", "dependency_id", "kind"
        )
        if dependent in by_key and dependency in by_key
    )
    return EstateMap(tuple(by_key.values()), drawn)


def whole_map(organisation_id: int, at: datetime) -> EstateMap:
    """Return the map as it was valid at `at`; two queries, nodes sorted by name."""
    nodes = Node.objects.of(organisation_id).filter(_valid(at))
    return _map_of(nodes, Dependency.objects.of(organisation_id).filter(_valid(at)))


def _whole_current_map(organisation_id: int) -> EstateMap:
    nodes = Node.objects.of(organisation_id).filter(_current())
    return _map_of(nodes, Dependency.objects.of(organisation_id).filter(_current()))


def visible_map(viewer: Viewer) -> EstateMap:
    """Return the present map of the viewer's organisation; empty if the viewer may not see it."""
    nodes = Node.objects.visible_to(viewer).filter(_current())
    return _map_of(nodes, Dependency.objects.visible_to(viewer).filter(_current()))


def closes_circle(organisation_id: int, fresh: MapEdge) -> bool:
    """Return whether the edge would make nodes of the present map wait for one another."""
    return would_loop(_whole_current_map(organisation_id).edges, fresh)


def _service_row(service: Service, estate: EstateMap) -> ServiceRow:
    asset_ids, data_set_ids = attached(estate, service.public_id)
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
    )


def _service_rows(services: TenantQuerySet, estate: EstateMap) -> list[ServiceRow]:
    current = services.filter(_current()).order_by("name", "public_id")
    return [_service_row(service, estate) for service in current]


def whole_services(organisation_id: int) -> list[ServiceRow]:
    """Return the present services by name, each with the assets it runs on and the data it needs."""
    return _service_rows(Service.objects.of(organisation_id), _whole_current_map(organisation_id))


def visible_services(viewer: Viewer) -> list[ServiceRow]:
    """Return the services the viewer may see, by name."""
    return _service_rows(Service.objects.visible_to(viewer), visible_map(viewer))


def visible_service(viewer: Viewer, public_id: UUID) -> ServiceView | None:
    """Return what the service's page shows, None where there is no such service for this viewer."""
    service = Service.objects.visible_to(viewer).filter(_current(), public_id=public_id).first()
    if service is None:
        return None
    estate = visible_map(viewer)
    row = _service_row(service, estate)
    held = {data_set.id: data_set for data_set in visible_data_sets(viewer)}
    return ServiceView(
        row=row,
        data_sets=tuple(held[key] for key in row.data_set_ids if key in held),
        needs=_needs(estate, public_id),
        needed_by=_needed_by(estate, public_id),
    )


def _needs(estate: EstateMap, node: UUID) -> tuple[tuple[str, MapNode], ...]:
    by_id = {each.id: each for each in estate.nodes}
    return tuple((edge.kind, by_id[edge.dependency]) for edge in estate.edges if edge.dependent == node)


def _needed_by(estate: EstateMap, node: UUID) -> tuple[tuple[str, MapNode], ...]:
    by_id = {each.id: each for each in estate.nodes}
    return tuple((edge.kind, by_id[edge.dependent]) for edge in estate.edges if edge.dependency == node)


def _data_set_rows(data_sets: TenantQuerySet, estate: EstateMap) -> list[DataSetRow]:
    holders: dict[UUID, list[UUID]] = {}
    for edge in estate.edges:
        if edge.kind == DependencyKind.STORED_ON:
            holders.setdefault(edge.dependent, []).append(edge.dependency)
    return [
        DataSetRow(
            each.public_id,
            each.name,
            each.kind,
            each.locator,
            tuple(holders.get(each.public_id, ())),
            each.until,
        )
        for each in data_sets.order_by("name", "public_id")
    ]


def whole_data_sets(organisation_id: int) -> list[DataSetRow]:
    """Return the present data sets by name, each with the assets that hold it."""
    present = DataSet.objects.of(organisation_id).filter(_current())
    return _data_set_rows(present, _whole_current_map(organisation_id))


def visible_data_sets(viewer: Viewer) -> list[DataSetRow]:
    """Return the data sets the viewer may see, by name."""
    return _data_set_rows(DataSet.objects.visible_to(viewer).filter(_current()), visible_map(viewer))


def visible_data_set(viewer: Viewer, public_id: UUID) -> DataSetRow | None:
    """Return one data set, also one that was retired; None where there is none for this viewer."""
    rows = DataSet.objects.visible_to(viewer).filter(public_id=public_id)
    return next(iter(_data_set_rows(rows, visible_map(viewer))), None)


def visible_retired_data_sets(viewer: Viewer) -> list[DataSetRow]:
    """Return the data sets that left the map, among those the viewer may see, by name."""
    retired = DataSet.objects.visible_to(viewer).filter(until__isnull=False)
    return _data_set_rows(retired, visible_map(viewer))


def part_rows(asset: Asset, part: str) -> frozenset[machine.InventoryRow]:
    """Return the present rows of one part of a machine, as the values of `rules.machine`."""
    kind = PART_ROWS[part]
    names = [field.name for field in fields(kind)]
    rows = PART_TABLES[part].objects.of(asset.organisation_id).filter(_current(), asset=asset)
    return frozenset(kind(*values) for values in rows.values_list(*names))


def _part_views(asset: Asset) -> tuple[PartView, ...]:
    readings = {
        reading.part: reading for reading in PartReading.objects.of(asset.organisation_id).filter(asset=asset)
    }
    return tuple(_part_view(asset, part, readings.get(part)) for part in machine.PARTS)


def _part_view(asset: Asset, part: str, reading: PartReading | None) -> PartView:
    if reading is None:
        return PartView(part, (), None, "not_read")
    rows = tuple(sorted(part_rows(asset, part)))
    return PartView(part, rows, reading.read_at, reading.unread_reason)


def visible_asset(viewer: Viewer, public_id: UUID) -> AssetView | None:
    """Return what the asset's page shows, None where there is no such asset for this viewer."""
    asset = Asset.objects.visible_to(viewer).filter(_current(), public_id=public_id).first()
    if asset is None:
        return None
    return _asset_view(asset, _needed_by(visible_map(viewer), public_id))


def whole_asset(organisation_id: int, public_id: UUID) -> AssetView | None:
    """Return the same for rules and jobs of the organisation."""
    asset = Asset.objects.of(organisation_id).filter(_current(), public_id=public_id).first()
    if asset is None:
        return None
    return _asset_view(asset, _needed_by(_whole_current_map(organisation_id), public_id))


def machine_here(organisation_id: int) -> UUID | None:
    """Return the machine this installation runs on; None where it is not in the organisation's estate."""
    assets = Asset.objects.of(organisation_id).filter(_current(), is_here=True).order_by("pk")
    found: UUID | None = assets.values_list("public_id", flat=True).first()
    return found


def _asset_view(asset: Asset, needed_by: tuple[tuple[str, MapNode], ...]) -> AssetView:
    return AssetView(**_described(asset), parts=_part_views(asset), needed_by=needed_by)


def _described(asset: Asset) -> dict[str, Any]:
    """Return the fields of an AssetRow, by name. No query if the site was selected with the asset."""
    told = {field.name: getattr(asset, field.name) for field in fields(AssetRow) if field.name != "id"}
    return told | {"id": asset.public_id, "site": asset.site.name if asset.site else ""}


def visible_asset_rows(viewer: Viewer) -> list[AssetRow]:
    """Return the assets the viewer may see, by name. One query."""
    return _asset_rows(Asset.objects.visible_to(viewer))


def whole_asset_rows(organisation_id: int) -> list[AssetRow]:
    """Return the present assets of an organisation, by name. One query."""
    return _asset_rows(Asset.objects.of(organisation_id))


def _asset_rows(assets: TenantQuerySet) -> list[AssetRow]:
    current = assets.filter(_current()).select_related("site").order_by("name", "pk")
    return [AssetRow(**_described(asset)) for asset in current]


def asset_key(organisation_id: int, public_id: UUID) -> int | None:
    """Return the database key of a present asset, for other domains' references to it."""
    rows = Asset.objects.of(organisation_id).filter(_current(), public_id=public_id)
    key: int | None = rows.values_list("pk", flat=True).first()
    return key


def data_set_key(organisation_id: int, public_id: UUID) -> int | None:
    """Return the database key of a present data set, for other domains' references to it."""
    rows = DataSet.objects.of(organisation_id).filter(_current(), public_id=public_id)
    key: int | None = rows.values_list("pk", flat=True).first()
    return key


def visible_assets(viewer: Viewer) -> list[MapNode]:
    """Return the assets the viewer may see, by name."""
    return [node for node in visible_map(viewer).nodes if node.kind == NodeKind.ASSET]


def known_asset(organisation_id: int, identities: tuple[machine.Identity, ...]) -> Asset | None:
    """Return the present asset that one of the signs names; the first sign that is known decides."""
    for identity in identities:
        sign = (
            AssetIdentity.objects.of(organisation_id)
            .filter(scheme=identity.scheme, value=identity.value)
            .first()
        )
        if sign is not None:
            asset: Asset = Asset.objects.of(organisation_id).get(pk=sign.asset_id)
            return asset
    return None


def is_home_of_a_service(organisation_id: int, asset: UUID) -> bool:
    """Return whether any service of the present map runs on the asset."""
    edges = Dependency.objects.of(organisation_id).filter(_current(), kind=DependencyKind.RUNS_ON)
    return edges.filter(dependency__public_id=asset).exists()


def organisations_of_machine(identities: tuple[machine.Identity, ...]) -> list[int]:
    """Return the organisations that have registered the machine, by database key."""
    wanted = Q(pk__in=())
    for identity in identities:
        wanted |= Q(scheme=identity.scheme, value=identity.value)
    signs = AssetIdentity.objects.across_organisations("the machine Veilleur runs on may serve several")
    return sorted(set(signs.filter(wanted).values_list("organisation_id", flat=True)))
