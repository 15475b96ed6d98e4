"""What the tests of mandates do again and again: offer one, take it up, ask what it gives."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.models import Mandate, Organisation, Person
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.rules.mandates import Scope
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ACTOR = Actor("p-somebody")
WATCHING = actions.Given(Role.TECHNICIAN, (Scope.WATCH,))


def offer(customer: Organisation, given: actions.Given = WATCHING, now: datetime = NOW) -> str:
    token = actions.offer_mandate(
        now=now, actor=ACTOR, organisation_id=customer.pk, provider="Infogérance", given=given
    )
    assert isinstance(token, str)
    return token


def take_up(provider: Organisation, token: str, now: datetime = NOW) -> Refused | None:
    return actions.take_up_mandate(now=now, actor=ACTOR, organisation_id=provider.pk, token=token)


def mandated(
    customer: Organisation, provider: Organisation, given: actions.Given = WATCHING, now: datetime = NOW
) -> UUID:
    assert take_up(provider, offer(customer, given, now), now) is None
    public_id: UUID = Mandate.objects.of(customer.pk).latest("pk").public_id
    return public_id


def body(fact: Any) -> dict[str, Any]:
    written: dict[str, Any] = json.loads(fact.body)
    return written


def may(person: Person, customer: Organisation, now: datetime = NOW) -> frozenset[str] | None:
    """Return what the person may do at the customer, None where it is not even seen."""
    viewer = viewer_of(person.pk, now, chosen=customer.public_id)
    if viewer is None or viewer.organisation_id != customer.pk:
        return None
    return viewer.permissions
