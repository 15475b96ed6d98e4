"""The runbook of a network: who goes first, from the objectives. The list that `dispatch.py` follows."""

from veilleur.domains.recovery.rules.dispatch import Plan
from veilleur.domains.recovery.rules.inputs import Company
from veilleur.domains.recovery.rules.network import Network
from veilleur.domains.recovery.rules.order import latest_finishes, lawler_order

# A service without an objective comes after those that have one.
_NO_OBJECTIVE_S = 365 * 86_400.0


def plan_of(network: Network, company: Company, typical: list[float]) -> Plan:
    """Return the plan: each activity is due when what follows must still meet the objective of its service.

    `typical` is one plain duration per activity, in seconds: the order is fixed before any draw.
    """
    objectives = {
        service.id: float(service.rto_s) if service.rto_s else _NO_OBJECTIVE_S for service in company.services
    }
    due = {end: objectives[service] for service, end in network.ends.items()}
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
