"""Somebody in front of the pages, without the pages by which one signs in."""

from django.conf import settings
from django.test import Client

from veilleur.domains.organisations.factories.people import prove
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.shared.doors import ORGANISATION_SESSION_KEY


def signed_in(
    person: Person,
    *,
    has_proved: bool = True,
    at: Organisation | None = None,
    client: Client | None = None,
) -> Client:
    """Return a client in which that person is signed in by a password.

    `has_proved`: a second factor was used just now. `at`: the organisation that is looked at.
    """
    client = client or Client()
    client.force_login(person, settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    if has_proved:
        prove(session, person)
    if at is not None:
        session[ORGANISATION_SESSION_KEY] = str(at.public_id)
    session.save()
    return client
