"""The restart page: every kind of answer, as drawing and as words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.company import Company, keep_key, make_company, protect, watch
from tests.browser.conftest import Visitor, assert_sound, assert_sound_in_every_look
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser


@pytest.fixture
def company(organisation: Organisation) -> Company:
    return make_company(organisation, utc_now())


def never(company: Company) -> None:
    protect(company, is_elsewhere=False)


def key_only_here(company: Company) -> None:
    protect(company, is_elsewhere=True)


def unproven(company: Company) -> None:
    protect(company, is_elsewhere=True, tests=0)
    keep_key(company)


def proven(company: Company) -> None:
    protect(company, is_elsewhere=True, tests=4)
    keep_key(company)


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        (never, "ERP never comes back"),
        (key_only_here, "the recovery key is only here"),
        (unproven, "nobody has proven"),
        (proven, "to work again"),
    ],
)
def test_the_conclusion_says_what_would_happen(
    visitor: Visitor, company: Company, situation: Callable[[Company], None], said: str
) -> None:
    situation(company)
    page = visitor.open("/restart/")

    expect(page.get_by_role("heading", level=1)).to_contain_text(said)
    assert_sound(visitor, page, f"restart-{situation.__name__}")


def test_a_proven_restart_is_sound(visitor: Visitor, company: Company) -> None:
    proven(company)
    other = make_company(company.organisation, company.now - timedelta(seconds=1))
    other.service.name = "Shared files"
    other.service.save()
    page = visitor.open("/restart/", language="fr")

    expect(page.locator(".recov > li")).to_have_count(2)
    assert_sound_in_every_look(visitor, page, "restart")


def test_the_other_scenario_is_one_click_away(visitor: Visitor, company: Company) -> None:
    never(company)
    page = visitor.open("/restart/")
    page.get_by_role("navigation", name="Scenario").get_by_role("link").first.click()

    expect(page.get_by_role("navigation", name="Scenario").locator("[aria-current]")).to_contain_text(
        "Data lost"
    )
    assert_sound(visitor, page, "restart-data-lost")


def test_a_service_with_its_proof_is_sound(visitor: Visitor, company: Company) -> None:
    proven(company)
    watch(company)
    page = visitor.open(f"/services/{company.service.public_id}/", language="fr")

    expect(page.locator(".ladder .is-top")).to_be_visible()
    assert_sound_in_every_look(visitor, page, "service")


def test_a_watched_machine_is_sound(visitor: Visitor, company: Company) -> None:
    watch(company, is_down=True)
    page = visitor.open(f"/machines/{company.machine.public_id}/", language="fr")

    expect(page.locator(".drawing svg:visible").first).to_be_visible()
    assert_sound_in_every_look(visitor, page, "machine")


def test_the_watch_is_sound(visitor: Visitor, company: Company) -> None:
    watch(company, is_down=True)
    page = visitor.open("/watch/", language="fr")

    expect(page.locator("tbody tr").first).to_contain_text("127.0.0.1:5432")
    assert_sound_in_every_look(visitor, page, "watch")


def test_the_page_of_peoples_steps_is_sound(visitor: Visitor) -> None:
    page = visitor.open("/restart/steps/", language="fr")

    assert_sound_in_every_look(visitor, page, "human-steps")
