"""From tests to spread: the stated prior, its end at the third test, and the predictive afterwards."""

import math

import numpy as np
import pytest

from veilleur.domains.recovery.rules.durations import (
    FASTEST,
    LEAST_SIGMA,
    PRIOR_SIGMA,
    SLOWEST,
    T95_ONE,
    Z95,
    RestoreModel,
    fit_restore,
    multipliers,
)
from veilleur.domains.recovery.tests.support import make_test

GIGA = 10**9


def fitted(*totals: float, total_bytes: int = GIGA) -> RestoreModel:
    model = fit_restore(tuple(make_test(total_s=total) for total in totals), total_bytes)
    assert model is not None
    return model


def test_without_a_test_there_is_no_model() -> None:
    assert fit_restore((), GIGA) is None


def test_with_one_test_p95_is_twice_p50_exactly() -> None:
    model = fitted(600.0)

    factor = multipliers(model, np.array([0.0, Z95]), None)

    assert model.typical_s == pytest.approx(600.0)
    assert factor[0] == 1.0
    assert factor[1] == pytest.approx(2.0, rel=1e-12)


@pytest.mark.parametrize(("tests", "is_opinion"), [(1, True), (2, True), (3, False), (9, False)])
def test_the_spread_is_an_opinion_until_the_third_test(tests: int, is_opinion: bool) -> None:
    assert fitted(*[600.0] * tests).is_opinion is is_opinion


def test_two_equal_tests_do_not_narrow_the_prior() -> None:
    model = fitted(600.0, 600.0)

    assert (model.sigma, model.freedom) == (PRIOR_SIGMA, None)


def test_two_different_tests_give_a_wide_band() -> None:
    model = fitted(300.0, 1200.0)

    assert model.typical_s == pytest.approx(600.0)
    assert model.freedom == 1
    assert math.exp(model.sigma * T95_ONE) > 100.0


@pytest.mark.parametrize("ratio", [1.0, 1.05, 1.2, 2.0, 5.0])
def test_two_tests_are_never_narrower_than_one(ratio: float) -> None:
    model = fitted(600.0, 600.0 * ratio)

    quantile = Z95 if model.freedom is None else T95_ONE
    assert model.sigma * quantile >= PRIOR_SIGMA * Z95 - 1e-12


def test_three_equal_tests_still_leave_a_little_doubt() -> None:
    assert fitted(600.0, 600.0, 600.0).sigma == LEAST_SIGMA


def test_three_tests_of_one_size_give_the_predictive_of_their_logarithms() -> None:
    times = [500.0, 600.0, 800.0]
    logs = np.log(times)

    model = fitted(*times)

    assert model.typical_s == pytest.approx(math.exp(logs.mean()))
    assert model.sigma == pytest.approx(logs.std(ddof=1) * math.sqrt(1 + 1 / 3))
    assert model.freedom == 2


def test_a_larger_restore_is_scaled_up_and_a_smaller_one_is_not_promised_faster() -> None:
    assert fitted(600.0, total_bytes=2 * GIGA).typical_s == pytest.approx(1200.0)
    assert fitted(600.0, total_bytes=GIGA // 2).typical_s == pytest.approx(600.0)


def test_overhead_and_rate_are_found_from_several_sizes() -> None:
    # 60 s of overhead, then 10 MB/s.
    sizes = [GIGA, 2 * GIGA, 4 * GIGA, 8 * GIGA]
    tests = tuple(make_test(total_s=60 + size / 1e7, total_bytes=size) for size in sizes)

    model = fit_restore(tests, 16 * GIGA)

    assert model is not None
    assert model.typical_s == pytest.approx(60 + 1600, rel=1e-6)
    assert model.freedom == 2


def test_the_cost_of_files_is_found_when_their_number_varies() -> None:
    cases = [
        (GIGA, 1000),
        (2 * GIGA, 50_000),
        (4 * GIGA, 2000),
        (8 * GIGA, 80_000),
        (3 * GIGA, 9),
        (GIGA, 60_000),
    ]
    tests = tuple(
        make_test(total_s=30 + size / 1e7 + files * 0.01, total_bytes=size, file_count=files)
        for size, files in cases
    )

    model = fit_restore(tests, 5 * GIGA, file_count=100_000)

    assert model is not None
    assert model.typical_s == pytest.approx(30 + 500 + 1000, rel=1e-6)


def test_data_that_has_become_empty_is_not_promised_at_once() -> None:
    """Time was in proportion to the bytes: of none it would be none, and no spread could be told of it."""
    tests = tuple(make_test(total_s=600.0 * size, total_bytes=size * 10**9) for size in (1, 2, 3, 4))

    model = fit_restore(tests, 0)

    assert model is not None
    assert model.typical_s >= 600.0
    assert math.isfinite(model.sigma)


def test_no_part_of_the_model_is_ever_negative() -> None:
    # Larger restores were faster: a negative rate would fit best, and mean nothing.
    sizes_and_times = [(GIGA, 900.0), (2 * GIGA, 700.0), (4 * GIGA, 650.0), (8 * GIGA, 600.0)]
    tests = tuple(make_test(total_s=time, total_bytes=size) for size, time in sizes_and_times)

    model = fit_restore(tests, 100 * GIGA)

    assert model is not None
    assert 600.0 <= model.typical_s <= 900.0


def test_the_predictive_covers_what_it_says() -> None:
    """Of restores drawn after five tests, nineteen in twenty stay under P95: known spread, many repeats."""
    rng = np.random.default_rng(5)
    covered, repeats = 0, 3000
    normals = np.sort(rng.standard_normal(4000))
    chi_squares = rng.chisquare(4, 4000)
    for _ in range(repeats):
        times = np.exp(rng.normal(6.0, 0.3, size=6))
        model = fitted(*times[:5].tolist())
        draws = model.typical_s * multipliers(model, normals, chi_squares)
        covered += bool(times[5] <= np.quantile(draws, 0.95))
    assert covered / repeats == pytest.approx(0.95, abs=0.02)


def test_draws_are_held_between_the_fastest_and_the_slowest() -> None:
    model = fitted(1.0, 1000.0)

    factor = multipliers(model, np.array([-8.0, 8.0]), np.array([1e-6, 1e-6]))

    assert factor.tolist() == pytest.approx([FASTEST, SLOWEST])
    assert model.floor_s == model.typical_s * FASTEST


def test_students_distribution_needs_its_second_draw() -> None:
    with pytest.raises(ValueError, match="chi-square"):
        multipliers(fitted(300.0, 1200.0), np.zeros(1), None)


def test_the_share_of_starting_is_kept() -> None:
    assert fitted(600.0, 700.0).start_share == pytest.approx(0.1)
