"""Reads of components as people describe them: for forms, and for what a list is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.estate.models import Asset, Dependency, Site
from veilleur.domains.estate.queries.map import present
from veilleur.domains.estate.rules.components import ComponentDraft
from veilleur.domains.estate.rules.map import AssetKind, DependencyKind, LifeState
from veilleur.domains.estate.rules.sheet import KnownComponent
from veilleur.domains.estate.rules.sheet_words import Field
from veilleur.shared.viewer import Viewer

_SAME_NAMES = (
    *(Field.KIND, Field.HOST_NAME, Field.OS_NAME, Field.MANUFACTURER, Field.MODEL, Field.SERIAL),
    *(Field.PURPOSE, Field.LIFE_STATE, Field.ENVIRONMENT, Field.HOSTING),
)


@dataclass(frozen=True)
class SiteRow:
    """A place, as forms offer it."""

    id: UUID
    name: str


def visible_sites(viewer: Viewer) -> list[SiteRow]:
    """Return the places that the viewer may see, by name. One query."""
    rows = Site.objects.visible_to(viewer).filter(present()).order_by("name", "pk")
    return [SiteRow(public_id, name) for public_id, name in rows.values_list("public_id", "name")]


def visible_component(viewer: Viewer, public_id: UUID) -> tuple[ComponentDraft, bool] | None:
    """Return what is said of a component, and whether its machine tells of itself; None for no such one."""
    rows = Asset.objects.visible_to(viewer).filter(present(), public_id=public_id)
    row = rows.select_related("site", "referent__person").first()
    return None if row is None else (draft_of(row), row.read_at is not None)


def draft_of(row: Asset) -> ComponentDraft:
    """Return an asset as a person describes it. No query if site and referent were selected with it."""
    return ComponentDraft(
        name=row.name,
        kind=AssetKind(row.kind),
        life_state=LifeState(row.life_state),
        environment=row.environment,
        hosting=row.hosting,
        site=row.site.public_id if row.site else None,
        referent=row.referent.person.public_id if row.referent else None,
        purpose=row.purpose,
        host_name=row.host_name,
        os_name=row.os_name,
        manufacturer=row.manufacturer,
        model=row.model,
        serial=row.serial,
        bought_on=row.bought_on,
        warranty_until=row.warranty_until,
        logs_kept=row.logs_kept,
    )


def whole_known_components(organisation_id: int) -> list[KnownComponent]:
    """Return every present component as a list is compared with it, by name. Two queries."""
    rows = Asset.objects.of(organisation_id).filter(present()).select_related("site").order_by("name", "pk")
    services, hosts = _ties(organisation_id)
    return [
        KnownComponent(
            key=str(row.public_id),
            name=row.name,
            told=_told(row),
            is_read=row.read_at is not None,
            ties={
                Field.SERVICE: frozenset(services.get(row.pk, ())),
                Field.RUNS_ON: frozenset(hosts.get(row.pk, ())),
            },
        )
        for row in rows
    ]


def _told(row: Asset) -> Mapping[Field, str]:
    told = {field: str(getattr(row, field)) for field in _SAME_NAMES}
    told[Field.SITE] = row.site.name if row.site else ""
    told[Field.BOUGHT_ON] = row.bought_on.isoformat() if row.bought_on else ""
    told[Field.WARRANTY_UNTIL] = row.warranty_until.isoformat() if row.warranty_until else ""
    return told


def _ties(organisation_id: int) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """Return the names of the services on each asset, and of what hosts it, without capitals, by its key."""
    edges = Dependency.objects.of(organisation_id).filter(present(), kind=DependencyKind.RUNS_ON)
    columns = ("dependent_id", "dependent__name", "dependency_id", "dependency__name")
    services: dict[int, list[str]] = {}
    hosts: dict[int, list[str]] = {}
    for dependent, dependent_name, dependency, dependency_name in edges.values_list(*columns):
        services.setdefault(dependency, []).append(dependent_name.casefold())
        hosts.setdefault(dependent, []).append(dependency_name.casefold())
    return services, hosts
