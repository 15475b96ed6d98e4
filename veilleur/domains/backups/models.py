"""Tables of backups: places, plans, runs, copies, restore tests and the recovery key. Instants `*_us` are
integer UTC microseconds, durations `*_s` seconds.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.backups.labels import (
    AccessChoice,
    MediumChoice,
    RunStateChoice,
    SourceKindChoice,
    TestStateChoice,
)
from veilleur.domains.backups.rules.states import RunState, TestState
from veilleur.shared.models import TenantModel


class Repository(TenantModel):
    """A backup place: a folder that holds an engine's repository and, beside it, the sealed envelope."""

    name = models.CharField(_("name"), max_length=200)
    engine = models.CharField(max_length=20, default="restic")
    folder = models.CharField(_("folder"), max_length=1000)
    # The machine whose loss takes this place with it; empty: held elsewhere.
    asset = models.ForeignKey(
        "estate.Asset", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    medium = models.CharField(_("medium"), max_length=20, choices=MediumChoice.choices)
    made_at = models.DateTimeField()
    # When the sealed envelope was last written beside it; empty while no recovery key has been issued.
    envelope_written_at = models.DateTimeField(null=True, blank=True)
    # Why writing beside the repository failed last time; empty when it did not.
    envelope_failure = models.CharField(max_length=40, blank=True)
    # When the bytes of removed points were last given back to the disk.
    space_freed_at = models.DateTimeField(null=True, blank=True)
    # Since when no answer counts it; its folder is left as it was. Empty: it is used.
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "folder"], name="repository_folder_once")
        ]

    def __str__(self) -> str:
        return self.name


class Plan(TenantModel):
    """What is protected, into which place, how often and for how long."""

    name = models.CharField(_("name"), max_length=200)
    repository = models.ForeignKey(Repository, on_delete=models.PROTECT, related_name="+")
    is_own_data = models.BooleanField(default=False)
    is_on = models.BooleanField(_("switched on"), default=True)
    # Since when it makes no copy and never will; empty: it may be switched on and off.
    ended_at = models.DateTimeField(null=True, blank=True)
    # The promise the schedule is derived from; taken from the services as soon as theirs changes.
    rpo_s = models.PositiveBigIntegerField()
    interval_s = models.PositiveBigIntegerField()
    test_every_s = models.PositiveBigIntegerField()
    keep_everything_s = models.PositiveBigIntegerField(default=172800)
    keep_days = models.PositiveSmallIntegerField(default=14)
    keep_weeks = models.PositiveSmallIntegerField(default=8)
    keep_months = models.PositiveSmallIntegerField(default=12)
    # Empty while removing old points works; a reason code since it does not.
    retention_failure = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PlanItem(TenantModel):
    """One data set of a plan, and how it is read."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    data_set = models.ForeignKey("estate.DataSet", on_delete=models.PROTECT, related_name="+")
    source_kind = models.CharField(max_length=20, choices=SourceKindChoice.choices)
    # A folder or file; for a server a connection string without password; empty for Veilleur's own data.
    source = models.CharField(_("source"), max_length=1000, blank=True)
    # A password file of libpq's format that the backup process may read; empty where none is needed.
    passfile = models.CharField(_("password file"), max_length=1000, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "data_set"], name="plan_item_once")]

    def __str__(self) -> str:
        return f"{self.data_set_id} in {self.plan_id}"


class SourceAccess(TenantModel):
    """Whether a database that was found, or named by a person, could be read when last tried."""

    source_kind = models.CharField(max_length=20, choices=SourceKindChoice.choices)
    source = models.CharField(max_length=1000)
    passfile = models.CharField(_("password file"), max_length=1000, blank=True)
    is_named = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=AccessChoice.choices)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    tried_at = models.DateTimeField(null=True)  # None: it was named, and there was no time yet

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "source_kind", "source"], name="access_once")
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.state}"


class Run(TenantModel):
    """One capture of one data set at one instant, with the digest of the facts recorded then."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    data_set = models.ForeignKey("estate.DataSet", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=RunStateChoice.choices, default=RunState.RUNNING)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.TextField(blank=True)
    started_us = models.BigIntegerField()
    ended_us = models.BigIntegerField(null=True, blank=True)
    total_bytes = models.BigIntegerField(default=0)
    file_count = models.BigIntegerField(default=0)
    fact_count = models.BigIntegerField(default=0)
    unstable_count = models.BigIntegerField(default=0)
    # SHA-256 of the manifest; the same stands in the journal. Empty: no facts were recorded.
    manifest_digest = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["data_set", "-started_us"], name="run_newest")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class Copy(TenantModel):
    """What a run left in one repository: the engine's own identity of it."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    data_set = models.ForeignKey("estate.DataSet", on_delete=models.PROTECT, related_name="+")
    repository = models.ForeignKey(Repository, on_delete=models.PROTECT, related_name="+")
    snapshot_id = models.CharField(max_length=64)
    # What belongs to it: a PostgreSQL server's roles beside the dump of one database. Empty: nothing.
    companion_snapshot_id = models.CharField(max_length=64, blank=True)
    started_us = models.BigIntegerField()
    stored_us = models.BigIntegerField()
    total_bytes = models.BigIntegerField()
    is_complete = models.BooleanField()
    # Levels 0 or 1 right after the run; tests add theirs.
    level = models.PositiveSmallIntegerField()
    removed_us = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["repository", "data_set", "-started_us"], name="copy_newest")
        ]

    def __str__(self) -> str:
        return self.snapshot_id


class RestoreTest(TenantModel):
    """One restore of one copy in isolation, compared with the recorded facts and timed by phase."""

    __test__ = False

    copy = models.ForeignKey(Copy, on_delete=models.PROTECT, related_name="+")
    data_set = models.ForeignKey("estate.DataSet", on_delete=models.PROTECT, related_name="+")
    repository = models.ForeignKey(Repository, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=TestStateChoice.choices, default=TestState.RUNNING)
    reason = models.CharField(max_length=40, blank=True)
    detail = models.TextField(blank=True)
    started_us = models.BigIntegerField()
    ended_us = models.BigIntegerField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    fetch_s = models.FloatField(default=0)
    restore_s = models.FloatField(default=0)
    start_s = models.FloatField(default=0)
    verify_s = models.FloatField(default=0)
    total_bytes = models.BigIntegerField(default=0)
    compared_count = models.BigIntegerField(default=0)
    tolerated_count = models.BigIntegerField(default=0)
    difference_count = models.BigIntegerField(default=0)
    # The first differences: [{"problem", "kind", "name", "expected", "found"}].
    differences = models.JSONField(default=list)
    with_recovery_key_alone = models.BooleanField(default=False)
    # How the restored data was kept apart, a code of labels.REMARKS; older tests have codes of their time.
    isolation = models.CharField(max_length=20, blank=True)
    # What could be done beyond comparing facts, or why not: codes such as "amcheck_passed".
    remarks = models.JSONField(default=list)
    engine_version = models.CharField(max_length=40, blank=True)
    # A duration told by a person after a restore by hand, not measured here.
    is_opinion = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["repository", "data_set", "-started_us"], name="restore_test_newest")
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class RecoveryKey(TenantModel):
    """One issued recovery key: its words are never stored, only what people did with them."""

    issued_at = models.DateTimeField()
    typed_back_at = models.DateTimeField(null=True, blank=True)
    tested_alone_at = models.DateTimeField(null=True, blank=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(replaced_at=None), name="recovery_key_one_present"
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)
