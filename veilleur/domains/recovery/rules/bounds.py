"""Lower bounds: how soon a service can be back at best, whatever the order, and what sets that limit.

Valid for every draw of `dispatch.py`, because it counts the shortest duration each activity can have.
A bound beyond the objective says: no order can meet it, change the means.
"""

from dataclasses import dataclass

from veilleur.domains.recovery.rules.network import Network


@dataclass(frozen=True)
class Bound:
    """`seconds` from the event; `activities` are those whose work makes it, as indexes into the network."""

    seconds: float
    activities: tuple[int, ...]


def longest_paths(network: Network, shortest: list[float]) -> list[float]:
    """Return when each activity can end at best if nothing but precedence holds it, in seconds."""
    ends: list[float] = []
    for activity, awaited in enumerate(network.predecessors):
        ends.append(max((ends[other] for other in awaited), default=0.0) + shortest[activity])
    return ends


def lower_bound(network: Network, shortest: list[float], paths: list[float], end: int) -> Bound:
    """Return the best bound on the end of one activity: its longest path, or a resource it must queue for.

    `paths` comes from `longest_paths`. A resource's bound is (work of the ancestors that hold it) /
    capacity + the smallest wait before the first of them + the smallest rest after the last.
    Cost: ancestors x resources.
    """
    rests = _rests(network, shortest, end)
    best = Bound(paths[end], _longest_path(network, paths, end))
    users: dict[str, list[int]] = {}
    for activity in rests:
        resource = network.activities[activity].resource
        if resource is not None:
            users.setdefault(resource, []).append(activity)
    for resource, holders in sorted(users.items()):
        work = sum(shortest[i] for i in holders) / network.capacities[resource]
        head = min(paths[i] - shortest[i] for i in holders)
        bound = head + work + min(rests[i] for i in holders)
        if bound > best.seconds * (1 + 1e-12):
            best = Bound(bound, tuple(sorted(holders)))
    return best


def ancestors(network: Network, end: int) -> list[int]:
    """Return the activity and all it waits for, directly or not, last first."""
    found, frontier = {end}, [end]
    while frontier:
        fresh = [other for other in network.predecessors[frontier.pop()] if other not in found]
        found.update(fresh)
        frontier += fresh
    return sorted(found, reverse=True)


def heaviest_step(network: Network, durations: list[float], activities: tuple[int, ...]) -> tuple[str, str]:
    """Return what takes most of the time of some activities: the step, and its resource or ""."""
    weights: dict[tuple[str, str], float] = {}
    for index in activities:
        activity = network.activities[index]
        key = (activity.step, activity.resource or "")
        weights[key] = weights.get(key, 0.0) + durations[index]
    return max(weights, key=lambda key: (weights[key], key))


def causes(network: Network, starts: list[float], durations: list[float]) -> list[int | None]:
    """Return, for each activity of one run, the one whose end let it start: None at the very beginning.

    Something it waited for, or else whoever gave back the unit it was waiting for. `starts` must come
    from `dispatch` on these very durations: ends and starts are compared exactly.
    """
    ends = [start + duration for start, duration in zip(starts, durations, strict=True)]
    given_back = {
        (activity.resource, ends[index]): index for index, activity in enumerate(network.activities)
    }
    found: list[int | None] = []
    for index, activity in enumerate(network.activities):
        awaited = next((p for p in network.predecessors[index] if ends[p] == starts[index]), None)
        if awaited is None and starts[index] > 0:
            awaited = given_back.get((activity.resource, starts[index]))
        found.append(awaited)
    return found


def critical_chain(caused_by: list[int | None], end: int) -> tuple[int, ...]:
    """Return what led to the end of an activity, in time order: a minute gained there is gained."""
    chain = [end]
    while (before := caused_by[chain[-1]]) is not None and before not in chain:
        chain.append(before)
    return tuple(reversed(chain))


def _rests(network: Network, shortest: list[float], end: int) -> dict[int, float]:
    """Return, for the activity and all it waits for, the least time from their end to the activity's end."""
    rests = {end: 0.0}
    for activity in ancestors(network, end):
        through = rests[activity] + shortest[activity]
        for awaited in network.predecessors[activity]:
            rests[awaited] = max(rests.get(awaited, 0.0), through)
    return rests


def _longest_path(network: Network, paths: list[float], end: int) -> tuple[int, ...]:
    path = [end]
    while network.predecessors[path[-1]]:
        path.append(max(network.predecessors[path[-1]], key=lambda other: paths[other]))
    return tuple(reversed(path))
