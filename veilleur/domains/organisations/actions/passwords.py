"""Passwords: checked and hashed before any transaction, since hashing is slow on purpose, then stored."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.facts import PasswordChanged
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries import chains_of
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class HashedPassword:
    """A password that satisfies the rules, in the form that is stored. Actions never see the plain text."""

    encoded: str = field(repr=False)


def password_faults(password: str, *, email: str, name: str) -> list[str]:
    """Return what is wrong with a new password, as Django's translated sentences; empty where nothing is."""
    try:
        validate_password(password, Person(email=email, name=name))
    except ValidationError as error:
        return list(error.messages)
    return []


def hash_new_password(password: str, *, email: str, name: str) -> HashedPassword | Refused:
    """Return the password ready to be stored, or refuse one that breaks the rules ("password_rules").

    `email` and `name` are the person's, which a password must not resemble. The refusal's detail is Django's
    translated sentences, one a line. Takes about a tenth of a second, on purpose: call it before an action.
    """
    faults = password_faults(password, email=email, name=name)
    if faults:
        return Refused("password_rules", "\n".join(faults))
    return HashedPassword(make_password(password))


@cache
def password_of_nobody() -> HashedPassword:
    """Return a password that nobody knows, for those whose password a directory keeps.

    Checking it takes as long as checking any other. Slow the first time: call it before an action.
    """
    return HashedPassword(make_password(secrets.token_urlsafe(32)))


@recorded
def change_password(
    *, now: datetime, actor: Actor, person_id: int, password: HashedPassword, by_operator: bool = False
) -> None:
    """Store the person's new password, which ends all other sessions of that person.

    The fact goes to every organisation the person belongs to at `now`, or to the installation's chain.
    Raise Person.DoesNotExist for an unknown person.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    person.password = password.encoded
    person.save(update_fields=["password"])
    for organisation_id in chains_of(person_id, now):
        record(
            PasswordChanged(by_operator=by_operator),
            subject=person.public_id,
            organisation_id=organisation_id,
        )
