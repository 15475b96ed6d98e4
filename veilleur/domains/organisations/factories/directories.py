"""Directories, identity providers and accounts of both, for tests."""

from veilleur.domains.organisations.factories.people import SINCE, new_number
from veilleur.domains.organisations.models import (
    Directory,
    DirectoryAccount,
    DirectoryGroup,
    IdentityProvider,
    Organisation,
    Person,
    ProviderAccount,
    ProviderRole,
)
from veilleur.domains.organisations.rules.directory import Kind
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.ids import new_id


def make_directory(organisation: Organisation, **fields: object) -> Directory:
    """Return a stored directory that was agreed to; its group makes technicians. Nobody answers there."""
    values = {
        "name": "Vexin AD",
        "kind": Kind.OPENLDAP,
        "servers": "ldaps://directory.vexin.example",
        "base_dn": "dc=vexin,dc=example",
        "account": "cn=reader,dc=vexin,dc=example",
        "password_sealed": "sealed",
        "created_at": SINCE,
        "agreed_generation": 1,
        **fields,
    }
    row = Directory(organisation=organisation, public_id=new_id(SINCE), **values)
    row.door_servers, row.door_authority = row.servers, row.authority
    row.save()
    make_directory_group(row, "cn=technicians,dc=vexin,dc=example")
    return row


def make_directory_group(
    directory: Directory, dn: str, *, role: Role = Role.TECHNICIAN, side: Side = Side.INTERNAL
) -> DirectoryGroup:
    """Return a stored group of a directory that gives a role."""
    row = DirectoryGroup(
        organisation_id=directory.organisation_id,
        public_id=new_id(SINCE),
        directory=directory,
        dn=dn,
        role=role,
        side=side,
    )
    row.save()
    return row


def make_directory_account(
    directory: Directory, person: Person, *, external_id: str = "", **fields: object
) -> DirectoryAccount:
    """Return the stored account by which a directory has a person, since 5 January 2026."""
    number = new_number()
    row = DirectoryAccount(
        organisation_id=directory.organisation_id,
        public_id=new_id(SINCE),
        directory=directory,
        person=person,
        external_id=external_id or f"external {number}",
        dn=f"cn=person{number},dc=vexin,dc=example",
        since=SINCE,
        **fields,
    )
    row.save()
    return row


def make_identity_provider(organisation: Organisation, **fields: object) -> IdentityProvider:
    """Return a stored identity provider whose group "it" makes technicians. Nobody answers there."""
    values = {
        "name": "Vexin ID",
        "door": f"door-{new_number()}",
        "issuer": "https://id.vexin.example/realms/vexin",
        "client_id": "veilleur",
        "secret_sealed": "sealed",
        "roles_claim": "groups",
        "created_at": SINCE,
        **fields,
    }
    row = IdentityProvider(organisation=organisation, public_id=new_id(SINCE), **values)
    row.save()
    given = ProviderRole(organisation=organisation, public_id=new_id(SINCE), provider=row)
    given.value, given.role, given.side = "it", Role.TECHNICIAN, Side.INTERNAL
    given.save()
    return row


def make_provider_account(
    provider: IdentityProvider, person: Person | None = None, **fields: object
) -> ProviderAccount:
    """Return the stored account by which a provider has a person; without one, somebody who waits."""
    number = new_number()
    values = {"subject": f"subject {number}", "asked_at": SINCE, "since": SINCE if person else None, **fields}
    row = ProviderAccount(
        organisation_id=provider.organisation_id,
        public_id=new_id(SINCE),
        provider=provider,
        person=person,
        **values,
    )
    row.save()
    return row
