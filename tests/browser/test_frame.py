"""Signing in, the frame around every page, and its two languages."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, assert_sound, assert_sound_in_every_look
from veilleur.domains.organisations.factories import PASSWORD
from veilleur.domains.organisations.models import Organisation

pytestmark = pytest.mark.browser


def test_the_sign_in_page_is_sound(stranger: Visitor, organisation: Organisation) -> None:
    page = stranger.open("/", language="fr")

    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert_sound_in_every_look(stranger, page, "sign-in")


def test_a_refused_sign_in_says_so_without_saying_which_part_was_wrong(
    stranger: Visitor, organisation: Organisation
) -> None:
    page = stranger.open("/account/login/")
    page.get_by_label("E-mail address").fill("nobody@vexin.example")
    page.locator("input[type=password]").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_be_visible()
    assert_sound(stranger, page, "sign-in-refused")


def test_a_person_signs_in_by_keyboard_and_out_again(stranger: Visitor, visitor: Visitor) -> None:
    assert visitor.person is not None
    page = stranger.open("/account/login/")
    page.locator("input[name=login]").fill(visitor.person.email)
    page.keyboard.press("Tab")
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.locator("summary").first.click()
    page.get_by_role("link", name="Sign out").or_(page.get_by_role("link", name="Se déconnecter")).click()
    page.locator("main button[type=submit]").click()
    expect(page.locator("input[type=password]")).to_be_visible()


def test_the_first_tab_leads_to_the_content(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.keyboard.press("Tab")

    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_menu_of_a_phone_opens_without_a_script(visitor: Visitor) -> None:
    page = visitor.open("/", width="phone")
    page.locator("details.menu > summary").click()

    expect(page.locator(".menu-pages a").first).to_be_visible()
    assert_sound(visitor, page, "menu-phone")


def test_the_language_of_the_sign_in_page_is_switched_in_one_gesture(
    stranger: Visitor, organisation: Organisation
) -> None:
    page = stranger.open("/account/login/", language="fr")
    page.get_by_role("button", name="Read in English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert_sound(stranger, page)


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_an_address_without_a_page_says_so_calmly(visitor: Visitor, width: str) -> None:
    page = visitor.open("/machines/00000000-0000-7000-8000-000000000000/", width=width)

    expect(page.get_by_role("heading", level=1)).to_contain_text("nothing here that you may see")
    # The browser's console names the status of the page itself; nothing else may be there.
    assert all("404" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()
    assert_sound(visitor, page, f"nothing-{width}")


def test_a_member_reads_in_the_other_language_from_now_on(visitor: Visitor) -> None:
    page = visitor.open("/estate/", language="fr")
    page.locator("footer").get_by_role("button", name="Read in English").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(visitor.base_url + "/watch/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
