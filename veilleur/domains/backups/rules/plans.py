"""What is asked for when a place or a plan is made, and what a run or a test reports at its end."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import PurePosixPath
from uuid import UUID

from veilleur.domains.backups.rules.comparison import Comparison
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.protection import Phases
from veilleur.domains.backups.rules.schedule import DEFAULT_RPO, DEFAULT_TEST_EVERY
from veilleur.domains.backups.rules.states import (
    Medium,
    RunState,
    SourceKind,
    TestState,
    state_of_failed_test,
)

_DETAIL_CHARACTERS = 2000


@dataclass(frozen=True)
class NewRepository:
    """A backup place. `asset`: the machine whose loss takes it along; None: held elsewhere.

    `identity` is chosen by the caller, since the password is made for it before the row exists.
    """

    identity: UUID
    name: str
    folder: str
    medium: Medium
    asset: UUID | None


@dataclass(frozen=True)
class NewItem:
    """One data set of a plan. `source`: folder, file or connection string; empty for Veilleur's own data."""

    data_set: UUID
    kind: SourceKind
    source: str = ""
    passfile: str = ""


@dataclass(frozen=True)
class NewPlan:
    """A plan. `rpo`: the loss that is accepted; `test_every`: how long a proof by restoring may age."""

    name: str
    repository: UUID
    items: tuple[NewItem, ...]
    rpo: timedelta = DEFAULT_RPO
    test_every: timedelta = DEFAULT_TEST_EVERY
    is_own_data: bool = False


@dataclass(frozen=True)
class NewCopy:
    """What a run left in the repository."""

    snapshot_id: str
    companion_snapshot_id: str
    level: int


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended. Without a copy nothing was stored. Sizes in bytes."""

    state: RunState
    reason: str = ""
    detail: str = ""
    total_bytes: int = 0
    file_count: int = 0
    fact_count: int = 0
    unstable_count: int = 0
    manifest_digest: str = ""
    engine_version: str = ""
    copy: NewCopy | None = None


NO_PHASES = Phases(fetch_s=0.0, restore_s=0.0, start_s=0.0, verify_s=0.0)


@dataclass(frozen=True)
class RestoreOutcome:
    """How a restore test ended. `isolation` and `remarks` are codes of labels.py."""

    state: TestState
    reason: str = ""
    detail: str = ""
    level: int = 0
    phases: Phases = field(default_factory=lambda: NO_PHASES)
    total_bytes: int = 0
    comparison: Comparison = field(default_factory=lambda: Comparison(0, 0, 0, ()))
    isolation: str = ""
    remarks: tuple[str, ...] = ()
    engine_version: str = ""


def failed_run(error: EngineError) -> RunOutcome:
    """Return the outcome of a run that left nothing because of an engine's error."""
    return RunOutcome(RunState.FAILED, error.reason, error.detail[:_DETAIL_CHARACTERS])


def failed_test(error: EngineError, phases: Phases) -> RestoreOutcome:
    """Return the outcome of a test that an engine's error ended; skipped if the copy is not to blame."""
    state = state_of_failed_test(error.reason)
    return RestoreOutcome(state, error.reason, error.detail[:_DETAIL_CHARACTERS], phases=phases)


def verdict_of(comparison: Comparison) -> tuple[TestState, str]:
    """Return the state of a restore that was compared, with its reason; where no content could be compared
    it says nothing about the copy.
    """
    if comparison.difference_count:
        return TestState.FAILED, "facts_differ"
    if not comparison.is_equal:
        return TestState.SKIPPED, "unstable_source" if comparison.tolerated else "source_empty"
    return TestState.PASSED, ""


def engine_error_of(error: OSError) -> EngineError:
    """Return an operating system's error in the words of engines: a full disk is told apart."""
    is_full = error.errno in (28, 122)  # no space left, quota exceeded
    return EngineError("disk_full" if is_full else "engine_failed", retry=True, detail=str(error))


def labels_of(plan: UUID, data_set: UUID, run: UUID) -> tuple[str, ...]:
    """Return the marks a snapshot carries in the repository, readable without Veilleur's database."""
    return (f"plan:{plan}", f"data:{data_set}", f"run:{run}")


def is_whole_path(text: str) -> bool:
    """Return whether a folder or file is given from the root on, without `..`."""
    path = PurePosixPath(text)
    return path.is_absolute() and ".." not in path.parts
