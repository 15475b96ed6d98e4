"""Writes of the map: services and their objectives, dependencies. Data sets are in `data.py`."""

from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.estate.actions.redundancy import leave_redundancy
from veilleur.domains.estate.facts import (
    DependencyAdded,
    DependencyEnded,
    ServiceObjectivesSet,
    ServiceProposed,
)
from veilleur.domains.estate.models import Dependency, Node, Service
from veilleur.domains.estate.queries import closes_circle
from veilleur.domains.estate.rules.map import (
    DEFAULT_RPO,
    DEFAULT_RTO,
    DependencyKind,
    MapEdge,
    NewEdge,
    NewService,
    NodeKind,
)
from veilleur.domains.journal.actions import record, recorded, take_turn
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

_SECOND = timedelta(seconds=1)


def present_node(organisation_id: int, public_id: UUID) -> Node | None:
    return Node.objects.of(organisation_id).filter(public_id=public_id, until=None).first()


@recorded
def propose_service(
    *, now: datetime, actor: Actor, organisation_id: int, name: str, runs_on: UUID | None = None
) -> Service | Refused:
    """Propose a service with default objectives, running on an asset; the same name twice is one service.

    Refused with `name_missing` or `no_such_node`.
    """
    take_turn(organisation_id)
    if not name.strip():
        return Refused("name_missing")
    if runs_on is not None and present_node(organisation_id, runs_on) is None:
        return Refused("no_such_node")
    service = Service.objects.of(organisation_id).filter(name=name, until=None).first()
    if service is None:
        service = _new_service(now, organisation_id, name)
        record(
            ServiceProposed(name=name, rto_s=service.rto_s, rpo_s=service.rpo_s),
            subject=service.public_id,
            organisation_id=organisation_id,
        )
    if runs_on is not None:
        edge = NewEdge(service.public_id, runs_on, DependencyKind.RUNS_ON)
        add_dependency(now=now, actor=actor, organisation_id=organisation_id, edge=edge)
    return service


def _new_service(now: datetime, organisation_id: int, name: str) -> Service:
    service = Service(
        organisation_id=organisation_id,
        public_id=new_id(now),
        node_kind=NodeKind.SERVICE,
        name=name,
        since=now,
        recorded_at=now,
        rto_s=DEFAULT_RTO // _SECOND,
        rpo_s=DEFAULT_RPO // _SECOND,
        is_proposed=True,
    )
    service.save()
    return service


@recorded
def set_service_objectives(
    *, now: datetime, actor: Actor, organisation_id: int, service: UUID, rto_s: int, rpo_s: int
) -> Service | Refused:
    """Set how long the service may be down and how much work it may lose, in seconds; default no more.

    Confirms a proposed service. Refused with `no_such_service` or `objective_not_positive`.
    """
    if rto_s < 1 or rpo_s < 1:
        return Refused("objective_not_positive")
    rows = Service.objects.of(organisation_id).filter(public_id=service, until=None)
    row: Service | None = rows.select_for_update(of=("self",)).first()
    if row is None:
        return Refused("no_such_service")
    before = (row.rto_s, row.rpo_s)
    is_news = before != (rto_s, rpo_s) or row.rto_is_default or row.rpo_is_default
    row.rto_s, row.rpo_s = rto_s, rpo_s
    row.rto_is_default = row.rpo_is_default = row.is_proposed = False
    row.save()
    if is_news:
        fact = ServiceObjectivesSet(rto_s=rto_s, rpo_s=rpo_s, rto_s_before=before[0], rpo_s_before=before[1])
        record(fact, subject=service, organisation_id=organisation_id)
    return row


@recorded
def declare_service(
    *, now: datetime, actor: Actor, organisation_id: int, service: NewService
) -> Service | Refused:
    """Put a service on the map, with the objectives that a person chose for it.

    Refused with `name_missing`, `name_taken` (a present service has it), `no_such_node` or
    `objective_not_positive`; nothing is written then.
    """
    take_turn(organisation_id)
    name = service.name.strip()
    if service.rto_s < 1 or service.rpo_s < 1:
        return Refused("objective_not_positive")
    if Service.objects.of(organisation_id).filter(name__iexact=name, until=None).exists():
        return Refused("name_taken")
    made = propose_service(
        now=now, actor=actor, organisation_id=organisation_id, name=name, runs_on=service.runs_on
    )
    if isinstance(made, Refused):
        return made
    return set_service_objectives(
        now=now,
        actor=actor,
        organisation_id=organisation_id,
        service=made.public_id,
        rto_s=service.rto_s,
        rpo_s=service.rpo_s,
    )


@recorded
def add_dependency(
    *, now: datetime, actor: Actor, organisation_id: int, edge: NewEdge
) -> Dependency | Refused:
    """Draw an edge of the map, valid from now.

    Refused with `depends_on_itself`, `no_such_node`, `already_there` (same ends, kind, protocol and
    port) or `circular` (its kind would make nodes wait for one another; data may flow in circles).
    """
    take_turn(organisation_id)
    if edge.dependent == edge.dependency:
        return Refused("depends_on_itself")
    dependent = present_node(organisation_id, edge.dependent)
    dependency = present_node(organisation_id, edge.dependency)
    if dependent is None or dependency is None:
        return Refused("no_such_node")
    row = Dependency(
        organisation_id=organisation_id,
        public_id=new_id(now),
        dependent=dependent,
        dependency=dependency,
        kind=edge.kind,
        protocol=edge.protocol,
        port=edge.port,
        since=now,
        recorded_at=now,
    )
    if _is_drawn(row):
        return Refused("already_there")
    drawn = MapEdge(edge.dependent, edge.dependency, edge.kind)
    if edge.kind != DependencyKind.FLOWS_TO and closes_circle(organisation_id, drawn):
        return Refused("circular")
    row.save()
    fact = DependencyAdded(
        dependent=edge.dependent,
        dependency=edge.dependency,
        kind=edge.kind,
        protocol=edge.protocol,
        port=edge.port,
    )
    record(fact, subject=row.public_id, organisation_id=organisation_id)
    return row


def _is_drawn(row: Dependency) -> bool:
    same = Dependency.objects.of(row.organisation_id).filter(
        dependent=row.dependent, dependency=row.dependency, kind=row.kind, until=None
    )
    return bool(same.filter(protocol=row.protocol, port=row.port).exists())


@recorded
def end_dependency(
    *, now: datetime, actor: Actor, organisation_id: int, dependency: UUID
) -> Dependency | Refused:
    """End an edge of the map at `now`; what it said stays true for the past. Refused with `no_such_node`.

    Its redundancy goes on with what is left, where one of it can still be spared.
    """
    rows = Dependency.objects.of(organisation_id).filter(public_id=dependency, until=None)
    row = rows.select_related("dependent", "dependency").first()
    if row is None:
        return Refused("no_such_node")
    row.until = now
    row.save(update_fields=["until"])
    fact = DependencyEnded(
        dependent=row.dependent.public_id, dependency=row.dependency.public_id, kind=row.kind
    )
    record(fact, subject=row.public_id, organisation_id=organisation_id)
    leave_redundancy(now, row)
    ended: Dependency = row
    return ended
