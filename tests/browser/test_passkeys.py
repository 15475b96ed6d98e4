"""Passkeys in real browsers, each with an authenticator of its own: with the password, alone, and lost."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, assert_open_page_is_sound
from veilleur.domains.organisations.factories import PASSWORD
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.ports import SECRET_KEEPER
from veilleur.engines.keyring.tests.process import Keys

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    with tempfile.TemporaryDirectory(prefix="veilleur-") as folder:
        running = Keys(Path(folder))
        monkeypatch.setattr(SECRET_KEEPER, "_engine", running.client)
        yield running
        running.stop()


@pytest.fixture
def email(visitor: Visitor) -> str:
    """Return the address of somebody who reads English."""
    assert visitor.person is not None
    Person.objects.filter(pk=visitor.person.pk).update(language="en")
    return visitor.person.email


def give_authenticator(page: Page, *, keeps_people: bool) -> tuple[object, str]:
    """Put an authenticator into the browser: one that knows whose passkey it is, or one that is told."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal" if keeps_people else "usb",
        "hasResidentKey": keeps_people,
        "hasUserVerification": keeps_people,
        "isUserVerified": keeps_people,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def sign_in(page: Page, email: str) -> None:
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page, name: str, *, is_alone_enough: bool) -> None:
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + "/account/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_label("Sign in with it alone").set_checked(is_alone_enough)
    page.get_by_role("button", name="Ask this browser").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("These codes replace a lost phone")


def sign_out(page: Page) -> None:
    page.locator("summary").first.click()
    page.get_by_role("link", name="Sign out").click()
    page.locator("main button[type=submit]").click()
    expect(page.locator("input[name=login]")).to_be_visible()


def test_a_passkey_that_knows_its_owner_signs_in_without_the_password(stranger: Visitor, email: str) -> None:
    page = stranger.open("/account/login/")
    give_authenticator(page, keeps_people=True)
    sign_in(page, email)
    add_passkey(page, "Laptop", is_alone_enough=True)
    assert_open_page_is_sound(page, "recovery-codes-en")
    page.get_by_role("link", name="They are on paper").click()
    expect(page.get_by_text("signs in without the password")).to_be_visible()
    assert_open_page_is_sound(page, "security-en")
    sign_out(page)

    page.get_by_role("button", name="With a passkey").click()

    expect(page.locator("nav.nav-words, .masthead nav").first).to_be_visible()
    assert stranger.complaints == []


def test_a_key_ring_is_the_second_step_after_the_password(stranger: Visitor, email: str) -> None:
    page = stranger.open("/account/login/")
    give_authenticator(page, keeps_people=False)
    sign_in(page, email)
    add_passkey(page, "Key ring", is_alone_enough=False)
    page.get_by_role("link", name="They are on paper").click()
    sign_out(page)
    sign_in(page, email)
    expect(page.get_by_role("heading", name="With a passkey")).to_be_visible()
    assert_open_page_is_sound(page, "second-step-en")

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.locator("nav.nav-words, .masthead nav").first).to_be_visible()
    assert stranger.complaints == []


def test_another_browser_without_the_passkey_does_not_get_in_and_is_told(
    stranger: Visitor, email: str
) -> None:
    page = stranger.open("/account/login/")
    give_authenticator(page, keeps_people=True)
    sign_in(page, email)
    add_passkey(page, "Laptop", is_alone_enough=True)
    other = stranger.open("/account/login/")
    give_authenticator(other, keeps_people=True)

    sign_in(other, email)
    other.get_by_role("button", name="Use a passkey").click()

    expect(other.locator("#passkey-refused")).to_be_visible()
    assert_open_page_is_sound(other, "passkey-refused-en")
    other.goto(stranger.base_url + "/estate/")
    expect(other.get_by_role("heading", name="With a code")).to_be_visible()


def test_a_removed_passkey_signs_nobody_in(stranger: Visitor, email: str) -> None:
    page = stranger.open("/account/login/")
    give_authenticator(page, keeps_people=True)
    sign_in(page, email)
    add_passkey(page, "Laptop", is_alone_enough=True)
    page.get_by_role("link", name="They are on paper").click()
    page.get_by_role("link", name="Remove Laptop").click()
    assert_open_page_is_sound(page, "remove-passkey-en")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("The passkey was removed.")).to_be_visible()
    sign_out(page)

    page.get_by_role("button", name="With a passkey").click()

    expect(page.get_by_role("alert").or_(page.get_by_role("status")).first).to_be_visible()
    page.goto(stranger.base_url + "/estate/")
    expect(page.locator("input[name=login]")).to_be_visible()


def test_the_code_to_scan_is_dark_on_light_also_on_a_dark_page(visitor: Visitor) -> None:
    page = visitor.open("/account/security/app/", theme="dark", width="phone")
    drawn = page.locator("img.qr")

    expect(drawn).to_be_visible()
    assert drawn.evaluate("image => getComputedStyle(image).backgroundColor") == "rgb(255, 255, 255)"
    assert_open_page_is_sound(page, "app-phone-dark-en")
