"""The upper bounds of a race hold in every draw, for every list, and grow with what they are made of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.domains.recovery.rules.ceilings import latest_starts
from veilleur.domains.recovery.rules.dispatch import Plan, dispatch
from veilleur.domains.recovery.tests.test_rules_dispatch import chain, random_plan


@settings(max_examples=200)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 40), spread=st.sampled_from([0.1, 1.0, 2.0]))
def test_no_draw_starts_later_than_its_bound_whatever_the_list(seed: int, count: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    plan = random_plan(rng, count)
    durations = rng.lognormal(3, spread, size=(count, 6))

    assert np.all(dispatch(plan, durations) <= latest_starts(plan, durations))


@settings(max_examples=200)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 30))
def test_the_bound_holds_when_many_things_happen_at_the_same_instant(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    plan = random_plan(rng, count)
    durations = rng.integers(0, 3, size=(count, 6)).astype(float)  # some take no time at all

    assert np.all(dispatch(plan, durations) <= latest_starts(plan, durations))


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 30))
def test_a_bound_never_falls_when_something_lasts_longer(seed: int, count: int) -> None:
    """The runs themselves may (Graham's anomaly): that is why they are not compared with one another."""
    rng = np.random.default_rng(seed)
    plan = random_plan(rng, count)
    durations = rng.exponential(10, size=(count, 6))
    longer = durations + rng.exponential(5, size=(count, 6)) * (rng.random((count, 6)) < 0.2)

    assert np.all(latest_starts(plan, longer) >= latest_starts(plan, durations) * (1 - 1e-12))


@pytest.mark.parametrize("resource", [None, 0])
def test_without_a_race_the_bound_is_the_start_itself(resource: int | None) -> None:
    durations = np.random.default_rng(1).exponential(10, size=(6, 50))

    assert np.array_equal(
        latest_starts(chain(6, resource), durations), dispatch(chain(6, resource), durations)
    )


def test_one_technician_who_follows_the_list_is_late_by_what_comes_before_and_one_more() -> None:
    # 3 and 4 are ready at 3 and 5, 2 at once. They share the technician, the list is 3, 4, 2.
    plan = Plan(((), (), (), (0,), (1,)), (None, None, 0, 0, 0), (1,), (0, 1, 3, 4, 2))
    durations = np.array([[3.0], [5.0], [20.0], [4.0], [6.0]])

    latest = latest_starts(plan, durations)[2:, 0]

    # 3 may find the longest there; 4 comes after 3 and the longest; 2 comes after the two others.
    assert latest.tolist() == pytest.approx([10.0, 23.0, 29.0])
    assert dispatch(plan, durations)[2:, 0].tolist() == [0.0, 20.0, 24.0]
