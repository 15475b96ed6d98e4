"""Signing in by a directory: the person's own password, tried at the entry that the last reading gave."""

import secrets
from datetime import datetime

from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.ports import DIRECTORY
from veilleur.domains.organisations.queries import person_with_email
from veilleur.domains.organisations.queries.directories import Door, live_accounts
from veilleur.domains.organisations.rules.directory import LATE_AFTER


def person_behind(door: Door, password: str) -> Person | None:
    """Return the person whom the directory lets in with this password. May raise DirectoryFault.

    At nobody's entry any other password is tried: what was typed may be a slip of one that is kept here, and
    goes to no directory that has not brought its owner.
    """
    if door.person_id is None:
        DIRECTORY.get().is_password(door.servers, door.dn, secrets.token_urlsafe(12))
        return None
    if not DIRECTORY.get().is_password(door.servers, door.dn, password):
        return None
    return Person.objects.filter(pk=door.person_id, is_active=True).first()


def is_guess_at_own_password(door: Door, email: str) -> bool:
    """Return whether an attempt was one at a password kept here: it counts, however the directory fares."""
    return door.person_id is None and person_with_email(email) is not None


def may_come_by_passkey_alone(person: Person, now: datetime) -> bool:
    """Return whether a passkey is enough: for whom a directory brought, while it is known that they stay.

    A password is tried at the directory itself, which knows who left; a passkey is not.
    """
    account = live_accounts(person.pk).select_related("directory").first()
    if account is None:
        return True
    read_at = account.directory.read_at
    return read_at is not None and now - read_at <= LATE_AFTER
