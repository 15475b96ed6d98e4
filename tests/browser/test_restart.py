"""The restart page: every kind of answer, as drawing and as words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.company import Company, keep_key, make_company, protect, watch
from tests.browser.conftest import Visitor, assert_sound
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser

LOOKS = [("desk", "light", "en"), ("desk", "dark", "fr"), ("phone", "light", "fr"), ("phone", "dark", "en")]


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


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_proven_restart_is_sound(
    visitor: Visitor, company: Company, width: str, theme: str, language: str
) -> None:
    proven(company)
    other = make_company(company.organisation, company.now - timedelta(seconds=1))
    other.service.name = "Shared files"
    other.service.save()
    page = visitor.open("/restart/", width=width, theme=theme, language=language)

    expect(page.locator(".recov > li")).to_have_count(2)
    assert_sound(visitor, page, f"restart-{width}-{theme}-{language}")


def test_the_other_scenario_is_one_click_away(visitor: Visitor, company: Company) -> None:
    never(company)
    page = visitor.open("/restart/")
    page.get_by_role("navigation", name="Scenario").get_by_role("link").first.click()

    expect(page.get_by_role("navigation", name="Scenario").locator("[aria-current]")).to_contain_text(
        "Data lost"
    )
    assert_sound(visitor, page, "restart-data-lost")


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_service_with_its_proof_is_sound(
    visitor: Visitor, company: Company, width: str, theme: str, language: str
) -> None:
    proven(company)
    watch(company)
    page = visitor.open(
        f"/services/{company.service.public_id}/", width=width, theme=theme, language=language
    )

    expect(page.locator(".ladder .is-top")).to_be_visible()
    assert_sound(visitor, page, f"service-{width}-{theme}-{language}")


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_watched_machine_is_sound(
    visitor: Visitor, company: Company, width: str, theme: str, language: str
) -> None:
    watch(company, is_down=True)
    page = visitor.open(
        f"/machines/{company.machine.public_id}/", width=width, theme=theme, language=language
    )

    expect(page.locator(".drawing svg:visible").first).to_be_visible()
    assert_sound(visitor, page, f"machine-{width}-{theme}-{language}")


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_the_watch_is_sound(
    visitor: Visitor, company: Company, width: str, theme: str, language: str
) -> None:
    watch(company, is_down=True)
    page = visitor.open("/watch/", width=width, theme=theme, language=language)

    expect(page.locator("tbody tr").first).to_contain_text("127.0.0.1:5432")
    assert_sound(visitor, page, f"watch-{width}-{theme}-{language}")


@pytest.mark.parametrize(("width", "theme", "language"), [("desk", "light", "fr"), ("phone", "dark", "en")])
def test_the_page_of_peoples_steps_is_sound(visitor: Visitor, width: str, theme: str, language: str) -> None:
    page = visitor.open("/restart/steps/", width=width, theme=theme, language=language)

    assert_sound(visitor, page, f"human-steps-{width}-{theme}-{language}")
