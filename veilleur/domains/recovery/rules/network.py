"""The activities of one strike and what each waits for. Restores wait only for what is needed to restore.

Built from a strike; ordered by `order.py`, timed by `dispatch.py`, bounded by `bounds.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from veilleur.domains.recovery.rules.circles import circles, topological_order
from veilleur.domains.recovery.rules.inputs import (
    NEEDS_TO_RESTORE,
    NEEDS_TO_START,
    Company,
    DataSet,
    Need,
    Service,
)
from veilleur.domains.recovery.rules.people import CHECK, DECIDE, KEY, PREPARE, RESTORE, VALIDATE
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST, Strike, homes, survives

TECHNICIANS = "technicians"


@dataclass(frozen=True)
class Activity:
    """One thing to do. `subject` is the machine, data set or service it is about.

    `resource` is what it holds one unit of while it lasts: a repository's stream, a technician, or None.
    """

    step: str
    subject: UUID | None
    name: str
    resource: str | None = None

    @cached_property
    def key(self) -> str:
        """Return the activity's identity inside a strike, stable from run to run."""
        return f"{self.step}:{self.subject}" if self.subject else self.step


@dataclass(frozen=True)
class Network:
    """Activities in an order that respects precedence. `ends` is each service's last activity.

    `circular` are the services that wait for themselves; their needs inside the circle are left out.
    """

    activities: tuple[Activity, ...]
    predecessors: tuple[tuple[int, ...], ...]
    capacities: dict[str, int]
    ends: dict[UUID, int]
    circular: frozenset[UUID]


class _Builder:
    """Collects activities and edges by key, then numbers them."""

    def __init__(self) -> None:
        self.activities: dict[str, Activity] = {}
        self.waits: dict[str, set[str]] = {}

    def add(self, activity: Activity, after: Iterable[str] = ()) -> str:
        """Add an activity once and what it waits for; return its key."""
        self.activities.setdefault(activity.key, activity)
        self.waits.setdefault(activity.key, set()).update(after)
        return activity.key

    def has(self, key: str) -> bool:
        return key in self.activities


def build_network(company: Company, strike: Strike, services: frozenset[UUID] | None = None) -> Network:
    """Return the activities for bringing back the struck and disturbed services, or only those given."""
    wanted = strike.struck | strike.disturbed
    chosen = wanted if services is None else wanted & services
    entries = tuple(service for service in company.services if service.id in chosen)
    data_sets = {data_set.id: data_set for data_set in company.data_sets}
    builder = _Builder()
    ends = _add_services(builder, company, strike, entries, data_sets)
    needs = _need_edges(builder, company, entries)
    circular = _cut_circles(builder, needs, entries)
    return _numbered(builder, company, ends, circular)


def _add_services(
    builder: _Builder,
    company: Company,
    strike: Strike,
    services: tuple[Service, ...],
    data_sets: dict[UUID, DataSet],
) -> dict[UUID, str]:
    where = homes(company)
    names = {machine.id: machine.name for machine in company.machines}
    decide = builder.add(Activity(DECIDE, None, ""))
    first = [builder.add(Activity(KEY, None, ""), [decide])] if strike.scenario == MACHINE_LOST else []
    ends = {}
    for service in services:
        lost = [data_sets[key] for key in service.data_sets if key in strike.lost_data]
        touched = _touched_machines(service, lost, strike, where)
        if service.id in strike.struck and not touched:
            touched = {service.id}  # nobody said where it runs: a place has to be made all the same
        ready = [
            builder.add(Activity(PREPARE, place, names.get(place, service.name), TECHNICIANS), [decide])
            for place in sorted(touched)
        ]
        restores = [
            _add_restore(builder, data_set, strike, [*first, *(ready or [decide])]) for data_set in lost
        ]
        check = Activity(CHECK, service.id, service.name, TECHNICIANS)
        checked = builder.add(check, restores or ready or [decide])
        ends[service.id] = builder.add(Activity(VALIDATE, service.id, service.name), [checked])
    return ends


