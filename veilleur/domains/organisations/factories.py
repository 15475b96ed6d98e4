"""Organisations and persons for tests: plain functions with honest defaults."""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from itertools import count

from django.contrib.sessions.backends.base import SessionBase

from veilleur.domains.organisations.models import (
    Directory,
    DirectoryAccount,
    DirectoryGroup,
    Invitation,
    Mandate,
    Membership,
    OnCallIntervention,
    OnCallRota,
    OnCallShift,
    OnCallSwap,
    OnCallTerms,
    OnCallTurns,
    OnCallTurnTaker,
    Organisation,
    Person,
)
from veilleur.domains.organisations.rules.directory import Kind
from veilleur.domains.organisations.rules.duty import Cover, ShiftKind, SwapOutcome
from veilleur.domains.organisations.rules.mandates import Scope
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.domains.organisations.rules.tokens import digest_of
from veilleur.shared.ids import new_id

SINCE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"  # noqa: S105 - tests sign in with it
_numbers = count(1)


def make_organisation(name: str = "Ateliers du Vexin", **fields: object) -> Organisation:
    """Return a stored organisation, created on 5 January 2026."""
    values = {"public_id": new_id(SINCE), "name": name, "created_at": SINCE, **fields}
    return Organisation.objects.create(**values)


def make_person(
    organisation: Organisation | None = None,
    *,
    email: str = "",
    password: str = PASSWORD,
    role: Role = Role.MANAGER,
    **fields: object,
) -> Person:
    """Return a stored person who can sign in with `PASSWORD`, a manager of `organisation` when given."""
    number = next(_numbers)
    values = {
        "public_id": new_id(SINCE),
        "pseudonym": f"p-test-{number}",
        "email": email or f"person{number}@vexin.example",
        "name": f"Person {number}",
        **fields,
    }
    person = Person(**values)
    person.set_password(password)
    person.save()
    if organisation is not None:
        make_membership(organisation, person, role=role)
    return person


def make_membership(
    organisation: Organisation,
    person: Person,
    *,
    until: datetime | None = None,
    role: Role = Role.MANAGER,
    side: Side = Side.INTERNAL,
) -> Membership:
    """Return a stored membership, a manager's by default, that began on 5 January 2026."""
    row = Membership(
        organisation=organisation,
        public_id=new_id(SINCE),
        person=person,
        role=role,
        side=side,
        since=SINCE,
        until=until,
    )
    row.save()
    return row


def make_invitation(
    organisation: Organisation, *, email: str = "", token: str = "", expires_at: datetime | None = None
) -> Invitation:
    """Return a stored invitation of a technician, made on 5 January 2026; it works for ten years."""
    number = next(_numbers)
    row = Invitation(
        organisation=organisation,
        public_id=new_id(SINCE),
        email=email or f"invited{number}@vexin.example",
        name=f"Invited {number}",
        role=Role.TECHNICIAN,
        side=Side.INTERNAL,
        token_digest=digest_of(token or f"token {number}"),
        created_at=SINCE,
        expires_at=expires_at or SINCE + timedelta(days=3650),
    )
    row.save()
    return row


def make_mandate(customer: Organisation, provider: Organisation | None = None, *, token: str = "") -> Mandate:
    """Return a stored mandate for everything, of 5 January 2026; without a provider, an offer that works."""
    row = Mandate(
        organisation=customer,
        public_id=new_id(SINCE),
        provider=provider,
        offered_to="Infogérance",
        strongest_role=Role.MANAGER,
        scopes=[scope.value for scope in Scope],
        token_digest=digest_of(token or f"mandate {next(_numbers)}"),
        offered_at=SINCE,
        expires_at=SINCE + timedelta(days=3650),
        since=None if provider is None else SINCE,
    )
    row.save()
    return row


def held_mandate(provider: Organisation) -> Mandate:
    """Return the first mandate that an organisation holds of another one."""
    row: Mandate = Mandate.objects.across_organisations("its customer's row").filter(provider=provider)[0]
    return row


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
    number = next(_numbers)
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


