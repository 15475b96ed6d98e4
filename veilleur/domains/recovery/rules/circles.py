"""Circles and order in a directed graph: strongly connected components and a topological order.

Used by `network.py`: a circle among what services need is a finding, and has no order.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from heapq import heapify, heappop, heappush


def circles(successors: Mapping[str, AbstractSet[str]]) -> list[frozenset[str]]:
    """Return the strongly connected components of more than one node, in a fixed order.

    Every node is a key of `successors`. Linear in nodes and edges (Tarjan's algorithm, without
    recursion: a long chain of needs is no error).
    """
    search = _Search(successors)
    for root in successors:
        search.visit(root)
    return search.found


class _Search:
    """One run of Tarjan's algorithm: `low` is the earliest node still open that a node leads back to."""

    def __init__(self, successors: Mapping[str, AbstractSet[str]]) -> None:
        self.successors = successors
        self.index: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.open: list[str] = []
        self.is_open: set[str] = set()
        self.found: list[frozenset[str]] = []

    def visit(self, root: str) -> None:
        """Walk everything reachable from the root that was not walked before."""
        path = [] if root in self.index else [self._enter(root)]
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                self._leave(node)
                if path:
                    self._lower(path[-1][0], self.low[node])
            elif following not in self.index:
                path.append(self._enter(following))
            elif following in self.is_open:
                self._lower(node, self.index[following])

    def _enter(self, node: str) -> tuple[str, Iterator[str]]:
        self.index[node] = self.low[node] = len(self.index)
        self.open.append(node)
        self.is_open.add(node)
        return node, iter(sorted(self.successors[node]))

    def _lower(self, node: str, value: int) -> None:
        self.low[node] = min(self.low[node], value)

    def _leave(self, node: str) -> None:
        if self.low[node] != self.index[node]:
            return
        at = self.open.index(node)
        members, self.open = self.open[at:], self.open[:at]
        self.is_open.difference_update(members)
        if len(members) > 1:
            self.found.append(frozenset(members))


def topological_order(waits: Mapping[str, AbstractSet[str]]) -> list[str]:
    """Return the nodes, each after all it waits for, else by name; ValueError where there is a circle."""
    left = {node: len(awaited) for node, awaited in waits.items()}
    followers: dict[str, list[str]] = {node: [] for node in waits}
    for node, awaited in waits.items():
        for other in awaited:
            followers[other].append(node)
    ready = [node for node, count in left.items() if count == 0]
    heapify(ready)
    order = []
    while ready:
        node = heappop(ready)
        order.append(node)
        for follower in followers[node]:
            left[follower] -= 1
            if left[follower] == 0:
                heappush(ready, follower)
    if len(order) < len(waits):
        raise ValueError("activities that wait for one another have no order")
    return order
