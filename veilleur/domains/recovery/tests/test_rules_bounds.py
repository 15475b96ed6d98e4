"""Lower bounds hold for every draw and every order, and name what makes them."""

from itertools import pairwise

import numpy as np
import pytest

from veilleur.domains.recovery.rules.bounds import (
    ancestors,
    causes,
    critical_chain,
    heaviest_step,
    longest_paths,
    lower_bound,
)
from veilleur.domains.recovery.rules.dispatch import Plan, dispatch
from veilleur.domains.recovery.rules.network import Activity, Network
from veilleur.domains.recovery.tests.test_rules_dispatch import random_plan


def as_network(plan: Plan) -> Network:
    activities = tuple(
        Activity("step", None, str(n), None if r is None else f"r{r}") for n, r in enumerate(plan.resources)
    )
    capacities = {f"r{r}": units for r, units in enumerate(plan.capacities)}
    return Network(activities, tuple(map(tuple, plan.predecessors)), capacities, {}, frozenset())


def bound_of(network: Network, shortest: list[float], end: int) -> float:
    return lower_bound(network, shortest, longest_paths(network, shortest), end).seconds


@pytest.mark.parametrize("seed", range(40))
def test_no_draw_ends_before_its_bound_whatever_the_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plan = random_plan(rng, count=int(rng.integers(2, 30)))
    durations = rng.exponential(10, size=(len(plan.predecessors), 8)) + 1
    shortest = durations.min(axis=1).tolist()
    network = as_network(plan)

    ends = dispatch(plan, durations) + durations

    for activity in range(len(shortest)):
        assert ends[activity].min() >= bound_of(network, shortest, activity) - 1e-9


def test_the_bound_of_a_chain_is_its_sum() -> None:
    network = as_network(Plan(((), (0,), (1,)), (None, 0, None), (1,), (0, 1, 2)))

    assert bound_of(network, [1.0, 2.0, 3.0], 2) == 6.0


def test_a_queue_for_one_technician_counts_all_that_must_pass_through_it() -> None:
    # Head 1, then four times 5 on two units, then a tail of 2: 1 + 20 / 2 + 2.
    predecessors = ((), (0,), (0,), (0,), (0,), (1, 2, 3, 4))
    network = as_network(Plan(predecessors, (None, 0, 0, 0, 0, None), (2,), (0, 1, 2, 3, 4, 5)))

    bound = lower_bound(
        network, [1.0, 5.0, 5.0, 5.0, 5.0, 2.0], longest_paths(network, [1.0, 5.0, 5.0, 5.0, 5.0, 2.0]), 5
    )

    assert bound.seconds == 13.0
    assert bound.activities == (1, 2, 3, 4)


def test_what_is_not_awaited_does_not_count() -> None:
    network = as_network(Plan(((), (), (0,)), (0, 0, 0), (1,), (0, 1, 2)))

    assert ancestors(network, 2) == [2, 0]
    assert bound_of(network, [3.0, 100.0, 4.0], 2) == 7.0


@pytest.mark.parametrize("seed", range(30))
def test_the_critical_chain_leads_without_a_gap_from_the_event_to_the_end(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plan = random_plan(rng, count=20)
    durations = rng.exponential(10, size=(20, 1)) + 0.1
    starts = dispatch(plan, durations)
    begun, lasting = starts[:, 0].tolist(), durations[:, 0].tolist()
    last = max(range(20), key=lambda n: begun[n] + lasting[n])

    chain = critical_chain(causes(as_network(plan), begun, lasting), last)

    assert chain[-1] == last
    assert begun[chain[0]] == 0.0
    for before, after in pairwise(chain):
        assert begun[before] + lasting[before] == begun[after]
    assert sum(lasting[n] for n in chain) == pytest.approx(begun[last] + lasting[last])


def test_the_heaviest_step_is_the_one_with_most_time_in_all() -> None:
    activities = (
        Activity("restore", None, "a", "repo"),
        Activity("check", None, "b"),
        Activity("check", None, "c"),
    )
    network = Network(activities, ((), (0,), (1,)), {"repo": 1}, {}, frozenset())

    assert heaviest_step(network, [5.0, 3.0, 3.0], (0, 1, 2)) == ("check", "")
    assert heaviest_step(network, [7.0, 3.0, 3.0], (0, 1, 2)) == ("restore", "repo")