def make_rota(organisation: Organisation, name: str = "Nights", **fields: object) -> OnCallRota:
    """Return a stored rota of all members since 5 January 2026: outside 8:00 to 18:00 on working days."""
    known: dict[str, object] = {key: fields.pop(key) for key in ("cover", "holidays") if key in fields}
    rota = OnCallRota(
        organisation=organisation, public_id=new_id(SINCE), **{"name": name, "since": SINCE, **fields}
    )
    rota.save()
    values: dict[str, object] = {"cover": Cover.OUTSIDE, "holidays": "FR", **known}
    OnCallTerms(
        organisation=organisation,
        public_id=new_id(SINCE),
        rota=rota,
        since=rota.since,
        opens=clock(8),
        closes=clock(18),
        weekdays=[0, 1, 2, 3, 4],
        **values,
    ).save()
    return rota


def make_turns(rota: OnCallRota, people: list[Person], **fields: object) -> OnCallTurns:
    """Return stored turns of a week each, handed over on Mondays at 9:00 since 5 January 2026."""
    values = {
        "first_day": SINCE.date(),
        "handover": clock(9),
        "days": 7,
        "planned_at": SINCE,
        **fields,
    }
    turns = OnCallTurns(organisation=rota.organisation, public_id=new_id(SINCE), rota=rota, **values)
    turns.save()
    for position, person in enumerate(people):
        OnCallTurnTaker(
            organisation=rota.organisation,
            public_id=new_id(SINCE),
            turns=turns,
            person=person,
            position=position,
        ).save()
    return turns


def make_swap(rota: OnCallRota, asked_by: Person, asked_of: Person, **fields: object) -> OnCallSwap:
    """Return a stored swap that waits for an answer: the weeks of 11 and of 18 January 2027."""
    monday = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
    week = timedelta(days=7)
    values = {
        "gives_from": monday,
        "gives_until": monday + week,
        "takes_from": monday + week,
        "takes_until": monday + 2 * week,
        "asked_at": SINCE,
        "outcome": SwapOutcome.OPEN,
        **fields,
    }
    swap = OnCallSwap(
        organisation=rota.organisation,
        public_id=new_id(SINCE),
        rota=rota,
        asked_by=asked_by,
        asked_of=asked_of,
        **values,
    )
    swap.save()
    return swap


def make_shift(rota: OnCallRota, person: Person | None, start: datetime, end: datetime) -> OnCallShift:
    """Return a stored shift that was planned by hand on 5 January 2026."""
    shift = OnCallShift(
        organisation=rota.organisation,
        public_id=new_id(SINCE),
        rota=rota,
        person=person,
        kind=ShiftKind.PLANNED,
        starts_at=start,
        ends_at=end,
        decided_at=SINCE,
    )
    shift.save()
    return shift


def make_intervention(rota: OnCallRota, person: Person, start: datetime, end: datetime) -> OnCallIntervention:
    """Return a stored intervention, noted when it ended."""
    row = OnCallIntervention(
        organisation=rota.organisation,
        public_id=new_id(SINCE),
        rota=rota,
        person=person,
        starts_at=start,
        ends_at=end,
        noted_at=end,
    )
    row.save()
    return row


def prove(session: SessionBase, person: Person) -> None:
    """Note in the session what the library notes when a second factor was used; whoever calls saves it."""
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(person.pk)


def make_samples(organisation: Organisation) -> None:
    """Make a row in every table that cannot be filled by rote, and a second manager: the first may leave."""
    make_invitation(organisation)
    make_person(organisation)
    _sample_rota(organisation)
    # The mandate that is shown first is one that counts; one of another customer is held as well.
    make_mandate(organisation, make_organisation("Serves"))
    make_mandate(make_organisation("Served"), organisation)
    # What waits to be agreed to, and somebody to be let in again: both are buttons.
    held = {"digest": "held", "reason": "new", "joining": 1, "joining_names": ["Somebody"], "leaving": 0}
    directory = make_directory(
        organisation, held={**held, "leaving_names": [], "roles": 0, "roles_names": []}
    )
    make_directory_account(directory, make_person(is_active=False), gone_at=SINCE, is_kept_out=True)


def _sample_rota(organisation: Organisation) -> None:
    """Make a rota by which everybody takes turns, and a swap that waits for the first member's answer."""
    members = Membership.objects.of(organisation.pk).select_related("person").order_by("pk")
    people = [member.person for member in members]
    rota = make_rota(organisation)
    make_turns(rota, people)
    make_swap(rota, people[1], people[0])
    make_shift(rota, people[0], SINCE, SINCE + timedelta(hours=5))
    make_intervention(rota, people[0], SINCE, SINCE + timedelta(hours=1))
