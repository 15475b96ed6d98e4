"""Identity providers (OpenID Connect), the values that give roles, and whom they brought."""

from typing import ClassVar

from django.db import models

from veilleur.domains.organisations.models.codes import known_codes
from veilleur.domains.organisations.models.people import Person
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.models import TenantModel


class IdentityProvider(TenantModel):
    """A provider at which people of the organisation sign in (Entra ID, Keycloak, others)."""

    name = models.CharField(max_length=100)
    # In the address of its own page to sign in, and of the way back. Nobody guesses it.
    door = models.CharField(max_length=43, unique=True, editable=False)
    # Never changed: who somebody is, is the issuer's word together with its subject.
    issuer = models.CharField(max_length=400)
    client_id = models.CharField(max_length=200)
    # Sealed for this row alone by the process that holds the keys; empty once the provider is removed.
    secret_sealed = models.TextField()
    # Certificates in PEM; empty: those that this machine trusts.
    authority = models.TextField(blank=True)
    # Domains of e-mail addresses, one a line, whose people the sign-in page leads there.
    domains = models.TextField(blank=True)
    # Asked for beside openid, profile and email; separated by spaces.
    scopes = models.CharField(max_length=400, blank=True)
    # The claim whose values give roles.
    roles_claim = models.CharField(max_length=200)
    # Values of amr or acr that stand for a second factor, separated by spaces; empty: it is asked for here.
    second_factor_values = models.CharField(max_length=400, blank=True)
    # Whether somebody who was never here joins at the first sign-in, or waits for a manager.
    lets_in = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # Counts up with every change of the above or of the roles: a sign-in begun before comes to nothing.
    generation = models.PositiveIntegerField(default=1)
    # The last try that told something: of the provider itself, not of the person who came.
    tried_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    fault_detail = models.CharField(max_length=300, blank=True)
    # From then on it opens nothing; the row goes once everybody it brought has left.
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class ProviderRole(TenantModel):
    """A value of the provider's claim whose people belong to the organisation, with a role."""

    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=400)
    role = models.CharField(max_length=20)
    side = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "value"], name="provider_role_once"),
            known_codes("role", Role, "provider_role_known"),
            known_codes("side", Side, "provider_role_side_known"),
        ]

    def __str__(self) -> str:
        return self.value


class ProviderAccount(TenantModel):
    """Somebody who came by a provider. Without a person: they wait to be let in. While it lives, the person
    signs in by the provider and sees its organisation only.
    """

    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    # The provider's own word for somebody: never changes, is never given again.
    subject = models.CharField(max_length=255)
    # As the provider told them last; kept here for those alone who wait.
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    is_admitted = models.BooleanField(default=False)
    since = models.DateTimeField(null=True, blank=True)
    # Excluded; no end means that it lives, where there is a person.
    gone_at = models.DateTimeField(null=True, blank=True)
    # Sent away by hand: no sign-in brings them back.
    is_kept_out = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="provider_account_once"),
            # Two providers would be two masters of one person.
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(gone_at=None, person__isnull=False),
                name="provider_account_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} by {self.provider_id}"
