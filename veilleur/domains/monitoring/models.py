"""Tables of monitoring: checks, what is believed of each, every change of that, and faults of the watch."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.monitoring.labels import HealthChoice, KindChoice
from veilleur.shared.models import TenantModel


class Check(TenantModel):
    """Something that is looked at again and again, valid from `since` until `until` (None: still)."""

    asset = models.ForeignKey("estate.Asset", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, choices=KindChoice.choices)
    # In the words of its kind: a mount point, "address:port", or nothing.
    target = models.CharField(_("target"), max_length=1000, blank=True)
    note = models.CharField(max_length=200, blank=True)
    period_s = models.PositiveIntegerField()
    retry_s = models.PositiveIntegerField()
    max_attempts = models.PositiveIntegerField()
    timeout_s = models.PositiveIntegerField()
    # Limits in thousandths of the kind's unit; None where there is no such limit.
    warning_raise = models.BigIntegerField(null=True, blank=True)
    warning_clear = models.BigIntegerField(null=True, blank=True)
    critical_raise = models.BigIntegerField(null=True, blank=True)
    critical_clear = models.BigIntegerField(null=True, blank=True)
    since = models.DateTimeField(_("valid from"))
    until = models.DateTimeField(_("valid until"), null=True, blank=True)
    # Why a person ended it, in that person's words.
    until_reason = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["asset", "kind", "target"], condition=models.Q(until=None), name="check_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "until"], name="check_current")]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}".strip()


class CheckState(TenantModel):
    """What is remembered of a check: the fields of `rules.states.Standing`, and the last result."""

    check_row = models.OneToOneField(Check, on_delete=models.PROTECT, related_name="state")
    seen = models.CharField(max_length=10, choices=HealthChoice.choices, default=HealthChoice.UNKNOWN)
    hard = models.CharField(max_length=10, choices=HealthChoice.choices, default=HealthChoice.UNKNOWN)
    hard_since_us = models.BigIntegerField()
    bad = models.PositiveIntegerField(default=0)
    bad_since_us = models.BigIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    unknown_since_us = models.BigIntegerField(default=0)
    last_result_us = models.BigIntegerField(default=0)
    code = models.CharField(max_length=40, default="never_checked")
    value = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.hard} since {self.hard_since_us}"


class StateChange(TenantModel):
    """What was believed of a check changed: append-only, the source of timelines and availability.

    True since `since_us` (first result that spoke for it), believed at `at_us`; UTC microseconds.
    """

    check_row = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="+")
    before = models.CharField(max_length=10, choices=HealthChoice.choices)
    after = models.CharField(max_length=10, choices=HealthChoice.choices)
    since_us = models.BigIntegerField()
    at_us = models.BigIntegerField()
    recorded_us = models.BigIntegerField()
    code = models.CharField(max_length=40)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["check_row", "since_us"], name="change_by_check")]

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"


class WatchFault(models.Model):
    """A fault of the watch itself; of the whole installation, so of no organisation."""

    code = models.CharField(max_length=40)
    began_us = models.BigIntegerField()
    ended_us = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(ended_us=None), name="fault_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.code


class SpoolPosition(models.Model):
    """How far a spool has been drained: moved in the same commit as what its items changed."""

    spool_id = models.UUIDField(unique=True)
    last_sequence = models.BigIntegerField(default=0)
    # When the watch's loop last went round, as its spool said at the last draining.
    last_loop_us = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.spool_id} up to {self.last_sequence}"
