"""Reads of data sets, present and retired, each with the assets that hold it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.models import DataSet
from veilleur.domains.estate.queries.map import present, visible_map, whole_present_map
from veilleur.domains.estate.rules.map import DependencyKind, EstateMap
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


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
    rows = DataSet.objects.of(organisation_id).filter(present())
    return _data_set_rows(rows, whole_present_map(organisation_id))


def visible_data_sets(viewer: Viewer) -> list[DataSetRow]:
    """Return the data sets the viewer may see, by name."""
    return _data_set_rows(DataSet.objects.visible_to(viewer).filter(present()), visible_map(viewer))


def visible_data_set(viewer: Viewer, public_id: UUID) -> DataSetRow | None:
    """Return one data set, also one that was retired; None where there is none for this viewer."""
    rows = DataSet.objects.visible_to(viewer).filter(public_id=public_id)
    return next(iter(_data_set_rows(rows, visible_map(viewer))), None)


def visible_retired_data_sets(viewer: Viewer) -> list[DataSetRow]:
    """Return the data sets that left the map, among those the viewer may see, by name."""
    retired = DataSet.objects.visible_to(viewer).filter(until__isnull=False)
    return _data_set_rows(retired, visible_map(viewer))


def data_set_key(organisation_id: int, public_id: UUID) -> int | None:
    """Return the database key of a present data set, for other domains' references to it."""
    rows = DataSet.objects.of(organisation_id).filter(present(), public_id=public_id)
    key: int | None = rows.values_list("pk", flat=True).first()
    return key
