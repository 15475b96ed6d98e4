"""The pages of machines and services."""

from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, assert_sound
from veilleur.domains.estate.factories import make_asset, make_data_set, make_service
from veilleur.domains.estate.models import Asset, Service
from veilleur.domains.organisations.models import Organisation

pytestmark = pytest.mark.browser

LOOKS = [("desk", "light", "en"), ("desk", "dark", "fr"), ("phone", "light", "fr")]


@pytest.fixture
def machine(organisation: Organisation) -> Asset:
    return make_asset(
        organisation,
        "erp-01",
        host_name="erp-01.vexin.example",
        os_name="Debian GNU/Linux 12",
        kernel="6.1.0-28-amd64",
        architecture="x86_64",
        cpu_model="Intel Xeon E-2388G",
        cpu_count=8,
        memory_bytes=32_000_000_000,
        full_support_until=date(2028, 6, 10),
        read_at=datetime(2026, 11, 20, 7, 0, tzinfo=UTC),
    )


@pytest.fixture
def service(organisation: Organisation, machine: Asset) -> Service:
    service = make_service(organisation, "ERP", runs_on=machine)
    make_data_set(organisation, "Base ERP", stored_on=machine, used_by=service)
    return service


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_the_estate_is_sound(
    visitor: Visitor, service: Service, width: str, theme: str, language: str
) -> None:
    page = visitor.open("/estate/", width=width, theme=theme, language=language)

    expect(page.get_by_role("link", name="erp-01")).to_be_visible()
    assert_sound(visitor, page, f"estate-{width}-{theme}-{language}")


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_machine_is_sound(
    visitor: Visitor, service: Service, machine: Asset, width: str, theme: str, language: str
) -> None:
    page = visitor.open(f"/machines/{machine.public_id}/", width=width, theme=theme, language=language)

    expect(page.get_by_role("link", name="ERP")).to_be_visible()
    assert_sound(visitor, page, f"machine-{width}-{theme}-{language}")


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_service_is_sound(
    visitor: Visitor, service: Service, width: str, theme: str, language: str
) -> None:
    page = visitor.open(f"/services/{service.public_id}/", width=width, theme=theme, language=language)

    expect(page.get_by_role("link", name="erp-01")).to_be_visible()
    assert_sound(visitor, page, f"service-{width}-{theme}-{language}")


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
