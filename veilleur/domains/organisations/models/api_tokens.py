"""API tokens: by what programs come in."""

from typing import ClassVar

from django.db import models

from veilleur.domains.organisations.models.people import Person
from veilleur.shared.models import TenantModel


class ApiToken(TenantModel):
    """A token by which a program reads or changes things of the organisation. Only its digest is kept.

    It never opens more than whoever made it may, at the moment of use.
    """

    maker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # For the work of the organisation: its managers see and revoke it among its own.
    is_organisations = models.BooleanField(default=False)
    name = models.CharField(max_length=100)
    # Codes of rules/api_tokens.py, sorted.
    scopes = models.JSONField(default=list)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    # The first letters, which people tell it by.
    shown = models.CharField(max_length=8)
    created_at = models.DateTimeField()
    # Excluded: at this very instant it no longer opens anything.
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # To the minute.
    last_used_at = models.DateTimeField(null=True, blank=True)
    # When it was refused for the first time after its end.
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")),
                name="api_token_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"token of {self.organisation_id}"
