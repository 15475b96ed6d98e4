"""What a recovery is computed from: services, their data, copies, tests, needs and people.

Filled by `queries.py` from the estate and the backups; every other module of these rules reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

# What a dependent waits for before it is itself restored, started, or handed to its users.
NEEDS_TO_RESTORE = "restore"
NEEDS_TO_START = "start"
NEEDS_TO_VALIDATE = "validate"

# Level of proof from which a test is a full, compared and timed restore (the ladder runs from 0 to 7).
FULL_RESTORE = 5


@dataclass(frozen=True)
class Point:
    """One restorable state of a data set in one copy; `started_at` is the instant it shows."""

    started_at: datetime
    is_complete: bool
    is_verified: bool
    proof_level: int
    total_bytes: int

    @property
    def is_proven(self) -> bool:
        """Return whether this very point has been restored in full and compared."""
        return self.is_complete and self.proof_level >= FULL_RESTORE


@dataclass(frozen=True)
class TimedTest:
    """One restore test. `transfer_s` brings the data back, `start_s` starts what uses it.

    Comparing the result with recorded facts is no part of a recovery's wait and is left out.
    """

    finished_at: datetime
    level: int
    passed: bool
    transfer_s: float
    start_s: float
    total_bytes: int
    file_count: int | None = None
    is_opinion: bool = False
    # A test that could not run says nothing about the copy, for or against.
    has_run: bool = True

    @property
    def total_s(self) -> float:
        """Return the whole time of the test, in seconds."""
        return self.transfer_s + self.start_s


@dataclass(frozen=True)
class Copy:
    """A data set in one repository. `machine` holds the repository; None is a place of its own, elsewhere.

    `points` and `tests` are newest first. `past` is what it once held, oldest first, as (start, end) of each
    complete point: also of those that retention has removed since.
    """

    repository: UUID
    repository_name: str
    machine: UUID | None
    points: tuple[Point, ...] = ()
    tests: tuple[TimedTest, ...] = ()
    past: tuple[tuple[datetime, datetime], ...] = ()
    # False: the repository could not be opened the last time, so that what it holds is unknown.
    is_reached: bool = True
    # False: no plan adds points to it any more, so that what would be lost only grows.
    is_renewed: bool = True

    @property
    def complete_points(self) -> tuple[Point, ...]:
        """Return the points from which everything can come back, newest first."""
        return tuple(point for point in self.points if point.is_complete)

    @property
    def full_tests(self) -> tuple[TimedTest, ...]:
        """Return the passed full restores that were measured, newest first."""
        return tuple(
            test for test in self.tests if test.passed and test.level >= FULL_RESTORE and not test.is_opinion
        )

    @property
    def last_test_failed(self) -> bool:
        """Return whether the newest test that ran on this copy, whatever its level, did not pass."""
        ran = [test for test in self.tests if test.has_run]
        return bool(ran) and not ran[0].passed

    @property
    def may_be_relied_on(self) -> bool:
        """Return whether nothing learnt since speaks against what was proven."""
        return self.is_reached and not self.last_test_failed


@dataclass(frozen=True)
class DataSet:
    """Something to bring back. `machines` are where it lives; empty when nobody has said."""

    id: UUID
    name: str
    machines: frozenset[UUID] = frozenset()
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True)
class Machine:
    """A machine; losing one of `hosts` loses it too."""

    id: UUID
    name: str
    hosts: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Service:
    """What people wait for, and the machines and data it rests on.

    `rto_s` and `rpo_s` are seconds; None when no objective was ever given.
    """

    id: UUID
    name: str
    rto_s: int | None
    rpo_s: int | None
    machines: tuple[UUID, ...] = ()
    data_sets: tuple[UUID, ...] = ()
    rto_is_default: bool = False
    rpo_is_default: bool = False


@dataclass(frozen=True)
class Need:
    """One service, the dependent, waits for another, the dependency, before what `kind` says."""

    dependent: UUID
    dependency: UUID
    kind: str


@dataclass(frozen=True)
class RecoveryKey:
    """What is known of the printed key; None is "not yet"."""

    issued_at: datetime | None = None
    typed_back_at: datetime | None = None
    tested_alone_at: datetime | None = None


@dataclass(frozen=True)
class Estimate:
    """Three points, in seconds, for a step done by people: at best, most likely, at worst.

    `is_opinion` is false only when the three come from drills.
    """

    low_s: float
    likely_s: float
    high_s: float
    stated_on: date
    is_opinion: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.low_s <= self.likely_s <= self.high_s:
            raise ValueError("an estimate needs 0 <= at best <= most likely <= at worst")


@dataclass(frozen=True)
class Means:
    """What can be done at once: people who restore, and restores that one repository feeds in parallel."""

    technicians: int = 1
    streams: int = 1
    # By (scenario, step); what is absent takes its stated default (`people.py`).
    estimates: Mapping[tuple[str, str], Estimate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.technicians < 1 or self.streams < 1:
            raise ValueError("a recovery needs at least one technician and one stream")


@dataclass(frozen=True)
class Company:
    """One organisation as its recovery sees it."""

    services: tuple[Service, ...] = ()
    data_sets: tuple[DataSet, ...] = ()
    machines: tuple[Machine, ...] = ()
    needs: tuple[Need, ...] = ()
    key: RecoveryKey = RecoveryKey()
    means: Means = Means()
