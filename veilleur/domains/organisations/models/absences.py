"""Who is away from on-call duty, and who stands in. Rows are added or ended: what was, stays."""

from typing import ClassVar

from django.db import models

from veilleur.domains.organisations.models.people import Person
from veilleur.domains.organisations.models.rota import OnCallRota
from veilleur.domains.organisations.rules.rota_words import AbsenceKind
from veilleur.shared.models import TenantModel


class OnCallAbsence(TenantModel):
    """Somebody is away, by whichever rota of the organisation they would be on call."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Why is shown to managers and to the person alone; empty once the person was erased.
    kind = models.CharField(max_length=20, blank=True)
    # Start included, end excluded.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    # Excluded: the person came back before, or never went. None: it counts to its end.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["", *(kind.value for kind in AbsenceKind)]),
                name="absence_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="absence_lasts"
            ),
        ]

    def __str__(self) -> str:
        return f"absence of {self.person_id}"


class OnCallStandIn(TenantModel):
    """Somebody is on call instead of whoever is away, by one rota, in the hours that those would have had."""

    absence = models.ForeignKey(OnCallAbsence, on_delete=models.PROTECT, related_name="+")
    rota = models.ForeignKey(OnCallRota, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["absence", "rota"], name="stand_in_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} stands in by {self.rota_id}"
