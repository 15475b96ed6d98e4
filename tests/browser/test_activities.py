"""Business activities in the browser: declared by a person, shown with what they stand on and their days."""

import pytest
from playwright.sync_api import expect

from tests.browser.company import Company, make_company, watch
from tests.browser.conftest import (
    Visitor,
    assert_open_page_is_sound_in_every_look,
    assert_pages_are_sound,
    assert_sound_in_every_look,
)
from veilleur.domains.estate.actions import change_busy_periods, declare_activity
from veilleur.domains.estate.models import BusinessActivity
from veilleur.domains.estate.rules.activities import ActivityDraft, Grade, HourEffects
from veilleur.domains.estate.rules.rhythms import BusyPeriod, Rhythm
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.browser


@pytest.fixture
def company(organisation: Organisation) -> Company:
    return make_company(organisation, utc_now())


@pytest.fixture
def invoicing(company: Company) -> BusinessActivity:
    """An activity of which everything is said, on a service whose database is silent."""
    watch(company, is_down=True)
    scope = {"now": company.now, "actor": SYSTEM, "organisation_id": company.organisation.pk}
    draft = ActivityDraft(
        "Facturer",
        "Émettre les factures, encaisser, relancer.",
        is_vital=True,
        effects=HourEffects(Grade.SERIOUS, Grade.NOTICEABLE, Grade.NONE, ""),
        turnover_eur=4_200,
        idle_people=38,
    )
    made = declare_activity(**scope, draft=draft, services=frozenset({company.service.public_id}))
    assert not isinstance(made, Refused)
    closing = BusyPeriod(Rhythm.MONTHLY, 28, 5, "Clôture du mois")
    change_busy_periods(**scope, activity=made.public_id, added=frozenset({closing}))
    return made


def test_an_activity_that_is_disturbed_is_sound_and_says_by_what(
    visitor: Visitor, invoicing: BusinessActivity
) -> None:
    page = visitor.open(f"/activities/{invoicing.public_id}/", language="fr")

    expect(page.get_by_role("heading", level=1)).to_contain_text("ERP")
    expect(page.get_by_text("du 28 au 5 du mois suivant")).to_be_visible()
    assert_sound_in_every_look(visitor, page, "activity")


def test_the_forms_about_activities_are_sound(
    visitor: Visitor, company: Company, invoicing: BusinessActivity
) -> None:
    place = f"/activities/{invoicing.public_id}"
    assert_pages_are_sound(
        visitor,
        {
            "estate-with-activities": "/estate/",
            "describe-activity": f"{place}/words/",
            "activity-services": f"{place}/services/",
            "busy-periods": f"{place}/busy/",
            "end-activity": f"{place}/end/",
            "describe-service": f"/services/{company.service.public_id}/words/",
            "service-with-meaning": f"/services/{company.service.public_id}/",
        },
    )


def test_a_person_declares_an_activity_and_lands_on_its_page(visitor: Visitor, company: Company) -> None:
    page = visitor.open("/activities/new/")
    page.get_by_role("button", name="Put it on the map").click()
    assert_open_page_is_sound_in_every_look(page, "activity-without-name")
    page.get_by_label("What the company does").fill("Invoice")
    page.get_by_label("ERP").check()
    page.get_by_label("Turnover, after an hour without it").select_option("serious")
    page.get_by_role("button", name="Put it on the map").click()

    expect(page.get_by_role("status")).to_contain_text("Invoice is on the map.")
    expect(page.get_by_role("link", name="ERP")).to_be_visible()
    expect(page.get_by_text("By what an hour without it does: turnover.")).to_be_visible()
