"""Steps done by people: their stated defaults and how they are drawn."""

from datetime import date

import numpy as np
import pytest

from veilleur.domains.recovery.rules.inputs import Estimate, Means
from veilleur.domains.recovery.rules.people import (
    DEFAULT_ESTIMATES,
    KEY,
    RESTORE,
    ROLES,
    STEPS,
    estimate_of,
    triangular,
)
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST, SCENARIOS

TODAY = date(2026, 11, 20)


def test_every_step_of_both_scenarios_has_a_default_but_the_key_where_it_does_not_count() -> None:
    expected = {(scenario, step) for scenario in SCENARIOS for step in STEPS if step != RESTORE}
    assert set(DEFAULT_ESTIMATES) == expected - {(DATA_LOST, KEY)}
    assert all(estimate.is_opinion for estimate in DEFAULT_ESTIMATES.values())
    assert set(ROLES) == set(STEPS)


def test_a_company_s_own_estimate_replaces_the_default() -> None:
    own = Estimate(60, 120, 180, TODAY)

    assert estimate_of({(MACHINE_LOST, KEY): own}, MACHINE_LOST, KEY) == own
    assert estimate_of({}, MACHINE_LOST, KEY) == DEFAULT_ESTIMATES[(MACHINE_LOST, KEY)]


@pytest.mark.parametrize("points", [(0, 0, 10), (0, 10, 10), (2, 3, 9), (5, 6, 7)])
def test_the_triangle_has_its_mean_its_ends_and_its_turn(points: tuple[float, float, float]) -> None:
    estimate = Estimate(*points, TODAY)
    uniforms = (np.arange(200_000) + 0.5) / 200_000

    drawn = triangular(estimate, uniforms)

    assert drawn.mean() == pytest.approx(sum(points) / 3, rel=1e-4)
    assert np.all(np.diff(drawn) >= 0)
    assert drawn.min() >= points[0]
    assert drawn.max() <= points[2]
    turn = (points[1] - points[0]) / (points[2] - points[0])
    assert (drawn <= points[1]).mean() == pytest.approx(turn, abs=1e-4)


def test_an_estimate_without_doubt_is_one_figure() -> None:
    assert triangular(Estimate(7, 7, 7, TODAY), np.array([0.0, 0.5, 0.99])).tolist() == [7.0, 7.0, 7.0]


@pytest.mark.parametrize("points", [(-1, 0, 1), (3, 2, 4), (1, 5, 4)])
def test_an_estimate_out_of_order_is_refused(points: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="at best"):
        Estimate(*points, TODAY)


@pytest.mark.parametrize("fields", [{"technicians": 0}, {"streams": 0}])
def test_nobody_cannot_restore_anything(fields: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Means(**fields)  # type: ignore[arg-type]
