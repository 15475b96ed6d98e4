"""Organisations and persons for tests: plain functions with honest defaults."""

from datetime import UTC, datetime
from itertools import count

from veilleur.domains.organisations.models import Membership, Organisation, Person
from veilleur.shared.ids import new_id

SINCE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"  # noqa: S105 - tests sign in with it
_numbers = count(1)


def make_organisation(name: str = "Ateliers du Vexin", **fields: object) -> Organisation:
    """Return a stored organisation, created on 5 January 2026."""
    values = {"public_id": new_id(SINCE), "name": name, "created_at": SINCE, **fields}
    return Organisation.objects.create(**values)


def make_person(
    organisation: Organisation | None = None, *, email: str = "", password: str = PASSWORD, **fields: object
) -> Person:
    """Return a stored person who can sign in with `PASSWORD`, a member of `organisation` when given."""
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
        make_membership(organisation, person)
    return person


def make_membership(
    organisation: Organisation, person: Person, *, until: datetime | None = None
) -> Membership:
    """Return a stored membership that began on 5 January 2026."""
    row = Membership(
        organisation=organisation, public_id=new_id(SINCE), person=person, since=SINCE, until=until
    )
    row.save()
    return row
