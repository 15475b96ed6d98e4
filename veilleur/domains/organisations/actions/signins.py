"""Facts about signing in and out. The sign-in itself is the work of the authentication library."""

from datetime import datetime

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.facts import SessionsEnded, SignedIn, SignedOut, SignInFailed
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries import chains_of
from veilleur.shared.viewer import Actor


@recorded
def note_sign_in(*, now: datetime, actor: Actor, person_id: int, means: str = "password") -> None:
    """Record that the person signed in, for every organisation the person belongs to at `now`."""
    _note_member(SignedIn(means=means), person_id, now)


@recorded
def note_sign_out(*, now: datetime, actor: Actor, person_id: int) -> None:
    """Record that the person signed out, for every organisation the person belongs to at `now`."""
    _note_member(SignedOut(), person_id, now)


@recorded
def note_failed_sign_in(*, now: datetime, actor: Actor, address_digest: str, means: str = "password") -> None:
    """Record a refused sign-in in the installation's chain: nobody knows yet which organisation it concerns.

    `address_digest` is a keyed digest of what was typed as the address; the address itself is not kept.
    """
    record(SignInFailed(address_digest=address_digest, means=means), subject=None, organisation_id=None)


@recorded
def note_sessions_ended(*, now: datetime, actor: Actor, person_id: int, count: int) -> None:
    """Record that the person ended every other session, in every organisation of the person."""
    _note_member(SessionsEnded(count), person_id, now)


def _note_member(fact: SignedIn | SignedOut | SessionsEnded, person_id: int, now: datetime) -> None:
    person = Person.objects.get(pk=person_id)
    for organisation_id in chains_of(person_id, now):
        record(fact, subject=person.public_id, organisation_id=organisation_id)
