"""What is known about bringing data back after a strike: lost for ever, never proven, or proven, and why.

The reasons are codes that `labels.py` turns into sentences. Used by `simulation.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.recovery.rules.inputs import Company, Copy, DataSet, Service
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST, Strike, survives

# Kinds of answer. KEY_ONLY_HERE is added by `answer.py`: it depends on the key, not on the data.
NEVER = "never"
KEY_ONLY_HERE = "key_only_here"
UNPROVEN = "unproven"
FIGURE = "figure"
# The order in which they take precedence over one another.
KINDS = (NEVER, KEY_ONLY_HERE, UNPROVEN, FIGURE)

# Why never.
NO_COPY = "no_copy"
COPIES_ON_LOST_MACHINE = "copies_on_lost_machine"
NO_COMPLETE_POINT = "no_complete_point"
# Why unproven.
NEVER_TESTED = "never_tested"
LAST_TEST_FAILED = "last_test_failed"
PLACE_NOT_REACHED = "place_not_reached"
NO_FULL_TEST = "no_full_test"
NO_DATA_DECLARED = "no_data_declared"
MACHINE_UNKNOWN = "machine_unknown"
REBUILD_NEVER_TESTED = "rebuild_never_tested"
CIRCULAR_NEED = "circular_need"

NEVER_REASONS = (NO_COPY, COPIES_ON_LOST_MACHINE, NO_COMPLETE_POINT)
# Gravest first: a failed test is worse than none.
UNPROVEN_REASONS = (
    LAST_TEST_FAILED,
    PLACE_NOT_REACHED,
    CIRCULAR_NEED,
    NEVER_TESTED,
    NO_FULL_TEST,
    NO_DATA_DECLARED,
    MACHINE_UNKNOWN,
    REBUILD_NEVER_TESTED,
)


@dataclass(frozen=True)
class Evidence:
    """What is known of one data set or service. `about` names what the reason is about."""

    kind: str
    reason: str | None = None
    about: UUID | None = None
    about_name: str = ""


@dataclass(frozen=True)
class Proof:
    """The weakest proof behind a figure: its level (0 to 7), its instant, and how many tests time it."""

    level: int
    tested_at: datetime
    tests: int


def graver(first: Evidence, second: Evidence) -> Evidence:
    """Return the one that decides; the first when they weigh the same."""
    return min(first, second, key=_gravity)


def surviving_copies(data_set: DataSet, strike: Strike) -> tuple[Copy, ...]:
    """Return the copies that are still there after the strike, readable or not."""
    return tuple(copy for copy in data_set.copies if survives(copy, strike))


def evidence_of_data(data_set: DataSet, strike: Strike) -> Evidence:
    """Return what is known about bringing one lost data set back."""
    alive = surviving_copies(data_set, strike)
    if not alive:
        reason = COPIES_ON_LOST_MACHINE if data_set.copies else NO_COPY
        return Evidence(NEVER, reason, data_set.id, data_set.name)
    holding = [copy for copy in alive if copy.complete_points]
    if not holding:
        return Evidence(NEVER, NO_COMPLETE_POINT, data_set.id, data_set.name)
    if any(copy.full_tests and copy.may_be_relied_on for copy in holding):
        return Evidence(FIGURE)
    return Evidence(UNPROVEN, _why_unproven(holding), data_set.id, data_set.name)


def evidence_of_service(company: Company, service: Service, strike: Strike) -> Evidence:
    """Return what is known about a struck service by itself, what it needs apart."""
    data_sets = {data_set.id: data_set for data_set in company.data_sets}
    lost = [data_sets[key] for key in service.data_sets if key in strike.lost_data]
    found = Evidence(FIGURE)
    for data_set in lost:
        found = graver(found, evidence_of_data(data_set, strike))
    if not service.data_sets:
        found = graver(found, Evidence(UNPROVEN, NO_DATA_DECLARED, service.id, service.name))
    if strike.scenario == MACHINE_LOST and not service.machines:
        found = graver(found, Evidence(UNPROVEN, MACHINE_UNKNOWN, service.id, service.name))
    if not lost:
        found = graver(found, Evidence(UNPROVEN, REBUILD_NEVER_TESTED, service.id, service.name))
    return found


def proof_of(copies: tuple[Copy, ...]) -> Proof | None:
    """Return the proof that one data set's copies carry: its newest passed full test. None without any."""
    tested = [copy for copy in copies if copy.complete_points and copy.full_tests and copy.may_be_relied_on]
    if not tested:
        return None
    best = max(tested, key=lambda copy: copy.full_tests[0].finished_at)
    newest = best.full_tests[0]
    return Proof(newest.level, newest.finished_at, len(best.full_tests))


def weaker(first: Proof | None, second: Proof | None) -> Proof | None:
    """Return the older test, the lower level and the fewer tests of the two; None is weakest."""
    if first is None or second is None:
        return None
    return Proof(
        min(first.level, second.level),
        min(first.tested_at, second.tested_at),
        min(first.tests, second.tests),
    )


def _why_unproven(copies: list[Copy]) -> str:
    if any(copy.last_test_failed for copy in copies):
        return LAST_TEST_FAILED
    if any(not copy.is_reached for copy in copies):
        return PLACE_NOT_REACHED
    return NO_FULL_TEST if any(test.passed for copy in copies for test in copy.tests) else NEVER_TESTED


def _gravity(evidence: Evidence) -> tuple[int, int]:
    reasons = (*NEVER_REASONS, *UNPROVEN_REASONS)
    rank = reasons.index(evidence.reason) if evidence.reason in reasons else len(reasons)
    return KINDS.index(evidence.kind), rank
