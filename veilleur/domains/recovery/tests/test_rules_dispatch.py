"""The dispatch against a second implementation and against cases with a known answer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.domains.recovery.rules.dispatch import Plan, dispatch
from veilleur.domains.recovery.tests.simple_dispatch import SimpleDispatch


def random_plan(rng: np.random.Generator, count: int) -> Plan:
    """Activities with up to three predecessors, some with many followers, some without a resource."""
    resources = int(rng.integers(1, 4))
    hub = int(rng.integers(0, max(1, count // 3)))
    predecessors = []
    for activity in range(count):
        earlier = rng.choice(activity, size=min(activity, int(rng.integers(0, 4))), replace=False)
        awaited = {int(other) for other in earlier}
        if activity > hub and rng.random() < 0.4:
            awaited.add(hub)
        predecessors.append(tuple(sorted(awaited)))
    held = rng.integers(-1, resources, size=count)
    return Plan(
        predecessors=tuple(predecessors),
        resources=tuple(None if resource < 0 else int(resource) for resource in held),
        capacities=tuple(int(units) for units in rng.integers(1, 4, size=resources)),
        priority=tuple(int(activity) for activity in rng.permutation(count)),
    )


@pytest.mark.parametrize("seed", range(40))
def test_every_draw_is_what_a_second_implementation_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plan = random_plan(rng, count=int(rng.integers(2, 45)))
    durations = rng.lognormal(3, 1, size=(len(plan.predecessors), 7))

    starts = dispatch(plan, durations)

    for draw in range(7):
        expected = SimpleDispatch(plan, durations[:, draw].tolist()).run()
        np.testing.assert_allclose(starts[:, draw], expected, rtol=1e-12, atol=1e-9)


def test_a_long_queue_is_what_a_second_implementation_gives() -> None:
    rng = np.random.default_rng(7)
    count = 150  # several blocks of columns in each of the two queues
    plan = Plan(
        predecessors=tuple(() if n < 3 else (int(rng.integers(0, n)),) for n in range(count)),
        resources=tuple(n % 2 for n in range(count)),
        capacities=(2, 1),
        priority=tuple(int(n) for n in rng.permutation(count)),
    )
    durations = rng.lognormal(3, 1, size=(count, 3))

    starts = dispatch(plan, durations)

    for draw in range(3):
        expected = SimpleDispatch(plan, durations[:, draw].tolist()).run()
        np.testing.assert_allclose(starts[:, draw], expected, rtol=1e-12, atol=1e-9)


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 30))
def test_no_activity_starts_early_and_no_resource_is_overbooked(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    plan = random_plan(rng, count)
    durations = rng.exponential(10, size=(count, 4))

    starts = dispatch(plan, durations)

    ends = starts + durations
    for activity, awaited in enumerate(plan.predecessors):
        for other in awaited:
            assert np.all(starts[activity] >= ends[other])
    for resource, units in enumerate(plan.capacities):
        users = [n for n in range(count) if plan.resources[n] == resource]
        for user in users:
            running = sum((starts[other] <= starts[user]) & (ends[other] > starts[user]) for other in users)
            assert np.all(running <= units)


def chain(count: int, resource: int | None) -> Plan:
    predecessors = tuple(() if n == 0 else (n - 1,) for n in range(count))
    return Plan(predecessors, (resource,) * count, (1,), tuple(range(count)))


@pytest.mark.parametrize("resource", [None, 0])
def test_a_chain_lasts_the_sum_of_its_parts(resource: int | None) -> None:
    durations = np.random.default_rng(1).exponential(10, size=(6, 50))

    starts = dispatch(chain(6, resource), durations)

    np.testing.assert_allclose(starts[-1] + durations[-1], durations.sum(axis=0))


def test_with_enough_of_everything_only_the_critical_path_counts() -> None:
    rng = np.random.default_rng(2)
    plan = random_plan(rng, 25)
    plan = Plan(plan.predecessors, plan.resources, (25,) * len(plan.capacities), plan.priority)
    durations = rng.exponential(10, size=(25, 20))

    starts = dispatch(plan, durations)

    for activity, awaited in enumerate(plan.predecessors):
        latest = np.zeros(20)
        for other in awaited:
            latest = np.maximum(latest, starts[other] + durations[other])
        np.testing.assert_allclose(starts[activity], latest)


def test_without_variance_every_draw_is_the_same() -> None:
    rng = np.random.default_rng(3)
    plan = random_plan(rng, 30)
    durations = np.repeat(rng.exponential(10, size=(30, 1)), 9, axis=1)

    starts = dispatch(plan, durations)

    assert np.all(starts == starts[:, :1])


def test_the_first_in_the_list_goes_first_when_both_wait() -> None:
    plan = Plan(((), (), ()), (0, 0, 0), (1,), (2, 0, 1))

    starts = dispatch(plan, np.array([[5.0], [7.0], [3.0]]))

    assert starts[:, 0].tolist() == [3.0, 8.0, 0.0]


def test_nobody_waits_for_a_more_urgent_one_that_is_not_ready() -> None:
    # 2 is first in the list but waits for 1; the only technician does not idle meanwhile.
    plan = Plan(((), (), (1,)), (0, None, 0), (1,), (2, 0, 1))

    starts = dispatch(plan, np.array([[10.0], [4.0], [1.0]]))

    assert starts[:, 0].tolist() == [0.0, 0.0, 10.0]


def test_draws_do_not_influence_each_other() -> None:
    rng = np.random.default_rng(4)
    plan = random_plan(rng, 40)
    durations = rng.exponential(10, size=(40, 12))

    together = dispatch(plan, durations)

    for draw in range(12):
        assert np.array_equal(together[:, [draw]], dispatch(plan, durations[:, [draw]]))


def test_a_plan_without_activities_has_no_starts() -> None:
    assert dispatch(Plan((), (), (), ()), np.empty((0, 5))).shape == (0, 5)
