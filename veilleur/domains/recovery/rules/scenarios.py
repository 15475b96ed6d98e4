"""The two scenarios: what is struck, what is lost with it, and which copies survive.

A scenario strikes one machine at a time; a service is answered for the worst machine it rests on.
`simulation.py` runs each strike.
"""

from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.recovery.rules.inputs import Company, Copy, Machine

DATA_LOST = "data_lost"  # data lost or damaged, the machine is still there
MACHINE_LOST = "machine_lost"  # the machine and everything on it are gone
SCENARIOS = (DATA_LOST, MACHINE_LOST)


@dataclass(frozen=True)
class Strike:
    """One machine struck by one scenario.

    `struck` are the services that lose data or a machine; `disturbed` those that only wait for one of
    them. `machine` is None for services of which nobody said where they run.
    """

    scenario: str
    machine: UUID | None
    lost_machines: frozenset[UUID]
    lost_data: frozenset[UUID]
    struck: frozenset[UUID]
    disturbed: frozenset[UUID]

    @property
    def size(self) -> int:
        """Return how many services it touches."""
        return len(self.struck) + len(self.disturbed)


def survives(copy: Copy, strike: Strike) -> bool:
    """Return whether a copy is still there after the strike: it is, unless its machine is gone."""
    return strike.scenario == DATA_LOST or copy.machine not in strike.lost_machines


def homes(company: Company) -> dict[UUID, frozenset[UUID]]:
    """Return the machines on which each data set lives: its own, else those of the services that use it."""
    inherited: dict[UUID, set[UUID]] = {data_set.id: set() for data_set in company.data_sets}
    for service in company.services:
        for key in service.data_sets:
            inherited.setdefault(key, set()).update(service.machines)
    return {
        data_set.id: data_set.machines or frozenset(inherited[data_set.id]) for data_set in company.data_sets
    }


def strikes_of(company: Company, scenario: str) -> tuple[Strike, ...]:
    """Return every strike worth computing, in a fixed order.

    For a lost machine: each machine with all those it hosts, but for a machine whose loss is part of a
    larger one. For lost data: each machine by itself. Last, one strike for what has no known machine.
    """
    where = homes(company)
    used = {machine for service in company.services for machine in service.machines}
    used |= {machine for machines in where.values() for machine in machines}
    if scenario == MACHINE_LOST:
        falls = _falls(company, used)
    else:
        falls = {machine: frozenset({machine}) for machine in used}
    strikes = [_strike(company, scenario, machine, falls[machine], where) for machine in sorted(falls)]
    nowhere = _strike_nowhere(company, scenario, where)
    return tuple(strike for strike in [*strikes, nowhere] if strike is not None and strike.struck)


def _falls(company: Company, used: set[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return, per machine, all that falls with it; only the largest falls are kept."""
    hosts = {host for machine in company.machines for host in machine.hosts}
    falls = {machine: _fallen_with(machine, company.machines) for machine in used | hosts}
    return {
        machine: fallen
        for machine, fallen in falls.items()
        if fallen & used and not any(fallen < other for other in falls.values())
    }


def _fallen_with(machine: UUID, machines: tuple[Machine, ...]) -> frozenset[UUID]:
    """Return the machine and everything it hosts, what those host included."""
    fallen = {machine}
    while more := {other.id for other in machines if other.hosts & fallen} - fallen:
        fallen |= more
    return frozenset(fallen)


def _strike(
    company: Company,
    scenario: str,
    machine: UUID | None,
    fallen: frozenset[UUID],
    where: dict[UUID, frozenset[UUID]],
) -> Strike:
    lost_data = frozenset(data_set for data_set, machines in where.items() if machines & fallen)
    lost_machines = fallen if scenario == MACHINE_LOST else frozenset()
    struck = frozenset(
        service.id
        for service in company.services
        if lost_data.intersection(service.data_sets)
        or (fallen.intersection(service.machines) and (lost_machines or not service.data_sets))
    )
    return Strike(scenario, machine, lost_machines, lost_data, struck, _waiting(company, struck, fallen))


def _strike_nowhere(company: Company, scenario: str, where: dict[UUID, frozenset[UUID]]) -> Strike | None:
    """Return the strike of the services for which no machine is known; None when there are none."""
    lost_data = frozenset(data_set for data_set, machines in where.items() if not machines)
    struck = frozenset(
        service.id
        for service in company.services
        if not service.machines
        and (scenario == MACHINE_LOST or not service.data_sets or lost_data.intersection(service.data_sets))
    )
    if not struck:
        return None
    return Strike(scenario, None, frozenset(), lost_data, struck, _waiting(company, struck, frozenset()))


def _waiting(company: Company, struck: frozenset[UUID], fallen: frozenset[UUID]) -> frozenset[UUID]:
    """Return the services that are not struck but wait, directly or not, for what is."""
    stopped = set(struck) | set(fallen)
    while more := {need.dependent for need in company.needs if need.dependency in stopped} - stopped:
        stopped |= more
    services = {service.id for service in company.services}
    return frozenset((stopped & services) - struck)