def _touched_machines(
    service: Service, lost: list[DataSet], strike: Strike, where: dict[UUID, frozenset[UUID]]
) -> set[UUID]:
    """Return where room must be made: lost machines of the service, and homes of its lost data."""
    machines = strike.lost_machines.intersection(service.machines)
    fallen = strike.lost_machines or ({strike.machine} if strike.machine else set())
    return set(machines) | {home for data_set in lost for home in where[data_set.id] if home in fallen}


def _add_restore(builder: _Builder, data_set: DataSet, strike: Strike, after: list[str]) -> str:
    """Add the data set's restore, fed by the repository of its newest surviving complete point."""
    alive = [copy for copy in data_set.copies if survives(copy, strike) and copy.complete_points]
    tested = [copy for copy in alive if copy.full_tests and not copy.last_test_failed]
    source = max(tested or alive, key=lambda copy: copy.complete_points[0].started_at, default=None)
    resource = f"repository:{source.repository}" if source else None
    return builder.add(Activity(RESTORE, data_set.id, data_set.name, resource), after)


def _need_edges(builder: _Builder, company: Company, services: tuple[Service, ...]) -> list[tuple[str, str]]:
    """Return (waiting key, awaited key) for each need of which both sides are in the network.

    A dependency that is not in it was never away.
    """
    chosen = {service.id: service for service in services}
    return [
        (waiting, f"{CHECK}:{need.dependency}")
        for need in company.needs
        if need.dependent in chosen and need.dependency in chosen and need.dependent != need.dependency
        for waiting in _waiting(builder, need, chosen[need.dependent])
    ]


def _waiting(builder: _Builder, need: Need, dependent: Service) -> list[str]:
    """Return what of the dependent has to wait: without data to restore, its start does."""
    restores = [f"{RESTORE}:{data_set}" for data_set in dependent.data_sets]
    restores = [key for key in restores if builder.has(key)]
    if need.kind == NEEDS_TO_RESTORE and restores:
        return restores
    step = CHECK if need.kind in (NEEDS_TO_RESTORE, NEEDS_TO_START) else VALIDATE
    return [f"{step}:{dependent.id}"]


def _cut_circles(
    builder: _Builder, needs: list[tuple[str, str]], services: tuple[Service, ...]
) -> frozenset[UUID]:
    """Add the needs, but for those that close a circle; return the services caught in one."""
    successors: dict[str, set[str]] = {key: set() for key in builder.activities}
    for key, awaited in builder.waits.items():
        for other in awaited:
            successors[other].add(key)
    for waiting, awaited_key in needs:
        successors[awaited_key].add(waiting)
    ring = {key: rank for rank, members in enumerate(circles(successors)) for key in members}
    for waiting, awaited_key in needs:
        if ring.get(waiting, -1) != ring.get(awaited_key, -2):
            builder.waits[waiting].add(awaited_key)
    caught = {builder.activities[key].subject for key in ring}
    return frozenset(
        service.id for service in services if service.id in caught or caught.intersection(service.data_sets)
    )


def _numbered(
    builder: _Builder, company: Company, ends: dict[UUID, str], circular: frozenset[UUID]
) -> Network:
    order = topological_order(builder.waits)
    rank = {key: index for index, key in enumerate(order)}
    activities = tuple(builder.activities[key] for key in order)
    capacities = {
        activity.resource: company.means.streams for activity in activities if activity.resource is not None
    }
    if TECHNICIANS in capacities:
        capacities[TECHNICIANS] = company.means.technicians
    return Network(
        activities=activities,
        predecessors=tuple(tuple(sorted(rank[other] for other in builder.waits[key])) for key in order),
        capacities=capacities,
        ends={service: rank[key] for service, key in ends.items()},
        circular=circular,
    )
