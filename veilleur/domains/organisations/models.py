"""Organisations, persons who sign in, and who belongs where."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.shared.models import TenantModel


class Organisation(models.Model):
    """A tenant: the company whose servers are looked after, or the provider who does it."""

    public_id = models.UUIDField(unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    # Language of texts that are made for the organisation rather than for one person (reports, key sheets).
    language = models.CharField(_("language"), max_length=5, default="fr")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris")
    # Demonstration data never acts on the world and says so on each page.
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """Finds a person by e-mail address; persons are created by actions only."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Return the person with that address, whatever its case."""
        return self.get(email__iexact=username)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """Return the address in lower case, so that one address is one person."""
        return (email or "").strip().lower()


class Person(AbstractBaseUser):
    """Somebody who may sign in. Not a tenant's row: one person may serve several organisations."""

    public_id = models.UUIDField(unique=True, editable=False)
    # The only name the journal knows; the person's name and address can be erased, this stays.
    pseudonym = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=5, default="fr")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()

    def __str__(self) -> str:
        return self.name


class Membership(TenantModel):
    """A person belongs to an organisation. Roles and sides come with the next step of this domain."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # Start included, end excluded; no end means that it still runs.
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "person"], name="membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organisation_id}"


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
