"""On-call rotas: what each covers, who takes turns, and what was changed since. Nothing here is rewritten:
what is planned later counts from then on, so that the hours of a month that was paid stay what they were.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.models.codes import known_codes
from veilleur.domains.organisations.models.people import Person
from veilleur.domains.organisations.models.teams import Team
from veilleur.domains.organisations.rules.rota_words import Cover, ShiftKind, SwapOutcome
from veilleur.shared.models import TenantModel


class OnCallRota(TenantModel):
    """Who answers when, for one purpose. The people of its team may be on call; without one, all members."""

    name = models.CharField(_("name"), max_length=200)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    # Whether customers who gave a mandate see who answers.
    serves_customers = models.BooleanField(default=False)
    since = models.DateTimeField()
    # Excluded.
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=models.Q(ended_at=None), name="rota_named_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OnCallTerms(TenantModel):
    """Which hours a rota covers, from `since` on until the next terms of the rota."""

    rota = models.ForeignKey(OnCallRota, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    cover = models.CharField(max_length=20)
    # The ordinary working hours, on the wall of the organisation's zone.
    opens = models.TimeField()
    closes = models.TimeField()
    # 0 is Monday.
    weekdays = models.JSONField(default=list)
    # A code of shared/holidays.py.
    holidays = models.CharField(max_length=10)

    class Meta:
        constraints: ClassVar = [known_codes("cover", Cover, "rota_cover_known")]

    def __str__(self) -> str:
        return f"terms of {self.rota_id}"


class OnCallTurns(TenantModel):
    """People take turns of equal length, from `planned_at` on, in the order of `OnCallTurnTaker`."""

    rota = models.ForeignKey(OnCallRota, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    handover = models.TimeField()
    days = models.PositiveSmallIntegerField()
    planned_at = models.DateTimeField()
    # Excluded; None: they go on.
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"turns of {self.rota_id}"


class OnCallTurnTaker(TenantModel):
    """Somebody's place among those who take turns; one person may have several."""

    turns = models.ForeignKey(OnCallTurns, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["turns", "position"], name="turn_taken_by_one")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.turns_id}"


class OnCallShift(TenantModel):
    """A stretch that is somebody's whatever the turns say: planned by hand, taken over, or swapped."""

    rota = models.ForeignKey(OnCallRota, on_delete=models.PROTECT, related_name="+")
    # None: nobody is on call in it.
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    # Of a swap: whose hours these were; it takes no others.
    instead_of = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    # Start included, end excluded.
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            known_codes("kind", ShiftKind, "rota_shift_kind_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="rota_shift_lasts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} shift of {self.person_id}"


class OnCallSwap(TenantModel):
    """Somebody offers a stretch of duty for one of somebody else's, who agrees or does not."""

    rota = models.ForeignKey(OnCallRota, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    gives_from = models.DateTimeField()
    gives_until = models.DateTimeField()
    takes_from = models.DateTimeField()
    takes_until = models.DateTimeField()
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [known_codes("outcome", SwapOutcome, "rota_swap_outcome_known")]

    def __str__(self) -> str:
        return f"swap of {self.asked_by_id} and {self.asked_of_id}"


class OnCallIntervention(TenantModel):
    """Somebody on call was called and worked: that is working time, and their rest begins anew."""

    rota = models.ForeignKey(OnCallRota, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="intervention_lasts"
            ),
        ]

    def __str__(self) -> str:
        return f"intervention of {self.person_id}"
