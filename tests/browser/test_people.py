"""The pages about people, teams, mandates and customers, in three looks."""

import pytest

from tests.browser.conftest import Visitor, assert_pages_are_sound
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.factories import (
    held_mandate,
    make_invitation,
    make_mandate,
    make_organisation,
    make_person,
)
from veilleur.domains.organisations.models import Mandate, Organisation, Person
from veilleur.domains.organisations.rules.profiles import Profile
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import Actor

TOKEN = "a token that works"


@pytest.fixture
def pages(organisation: Organisation, visitor: Visitor) -> dict[str, str]:
    """Fill the company, and return the address of each page by a word for its picture."""
    provider, customer = make_organisation("Infogérance du Vexin"), make_organisation("Menuiserie Roy")
    technician = make_person(organisation, name="Benoît Marchand", role=Role.TECHNICIAN)
    make_person(provider, name="Tess Lambert", role=Role.TECHNICIAN)
    make_invitation(organisation)
    make_mandate(organisation, provider)
    make_mandate(customer, organisation)
    make_mandate(make_organisation("Garage Petit"), token=TOKEN)
    said = {"now": utc_now(), "actor": Actor("p-1"), "organisation_id": organisation.pk}
    actions.choose_profile(**said, profile=Profile.MANY)
    actions.ask_second_factor(**said, roles=[Role.TECHNICIAN])
    team = actions.make_team(
        **said, content=actions.TeamContent("Systèmes", "systemes@vexin.example", [technician.public_id])
    )
    given = Mandate.objects.of(organisation.pk).get().public_id
    return {
        "people": "/people/",
        "person": f"/people/{technician.public_id}/",
        "team": f"/people/teams/{team}/",
        "team-new": "/people/teams/new/",
        "settings": "/organisation/settings/",
        "mandate-new": "/people/mandates/new/",
        "mandate": f"/people/mandates/{given}/",
        "mandate-end": f"/people/mandates/{given}/end/",
        "take-up": f"/mandates/{TOKEN}/",
        "customers": "/customers/",
        "customer-new": "/customers/new/",
        "customer-back": f"/customers/{held_mandate(organisation).public_id}/back/",
    }


def test_each_page_is_sound(visitor: Visitor, pages: dict[str, str]) -> None:
    assert_pages_are_sound(visitor, pages)


def test_a_customer_lets_a_provider_in_and_is_looked_at_from_the_list(
    visitor: Visitor, organisation: Organisation
) -> None:
    provider = make_organisation("Infogérance du Vexin")
    page = visitor.open("/people/mandates/new/")
    page.get_by_label("Name of the provider").fill("Infogérance")
    page.get_by_label("The watch").check()
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("p.key-link code").inner_text()
    by_provider = Visitor(visitor.browser, visitor.base_url, make_person(provider, name="Tess Lambert"))

    page = by_provider.open(link.removeprefix(visitor.base_url))
    page.get_by_role("button", name="Take up the mandate").click()

    assert organisation.name in page.locator("header .who").inner_text()
    page = by_provider.open("/customers/")
    page.get_by_role("button", name=f"Look at {organisation.name}").click()
    assert organisation.name in page.locator("header .who").inner_text()
    assert Person.objects.count() == 2
