"""Which points are tried, and what a failed try costs."""

from datetime import timedelta

import numpy as np
import pytest

from veilleur.domains.recovery.rules.attempts import MOST_ATTEMPTS, draw_restores, plan_attempts
from veilleur.domains.recovery.rules.streams import Streams
from veilleur.domains.recovery.tests.support import (
    DAY,
    HOUR,
    MACHINE,
    NOW,
    make_copy,
    make_point,
    make_test,
)

DRAWS = 40_000


def ages(*copies: object) -> list[timedelta]:
    return [NOW - attempt.started_at for attempt in plan_attempts(copies)]  # type: ignore[arg-type]


def untried(age: timedelta) -> object:
    return make_point(age, proof_level=1, is_verified=False)


def test_a_point_that_was_restored_before_ends_the_search() -> None:
    copy = make_copy(points=(untried(HOUR), make_point(2 * HOUR), make_point(3 * HOUR)))

    assert ages(copy) == [HOUR, 2 * HOUR]


def test_the_newest_of_all_copies_is_tried_first() -> None:
    first = make_copy(points=(untried(3 * HOUR), untried(5 * HOUR)))
    second = make_copy(MACHINE, points=(untried(HOUR), untried(4 * HOUR)))

    assert ages(first, second) == [HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR]


def test_people_stop_after_a_few_tries_and_keep_the_last_for_the_proven_point() -> None:
    copy = make_copy(points=(*(untried(n * HOUR) for n in range(1, 9)), make_point(DAY)))

    assert ages(copy) == [HOUR, 2 * HOUR, 3 * HOUR, DAY]
    assert len(ages(make_copy(points=copy.points[:8]))) == MOST_ATTEMPTS


@pytest.mark.parametrize(
    "fields",
    [
        {"tests": ()},  # never tested
        {"tests": (make_test(HOUR, passed=False, level=0), make_test(2 * HOUR))},  # last test failed
        {"tests": (make_test(level=4),)},  # a sample gives no time
        {"tests": (make_test(is_opinion=True),)},  # told, not measured
        {"points": (make_point(is_complete=False),)},
    ],
)
def test_a_copy_that_proves_nothing_is_not_tried(fields: dict[str, object]) -> None:
    assert plan_attempts((make_copy(**fields),)) == ()


def test_a_test_that_could_not_run_is_held_against_nobody() -> None:
    copy = make_copy(tests=(make_test(HOUR, passed=False, level=0, has_run=False), make_test(2 * HOUR)))

    assert len(plan_attempts((copy,))) == 1


def test_a_proven_point_always_comes_back() -> None:
    restores = draw_restores(plan_attempts((make_copy(),)), "x", Streams(1, DRAWS))

    assert np.all(restores.used == 0)
    assert np.median(restores.transfer_s + restores.start_s) == pytest.approx(600, rel=0.02)
    np.testing.assert_allclose(restores.start_s / (restores.transfer_s + restores.start_s), 0.1)


def test_the_chance_to_fail_is_that_of_the_beta_distribution() -> None:
    # Three passed tests, none failed: Beta(1, 4), one in five fails, one in fifteen fails twice.
    copy = make_copy(points=(untried(HOUR), untried(2 * HOUR)), tests=(make_test(),) * 3)

    restores = draw_restores(plan_attempts((copy,)), "x", Streams(3, DRAWS))

    assert np.mean(restores.used == 0) == pytest.approx(4 / 5, abs=0.01)
    assert np.mean(restores.used == -1) == pytest.approx(1 / 15, abs=0.006)


def test_a_failed_try_costs_a_whole_restore() -> None:
    copy = make_copy(points=(untried(HOUR), make_point(2 * HOUR)))

    restores = draw_restores(plan_attempts((copy,)), "x", Streams(3, DRAWS))

    whole = restores.transfer_s + restores.start_s
    assert np.median(whole[restores.used == 1]) > 1.8 * np.median(whole[restores.used == 0])


def test_restores_of_one_night_from_one_repository_are_alike() -> None:
    streams = Streams(5, DRAWS)
    first, second, other = (
        np.log(draw_restores(plan_attempts((copy,)), name, streams).transfer_s)
        for name, copy in (("a", make_copy()), ("b", make_copy()), ("c", make_copy(MACHINE)))
    )

    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0.7, abs=0.02)
    assert np.corrcoef(first, other)[0, 1] == pytest.approx(0.0, abs=0.02)


def test_a_mixed_draw_keeps_the_prior_s_p95() -> None:
    restores = draw_restores(plan_attempts((make_copy(),)), "x", Streams(7, 400_000))

    whole = restores.transfer_s + restores.start_s
    assert np.quantile(whole, 0.95) / np.quantile(whole, 0.5) == pytest.approx(2.0, rel=0.01)


def test_the_same_seed_and_name_give_the_same_draws_whatever_else_is_drawn() -> None:
    busy, quiet = Streams(11, 100), Streams(11, 100)
    busy.normals("something else")

    assert np.array_equal(busy.uniforms("x"), quiet.uniforms("x"))
    assert not np.array_equal(busy.uniforms("x"), Streams(12, 100).uniforms("x"))
    assert not np.array_equal(busy.uniforms("x"), busy.uniforms("y"))
    assert busy.shared_normals("z") is busy.shared_normals("z")
    assert busy.chi_squares("x", None) is None
