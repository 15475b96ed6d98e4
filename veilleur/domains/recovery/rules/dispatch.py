"""The dispatch simulation: every draw of a recovery at once, by one fixed list.

Parallel schedule generation: whenever something could start, the first in the list starts. A draw never
uses what it cannot know yet, the durations still to come (filling gaps afterwards would).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.order import Predecessors, successors_of
from veilleur.domains.recovery.rules.race import Race

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """What `dispatch` needs to know of a network.

    Activities are numbered so that each comes after its predecessors. `resources[i]` is an index into
    `capacities`, or None; an activity holds one unit. `priority` lists all activities, first first.
    """

    predecessors: Predecessors
    resources: tuple[int | None, ...]
    capacities: tuple[int, ...]
    priority: tuple[int, ...]


def dispatch(plan: Plan, durations: Floats) -> Floats:
    """Return the start of each activity in each draw; both arrays are (activities, draws), in seconds.

    Durations are finite and not negative. Cost: activities with a resource x draws, times
    a little more for each that waits at a time.
    """
    starts = np.zeros_like(durations)
    early, raced, late = _split(plan)
    _forward(plan, early, durations, starts)
    if raced:
        Race(plan.predecessors, plan.resources, plan.capacities, raced).run(durations, starts)
    _forward(plan, late, durations, starts)
    return starts


def _split(plan: Plan) -> tuple[list[int], list[int], list[int]]:
    """Return what is settled before any resource is fought for, what is in the fight, and what comes after.

    An activity without resource between two that have one is in the fight; the list keeps the priority.
    """
    count = len(plan.predecessors)
    followers = successors_of(plan.predecessors)
    after, before = [False] * count, [False] * count
    for activity in range(count):
        after[activity] = any(after[p] or plan.resources[p] is not None for p in plan.predecessors[activity])
    for activity in reversed(range(count)):
        before[activity] = any(before[f] or plan.resources[f] is not None for f in followers[activity])
    raced = [
        activity
        for activity in plan.priority
        if plan.resources[activity] is not None or (after[activity] and before[activity])
    ]
    apart = [activity for activity in range(count) if activity not in set(raced)]
    early = [activity for activity in apart if not after[activity]]
    return early, raced, [activity for activity in apart if after[activity]]


def _forward(plan: Plan, activities: list[int], durations: Floats, starts: Floats) -> None:
    """Start each at the end of the last thing it waits for; nothing else holds it."""
    for activity in activities:
        for awaited in plan.predecessors[activity]:
            np.maximum(starts[activity], starts[awaited] + durations[awaited], out=starts[activity])
