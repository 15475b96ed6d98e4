"""Kinds of journal fact of the backups. Durations in whole milliseconds, sizes in bytes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.rules.kinds import fact_kind


@fact_kind("backups.repository_added", version=1)
@dataclass(frozen=True)
class RepositoryAdded:
    """A backup place was made. `asset`: the machine that holds it; None: held elsewhere."""

    name: str
    engine: str
    folder: str
    medium: str
    asset: UUID | None


@fact_kind("backups.plan_made", version=1)
@dataclass(frozen=True)
class PlanMade:
    """These data sets go into that place from now on, so often that at most `rpo_s` of work is lost."""

    name: str
    repository: UUID
    data_sets: tuple[UUID, ...]
    rpo_s: int
    interval_s: int


@fact_kind("backups.plan_switched", version=1)
@dataclass(frozen=True)
class PlanSwitched:
    """A plan was switched on or off."""

    is_on: bool


@fact_kind("backups.plan_rhythm_changed", version=1)
@dataclass(frozen=True)
class PlanRhythmChanged:
    """What a plan's data may lose became another promise, or its runs take another time: it runs more or
    less often from now on. `is_kept` is False where no schedule can keep the promise. In seconds.
    """

    rpo_s: int
    interval_s: int
    rpo_s_before: int
    interval_s_before: int
    is_kept: bool


@fact_kind("backups.plan_renamed", version=1)
@dataclass(frozen=True)
class PlanRenamed:
    """People call a plan by another name."""

    name: str
    name_before: str


@fact_kind("backups.plan_ended", version=1)
@dataclass(frozen=True)
class PlanEnded:
    """A plan makes no copy any more and never will; the copies it made stay in the repository."""

    name: str
    repository: UUID
    data_sets: tuple[UUID, ...]


@fact_kind("backups.repository_retired", version=1)
@dataclass(frozen=True)
class RepositoryRetired:
    """No answer counts a backup place any more; nothing in its folder was removed."""

    name: str
    folder: str


@fact_kind("backups.repository_reopened", version=1)
@dataclass(frozen=True)
class RepositoryReopened:
    """A retired backup place is used again, with what is still in it."""

    name: str
    folder: str


@fact_kind("backups.source_named", version=1)
@dataclass(frozen=True)
class SourceNamed:
    """A person said how a database is reached. `passfile`: the path of its password file, empty without."""

    kind: str
    source: str
    passfile: str


@fact_kind("backups.run_ended", version=1)
@dataclass(frozen=True)
class RunEnded:
    """A backup run came to its end. The manifest's digest here is what a later test is held to."""

    plan: UUID
    data_set: UUID
    repository: UUID
    state: str
    reason: str
    started_at: datetime
    duration_ms: int
    total_bytes: int
    file_count: int
    fact_count: int
    unstable_count: int
    manifest_digest: str
    snapshot_id: str


@fact_kind("backups.restore_test_ended", version=1)
@dataclass(frozen=True)
class RestoreTestEnded:
    """A copy was restored in isolation, or was meant to be, and compared with the recorded facts."""

    run: UUID
    data_set: UUID
    repository: UUID
    state: str
    reason: str
    level: int
    started_at: datetime
    fetch_ms: int
    restore_ms: int
    start_ms: int
    verify_ms: int
    total_bytes: int
    compared_count: int
    difference_count: int
    manifest_digest: str
    snapshot_id: str
    engine_version: str
    with_recovery_key_alone: bool


@fact_kind("backups.points_removed", version=1)
@dataclass(frozen=True)
class PointsRemoved:
    """Points that the promised history does not need were removed from a repository."""

    repository: UUID
    runs: tuple[UUID, ...]


@fact_kind("backups.retention_failed", version=1)
@dataclass(frozen=True)
class RetentionFailed:
    """Removing old points failed: the repository grows."""

    reason: str


@fact_kind("backups.retention_works_again", version=1)
@dataclass(frozen=True)
class RetentionWorksAgain:
    """Removing old points works again."""

    reason_before: str


@fact_kind("backups.source_access_changed", version=1)
@dataclass(frozen=True)
class SourceAccessChanged:
    """A found database became readable, or is not any more."""

    source: str
    state: str
    reason: str


@fact_kind("backups.recovery_key_issued", version=1)
@dataclass(frozen=True)
class RecoveryKeyIssued:
    """A new recovery key was shown to a person; the one before opens nothing that is sealed from now on."""

    replaces: UUID | None


@fact_kind("backups.recovery_key_typed_back", version=1)
@dataclass(frozen=True)
class RecoveryKeyTypedBack:
    """A person typed the key back from the kept copy."""

    issued_at: datetime


@fact_kind("backups.recovery_key_tested_alone", version=1)
@dataclass(frozen=True)
class RecoveryKeyTestedAlone:
    """A restore passed whose password came from the typed key and the envelope, and from nothing else."""

    issued_at: datetime
    restore_test: UUID
