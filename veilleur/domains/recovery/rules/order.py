"""The order in which a recovery is worked through: one fixed list, the runbook.

Given to `dispatch.py`, which never starts a later activity where an earlier one could start.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

Predecessors = Sequence[Sequence[int]]


def successors_of(predecessors: Predecessors) -> list[list[int]]:
    """Return, for each activity, those that wait for it, in ascending order."""
    found: list[list[int]] = [[] for _ in predecessors]
    for activity, awaited in enumerate(predecessors):
        for other in awaited:
            found[other].append(activity)
    return found


def lawler_order(predecessors: Predecessors, due: Sequence[float]) -> list[int]:
    """Return the order that keeps the greatest lateness smallest on one machine, whatever the durations.

    Lawler's rule (1973): going backwards, the last of those that nothing waits for is the one due
    last. Optimal for 1 | prec | Lmax; elsewhere a good list. Ties keep the given order.
    """
    left = [len(following) for following in successors_of(predecessors)]
    free = [(-due[activity], -activity) for activity, count in enumerate(left) if count == 0]
    heapify(free)
    backwards = []
    while free:
        _, negative = heappop(free)
        backwards.append(-negative)
        for awaited in predecessors[-negative]:
            left[awaited] -= 1
            if left[awaited] == 0:
                heappush(free, (-due[awaited], -awaited))
    return backwards[::-1]


def latest_finishes(
    predecessors: Predecessors, durations: Sequence[float], due: dict[int, float]
) -> list[float]:
    """Return when each activity must be over at the latest for what follows it to meet its own due time.

    Activities are numbered so that each comes after its predecessors. `due` has the activities that
    have a due time of their own; what leads to none may finish at any time (inf).
    """
    latest = [due.get(activity, float("inf")) for activity in range(len(durations))]
    for activity in reversed(range(len(durations))):
        for awaited in predecessors[activity]:
            latest[awaited] = min(latest[awaited], latest[activity] - durations[activity])
    return latest
