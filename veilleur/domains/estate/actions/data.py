"""Writes of the map about data: what is on it, where it is stored, which service needs it."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.estate.actions.map import add_dependency, end_dependency, present_node
from veilleur.domains.estate.actions.needs import SettledNeeds, settle_needs
from veilleur.domains.estate.facts import DataSetDeclared, DataSetRetired
from veilleur.domains.estate.models import DataSet, Dependency, Service
from veilleur.domains.estate.rules.map import AskedNeeds, DependencyKind, NewDataSet, NewEdge, NodeKind
from veilleur.domains.journal.actions import record, recorded, take_turn
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def declare_data_set(
    *, now: datetime, actor: Actor, organisation_id: int, data_set: NewDataSet
) -> DataSet | Refused:
    """Put a data set on the map, where it is stored and who needs it; declared twice it is one.

    The same kind and locator on the same asset is the same data set. Refused with `name_missing`,
    `locator_missing` or `no_such_node`.
    """
    take_turn(organisation_id)
    if not data_set.name.strip():
        return Refused("name_missing")
    if not data_set.locator.strip():
        return Refused("locator_missing")
    for end in (data_set.stored_on, data_set.used_by):
        if end is not None and present_node(organisation_id, end) is None:
            return Refused("no_such_node")
    row = _known_data_set(organisation_id, data_set)
    if row is None:
        row = _new_data_set(now, organisation_id, data_set)
        record(
            DataSetDeclared(name=row.name, kind=row.kind, locator=row.locator),
            subject=row.public_id,
            organisation_id=organisation_id,
        )
    for edge in _edges_of(row.public_id, data_set):
        add_dependency(now=now, actor=actor, organisation_id=organisation_id, edge=edge)
    return row


@recorded
def settle_data_of_service(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    service: UUID,
    needed: frozenset[UUID],
    asked: frozenset[UUID],
) -> SettledNeeds | Refused:
    """Draw and end edges of the map so that of the data sets `asked` about, the service needs `needed`.

    What nobody was asked about stays as it is: it came onto the map meanwhile. Refused with
    `no_such_service`, `no_such_data_set` or `circular`; nothing is written then.
    """
    take_turn(organisation_id)
    if not Service.objects.of(organisation_id).filter(public_id=service, until=None).exists():
        return Refused("no_such_service")
    there = DataSet.objects.of(organisation_id).filter(public_id__in=needed | asked, until=None)
    if set(there.values_list("public_id", flat=True)) != needed | asked:
        return Refused("no_such_data_set")
    return settle_needs(
        now=now,
        actor=actor,
        organisation_id=organisation_id,
        needs=AskedNeeds(service, DependencyKind.NEEDS_TO_START, needed, asked),
    )


@recorded
def retire_data_set(
    *, now: datetime, actor: Actor, organisation_id: int, data_set: UUID
) -> DataSet | Refused:
    """Take a data set off the map at `now`, with its edges; what was true before stays so for the past.

    Refused with `no_such_data_set`. `backups` asks first whether a plan still copies it.
    """
    rows = DataSet.objects.of(organisation_id).select_for_update(of=("self",))
    row: DataSet | None = rows.filter(public_id=data_set, until=None).first()
    if row is None:
        return Refused("no_such_data_set")
    drawn = Dependency.objects.of(organisation_id).filter(until=None)
    for edge in drawn.filter(Q(dependent_id=row.pk) | Q(dependency_id=row.pk)).order_by("pk"):
        end_dependency(now=now, actor=actor, organisation_id=organisation_id, dependency=edge.public_id)
    row.until = now
    row.save(update_fields=["until"])
    fact = DataSetRetired(name=row.name, kind=row.kind, locator=row.locator)
    record(fact, subject=data_set, organisation_id=organisation_id)
    return row


def _known_data_set(organisation_id: int, data_set: NewDataSet) -> DataSet | None:
    same = DataSet.objects.of(organisation_id).filter(
        kind=data_set.kind, locator=data_set.locator, until=None
    )
    for row in same.order_by("pk"):
        holders = Dependency.objects.of(organisation_id).filter(
            dependent_id=row.pk, kind=DependencyKind.STORED_ON, until=None
        )
        places = set(holders.values_list("dependency__public_id", flat=True))
        if data_set.stored_on is None or not places or data_set.stored_on in places:
            found: DataSet = row
            return found
    return None


def _new_data_set(now: datetime, organisation_id: int, data_set: NewDataSet) -> DataSet:
    row = DataSet(
        organisation_id=organisation_id,
        public_id=new_id(now),
        node_kind=NodeKind.DATA_SET,
        name=data_set.name,
        since=now,
        recorded_at=now,
        kind=data_set.kind,
        locator=data_set.locator,
    )
    row.save()
    return row


def _edges_of(data_set_id: UUID, data_set: NewDataSet) -> list[NewEdge]:
    edges = []
    if data_set.stored_on is not None:
        edges.append(NewEdge(data_set_id, data_set.stored_on, DependencyKind.STORED_ON))
    if data_set.used_by is not None:
        edges.append(NewEdge(data_set.used_by, data_set_id, DependencyKind.NEEDS_TO_START))
    return edges
