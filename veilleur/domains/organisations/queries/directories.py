"""Reads of directories: what pages show, what a reading is weighed against, by which somebody signs in."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Subquery

from veilleur.domains.organisations.models import (
    Directory,
    DirectoryAccount,
    DirectoryGroup,
    Membership,
    Person,
)
from veilleur.domains.organisations.ports import DirectoryServers
from veilleur.domains.organisations.queries.brought import (
    GivenRow,
    SentAwayRow,
    is_of_others,
    only_at_home,
    sent_away,
)
from veilleur.domains.organisations.rules.directory import (
    Account,
    GroupRole,
    Holder,
    Kind,
    Readings,
    Standing,
    State,
)
from veilleur.domains.organisations.rules.directory_settings import DirectorySettings
from veilleur.domains.organisations.rules.distinguished_names import first_value
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class GroupRow(GivenRow):
    """What pages show of a group: how many enabled people it had at the last reading, None where unknown."""

    people: int | None

    @property
    def name(self) -> str:
        """Return what the group itself is called."""
        return first_value(self.given_by)


@dataclass(frozen=True)
class DirectoryRow:
    """What pages and jobs know of a directory. The password is the sealed one."""

    id: UUID
    settings: DirectorySettings
    password_sealed: str
    generation: int
    readings: Readings
    fault_detail: str
    held: Mapping[str, Any]
    conflicts: tuple[Mapping[str, str], ...]
    groups: tuple[GroupRow, ...]
    is_removed: bool

    @property
    def name(self) -> str:
        """Return what people call it."""
        return self.settings.name


@dataclass(frozen=True)
class Door:
    """Where an address and a password are tried: a person's entry; nobody's where `person_id` is None.

    An address that no directory has, of a domain whose people come from one, makes that one be asked as well:
    an answer tells nothing then, nor does the time that it takes.
    """

    servers: DirectoryServers
    dn: str
    person_id: int | None


def visible_directories(viewer: Viewer) -> list[DirectoryRow]:
    """Return the directories of the viewer's organisation, by name. Two queries each."""
    rows = Directory.objects.visible_to(viewer).filter(removed_at=None).order_by("name", "pk")
    return [_row(directory) for directory in rows]


def visible_directory(viewer: Viewer, directory: UUID) -> DirectoryRow | None:
    """Return one directory of the viewer's organisation."""
    rows = Directory.objects.visible_to(viewer).filter(removed_at=None, public_id=directory)
    return next((_row(found) for found in rows), None)


def visible_troubles(viewer: Viewer, now: datetime) -> list[tuple[DirectoryRow, State]]:
    """Return the directories of which it is not known who left, with how they stand at `now`."""
    stand = [(row, row.readings.state(now)) for row in visible_directories(viewer)]
    return [(row, state) for row, state in stand if state not in {State.GOOD, State.READING}]


def visible_people_of(viewer: Viewer, directory: UUID) -> int:
    """Return how many people a directory has brought and not taken away again."""
    rows = DirectoryAccount.objects.visible_to(viewer)
    return rows.filter(directory__public_id=directory, gone_at=None).count()


def visible_kept_out(viewer: Viewer, directory: UUID) -> list[SentAwayRow]:
    """Return whom a directory may not bring back, by name."""
    rows = DirectoryAccount.objects.visible_to(viewer).filter(directory__public_id=directory)
    return sent_away(viewer, rows)


def whole_directory(organisation_id: int, directory: UUID) -> DirectoryRow | None:
    """Return a directory for the job that reads it; one that is removed, too."""
    rows = Directory.objects.of(organisation_id).filter(public_id=directory)
    return next((_row(found) for found in rows), None)


def whole_accounts(organisation_id: int, directory: UUID) -> dict[str, Account]:
    """Return everybody whom a directory ever brought, by external id. One query."""
    rows = DirectoryAccount.objects.of(organisation_id).filter(directory__public_id=directory)
    rows = rows.select_related("person").annotate(
        role=_of_member("role", organisation_id), side=_of_member("side", organisation_id)
    )
    return {row.external_id: _account(row) for row in rows}


def whole_holders(organisation_id: int, emails: Collection[str]) -> dict[str, Holder]:
    """Return whose these addresses are that are somebody's. Two queries for each 500 addresses."""
    holders: dict[str, Holder] = {}
    wanted = sorted(emails)
    for start in range(0, len(wanted), 500):
        holders |= _holders(organisation_id, wanted[start : start + 500])
    return holders


