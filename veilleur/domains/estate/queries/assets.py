"""Reads of assets: lists, one with its inventory, and how a machine is known again."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from veilleur.domains.estate.models import Asset, AssetIdentity
from veilleur.domains.estate.queries.inventory import PartView, part_views
from veilleur.domains.estate.queries.map import needed_by_of, present, visible_map, whole_present_map
from veilleur.domains.estate.rules import machine
from veilleur.domains.estate.rules.map import MapNode, NodeKind
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


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
    manufacturer: str
    model: str
    serial: str
    purpose: str
    hosting: str
    environment: str
    bought_on: date | None
    warranty_until: date | None
    logs_kept: str
    # The person who answers for it, by public id; may have left since.
    referent: UUID | None

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


def visible_asset(viewer: Viewer, public_id: UUID) -> AssetView | None:
    """Return what the asset's page shows, None where there is no such asset for this viewer."""
    asset = Asset.objects.visible_to(viewer).filter(present(), public_id=public_id).first()
    if asset is None:
        return None
    return _asset_view(asset, needed_by_of(visible_map(viewer), public_id))


def whole_asset(organisation_id: int, public_id: UUID) -> AssetView | None:
    """Return the same for rules and jobs of the organisation."""
    asset = Asset.objects.of(organisation_id).filter(present(), public_id=public_id).first()
    if asset is None:
        return None
    return _asset_view(asset, needed_by_of(whole_present_map(organisation_id), public_id))


def machine_here(organisation_id: int) -> UUID | None:
    """Return the machine this installation runs on; None where it is not in the organisation's estate."""
    assets = Asset.objects.of(organisation_id).filter(present(), is_here=True).order_by("pk")
    found: UUID | None = assets.values_list("public_id", flat=True).first()
    return found


def _asset_view(asset: Asset, needed_by: tuple[tuple[str, MapNode], ...]) -> AssetView:
    return AssetView(**_described(asset), parts=part_views(asset), needed_by=needed_by)


def _described(asset: Asset) -> dict[str, Any]:
    """Return the fields of an AssetRow, by name. No query if site and referent were selected with it."""
    told = {field.name: getattr(asset, field.name) for field in fields(AssetRow) if field.name != "id"}
    return told | {
        "id": asset.public_id,
        "site": asset.site.name if asset.site else "",
        "referent": asset.referent.person.public_id if asset.referent else None,
    }


def visible_asset_rows(viewer: Viewer) -> list[AssetRow]:
    """Return the assets the viewer may see, by name. One query."""
    return _asset_rows(Asset.objects.visible_to(viewer))


def whole_asset_rows(organisation_id: int) -> list[AssetRow]:
    """Return the present assets of an organisation, by name. One query."""
    return _asset_rows(Asset.objects.of(organisation_id))


def _asset_rows(assets: TenantQuerySet) -> list[AssetRow]:
    current = assets.filter(present()).select_related("site", "referent__person").order_by("name", "pk")
    return [AssetRow(**_described(asset)) for asset in current]


def asset_key(organisation_id: int, public_id: UUID) -> int | None:
    """Return the database key of a present asset, for other domains' references to it."""
    rows = Asset.objects.of(organisation_id).filter(present(), public_id=public_id)
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


def organisations_of_machine(identities: tuple[machine.Identity, ...]) -> list[int]:
    """Return the organisations that have registered the machine, by database key."""
    wanted = Q(pk__in=())
    for identity in identities:
        wanted |= Q(scheme=identity.scheme, value=identity.value)
    signs = AssetIdentity.objects.across_organisations("the machine Veilleur runs on may serve several")
    return sorted(set(signs.filter(wanted).values_list("organisation_id", flat=True)))
