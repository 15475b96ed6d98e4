"""The middle run of a strike: one schedule to look at, its critical chain, and what holds each service up.

What steps share (a repository, the technicians) has rows of its own: when it works, and what more of it
would gain.

Made by `strikes.py` from all draws; its rows are the recovery drawing of the pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.bounds import causes, critical_chain, heaviest_step
from veilleur.domains.recovery.rules.dispatch import Plan, dispatch
from veilleur.domains.recovery.rules.figures import draws_near_middle
from veilleur.domains.recovery.rules.findings import GanttRow, SharedMeans
from veilleur.domains.recovery.rules.network import Network
from veilleur.domains.recovery.rules.people import ROLES

Floats = npt.NDArray[np.float64]

# The part of the draws, around P50, whose mean durations make the middle run.
_MIDDLE = 0.01
# A longer drawing is not read; what is on the critical chain stays.
MOST_ROWS = 60


@dataclass(frozen=True)
class MiddleRun:
    """The rows in order of start, how many were left out, each service's heaviest (step, resource), and what
    the steps share.
    """

    rows: tuple[GanttRow, ...]
    left_out: int
    heaviest: dict[UUID, tuple[str, str]]
    shared: tuple[SharedMeans, ...] = ()


def middle_run(
    plan: Plan, network: Network, durations: Floats, last: Floats, names: dict[str, str]
) -> MiddleRun:
    """Return the run in which each activity lasts its mean over the draws that end nearest to P50.

    `last` is the end of the whole in each draw; `names` gives repositories their names. In a chain the
    run ends at P50 exactly, elsewhere close to it.
    """
    near = draws_near_middle(last, _MIDDLE)
    means = durations[:, near].mean(axis=1)
    starts = dispatch(plan, means[:, None])[:, 0]
    begun, lasting = starts.tolist(), means.tolist()
    caused_by = causes(network, begun, lasting)
    chains = {service: critical_chain(caused_by, end) for service, end in network.ends.items()}
    final = max(
        network.ends, key=lambda service: begun[network.ends[service]] + lasting[network.ends[service]]
    )
    critical = frozenset(chains[final])
    shown = _shown(begun, critical)
    rows = tuple(
        _row(network, index, (begun[index], lasting[index]), durations[index], index in critical, names)
        for index in shown
    )
    heaviest = {service: heaviest_step(network, lasting, chain) for service, chain in chains.items()}
    run = _Run(plan, network, means, begun, critical)
    return MiddleRun(rows, len(begun) - len(rows), heaviest, run.shared(names))


def merged(stretches: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return stretches [start, end) in order, those that touch or overlap as one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


@dataclass(frozen=True)
class _Run:
    """The middle run as it was dispatched: starts and durations by activity, in seconds."""

    plan: Plan
    network: Network
    durations: Floats
    starts: list[float]
    critical: frozenset[int]

    def shared(self, names: dict[str, str]) -> tuple[SharedMeans, ...]:
        """Return what activities hold, in the order of its first use."""
        held: dict[str, list[int]] = {}
        for index in sorted(range(len(self.starts)), key=lambda index: (self.starts[index], index)):
            resource = self.network.activities[index].resource
            if resource is not None:
                held.setdefault(resource, []).append(index)
        return tuple(
            SharedMeans(
                name=names.get(resource, resource),
                units=self.network.capacities[resource],
                busy=self._stretches(holders),
                critical=self._stretches(index for index in holders if index in self.critical),
                gain_s=self._gain(holders),
            )
            for resource, holders in held.items()
        )

    def _stretches(self, activities: Iterable[int]) -> tuple[tuple[float, float], ...]:
        lasting = self.durations.tolist()
        return merged((self.starts[index], self.starts[index] + lasting[index]) for index in activities)

    def _gain(self, holders: list[int]) -> float:
        """Return what one unit more would gain: the same work dispatched again, never less than nothing."""
        if not any(self._waits(index) for index in holders):
            return 0.0
        resource = self.plan.resources[holders[0]]
        more = tuple(units + (rank == resource) for rank, units in enumerate(self.plan.capacities))
        richer = dispatch(replace(self.plan, capacities=more), self.durations[:, None])[:, 0]
        return max(0.0, float((self.starts + self.durations).max() - (richer + self.durations).max()))

    def _waits(self, index: int) -> bool:
        """Return whether an activity starts later than what it waits for lets it: a unit was not free."""
        ends = [self.starts[p] + self.durations[p] for p in self.network.predecessors[index]]
        return self.starts[index] > max(ends, default=0.0)


def _shown(begun: list[float], critical: frozenset[int]) -> list[int]:
    by_start = sorted(range(len(begun)), key=lambda index: (begun[index], index))
    room = max(0, MOST_ROWS - len(critical))
    others = [index for index in by_start if index not in critical][:room]
    kept = critical.union(others)
    return [index for index in by_start if index in kept]


def _row(
    network: Network,
    index: int,
    run: tuple[float, float],
    durations: Floats,
    is_critical: bool,
    names: dict[str, str],
) -> GanttRow:
    activity = network.activities[index]
    late = float(np.quantile(durations, 0.95, method="inverted_cdf"))
    resource = names.get(activity.resource or "", activity.resource or "")
    return GanttRow(
        activity.step, activity.name, ROLES[activity.step], resource, run[0], run[1], late, is_critical
    )
