"""Tables of business activities, which stand at the top of the map, and of when each is busy."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.estate.labels import GradeChoice, RhythmChoice
from veilleur.domains.estate.models.map import Node
from veilleur.domains.estate.rules.activities import HourEffects
from veilleur.domains.estate.rules.rhythms import BusyPeriod
from veilleur.shared.models import TenantModel


def _grade() -> Any:
    return models.CharField(max_length=20, choices=GradeChoice.choices, blank=True)


class BusinessActivity(Node):
    """Something the company does and lives by, and what an hour without it costs in plain kinds."""

    purpose = models.CharField(_("what it is for"), max_length=500, blank=True)
    referent = models.ForeignKey(
        "organisations.Membership", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    is_vital = models.BooleanField(default=False)
    # What an hour without it does; empty where nobody has said.
    hour_turnover = _grade()
    hour_idle_people = _grade()
    hour_image = _grade()
    hour_regulation = _grade()
    hour_turnover_eur = models.PositiveBigIntegerField(_("euros of turnover lost in an hour"), null=True)
    hour_idle_count = models.PositiveIntegerField(_("people who cannot work"), null=True)

    @property
    def effects(self) -> HourEffects:
        """Return what an hour without it does."""
        return HourEffects(self.hour_turnover, self.hour_idle_people, self.hour_image, self.hour_regulation)


class ActivityBusyPeriod(TenantModel):
    """Days on which an activity can least be done without; see `rules.rhythms.BusyPeriod`."""

    activity = models.ForeignKey(BusinessActivity, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    rhythm = models.CharField(max_length=20, choices=RhythmChoice.choices)
    first = models.PositiveSmallIntegerField()
    last = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["activity", "rhythm", "first", "last", "name"], name="busy_period_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def value(self) -> BusyPeriod:
        """Return the period as rules take it."""
        return BusyPeriod(self.rhythm, self.first, self.last, self.name)
