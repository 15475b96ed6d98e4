"""The pages of machines and services."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.company import Company, make_company
from tests.browser.conftest import Visitor, assert_sound, assert_sound_in_every_look
from veilleur.domains.estate.models import Asset, Service
from veilleur.domains.organisations.models import Organisation

pytestmark = pytest.mark.browser


@pytest.fixture
def company(organisation: Organisation) -> Company:
    return make_company(organisation, datetime(2026, 11, 20, 7, 20, tzinfo=UTC))


@pytest.fixture
def machine(company: Company) -> Asset:
    return company.machine


@pytest.fixture
def service(company: Company) -> Service:
    return company.service


def test_the_estate_is_sound(visitor: Visitor, service: Service) -> None:
    page = visitor.open("/estate/", language="fr")

    expect(page.get_by_role("link", name="erp-01")).to_be_visible()
    assert_sound_in_every_look(visitor, page, "estate")


def test_a_machine_is_sound(visitor: Visitor, service: Service, machine: Asset) -> None:
    page = visitor.open(f"/machines/{machine.public_id}/", language="fr")

    expect(page.locator("#falls").get_by_role("link", name="ERP")).to_be_visible()
    assert_sound_in_every_look(visitor, page, "machine")


def test_a_service_is_sound(visitor: Visitor, service: Service) -> None:
    page = visitor.open(f"/services/{service.public_id}/", language="fr")

    expect(page.get_by_role("link", name="erp-01")).to_be_visible()
    assert_sound_in_every_look(visitor, page, "service")


def test_objectives_are_chosen_by_a_person(visitor: Visitor, service: Service) -> None:
    page = visitor.open(f"/services/{service.public_id}/objectives/")
    page.get_by_label("How long it may be down").select_option(str(8 * 3600))
    page.get_by_role("button", name="Hold ERP to this").click()

    expect(page.get_by_role("status")).to_contain_text("ERP")
    service.refresh_from_db()
    assert (service.rto_s, service.rto_is_default) == (8 * 3600, False)


def test_an_objective_that_is_not_offered_is_refused_beside_its_field(
    visitor: Visitor, service: Service
) -> None:
    page = visitor.open(f"/services/{service.public_id}/objectives/")
    page.evaluate("document.querySelector('#id_rto_s option:checked').value = '7'")
    page.get_by_role("button", name="Hold ERP to this").click()

    expect(page.get_by_role("alert").get_by_role("link")).to_have_attribute("href", "#id_rto_s")
    assert_sound(visitor, page, "objectives-wrong")
