"""Soft and hard states: when a result is believed. The state machine of every check, as pure functions.

After Icinga and Nagios, with one difference: a fault of the monitor itself never counts as evidence
against the target, nor does it hide what the target did. Instants are UTC microseconds.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from veilleur.shared.verdict import Verdict

SECOND_US = 1_000_000


class Health(StrEnum):
    """How a target is, by one result or by several."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


_BAD = frozenset({Health.WARNING, Health.CRITICAL})
_VERDICTS = {
    Health.OK: Verdict.GOOD,
    Health.WARNING: Verdict.WATCH,
    Health.CRITICAL: Verdict.BAD,
    Health.UNKNOWN: Verdict.UNKNOWN,
}


def verdict_of(health: str) -> Verdict:
    """Return the word that pages use for a health."""
    return _VERDICTS[Health(health)]


@dataclass(frozen=True)
class Policy:
    """How often a target is asked, in seconds, and how many results in a row are believed."""

    period_s: int = 60
    retry_s: int = 15
    max_attempts: int = 3
    timeout_s: int = 10

    def freshness_us(self) -> int:
        """Return for how long after its last result a state is still known: a period and all retries."""
        return (self.period_s + self.max_attempts * self.retry_s) * SECOND_US


@dataclass(frozen=True)
class Standing:
    """What is remembered of a check between two results.

    `seen` is the last result, believed or not; `hard` what is believed, since `hard_since_us` (the
    first result that spoke for it). `bad` and `unknown` count results in a row that speak against
    `hard`, `*_since_us` the first of them (0: none). `last_result_us` is when the last accepted
    result was started, 0 before the first.
    """

    seen: Health = Health.UNKNOWN
    hard: Health = Health.UNKNOWN
    hard_since_us: int = 0
    bad: int = 0
    bad_since_us: int = 0
    unknown: int = 0
    unknown_since_us: int = 0
    last_result_us: int = 0

    @property
    def is_soft(self) -> bool:
        """Return whether the last result speaks against what is believed and waits for more."""
        return self.seen != self.hard


@dataclass(frozen=True)
class Change:
    """What is believed changed: at the result of `at_us`, true since `since_us`, the first one of its row."""

    before: Health
    after: Health
    at_us: int
    since_us: int


@dataclass(frozen=True)
class Step:
    """What one result did: the standing after it, and the hard change if there was one."""

    standing: Standing
    change: Change | None = None
    is_dropped: bool = False


def take_result(
    standing: Standing, health: Health, started_us: int, *, max_attempts: int, now_us: int
) -> Step:
    """Return the step that one result makes.

    Good results are believed at once, all others at the `max_attempts`-th in a row without a good one
    between them; from one bad hard state to the other at once. Results of the monitor's own faults
    (UNKNOWN) neither add to the bad ones nor take from them, and become hard by their own count. A
    result started no later than the last accepted one is dropped, unless that one lies in the future
    of `now_us`: the clock was set back.
    """
    if started_us <= standing.last_result_us <= now_us:
        return Step(standing, is_dropped=True)
    seen = replace(standing, seen=health, last_result_us=started_us)
    if health is Health.OK:
        return _believe(seen, health, started_us, since_us=started_us)
    if health is Health.UNKNOWN:
        return _take_unknown(seen, started_us, max_attempts)
    return _take_bad(seen, started_us, max_attempts)


def _take_bad(seen: Standing, started_us: int, max_attempts: int) -> Step:
    counted = replace(
        seen,
        bad=min(seen.bad + 1, max_attempts),
        bad_since_us=seen.bad_since_us or started_us,
        unknown=0,
        unknown_since_us=0,
    )
    if seen.hard in _BAD:
        return _believe(counted, seen.seen, started_us, since_us=started_us)
    if counted.bad >= max_attempts:
        return _believe(counted, seen.seen, started_us, since_us=counted.bad_since_us)
    return Step(counted)


def _take_unknown(seen: Standing, started_us: int, max_attempts: int) -> Step:
    counted = replace(
        seen,
        unknown=min(seen.unknown + 1, max_attempts),
        unknown_since_us=seen.unknown_since_us or started_us,
    )
    if seen.hard is not Health.UNKNOWN and counted.unknown >= max_attempts:
        return _believe(counted, Health.UNKNOWN, started_us, since_us=counted.unknown_since_us)
    return Step(counted)


def _believe(seen: Standing, health: Health, at_us: int, *, since_us: int) -> Step:
    """Make a health hard; what spoke for another one is forgotten."""
    is_bad = health in _BAD
    settled = replace(
        seen,
        hard=health,
        bad=seen.bad if is_bad else 0,
        bad_since_us=seen.bad_since_us if is_bad else 0,
        unknown=seen.unknown if health is Health.UNKNOWN else 0,
        unknown_since_us=seen.unknown_since_us if health is Health.UNKNOWN else 0,
    )
    if health is seen.hard:
        return Step(settled)
    change = Change(seen.hard, health, at_us, since_us)
    return Step(replace(settled, hard_since_us=since_us), change)


def is_stale(last_result_us: int, policy: Policy, now_us: int) -> bool:
    """Return whether the last result is too old to say anything about now.

    So is one from long after now: it was dated before the clock was set back, whenever that was.
    """
    return abs(now_us - last_result_us) > policy.freshness_us()


def take_silence(standing: Standing, policy: Policy, now_us: int) -> Step:
    """Return the step that the absence of results makes: UNKNOWN from the end of the last one's freshness,
    now at the latest.

    Nothing changes while the last result is fresh, or what is believed is UNKNOWN already.
    """
    if standing.hard is Health.UNKNOWN or not is_stale(standing.last_result_us, policy, now_us):
        return Step(standing)
    since_us = min(standing.last_result_us + policy.freshness_us(), now_us)
    silent = replace(standing, seen=Health.UNKNOWN, unknown_since_us=since_us)
    return _believe(silent, Health.UNKNOWN, now_us, since_us=since_us)
