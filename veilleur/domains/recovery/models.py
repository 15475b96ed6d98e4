"""Tables of recovery: what people say about their own steps and means. Answers are kept by the journal."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from veilleur.domains.recovery.labels import ScenarioChoice, StepChoice
from veilleur.shared.models import TenantModel


class HumanStep(TenantModel):
    """An estimate of a step done by people, in seconds; without a row the stated default holds."""

    scenario = models.CharField(_("scenario"), max_length=20, choices=ScenarioChoice.choices)
    step = models.CharField(_("step"), max_length=20, choices=StepChoice.choices)
    low_s = models.PositiveIntegerField(_("at best"))
    likely_s = models.PositiveIntegerField(_("most likely"))
    high_s = models.PositiveIntegerField(_("at worst"))
    stated_at = models.DateTimeField(_("stated at"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "scenario", "step"], name="human_step_once"),
            models.CheckConstraint(
                condition=Q(low_s__lte=F("likely_s")) & Q(likely_s__lte=F("high_s")),
                name="human_step_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scenario} {self.step}"


class RecoveryMeans(TenantModel):
    """What an organisation can do at once; without a row, one person and one stream."""

    technicians = models.PositiveSmallIntegerField(_("people who restore"), default=1)
    streams = models.PositiveSmallIntegerField(_("restores at once from one backup place"), default=1)
    stated_at = models.DateTimeField(_("stated at"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation"], name="recovery_means_once"),
            models.CheckConstraint(condition=Q(technicians__gte=1) & Q(streams__gte=1), name="some_means"),
        ]

    def __str__(self) -> str:
        return f"{self.technicians} x {self.streams}"
