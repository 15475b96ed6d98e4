"""One-time links: an invitation of a person, the link that sets Veilleur up."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.models.codes import known_codes
from veilleur.domains.organisations.models.people import Person
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.models import TenantModel


class Invitation(TenantModel):
    """A link by which one person joins, once. Only a digest of its token is kept."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(max_length=20)
    side = models.CharField(max_length=20)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    # Excluded: at this very instant the link no longer works.
    expires_at = models.DateTimeField()
    # When it was used or withdrawn.
    closed_at = models.DateTimeField(null=True, blank=True)
    # Who made it: it works no longer than that person may make one.
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            known_codes("role", Role, "invitation_role_known"),
            known_codes("side", Side, "invitation_side_known"),
            # Two open links for one address would be two ways in; only one of them would be seen.
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(closed_at=None),
                name="invitation_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation to {self.organisation_id}"


class SetupLink(TenantModel):
    """A link that makes the first person of an organisation, once. Only a digest of its token is kept."""

    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    # Excluded: at this very instant the link no longer works.
    expires_at = models.DateTimeField()
    # When it was used, or withdrawn because another link was issued or used.
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"set-up link of {self.organisation_id}"
