"""Which activities can be in each other's way, and in which order such groups can be settled.

Used by `dispatch.py`: only activities that compete with one another have to be raced together.
"""

from collections.abc import Sequence

from veilleur.domains.recovery.rules.circles import circles, topological_order
from veilleur.domains.recovery.rules.order import Predecessors


def stages_of(predecessors: Predecessors, resources: Sequence[int | None]) -> list[list[int]]:
    """Return groups of activities, ascending inside, each settled once those before it are.

    Two activities of one resource compete unless one waits for the other, directly or not: then the
    first has given its unit back when the second is ready. Who competes, or waits for a competitor's
    competitor and back, is in one group. Activities are numbered after their predecessors. Cost: about
    activities squared / 64.
    """
    ancestors = _ancestors(predecessors)
    waits: dict[str, set[str]] = {
        _name(n): {_name(other) for other in awaited} for n, awaited in enumerate(predecessors)
    }
    for resource in {resource for resource in resources if resource is not None}:
        users = [n for n, held in enumerate(resources) if held == resource]
        for rivals in _rivals(users, ancestors):
            # A ring through them all is enough to make them one group.
            for first, second in zip(rivals, [*rivals[1:], rivals[0]], strict=True):
                if first != second:
                    waits[_name(second)].add(_name(first))
    return _in_order(waits)


def _name(activity: int) -> str:
    return f"{activity:08d}"


def _ancestors(predecessors: Predecessors) -> list[int]:
    """Return, for each activity, the set of all it waits for, as bits of one integer."""
    found: list[int] = []
    for awaited in predecessors:
        bits = 0
        for other in awaited:
            bits |= found[other] | (1 << other)
        found.append(bits)
    return found


def _rivals(users: list[int], ancestors: list[int]) -> list[list[int]]:
    """Split the users of one resource where everyone before is awaited by everyone after."""
    groups: list[list[int]] = [[]]
    awaited_by_rest = [-1] * (len(users) + 1)
    for place in reversed(range(len(users))):
        awaited_by_rest[place] = awaited_by_rest[place + 1] & ancestors[users[place]]
    before = 0
    for place, user in enumerate(users):
        if groups[-1] and awaited_by_rest[place] & before == before:
            groups.append([])
        groups[-1].append(user)
        before |= 1 << user
    return groups


def _in_order(waits: dict[str, set[str]]) -> list[list[int]]:
    """Return the strongly connected groups in an order that respects every wait between them."""
    leader = {name: name for name in waits}
    members: dict[str, list[str]] = {name: [name] for name in waits}
    for circle in circles(waits):
        first = min(circle)
        for name in circle:
            leader[name] = first
            del members[name]
        members[first] = sorted(circle)
    between: dict[str, set[str]] = {name: set() for name in members}
    for name, awaited in waits.items():
        between[leader[name]] |= {leader[other] for other in awaited} - {leader[name]}
    return [[int(name) for name in members[first]] for first in topological_order(between)]
