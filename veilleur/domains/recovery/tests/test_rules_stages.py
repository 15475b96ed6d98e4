"""Only what can be in each other's way is settled together, with the result of settling all at once."""

import numpy as np
import pytest

from veilleur.domains.recovery.rules.dispatch import Plan, dispatch
from veilleur.domains.recovery.rules.stages import stages_of
from veilleur.domains.recovery.tests.simple_dispatch import SimpleDispatch


def recovery_plan(services: int) -> Plan:
    """Prepare with a technician, restore from one place with two streams, check with a technician."""
    predecessors: list[tuple[int, ...]] = [()]
    resources = [0]
    for _ in range(services):
        restore = len(predecessors)
        predecessors += [(0,), (restore,)]
        resources += [1, 0]
    order = tuple(int(n) for n in np.random.default_rng(services).permutation(len(predecessors)))
    return Plan(tuple(predecessors), tuple(resources), (2, 2), order)


def test_preparing_comes_first_then_the_queue_of_restores_then_the_checks() -> None:
    plan = recovery_plan(3)

    assert stages_of(plan.predecessors, plan.resources) == [[0], [1, 3, 5], [2, 4, 6]]


def test_a_restore_that_waits_for_a_check_ties_both_queues_together() -> None:
    # The third restore (5) needs the first service to be checked (2).
    predecessors = [(), (0,), (1,), (0,), (3,), (0, 2), (5,)]

    assert stages_of(predecessors, [0, 1, 0, 1, 0, 1, 0]) == [[0], [1, 2, 3, 4, 5, 6]]


def test_a_chain_on_one_resource_competes_with_nobody() -> None:
    assert stages_of([(), (0,), (1,)], [0, 0, 0]) == [[0], [1], [2]]


def test_without_resources_everybody_is_alone() -> None:
    assert stages_of([(), (), (0, 1)], [None, None, None]) == [[0], [1], [2]]


def test_nothing_has_no_stage() -> None:
    assert stages_of([], []) == []


@pytest.mark.parametrize("services", [2, 5, 12, 25])
def test_settling_in_stages_gives_what_settling_at_once_gives(services: int) -> None:
    plan = recovery_plan(services)
    durations = np.random.default_rng(1).lognormal(3, 1, size=(len(plan.predecessors), 5))

    starts = dispatch(plan, durations)

    for draw in range(5):
        expected = SimpleDispatch(plan, durations[:, draw].tolist()).run()
        np.testing.assert_allclose(starts[:, draw], expected, rtol=1e-12, atol=1e-9)
