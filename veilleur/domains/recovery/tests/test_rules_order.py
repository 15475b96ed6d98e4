"""The runbook's order: Lawler's rule against every possible order, and the dues it is fed with."""

from itertools import permutations, product

import numpy as np
import pytest

from veilleur.domains.recovery.rules.dispatch import Plan, dispatch
from veilleur.domains.recovery.rules.order import latest_finishes, lawler_order, successors_of


def random_case(seed: int) -> tuple[list[tuple[int, ...]], list[float], list[float]]:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 8))
    predecessors = [tuple(o for o in range(n) if rng.random() < 0.3) for n in range(count)]
    return predecessors, rng.integers(1, 20, count).tolist(), rng.integers(1, 80, count).tolist()


def greatest_lateness(order: tuple[int, ...], durations: list[float], due: list[float]) -> float:
    ends = np.cumsum([durations[n] for n in order])
    return max(float(end) - due[n] for n, end in zip(order, ends, strict=True))


def allowed(order: tuple[int, ...], predecessors: list[tuple[int, ...]]) -> bool:
    place = {activity: rank for rank, activity in enumerate(order)}
    return all(place[other] < place[n] for n in place for other in predecessors[n])


@pytest.mark.parametrize("seed", range(120))
def test_lawlers_order_is_the_best_of_all_orders_on_one_machine(seed: int) -> None:
    predecessors, durations, due = random_case(seed)

    order = tuple(lawler_order(predecessors, due))

    assert allowed(order, predecessors)
    best = min(
        greatest_lateness(each, durations, due)
        for each in permutations(range(len(due)))
        if allowed(each, predecessors)
    )
    assert greatest_lateness(order, durations, due) == best


@pytest.mark.parametrize("seed", range(30))
def test_the_dispatch_follows_the_list_on_one_machine(seed: int) -> None:
    predecessors, durations, due = random_case(seed)
    order = lawler_order(predecessors, due)
    plan = Plan(tuple(predecessors), (0,) * len(due), (1,), tuple(order))

    starts = dispatch(plan, np.array(durations, dtype=float)[:, None])[:, 0]

    assert sorted(range(len(due)), key=lambda n: starts[n]) == order


def test_without_precedence_the_earliest_due_goes_first() -> None:
    assert lawler_order([(), (), ()], [30.0, 10.0, 20.0]) == [1, 2, 0]


def test_equal_dues_keep_the_given_order() -> None:
    assert lawler_order([(), (), ()], [5.0, 5.0, 5.0]) == [0, 1, 2]


def test_what_leads_to_an_urgent_end_is_due_before_it() -> None:
    # 0 -> 1 (due at 100) and 0 -> 2 (due at 40): 0 must be over when 2 can still make it.
    latest = latest_finishes([(), (0,), (0,)], [10.0, 20.0, 30.0], {1: 100.0, 2: 40.0})

    assert latest == [10.0, 100.0, 40.0]


def test_what_leads_nowhere_may_end_at_any_time() -> None:
    assert latest_finishes([(), ()], [1.0, 1.0], {0: 5.0}) == [5.0, float("inf")]


def test_successors_mirror_predecessors() -> None:
    assert successors_of([(), (0,), (0, 1)]) == [[1, 2], [2], []]


@pytest.mark.parametrize("due", list(product([1.0, 2.0], repeat=3)))
def test_every_activity_is_in_the_order_once(due: tuple[float, ...]) -> None:
    assert sorted(lawler_order([(), (0,), (0,)], due)) == [0, 1, 2]
