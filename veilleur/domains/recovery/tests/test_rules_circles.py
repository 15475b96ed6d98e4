"""Circles and order against plain definitions on random graphs."""

import numpy as np
import pytest

from veilleur.domains.recovery.rules.circles import circles, topological_order


def random_graph(seed: int) -> dict[str, set[str]]:
    rng = np.random.default_rng(seed)
    names = [f"n{n:02d}" for n in range(int(rng.integers(1, 12)))]
    return {name: {other for other in names if other != name and rng.random() < 0.18} for name in names}


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for other in graph[waiting.pop()] - seen:
            seen.add(other)
            waiting.append(other)
    return seen


@pytest.mark.parametrize("seed", range(60))
def test_two_nodes_are_in_one_circle_when_each_leads_to_the_other(seed: int) -> None:
    graph = random_graph(seed)
    reach = {name: reached(graph, name) for name in graph}
    expected = {
        frozenset(other for other in graph if other in reach[name] and name in reach[other]) for name in graph
    }

    assert set(circles(graph)) == {circle for circle in expected if len(circle) > 1}


@pytest.mark.parametrize("seed", range(60))
def test_the_order_respects_every_wait_or_there_is_a_circle(seed: int) -> None:
    waits = random_graph(seed)
    if circles(waits):
        with pytest.raises(ValueError, match="no order"):
            topological_order(waits)
        return

    order = topological_order(waits)

    assert sorted(order) == sorted(waits)
    assert all(order.index(other) < order.index(name) for name in waits for other in waits[name])


def test_a_very_long_chain_is_no_error() -> None:
    chain = {f"{n:05d}": {f"{n + 1:05d}"} if n < 4999 else set() for n in range(5000)}

    assert circles(chain) == []
    assert topological_order(chain)[0] == "04999"
