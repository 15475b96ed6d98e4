"""Soft and hard states, case by case, and against a reference that keeps the whole history."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from veilleur.domains.monitoring.rules.states import (
    Change,
    Health,
    Policy,
    Standing,
    Step,
    is_stale,
    take_result,
    take_silence,
    verdict_of,
)
from veilleur.shared.verdict import Verdict

OK, WARNING, CRITICAL, UNKNOWN = Health.OK, Health.WARNING, Health.CRITICAL, Health.UNKNOWN
FAR = 10**15
LETTERS = {"o": OK, "w": WARNING, "c": CRITICAL, "u": UNKNOWN}


def after(letters: str, attempts: int = 3) -> tuple[Standing, list[Change]]:
    """Take results given as letters at instants 10, 20, 30…"""
    standing, changes = Standing(), []
    for number, letter in enumerate(letters, start=1):
        step = take_result(standing, LETTERS[letter], number * 10, max_attempts=attempts, now_us=FAR)
        standing = step.standing
        changes += [step.change] if step.change else []
    return standing, changes


@pytest.mark.parametrize(
    ("letters", "believed", "is_soft"),
    [
        ("", UNKNOWN, False),  # never checked
        ("o", OK, False),
        ("c", UNKNOWN, True),  # a first failure is not believed yet
        ("oc", OK, True),
        ("occ", OK, True),
        ("occc", CRITICAL, False),
        ("occo", OK, False),  # a soft recovery
        ("occoc", OK, True),  # and the count starts again
        ("occco", OK, False),  # a good result is believed at once
        ("owwc", CRITICAL, False),  # bad is bad, the last one names it
        ("occcw", WARNING, False),  # between bad hard states at once
        ("ou", OK, True),
        ("ouu", OK, True),
        ("ouuu", UNKNOWN, False),
        ("ocucuc", CRITICAL, False),  # own faults between them do not hide three failures
        ("ocucu", OK, True),  # nor do they count as failures
        ("occcuu", CRITICAL, True),  # what is believed outlives a passing own fault
        ("occcuuu", UNKNOWN, False),
        ("occcuuucc", UNKNOWN, True),  # after it the target is asked anew, three times
        ("occcuuuccc", CRITICAL, False),
        ("ccc", CRITICAL, False),
        ("cco", OK, False),
    ],
)
def test_what_is_believed_after_a_row_of_results(letters: str, believed: Health, is_soft: bool) -> None:
    standing, _ = after(letters)

    assert (standing.hard, standing.is_soft) == (believed, is_soft)


def test_a_hard_change_dates_from_the_first_result_that_spoke_for_it() -> None:
    standing, changes = after("occc")

    assert changes == [Change(UNKNOWN, OK, 10, 10), Change(OK, CRITICAL, 40, 20)]
    assert standing.hard_since_us == 20


def test_silence_in_between_own_faults_dates_from_the_first_of_them() -> None:
    _, changes = after("ouuu")

    assert changes[-1] == Change(OK, UNKNOWN, 40, 20)


def test_one_attempt_believes_everything_at_once() -> None:
    _, changes = after("ocou", attempts=1)

    assert [change.after for change in changes] == [OK, CRITICAL, OK, UNKNOWN]


def test_a_late_or_repeated_result_is_dropped() -> None:
    standing, _ = after("oc")

    for started_us in (5, 10, 20):
        step = take_result(standing, CRITICAL, started_us, max_attempts=3, now_us=FAR)
        assert step == Step(standing, is_dropped=True)


def test_a_result_from_the_future_does_not_lock_out_those_after_the_clock_was_set_back() -> None:
    standing, _ = after("o")
    ahead = replace(standing, last_result_us=1_000_000)

    step = take_result(ahead, CRITICAL, 30, max_attempts=3, now_us=40)

    assert not step.is_dropped
    assert step.standing.last_result_us == 30


def test_a_result_from_long_after_now_says_nothing_of_now() -> None:
    policy = Policy(period_s=60, retry_s=15, max_attempts=3)
    ahead = replace(after("o")[0], last_result_us=FAR)
    now_us = FAR - 105_000_001

    silent = take_silence(ahead, policy, now_us)

    assert silent.change == Change(OK, UNKNOWN, now_us, now_us)
    assert not is_stale(FAR, policy, now_us + 1)


def test_silence_is_unknown_from_the_end_of_freshness_and_only_once() -> None:
    policy = Policy(period_s=60, retry_s=15, max_attempts=3)
    standing, _ = after("occc")
    end_us = standing.last_result_us + 105_000_000

    still_fresh = take_silence(standing, policy, end_us)
    silent = take_silence(standing, policy, end_us + 1)

    assert still_fresh.change is None
    assert silent.change == Change(CRITICAL, UNKNOWN, end_us + 1, end_us)
    assert take_silence(silent.standing, policy, end_us + 10**9).change is None
    assert not is_stale(standing.last_result_us, policy, end_us)


def test_a_good_result_after_silence_is_believed_at_once() -> None:
    policy = Policy()
    standing = take_silence(after("o")[0], policy, FAR).standing

    step = take_result(standing, OK, FAR + 10, max_attempts=3, now_us=FAR + 20)

    assert step.change == Change(UNKNOWN, OK, FAR + 10, FAR + 10)


@pytest.mark.parametrize(
    ("health", "verdict"),
    [
        ("ok", Verdict.GOOD),
        ("warning", Verdict.WATCH),
        ("critical", Verdict.BAD),
        ("unknown", Verdict.UNKNOWN),
    ],
)
def test_pages_use_four_words(health: str, verdict: Verdict) -> None:
    assert verdict_of(health) is verdict


def believed_by_reading_back(history: list[Health], attempts: int) -> Health:
    """Reference: read the whole history anew, keeping only what is believed and what happened since."""
    believed, doubts = UNKNOWN, list[Health]()
    for health in history:
        doubts.append(health)
        bad = [each for each in doubts if each in (WARNING, CRITICAL)]
        trailing_unknown = len(doubts) - max(
            (place for place, each in enumerate(doubts, 1) if each is not UNKNOWN), default=0
        )
        if health is OK:
            believed, doubts = OK, []
        elif health is UNKNOWN and trailing_unknown >= attempts and believed is not UNKNOWN:
            believed, doubts = UNKNOWN, []
        elif health in (WARNING, CRITICAL) and (believed in (WARNING, CRITICAL) or len(bad) >= attempts):
            believed = health
            doubts = []
    return believed


class AgainstReference(RuleBasedStateMachine):
    """Results, late ones and silences in any order: the machine agrees with the reference."""

    @initialize(attempts=st.integers(1, 4))
    def begin(self, attempts: int) -> None:
        self.attempts = attempts
        self.policy = Policy(period_s=60, retry_s=15, max_attempts=attempts)
        self.history: list[Health] = []
        self.standing = Standing()
        self.now_us = 1_000_000_000
        self.changes: list[Change] = []

    @rule(health=st.sampled_from(Health), wait_us=st.integers(1, 40_000_000))
    def result(self, health: Health, wait_us: int) -> None:
        self.now_us += wait_us
        self._keep(
            take_result(
                self.standing, health, self.now_us, max_attempts=self.attempts, now_us=self.now_us + 1
            )
        )
        self.history.append(health)

    @rule(health=st.sampled_from(Health), late_us=st.integers(0, 10**8))
    def late_result(self, health: Health, late_us: int) -> None:
        if self.standing.last_result_us:
            step = take_result(
                self.standing,
                health,
                self.standing.last_result_us - late_us,
                max_attempts=self.attempts,
                now_us=self.now_us + 1,
            )
            assert step.is_dropped
            assert step.standing == self.standing

    @rule()
    def silence(self) -> None:
        if self.standing.hard is not UNKNOWN:
            self.now_us += self.policy.freshness_us() + 1
            self._keep(take_silence(self.standing, self.policy, self.now_us))
            # To the reference a silence is as many own faults as it takes.
            self.history.extend([UNKNOWN] * self.attempts)

    def _keep(self, step: Step) -> None:
        self.standing = step.standing
        self.changes += [step.change] if step.change else []

    @invariant()
    def agrees(self) -> None:
        assert self.standing.hard is believed_by_reading_back(self.history, self.attempts)

    @invariant()
    def changes_form_a_chain(self) -> None:
        for first, second in zip(self.changes, self.changes[1:], strict=False):
            assert first.after is second.before
            assert first.since_us <= second.since_us
        for change in self.changes:
            assert change.before is not change.after
            assert change.since_us <= change.at_us


TestAgainstReference = AgainstReference.TestCase
TestAgainstReference.settings = settings(max_examples=150, stateful_step_count=30)
