"""The pages of personal data, in three looks: one's own, a manager's, before and after an erasure."""

from uuid import UUID, uuid4

import pytest

from tests.browser.conftest import Visitor, assert_pages_are_sound
from veilleur.config.wiring import JOB_HANDLERS
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.actions.erasures import ERASE_PERSON
from veilleur.domains.organisations.factories import make_invitation, make_person
from veilleur.domains.organisations.models import Organisation, Person
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import SYSTEM, Actor


@pytest.fixture
def pages(organisation: Organisation) -> dict[str, str]:
    """Make somebody who asked, somebody who was erased, and return the address of each page."""
    said = {"now": utc_now(), "actor": SYSTEM, "organisation_id": organisation.pk}
    person = make_person(organisation, name="Benoît Marchand", role=Role.TECHNICIAN)
    make_invitation(organisation, email=person.email)
    actions.make_team(
        **said, content=actions.TeamContent("Équipe de Benoît Marchand", "", [person.public_id])
    )
    asked = {"now": utc_now(), "actor": Actor(person.pseudonym), "organisation_id": organisation.pk}
    actions.ask_erasure(**asked, person=person.public_id)
    gone = make_person(organisation, name="Tess Lambert", role=Role.TECHNICIAN)
    actions.make_team(**said, content=actions.TeamContent("Cellule Tess Lambert", "", []))
    erasure = erased(organisation, gone)
    left = make_person(organisation, name="Marc Olivier", role=Role.REQUESTER)
    actions.end_membership(**said, person=left.public_id)
    return {
        "data-own": "/account/data/",
        "data-own-download": "/account/data/download/",
        "data-people": "/organisation/personal-data/",
        "data-person": f"/people/{person.public_id}/data/",
        "data-person-download": f"/people/{person.public_id}/data/download/",
        "data-erase": f"/people/{person.public_id}/erase/",
        "data-erased": f"/organisation/erasures/{erasure}/",
        "data-ask": "/account/data/erase/",
    }


def erased(organisation: Organisation, person: Person) -> UUID:
    ordered = actions.order_erasure(
        now=utc_now(), actor=SYSTEM, organisation_id=organisation.pk, person=person.public_id
    )
    assert isinstance(ordered, UUID)
    payload = {"organisation": str(organisation.public_id), "erasure": str(ordered)}
    ticket = JobTicket(kind=ERASE_PERSON, key="", payload=payload, attempts=1, token=uuid4())
    JOB_HANDLERS[ERASE_PERSON](ticket, utc_now)
    return ordered


def test_each_page_is_sound(visitor: Visitor, pages: dict[str, str]) -> None:
    assert_pages_are_sound(visitor, pages)
