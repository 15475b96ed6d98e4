"""The ladder of proof: what a run or a test has shown, as a level from 0 to 7, and how it ages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from veilleur.shared.verdict import Verdict


class ProofLevel(IntEnum):
    """How much is proven of one copy (docs/explanation/proof-levels.md)."""

    SAID_OK = 0  # the job said that it went well
    PRESENT = 1  # the snapshot is there, fresh, of a plausible size
    STRUCTURE_CHECKED = 2
    ALL_BYTES_READ = 3
    SAMPLE_HASHED = 4
    RESTORED_AND_HASHED = 5
    STARTED_AND_EQUAL = 6
    DRILLED = 7  # a group of services, in order, with a person's business check


@dataclass(frozen=True)
class Shown:
    """What one restore test has done with one copy, each True only if it was done and went well."""

    was_listed: bool = False
    all_restored: bool = False
    facts_equal: bool = False
    was_sample: bool = False
    has_application: bool = False
    was_started: bool = False
    was_drill: bool = False


def level_of_run(stored_bytes: int, source_bytes: int, is_listed: bool) -> ProofLevel:
    """Return the level right after a run: 1 when the repository itself lists a snapshot of plausible size.

    Plausible: at least half the bytes that were read at the source (an empty source is never plausible).
    """
    if is_listed and source_bytes > 0 and stored_bytes * 2 >= source_bytes:
        return ProofLevel.PRESENT
    return ProofLevel.SAID_OK


def level_of_test(shown: Shown) -> ProofLevel:
    """Return the level a passed restore test has reached; a failed one proves nothing and gets 0.

    Level 6 needs an application that was started on the restored data and gave equal facts; plain files have
    none, so that they end at 5.
    """
    if not shown.facts_equal:
        return ProofLevel.SAID_OK
    if shown.was_sample:
        return ProofLevel.SAMPLE_HASHED
    if not shown.all_restored:
        return ProofLevel.PRESENT if shown.was_listed else ProofLevel.SAID_OK
    if shown.has_application and shown.was_started:
        return ProofLevel.DRILLED if shown.was_drill else ProofLevel.STARTED_AND_EQUAL
    return ProofLevel.RESTORED_AND_HASHED


@dataclass(frozen=True)
class ProofAge:
    """How long a proof of restoring stays good, counted from the end of the last passed full test."""

    good: timedelta = timedelta(days=10)
    watch: timedelta = timedelta(days=35)


@dataclass(frozen=True)
class TestOutcome:
    """The end of one test as the verdict needs it; `passed` False also for tests that could not run."""

    __test__ = False

    finished_at: datetime
    passed: bool
    level: int
    was_skipped: bool = False


def proof_verdict(outcomes: tuple[TestOutcome, ...], now: datetime, age: ProofAge) -> Verdict:
    """Return the state of the proof of one copy; `outcomes` newest first.

    A failed test is bad at once, whatever passed before. A test that could not run leaves the older proof
    as it is, ageing. No passed full test, or one older than `age.watch`: unknown.
    """
    ran = [outcome for outcome in outcomes if not outcome.was_skipped]
    if ran and not ran[0].passed:
        return Verdict.BAD
    full = [one for one in ran if one.passed and one.level >= ProofLevel.RESTORED_AND_HASHED]
    if not full or now - full[0].finished_at > age.watch:
        return Verdict.UNKNOWN
    return Verdict.GOOD if now - full[0].finished_at <= age.good else Verdict.WATCH


def success_rate(outcomes: tuple[TestOutcome, ...]) -> float | None:
    """Return passed / all tests, those that failed or could not run included; None without any."""
    if not outcomes:
        return None
    return sum(outcome.passed for outcome in outcomes) / len(outcomes)