def live_accounts(person_id: int) -> TenantQuerySet:
    """Return the account by which a directory has this person now, at most one row."""
    rows = DirectoryAccount.objects.across_organisations("by what a person signs in is asked")
    return rows.filter(person_id=person_id, gone_at=None)


def is_of_directory(person_id: int) -> bool:
    """Return whether a directory says of this person who they are, and what they may do."""
    return live_accounts(person_id).exists()


def not_of_elsewhere() -> Q:
    """Return the condition on memberships by which somebody whom a directory brought sees its organisation
    only, and nothing once the directory is removed.
    """
    rows = DirectoryAccount.objects.across_organisations("whose person somebody is, is asked")
    return only_at_home(rows, "directory")


def door_of(email: str) -> Door | None:
    """Return by which directory an address signs in; None where no directory has anything to do with it."""
    address = Person.objects.normalize_email(email)
    rows = DirectoryAccount.objects.across_organisations("nobody has signed in yet").select_related(
        "directory"
    )
    rows = rows.filter(gone_at=None, directory__removed_at=None).order_by("directory_id", "pk")
    account: DirectoryAccount | None = rows.filter(person__email=address).first()
    if account is not None:
        return Door(_door(account.directory), account.dn, account.person_id)
    name, at, domain = address.rpartition("@")
    neighbour = rows.filter(person__email__endswith=at + domain).first() if name and domain else None
    # Whose directory is slow or away must hold up nobody of another organisation, even if an answer then
    # tells more.
    if neighbour is None or is_of_others(domain, neighbour.organisation_id):
        return None
    nobody = f"cn={secrets.token_hex(8)},{neighbour.directory.base_dn}"
    return Door(_door(neighbour.directory), nobody, None)


def _holders(organisation_id: int, emails: list[str]) -> dict[str, Holder]:
    here = Membership.objects.of(organisation_id).filter(person_id=OuterRef("pk"), until=None)
    people = Person.objects.filter(email__in=emails).annotate(is_here=Exists(here))
    return {person.email: _holder(person) for person in people}


def _holder(person: Any) -> Holder:
    if not person.is_active:
        return Holder.FORMER
    return Holder.MEMBER if person.is_here else Holder.SOMEBODY


def _of_member(column: str, organisation_id: int) -> Any:
    members = Membership.objects.of(organisation_id).filter(person_id=OuterRef("person_id"))
    return Subquery(members.values(column)[:1])


def _account(row: Any) -> Account:
    standing = Standing.KEPT_OUT if row.is_kept_out else Standing.GONE
    return Account(
        external_id=row.external_id,
        dn=row.dn,
        email=row.person.email,
        name=row.person.name,
        role=row.role or "",
        side=row.side or "",
        standing=Standing.LIVE if row.gone_at is None else standing,
        is_open=row.person.is_active,
    )


def settings_of(directory: Directory) -> DirectorySettings:
    """Return how a directory is reached and what its groups give, in the order in which they were written."""
    return DirectorySettings(
        name=directory.name,
        kind=Kind(directory.kind),
        servers=_servers(directory).servers,
        authority=directory.authority,
        base_dn=directory.base_dn,
        user_filter=directory.user_filter,
        account=directory.account,
        groups=tuple(GroupRole(row.dn, Role(row.role), Side(row.side)) for row in _groups(directory)),
    )


def _row(directory: Directory) -> DirectoryRow:
    return DirectoryRow(
        id=directory.public_id,
        settings=settings_of(directory),
        password_sealed=directory.password_sealed,
        generation=directory.generation,
        readings=Readings(
            asked_at=directory.asked_at,
            tried_at=directory.tried_at,
            read_at=directory.read_at,
            fault=directory.fault,
            is_held=bool(directory.held),
        ),
        fault_detail=directory.fault_detail,
        held=directory.held,
        conflicts=tuple(directory.conflicts),
        groups=tuple(GroupRow(row.dn, row.role, row.side, row.people) for row in _groups(directory)),
        is_removed=directory.removed_at is not None,
    )


def _groups(directory: Directory) -> list[DirectoryGroup]:
    rows = DirectoryGroup.objects.of(directory.organisation_id).filter(directory=directory)
    return list(rows.order_by("pk"))


def _servers(directory: Directory) -> DirectoryServers:
    return DirectoryServers(tuple(directory.servers.split()), directory.authority)


def _door(directory: Directory) -> DirectoryServers:
    return DirectoryServers(tuple(directory.door_servers.split()), directory.door_authority)
