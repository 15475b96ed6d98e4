"""Organisations, persons who sign in, and who belongs where."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.models.codes import known_codes
from veilleur.domains.organisations.rules.profiles import Profile
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.models import TenantModel


class Organisation(models.Model):
    """A tenant: the company whose servers are looked after, or the provider who does it."""

    public_id = models.UUIDField(unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    # Language of texts that are made for the organisation rather than for one person (reports, key sheets).
    language = models.CharField(_("language"), max_length=5, default="fr")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris")
    # What the company wants to see: a code of rules/profiles.py. Another one loses nothing.
    profile = models.CharField(_("profile"), max_length=20, default=Profile.STARTING)
    # Codes of the roles for which nobody gets in by the password alone.
    second_factor_roles = models.JSONField(default=list)
    # Demonstration data never acts on the world and says so on each page.
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [known_codes("profile", Profile, "organisation_profile_known")]

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
    # Part of what a session is checked against: counting up ends every session of the person at once.
    session_generation = models.PositiveIntegerField(default=0)
    # The last step, of 30 seconds since 1970, whose one-time code worked: none works again, nor an older one.
    last_code_step = models.PositiveBigIntegerField(default=0)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[PersonManager] = PersonManager()

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Return what each request holds its session against: of the password and of the generation."""
        return f"{super().get_session_auth_hash()}-{self.session_generation}"


class Membership(TenantModel):
    """A person belongs to an organisation, with one role there. A person who comes back begins anew."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    side = models.CharField(max_length=20)
    # Start included, end excluded; no end means that it still runs.
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "person"], name="membership_once"),
            known_codes("role", Role, "membership_role_known"),
            known_codes("side", Side, "membership_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organisation_id}"
