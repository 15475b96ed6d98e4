"""What a customer lets a provider do."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.models.codes import known_codes
from veilleur.domains.organisations.models.people import Organisation, Person
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.models import TenantModel


class Mandate(TenantModel):
    """What an organisation, the customer, lets the people of a provider do, for a time.

    Offered by a link, of which only a digest is kept; a provider takes it up. From then on it counts until it
    ends, is ended by either, or another one for the same provider takes its place.
    """

    provider = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    # To whom it was offered, in the customer's words.
    offered_to = models.CharField(_("provider"), max_length=200)
    strongest_role = models.CharField(max_length=20)
    # Codes of rules/mandates.py, sorted.
    scopes = models.JSONField(default=list)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    offered_at = models.DateTimeField()
    # Excluded: at this very instant the link no longer works.
    expires_at = models.DateTimeField()
    # Start included, end excluded; no start: not taken up yet; no end: until somebody ends it.
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    # When either ended it, or the offer was withdrawn.
    closed_at = models.DateTimeField(null=True, blank=True)
    # Who offered it: the offer works no longer than that person may make one.
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            known_codes("strongest_role", Role, "mandate_role_known"),
            models.CheckConstraint(
                condition=models.Q(provider=None, since=None)
                | models.Q(provider__isnull=False, since__isnull=False),
                name="mandate_taken_up_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(provider=models.F("organisation")), name="mandate_for_another"
            ),
            models.UniqueConstraint(
                fields=["organisation", "provider"],
                condition=models.Q(closed_at=None, provider__isnull=False),
                name="mandate_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"mandate of {self.organisation_id}"
