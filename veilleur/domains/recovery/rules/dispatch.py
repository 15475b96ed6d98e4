"""The dispatch simulation: every draw of a recovery at once, by one fixed list.

Parallel schedule generation: whenever something could start, the first in the list starts. A draw never
uses what it cannot know yet, the durations still to come (filling gaps afterwards would).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.order import Predecessors
from veilleur.domains.recovery.rules.race import Race
from veilleur.domains.recovery.rules.stages import stages_of

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

    Durations are finite and not negative. Cost: activities that compete x draws, times a little more
    for each that waits at a time.
    """
    starts = np.zeros_like(durations)
    rank = {activity: place for place, activity in enumerate(plan.priority)}
    for stage in stages_of(plan.predecessors, plan.resources):
        listed = sorted(stage, key=rank.__getitem__)
        if len(listed) == 1:
            starts[listed[0]] = _ready(plan, listed[0], durations, starts)
        elif _is_queue(plan, listed):
            _serve(plan, listed, durations, starts)
        else:
            Race(plan.predecessors, plan.resources, plan.capacities, listed).run(durations, starts)
    return starts


def _ready(plan: Plan, activity: int, durations: Floats, starts: Floats) -> Floats:
    """Return the end of the last thing an activity waits for, all of which must be settled."""
    ready = np.zeros(durations.shape[1])
    for awaited in plan.predecessors[activity]:
        np.maximum(ready, starts[awaited] + durations[awaited], out=ready)
    return ready


def _is_queue(plan: Plan, stage: list[int]) -> bool:
    """Return whether all wait for the same things and then for the same resource."""
    awaited = {tuple(plan.predecessors[activity]) for activity in stage}
    return len(awaited) == 1 and len({plan.resources[activity] for activity in stage}) == 1


def _serve(plan: Plan, queue: list[int], durations: Floats, starts: Floats) -> None:
    """Serve a queue that stands there from one instant on: each takes the unit that is free first."""
    resource = plan.resources[queue[0]]
    assert resource is not None, "only users of a resource compete"
    ready = _ready(plan, queue[0], durations, starts)
    units = np.repeat(ready[:, None], plan.capacities[resource], axis=1)
    draws = np.arange(durations.shape[1])
    for activity in queue:
        unit = units.argmin(axis=1)
        starts[activity] = units[draws, unit]
        units[draws, unit] = starts[activity] + durations[activity]
