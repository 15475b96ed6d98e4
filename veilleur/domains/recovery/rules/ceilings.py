"""Upper bounds, draw by draw: when an activity starts at the latest if the list is followed.

They cost a few passes over the draws where a race costs hundreds, and spare races that decide nothing.
Used by `contest.py`.
"""

from functools import reduce

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.dispatch import Plan, settle

Floats = npt.NDArray[np.float64]

# Sums taken in another order differ in their last digits; a bound must hold all the same.
_ROUNDING = 1 + 1e-9


def latest_starts(plan: Plan, durations: Floats) -> Floats:
    """Return starts that those of `dispatch` on the same durations never exceed; equal without a race."""
    return settle(plan, durations, _wait_longest)


def _wait_longest(plan: Plan, stage: tuple[int, ...], durations: Floats, starts: Floats) -> None:
    """Bound the starts of a race: Graham's argument (1966), with what the list adds.

    Go back from an activity along whatever each waited for last. At any instant either a member of that
    chain lasts, or the next one is ready and all units it could take are held: by some who come before it
    in the list, or by later ones that ran already when it became ready. So on a resource of m units the
    chain waits no longer than (work of those before) / m + turns x (the longest of all), a turn being one
    member that became ready: (m - 1) / m of one when that very instant gave back a unit. Nor longer than
    (all work) / m. The chain's own work is among those before, hence 1 - 1 / m of it on top.
    """
    longest, work = _totals(plan, stage, durations)
    before = {resource: np.zeros_like(share) for resource, share in work.items()}
    turns, due = _turns(plan, stage), _last_places(plan, stage)
    heads = _heads(plan, stage, durations, starts)
    for place, activity in enumerate(stage):
        resource = plan.resources[activity]
        if resource is not None:
            before[resource] += durations[activity] / plan.capacities[resource]
        for bounded in due[place]:
            latest = heads[bounded]
            for held, count in turns[bounded].items():
                latest = latest + np.minimum(before[held] + count * longest[held], work[held])
            own = plan.resources[bounded]
            if own is not None:
                latest -= durations[bounded] / plan.capacities[own]
            np.multiply(latest, _ROUNDING, out=starts[bounded])


def _totals(
    plan: Plan, stage: tuple[int, ...], durations: Floats
) -> tuple[dict[int, Floats], dict[int, Floats]]:
    """Return, per resource, the longest time that one of the race holds it, and the sum / its units."""
    longest: dict[int, Floats] = {}
    work: dict[int, Floats] = {}
    for activity in stage:
        resource = plan.resources[activity]
        if resource is not None:
            lasting = durations[activity]
            longest[resource] = np.maximum(longest.get(resource, 0.0), lasting)
            work[resource] = work.get(resource, 0.0) + lasting / plan.capacities[resource]
    return longest, work


def _last_places(plan: Plan, stage: tuple[int, ...]) -> dict[int, list[int]]:
    """Return, per place in the list, those of whom it is the last: theirs, or of one they wait for."""
    last: dict[int, int] = {}
    places = {activity: place for place, activity in enumerate(stage)}
    found: dict[int, list[int]] = {place: [] for place in places.values()}
    for activity in sorted(stage):
        awaited = [last[other] for other in plan.predecessors[activity] if other in last]
        last[activity] = max([places[activity], *awaited])
        found[last[activity]].append(activity)
    return found


def _turns(plan: Plan, stage: tuple[int, ...]) -> dict[int, dict[int, float]]:
    """Return, per activity and resource, how often later ones can be in the way along its chain, at most."""
    found: dict[int, dict[int, float]] = {}
    for activity in sorted(stage):
        resource = plan.resources[activity]
        awaited = [other for other in plan.predecessors[activity] if other in found]
        counts: dict[int, float] = {}
        for other in awaited:
            for held, count in found[other].items():
                counts[held] = max(counts.get(held, 0.0), count)
        if resource is not None:
            units = plan.capacities[resource]
            counts[resource] = max(
                [1.0]
                + [
                    found[other].get(resource, 0.0)
                    + (1.0 - 1.0 / units if plan.resources[other] == resource else 1.0)
                    for other in awaited
                ]
            )
        found[activity] = counts
    return found


def _heads(plan: Plan, stage: tuple[int, ...], durations: Floats, starts: Floats) -> dict[int, Floats]:
    """Return the longest way to each activity, where whoever holds one of m units counts 1 - 1 / m."""
    heads: dict[int, Floats] = {}
    ways: dict[int, Floats] = {}
    for activity in sorted(stage):
        ends = [
            ways[other] if other in ways else starts[other] + durations[other]
            for other in plan.predecessors[activity]
        ]
        head = reduce(np.maximum, ends) if ends else np.zeros(durations.shape[1])
        resource = plan.resources[activity]
        share = 1.0 if resource is None else 1.0 - 1.0 / plan.capacities[resource]
        heads[activity], ways[activity] = head, head + share * durations[activity]
    return heads
