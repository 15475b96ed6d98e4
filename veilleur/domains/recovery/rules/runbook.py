"""The runbook of a network: who goes first, from the objectives. The list that `dispatch.py` follows."""

from collections.abc import Mapping
from uuid import UUID

from veilleur.domains.recovery.rules.bounds import longest_paths
from veilleur.domains.recovery.rules.dispatch import Plan
from veilleur.domains.recovery.rules.inputs import Company
from veilleur.domains.recovery.rules.network import Network
from veilleur.domains.recovery.rules.order import latest_finishes, lawler_order

# A service without an objective comes after those that have one.
_NO_OBJECTIVE_S = 365 * 86_400.0


def plan_of(network: Network, company: Company, typical: list[float]) -> Plan:
    """Return the plan: each activity is due when what follows must still meet the objective of its service.

    `typical` is one plain duration per activity, in seconds: the order is fixed before any draw. Objectives
    that cannot be met are stretched first (see `stretch`).
    """
    objectives = {
        service.id: float(service.rto_s) if service.rto_s else _NO_OBJECTIVE_S for service in company.services
    }
    factor = stretch(network, typical, objectives)
    due = {end: factor * objectives[service] for service, end in network.ends.items()}
    latest = latest_finishes(network.predecessors, typical, due)
    resources = sorted(network.capacities)
    rank = {resource: index for index, resource in enumerate(resources)}
    return Plan(
        predecessors=network.predecessors,
        resources=tuple(
            None if activity.resource is None else rank[activity.resource] for activity in network.activities
        ),
        capacities=tuple(network.capacities[resource] for resource in resources),
        priority=tuple(lawler_order(network.predecessors, latest)),
    )


def stretch(network: Network, typical: list[float], objectives: Mapping[UUID, float]) -> float:
    """Return by how much every objective, in seconds, is stretched.

    1 where each service could meet its own if it were alone. Where one could not, so far that its long way
    puts it before nobody any more: as if each waited for all the work of the busiest resource. Else what is
    late whatever is done would be due before all others, and the directory that everybody waits for would
    stand behind a restore of two days. Who was promised sooner then comes first.
    """
    ways = longest_paths(network, typical)
    if all(ways[end] <= objectives[service] for service, end in network.ends.items()):
        return 1.0
    work = dict.fromkeys(network.capacities, 0.0)
    for activity, lasting in zip(network.activities, typical, strict=True):
        if activity.resource is not None:
            work[activity.resource] += lasting / network.capacities[activity.resource]
    longest = max(ways) + max(work.values(), default=0.0)
    return longest / min(objectives[service] for service in network.ends)
