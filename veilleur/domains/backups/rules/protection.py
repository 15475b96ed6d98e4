"""What other domains learn about backups: which data has which copies, how old, and what was proven on
them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

# Ninety days are judged; a little more shows what was there when they began.
PAST = timedelta(days=135)


class Phases(TypedDict):
    """Measured seconds of a restore test, by a monotonic clock.

    `fetch_s`: bytes from the repository to the disk of the test. `restore_s`: from those bytes to usable data
    (loading a dump; 0 where the fetched files are the data). `start_s`: starting the application that serves
    them (0 for plain files). `verify_s`: comparing with the recorded facts; no part of a real recovery's
    wait.
    """

    fetch_s: float
    restore_s: float
    start_s: float
    verify_s: float


@dataclass(frozen=True)
class PointView:
    """One moment to which data can be brought back from one copy.

    `started_at` is when the engine began to read: everything later is lost with this point. `is_complete`:
    the run ended whole *and* no later test found this copy damaged. `is_verified`: a restore test of this
    very copy passed. `proof_level` is 0 to 7 (rules/proof.py).
    """

    started_at: datetime
    is_complete: bool
    is_verified: bool
    proof_level: int
    total_bytes: int


@dataclass(frozen=True)
class PastPoint:
    """A complete point of the past, also one that retention has removed since.

    Until `stored_at` the point before it was all there was; from then on the loss counts from `started_at`.
    """

    started_at: datetime
    stored_at: datetime


@dataclass(frozen=True)
class TestView:
    """One restore test that ended, passed or not; tests that could not run are there too, not passed.

    `opinion` is True for durations told by a person instead of measured. `has_run` is False for a test that
    could not run: it says nothing about the copy, whatever time it took.
    """

    __test__ = False  # not a test class of pytest

    finished_at: datetime
    level: int
    passed: bool
    phases: Phases
    total_bytes: int
    with_recovery_key_alone: bool
    opinion: bool = False
    has_run: bool = True


@dataclass(frozen=True)
class CopyView:
    """The points of one data set in one repository, and the tests made from there; both newest first. Among
    the tests is one of other data that failed because of the repository as a whole.

    `asset` is the machine whose loss takes this copy with it; None: held elsewhere. `past`: the complete
    points of the last `PAST`, oldest first, whether they are still there or not. `is_reached` is False once
    a run or test found the repository gone or shut: what it holds is unknown until one has used it again.
    `is_renewed` is False once no plan adds points to it any more: it only grows older.
    """

    repository: UUID
    repository_name: str
    asset: UUID | None
    points: tuple[PointView, ...]
    tests: tuple[TestView, ...]
    past: tuple[PastPoint, ...] = ()
    is_reached: bool = True
    is_renewed: bool = True

    @property
    def has_failed(self) -> bool:
        """Return whether the newest test that ran failed; one that could not run says nothing."""
        return next((not test.passed for test in self.tests if test.has_run), False)


@dataclass(frozen=True)
class Protection:
    """How one data set is protected. `not_protected_reason`, a code of labels.py, says why nothing protects
    it now: it has no copy, or no plan makes new ones, whatever older copies are left.
    """

    data_set: UUID
    name: str
    kind: str
    copies: tuple[CopyView, ...]
    not_protected_reason: str | None


@dataclass(frozen=True)
class RecoveryKeyState:
    """What is known of the organisation's present recovery key; None: it has not happened."""

    issued_at: datetime | None
    typed_back_at: datetime | None
    tested_alone_at: datetime | None

    def is_kept(self) -> bool:
        """Return whether a person typed the key back and a restore passed with it alone."""
        return self.typed_back_at is not None and self.tested_alone_at is not None
