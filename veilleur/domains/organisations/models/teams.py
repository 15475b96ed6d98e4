"""Teams of an organisation and who is in them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.models.people import Person
from veilleur.shared.models import TenantModel


class Team(TenantModel):
    """People who answer together: named on services and procedures, reached by one address."""

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), blank=True)
    since = models.DateTimeField()
    # When it was dissolved, excluded.
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=models.Q(until=None), name="team_named_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(TenantModel):
    """Somebody is in a team, from when until when: start included, end excluded."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "person"], condition=models.Q(until=None), name="team_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.team_id}"
