"""Organisations and persons for tests: plain functions with honest defaults."""

import time
from datetime import UTC, datetime, timedelta
from itertools import count

from django.contrib.sessions.backends.base import SessionBase

from veilleur.domains.organisations.models import (
    ApiToken,
    Erasure,
    FirstWeekSaying,
    Invitation,
    Mandate,
    Membership,
    Organisation,
    Person,
)
from veilleur.domains.organisations.rules.api_tokens import TokenScope, digest_of_token, shown_part, written
from veilleur.domains.organisations.rules.first_week import Saying
from veilleur.domains.organisations.rules.mandates import Scope
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.domains.organisations.rules.tokens import digest_of
from veilleur.shared.ids import new_id

SINCE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"  # noqa: S105 - tests sign in with it
_numbers = count(1)


def new_number() -> int:
    """Return a number that nothing made for tests has had yet."""
    return next(_numbers)


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
    number = new_number()
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
    number = new_number()
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
        token_digest=digest_of(token or f"mandate {new_number()}"),
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


def make_erasure(organisation: Organisation, person: Person, **fields: object) -> Erasure:
    """Return the stored request of somebody to be erased, of 5 January 2026."""
    row = Erasure(
        organisation=organisation,
        public_id=new_id(SINCE),
        person=person,
        asked_at=SINCE,
        asked_by=person.pseudonym,
        **fields,
    )
    row.save()
    return row


def make_api_token(organisation: Organisation, maker: Person, **fields: object) -> str:
    """Return a stored token of that person, for everything and ten years. Its use is not to be noted."""
    token = written(digest_of_token(f"token {new_number()}").encode()[:32])
    values = {
        "name": "Report of Mondays",
        "scopes": sorted(scope.value for scope in TokenScope),
        "created_at": SINCE,
        "expires_at": SINCE + timedelta(days=3650),
        "last_used_at": SINCE + timedelta(days=3650),
        **fields,
    }
    row = ApiToken(organisation=organisation, public_id=new_id(SINCE), maker=maker, **values)
    row.token_digest, row.shown = digest_of_token(token), shown_part(token)
    row.save()
    return token


def prove(session: SessionBase, person: Person) -> None:
    """Note in the session what the library notes when a second factor was used; whoever calls saves it."""
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": time.time(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(person.pk)


def make_saying(organisation: Organisation, saying: Saying = Saying.WHOM_TO_CALL) -> FirstWeekSaying:
    """Return something stored that somebody said on 5 January 2026."""
    row = FirstWeekSaying(
        organisation=organisation,
        public_id=new_id(SINCE),
        saying=saying,
        said_at=SINCE,
        said_by="p-test-1",
    )
    row.save()
    return row
