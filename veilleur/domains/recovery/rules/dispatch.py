"""The dispatch simulation: every draw of a recovery at once, by one fixed list.

Parallel schedule generation: whenever something could start, the first in the list starts. A draw never
uses what it cannot know yet, the durations still to come (filling gaps afterwards would).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.order import Predecessors
from veilleur.domains.recovery.rules.race import Race, occupy
from veilleur.domains.recovery.rules.stages import stages_of

Floats = npt.NDArray[np.float64]

# Draws raced at a time: fewer cost more calls, with more the state outgrows the processor's cache.
CHUNK = 2_500


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

    @cached_property
    def stages(self) -> tuple[tuple[int, ...], ...]:
        """Return the groups that compete, in an order in which they can be settled, each as listed."""
        rank = {activity: place for place, activity in enumerate(self.priority)}
        stages = stages_of(self.predecessors, self.resources)
        return tuple(tuple(sorted(stage, key=rank.__getitem__)) for stage in stages)


# Fills the starts of one stage whose members compete; what they wait for outside of it is filled already.
Compete = Callable[[Plan, tuple[int, ...], Floats, Floats], None]


def dispatch(plan: Plan, durations: Floats) -> Floats:
    """Return the start of each activity in each draw; both arrays are (activities, draws), in seconds.

    Durations are finite and not negative. Cost: activities that compete x draws, times a little more
    for each that waits at a time.
    """
    return settle(plan, durations, _race)


def settle(plan: Plan, durations: Floats, compete: Compete) -> Floats:
    """Return the start of each activity in each draw, where `compete` says what a race comes to."""
    durations, starts = np.ascontiguousarray(durations), np.zeros(durations.shape)
    for stage in plan.stages:
        if len(stage) == 1:
            starts[stage[0]] = ready(plan, stage[0], durations, starts)
        elif _is_queue(plan, stage):
            _serve(plan, stage, durations, starts)
        else:
            compete(plan, stage, durations, starts)
    return starts


def chunks(draws: int) -> Iterator[slice]:
    """Return the parts in which so many draws are raced."""
    return (slice(first, first + CHUNK) for first in range(0, draws, CHUNK))


def ready(plan: Plan, activity: int, durations: Floats, starts: Floats) -> Floats:
    """Return the end of the last thing an activity waits for, all of which must be settled."""
    ends = [starts[awaited] + durations[awaited] for awaited in plan.predecessors[activity]]
    return reduce(np.maximum, ends) if ends else np.zeros(durations.shape[1])


def _race(plan: Plan, stage: tuple[int, ...], durations: Floats, starts: Floats) -> None:
    race = Race(plan.predecessors, plan.resources, plan.capacities, stage)
    for draws in chunks(durations.shape[1]):
        race.run(durations, starts, draws)


def _is_queue(plan: Plan, stage: tuple[int, ...]) -> bool:
    """Return whether all wait for the same things and then for the same resource."""
    awaited = {tuple(plan.predecessors[activity]) for activity in stage}
    return len(awaited) == 1 and len({plan.resources[activity] for activity in stage}) == 1


def _serve(plan: Plan, queue: tuple[int, ...], durations: Floats, starts: Floats) -> None:
    """Serve a queue that stands there from one instant on: each takes the unit that is free first."""
    resource = plan.resources[queue[0]]
    assert resource is not None, "only users of a resource compete"
    units = np.repeat(ready(plan, queue[0], durations, starts)[None, :], plan.capacities[resource], axis=0)
    for activity in queue:
        starts[activity] = units[0]
        occupy(units, starts[activity] + durations[activity])
