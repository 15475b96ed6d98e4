"""Pages that refuse: each says what happened, that nothing was changed, and what to do; all are looked at."""

from http import HTTPStatus

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, assert_open_page_is_sound
from veilleur.config.faults_on_pages import UnreadBodyMiddleware
from veilleur.config.unread import UNREAD
from veilleur.domains.organisations.factories import make_membership, make_organisation
from veilleur.domains.organisations.models import Membership, Organisation, Person
from veilleur.domains.organisations.rules.roles import Role

UNTAKEN = (
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.INSUFFICIENT_STORAGE,
)


@pytest.fixture
def untaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mark requests as the web process marks what it did not take; the address says with which status."""
    answer = UnreadBodyMiddleware.__call__

    def mark(self: UnreadBodyMiddleware, request: HttpRequest) -> HttpResponseBase:
        if unread := request.GET.get("unread"):
            request.META[UNREAD] = HTTPStatus(int(unread))
        return answer(self, request)

    monkeypatch.setattr(UnreadBodyMiddleware, "__call__", mark)


@pytest.mark.usefixtures("untaking")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_was_not_taken_is_said_on_a_page_of_its_own(stranger: Visitor, language: str) -> None:
    page = stranger.open("/account/login/", width="phone", theme="dark", language=language)
    for status in UNTAKEN:
        answer = page.goto(f"{stranger.base_url}/account/login/?unread={status.value}")

        assert answer is not None
        assert answer.status == status
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert_open_page_is_sound(page, f"refused-{status.value}-phone-dark-{language}")


def test_a_form_of_another_organisation_changes_nothing(visitor: Visitor, organisation: Organisation) -> None:
    assert visitor.person is not None
    other = make_organisation("Menuiserie Roy")
    make_membership(other, visitor.person)
    page = visitor.open("/people/teams/new/")
    page.get_by_label("Name").fill("Systèmes")
    beside = page.context.new_page()
    beside.goto(visitor.base_url + "/")
    shown = beside.locator("#organisation option[selected]").text_content() or ""
    beside.locator("summary").last.click()
    (chosen,) = {organisation.name, other.name} - {shown}
    beside.get_by_label("Look at").select_option(label=chosen)
    beside.get_by_role("button", name="Show").click()
    expect(beside.locator("header .who")).to_contain_text(chosen)

    page.get_by_role("button", name="Make the team").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing was changed")
    assert_open_page_is_sound(page, "refused-another-organisation-desk-light-en")


def test_what_a_role_may_not_do_is_said(visitor: Visitor, organisation: Organisation) -> None:
    assert visitor.person is not None
    Membership.objects.of(organisation.pk).update(role=Role.REQUESTER)
    page = visitor.open("/people/teams/new/", width="phone", language="fr")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_open_page_is_sound(page, "refused-role-phone-light-fr")


def test_a_form_whose_page_was_open_for_too_long_is_not_taken(visitor: Visitor) -> None:
    page = visitor.open("/people/teams/new/")
    page.get_by_label("Name").fill("Systèmes")
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)

    page.get_by_role("button", name="Make the team").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("This form was not accepted")
    assert_open_page_is_sound(page, "refused-stale-desk-light-en")
    assert Person.objects.count() == 1
