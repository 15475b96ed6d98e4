"""Organisations, persons who sign in, and who belongs where."""

from enum import StrEnum
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from veilleur.domains.organisations.rules.directory import Kind
from veilleur.domains.organisations.rules.profiles import Profile
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.models import TenantModel


def _known(field: str, codes: type[StrEnum], name: str) -> models.CheckConstraint:
    """Return the constraint that a column holds one of these codes."""
    condition = models.Q((f"{field}__in", [code.value for code in codes]))
    return models.CheckConstraint(condition=condition, name=name)


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
        constraints: ClassVar = [_known("profile", Profile, "organisation_profile_known")]

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
            _known("role", Role, "membership_role_known"),
            _known("side", Side, "membership_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organisation_id}"


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
            _known("role", Role, "invitation_role_known"),
            _known("side", Side, "invitation_side_known"),
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
            _known("strongest_role", Role, "mandate_role_known"),
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


class Directory(TenantModel):
    """A directory (AD, LDAP) that says who belongs to the organisation. Nothing is ever written to it."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    # URLs, one a line, in the order in which they are tried.
    servers = models.TextField()
    # Certificates in PEM; empty: those that this machine trusts.
    authority = models.TextField(blank=True)
    base_dn = models.CharField(max_length=400)
    user_filter = models.CharField(max_length=400, blank=True)
    account = models.CharField(max_length=400)
    # Sealed for this row alone by the process that holds the keys; empty once the directory is removed.
    password_sealed = models.TextField()
    created_at = models.DateTimeField()
    # Counts up with every change of the above or of the groups: a reading of before is thrown away.
    generation = models.PositiveIntegerField(default=1)
    # The generation whose first reading somebody agreed to; readings of it act by themselves from then on.
    agreed_generation = models.PositiveIntegerField(default=0)
    # The digest of what somebody agreed to and no reading has done yet.
    agreed_digest = models.CharField(max_length=64, blank=True)
    # Where people sign in: the servers and the authority as they were when a reading was last agreed to.
    door_servers = models.TextField(blank=True)
    door_authority = models.TextField(blank=True)
    # The last whole reading, and the last try; the two differ while there is a fault.
    read_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    # When somebody last asked for a reading; one is under way while no try is as young.
    asked_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    fault_detail = models.CharField(max_length=300, blank=True)
    # What the last reading would do and waits for somebody to agree to; empty: nothing waits.
    held = models.JSONField(default=dict, blank=True)
    # Who could not join at the last reading, and why.
    conflicts = models.JSONField(default=list, blank=True)
    # From then on it opens nothing; the row goes once everybody it brought has left.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "directories"
        constraints: ClassVar = [_known("kind", Kind, "directory_kind_known")]

    def __str__(self) -> str:
        return self.name


class DirectoryGroup(TenantModel):
    """A group of a directory whose people belong to the organisation, with a role."""

    directory = models.ForeignKey(Directory, on_delete=models.CASCADE, related_name="+")
    dn = models.CharField(max_length=400)
    role = models.CharField(max_length=20)
    side = models.CharField(max_length=20)
    # Enabled people in it at the last reading; none while it is not there, or was not read yet.
    people = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["directory", "dn"], name="directory_group_once"),
            _known("role", Role, "directory_group_role_known"),
            _known("side", Side, "directory_group_side_known"),
        ]

    def __str__(self) -> str:
        return self.dn


class DirectoryAccount(TenantModel):
    """A person whom a directory brought. While it lives, the person signs in by the directory and sees its
    organisation only.
    """

    directory = models.ForeignKey(Directory, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    # objectGUID or entryUUID: never changes, is never given again.
    external_id = models.CharField(max_length=64)
    dn = models.TextField()
    since = models.DateTimeField()
    # Excluded; no end means that it lives.
    gone_at = models.DateTimeField(null=True, blank=True)
    # Sent away by hand: no reading brings them back.
    is_kept_out = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["directory", "external_id"], name="directory_account_once"),
            # Two directories would be two masters of one person.
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(gone_at=None), name="directory_account_alone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} by {self.directory_id}"
