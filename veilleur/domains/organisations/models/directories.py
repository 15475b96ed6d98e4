"""Directories (AD, LDAP), the groups that count in them, and whom they brought."""

from typing import ClassVar

from django.db import models

from veilleur.domains.organisations.models.codes import known_codes
from veilleur.domains.organisations.models.people import Person
from veilleur.domains.organisations.rules.directory import Kind
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.models import TenantModel


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
        constraints: ClassVar = [known_codes("kind", Kind, "directory_kind_known")]

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
            known_codes("role", Role, "directory_group_role_known"),
            known_codes("side", Side, "directory_group_side_known"),
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
