"""A real Chromium, a signed-in person, and the checks that every page must pass.

`VEILLEUR_SHOTS=<folder>` makes each visit leave a screenshot there, and its print as PDF, to be looked at.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.chromium import launch
from veilleur.domains.organisations.factories import make_organisation, make_person, prove
from veilleur.domains.organisations.models import Organisation, Person

# Playwright's event loop runs in this thread; Django would take its presence for an asynchronous caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SHOTS = os.environ.get("VEILLEUR_SHOTS", "")
WIDTHS = {"desk": 1440, "phone": 390}
_AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Violations are told in full; of what is right, one example of each kind is enough.
AXE_OPTIONS = {"runOnly": {"type": "tag", "values": _AXE_TAGS}, "resultTypes": ["violations"]}
# What the other width can break: what is shown there instead, how large it is, and what covers it.
AXE_WIDTH = {
    "runOnly": {"type": "tag", "values": _AXE_TAGS},
    "rules": {rule: {"enabled": False} for rule in ("color-contrast", "link-in-text-block")},
    "resultTypes": ["violations"],
}
# What a change of colours alone can break.
AXE_COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium once a file: its event loop must not outlive it, other tests run their own.

    It keeps connections to the server open between tests, and the server's threads let go of the database
    only when those end: the database stays shared with them for as long as Chromium lives.
    """
    connection.inc_thread_sharing()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody in front of the pages: opens them, and keeps what the console complained about."""

    browser: Browser
    base_url: str
    person: Person | None = None
    complaints: list[str] = field(default_factory=list)

    def open(
        self,
        path: str,
        *,
        width: str = "desk",
        theme: str = "light",
        language: str = "en",
        script: bool = True,
    ) -> Page:
        """Return a fresh page at `path`, loaded, in a context of its own."""
        context = self._context(width, theme, language, script=script)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.base_url + path, wait_until="load")
        return page

    def _context(self, width: str, theme: str, language: str, *, script: bool) -> BrowserContext:
        context = self.browser.new_context(
            java_script_enabled=script,
            viewport={"width": WIDTHS[width], "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            locale={"fr": "fr-FR", "en": "en-GB"}[language],
        )
        if self.person is not None:
            Person.objects.filter(pk=self.person.pk).update(language=language)
            context.add_cookies(
                [
                    {
                        "name": settings.SESSION_COOKIE_NAME,
                        "value": session_of(self.person),
                        "url": self.base_url,
                    }
                ]
            )
        return context

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def session_of(person: Person) -> str:
    """Return the key of a session in which the person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    prove(session, person)
    session.create()
    assert session.session_key is not None
    return session.session_key


@pytest.fixture
def organisation(transactional_db: None) -> Organisation:
    """The company whose pages are opened."""
    return make_organisation("Ateliers du Vexin")


@pytest.fixture
def stranger(chromium: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """Nobody: no session."""
    yield Visitor(chromium, live_server.url)
    close_all_pages(chromium)


@pytest.fixture
def visitor(chromium: Browser, live_server: LiveServer, organisation: Organisation) -> Iterator[Visitor]:
    """A member of the company, signed in."""
    yield Visitor(chromium, live_server.url, make_person(organisation, name="Camille Aubry"))
    close_all_pages(chromium)


def close_all_pages(browser: Browser) -> None:
    """Leave no page that would go on asking after its test."""
    for context in browser.contexts:
        context.close()


def assert_sound(visitor: Visitor, page: Page, shot: str = "") -> None:
    """Fail on anything axe finds, on any complaint of the console, and on a page wider than its window."""
    assert_open_page_is_sound(page, shot)
    assert visitor.complaints == []
    page.context.close()


def assert_pages_are_sound(visitor: Visitor, pages: dict[str, str]) -> None:
    """Look at each page (its name in pictures, its address) in both widths, colours and languages."""
    page = visitor.open(next(iter(pages.values())), language="fr")
    for name, address in pages.items():
        _go(page, visitor, address)
        assert_open_page_is_sound_in_every_look(page, name)
    page.context.close()
    page = visitor.open(next(iter(pages.values())), language="en", width="phone")
    for name, address in pages.items():
        _go(page, visitor, address)
        _assert_fits_in_english(page, name)
    page.context.close()
    assert visitor.complaints == []


def assert_sound_in_every_look(visitor: Visitor, page: Page, shot: str) -> None:
    """Look at this page, open on the desk, in both widths and colours, and at its address in English."""
    assert_open_page_is_sound_in_every_look(page, shot)
    address = page.url.removeprefix(visitor.base_url)
    page.context.close()
    page = visitor.open(address, language="en", width="phone")
    _assert_fits_in_english(page, shot)
    page.context.close()
    assert visitor.complaints == []


def assert_open_page_is_sound_in_every_look(page: Page, shot: str) -> None:
    """Look at this page, open on the desk, in both widths and colours; it stays open as it was.

    Axe reads the whole page once in each width; what colours alone can spoil is read once more in the dark,
    since a whole reading takes twice as long as loading the page.
    """
    language = page.locator("html").get_attribute("lang")
    assert_open_page_is_sound(page, f"{shot}-desk-light-{language}")
    _paper(page, f"{shot}-paper-{language}")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # no colours on their way
    assert_open_page_is_sound(page, f"{shot}-desk-dark-{language}", options=AXE_COLOURS)
    page.set_viewport_size({"width": WIDTHS["phone"], "height": 900})
    assert_open_page_is_sound(page, f"{shot}-phone-dark-{language}", options=AXE_WIDTH)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTHS["desk"], "height": 900})


def _assert_fits_in_english(page: Page, shot: str) -> None:
    assert page.locator("html").get_attribute("lang") == "en"
    _picture(page, f"{shot}-phone-light-en")
    assert_is_not_too_wide(page)


def _go(page: Page, visitor: Visitor, address: str) -> None:
    answer = page.goto(visitor.base_url + address)
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"


def assert_open_page_is_sound(page: Page, shot: str = "", *, options: dict[str, Any] = AXE_OPTIONS) -> None:
    """Fail on anything axe finds and on a page wider than its window; the page stays open."""
    _picture(page, shot)
    results = Axe().run(page, options=options)
    assert results.violations_count == 0, f"{page.url}: {results.generate_report()}"
    assert_is_not_too_wide(page)


def assert_is_not_too_wide(page: Page) -> None:
    """Fail on a page that is wider than its window."""
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{page.url} is {overflow} px too wide"


def _paper(page: Page, shot: str) -> None:
    if SHOTS and shot:
        page.pdf(path=f"{SHOTS}/{shot}.pdf", prefer_css_page_size=True)


def _picture(page: Page, shot: str) -> None:
    if SHOTS and shot:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{shot}.png", full_page=True)
