"""The middle run of a strike: one schedule to look at, its critical chain, and what holds each service up.

Made by `strikes.py` from all draws; its rows are the recovery drawing of the pages.
"""

from dataclasses import dataclass
from uuid import UUID

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.bounds import causes, critical_chain, heaviest_step
from veilleur.domains.recovery.rules.dispatch import Plan, dispatch
from veilleur.domains.recovery.rules.figures import draws_near_middle
from veilleur.domains.recovery.rules.findings import GanttRow
from veilleur.domains.recovery.rules.network import Network
from veilleur.domains.recovery.rules.people import ROLES

Floats = npt.NDArray[np.float64]

# The part of the draws, around P50, whose mean durations make the middle run.
_MIDDLE = 0.01
# A longer drawing is not read; what is on the critical chain stays.
MOST_ROWS = 60


@dataclass(frozen=True)
class MiddleRun:
    """The rows in order of start, how many were left out, and each service's heaviest (step, resource)."""

    rows: tuple[GanttRow, ...]
    left_out: int
    heaviest: dict[UUID, tuple[str, str]]


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
    return MiddleRun(rows, len(begun) - len(rows), heaviest)


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
