"""CPU time of what falls with one node in a map of 5,000 nodes and 20,000 edges; 50 ms are allowed.

The node on which most rests, the worst of all. There is no peer to measure beside.

Run from the repository's root: python -m bench.impact
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import numpy as np

from veilleur.domains.estate.rules.impact import Ground, impact_of
from veilleur.domains.estate.rules.map import DependencyKind, EstateMap, MapEdge, MapGroup, MapNode, NodeKind
from veilleur.domains.estate.rules.weak_points import circles_of, what_rests_on_one

NODES = 5_000
EDGES = 20_000
REPEATS = 5


def figures() -> list[dict[str, Any]]:
    """Return one row per measure; the value is the least CPU time of a few runs, in one thread."""
    estate = _estate()
    ground = Ground(estate)
    worst = max((node.id for node in estate.nodes), key=lambda node: len(ground.impact([node]).hits))
    count = len(ground.impact([worst]).hits)
    measures: list[tuple[str, str | None, Callable[[], object]]] = [
        (
            f"one node that hits {count:,}, the map not yet prepared",
            "< 50",
            lambda: impact_of(estate, [worst]),
        ),
        (f"one node that hits {count:,}, the map prepared", None, lambda: ground.impact([worst])),
        ("all components that alone bring something down", None, lambda: what_rests_on_one(estate)),
        ("all circles of a recovery", None, lambda: circles_of(estate)),
    ]
    return [
        {
            "name": f"impact in {NODES:,} nodes, {EDGES:,} edges: {name}",
            "value": _cpu_ms(work),
            "unit": "CPU ms",
            "target": target,
            "peer": None,
        }
        for name, target, work in measures
    ]


def _estate() -> EstateMap:
    """A fifth are services on top; each node needs some later ones, one in five by groups of alternatives."""
    rng = np.random.default_rng(1)
    ids = [UUID(int=number + 1) for number in range(NODES)]
    nodes = tuple(
        MapNode(each, NodeKind.SERVICE if place < NODES // 5 else NodeKind.ASSET, f"node {place}")
        for place, each in enumerate(ids)
    )
    starts = rng.integers(0, NODES - 1, EDGES)
    ends = starts + 1 + (rng.random(EDGES) * (NODES - 1 - starts)).astype(int)
    grouped = rng.random(NODES) < 0.2
    edges = tuple(
        MapEdge(ids[start], ids[end], DependencyKind.RUNS_ON, _group(ids[start]) if grouped[start] else None)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    )
    groups = tuple(MapGroup(_group(ids[place]), ids[place], 1) for place in np.flatnonzero(grouped).tolist())
    return EstateMap(nodes, edges, groups)


def _group(dependent: UUID) -> UUID:
    return UUID(int=dependent.int + NODES)


def _cpu_ms(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(REPEATS):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return min(spent) * 1000


if __name__ == "__main__":
    for figure in figures():
        print(f"{figure['name']}: {figure['value']:.1f} {figure['unit']} (target {figure['target']})")
