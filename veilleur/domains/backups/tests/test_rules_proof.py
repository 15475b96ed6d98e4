"""The ladder of proof, and how a proof ages."""

from datetime import UTC, datetime, timedelta

import pytest

from veilleur.domains.backups.labels import LEVELS
from veilleur.domains.backups.rules.proof import (
    ProofAge,
    ProofLevel,
    Shown,
    TestOutcome,
    level_of_run,
    level_of_test,
    proof_verdict,
    success_rate,
)
from veilleur.shared.verdict import Verdict

NOW = datetime(2026, 10, 1, tzinfo=UTC)
AGE = ProofAge()


@pytest.mark.parametrize(
    ("stored", "source", "listed", "level"),
    [
        (100, 100, True, 1),
        (50, 100, True, 1),
        # far smaller than its source: not plausible
        (49, 100, True, 0),
        # the job said OK, the repository knows nothing of it
        (100, 100, False, 0),
        # an empty source is never plausible
        (0, 0, True, 0),
    ],
)
def test_a_run_reaches_level_1_when_the_repository_lists_a_plausible_copy(
    stored: int, source: int, listed: bool, level: int
) -> None:
    assert level_of_run(stored, source, listed) == level


@pytest.mark.parametrize(
    ("shown", "level"),
    [
        (Shown(), 0),
        # everything was restored and started, but the facts differ
        (Shown(True, True, False, has_application=True, was_started=True), 0),
        (Shown(True, False, True), 1),
        (Shown(True, True, True, was_sample=True), 4),
        (Shown(True, True, True), 5),
        # an application that was not started proves no more than its files
        (Shown(True, True, True, has_application=True), 5),
        (Shown(True, True, True, has_application=True, was_started=True), 6),
        (Shown(True, True, True, has_application=True, was_started=True, was_drill=True), 7),
    ],
)
def test_a_level_is_only_reached_by_what_was_done(shown: Shown, level: int) -> None:
    assert level_of_test(shown) == level


def outcome(days_ago: int, *, passed: bool = True, level: int = 5, skipped: bool = False) -> TestOutcome:
    return TestOutcome(NOW - timedelta(days=days_ago), passed, level, skipped)


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ((), Verdict.UNKNOWN),
        ((outcome(1),), Verdict.GOOD),
        ((outcome(10),), Verdict.GOOD),
        ((outcome(11),), Verdict.WATCH),
        ((outcome(36),), Verdict.UNKNOWN),
        # a failure is bad at once, whatever passed before
        ((outcome(0, passed=False), outcome(1)), Verdict.BAD),
        # and over with the next test that passes
        ((outcome(0), outcome(1, passed=False)), Verdict.GOOD),
        # a test that could not run leaves the older proof, ageing
        ((outcome(0, passed=False, skipped=True), outcome(11)), Verdict.WATCH),
        ((outcome(0, passed=False, skipped=True),), Verdict.UNKNOWN),
        # a sample is no proof of restoring
        ((outcome(1, level=4),), Verdict.UNKNOWN),
    ],
)
def test_a_proof_ages_and_a_failure_ends_it(outcomes: tuple[TestOutcome, ...], verdict: Verdict) -> None:
    assert proof_verdict(outcomes, NOW, AGE) is verdict


def test_tests_that_could_not_run_stay_in_the_success_rate() -> None:
    assert success_rate(()) is None
    assert (
        success_rate((outcome(1), outcome(2, passed=False), outcome(3, passed=False, skipped=True))) == 1 / 3
    )


def test_every_level_has_its_sentence() -> None:
    assert set(LEVELS) == set(ProofLevel)
