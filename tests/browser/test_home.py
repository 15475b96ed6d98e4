"""The home page in a real browser: the seven questions, both themes, phone, paper, four times larger."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.company import keep_key, make_company, protect, watch
from tests.browser.conftest import SHOTS, Visitor, assert_sound, assert_sound_in_every_look
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser


def test_the_first_day_claims_nothing(visitor: Visitor) -> None:
    page = visitor.open("/", language="fr")

    expect(page.locator(".answer")).to_have_count(7)
    expect(page.locator(".answer.is-unknown")).to_have_count(7)
    assert_sound_in_every_look(visitor, page, "home-first-day")


def test_a_company_whose_copies_are_on_the_machine_itself(
    visitor: Visitor, organisation: Organisation
) -> None:
    company = make_company(organisation, utc_now())
    watch(company, is_down=True)
    protect(company, is_elsewhere=False)
    page = visitor.open("/", language="fr")

    second = page.locator(".answer").nth(1)
    expect(second).to_have_class(re.compile("is-bad shouts"))
    expect(second.locator(".answer-lines li")).to_have_count(2)
    expect(page.locator(".shouts")).to_have_count(1)
    assert_sound_in_every_look(visitor, page, "home")


def test_a_company_that_would_restart_in_time(visitor: Visitor, organisation: Organisation) -> None:
    company = make_company(organisation, utc_now())
    company.service.rto_s, company.service.rto_is_default, company.service.rpo_is_default = (
        10**6,
        False,
        False,
    )
    company.service.save()
    watch(company)
    protect(company, is_elsewhere=True, tests=4)
    keep_key(company)
    page = visitor.open("/", language="fr")

    expect(page.locator(".answer").nth(1)).to_have_class(re.compile("is-good"))
    # What shouts is that one person alone could do it.
    expect(page.locator(".shouts")).to_have_count(1)
    expect(page.locator(".answer").nth(5)).to_have_class(re.compile("is-bad shouts"))
    assert_sound_in_every_look(visitor, page, "home-in-time")


def test_the_page_is_read_four_times_larger(visitor: Visitor, organisation: Organisation) -> None:
    protect(make_company(organisation, utc_now()), is_elsewhere=False)
    page = visitor.open("/")
    # A window of 1280 pixels at 400 % shows 320 of them.
    page.set_viewport_size({"width": 320, "height": 225})

    assert_sound(visitor, page, "home-400-percent")


def test_the_page_fits_one_sheet_of_paper(visitor: Visitor, organisation: Organisation) -> None:
    company = make_company(organisation, utc_now())
    watch(company)
    protect(company, is_elsewhere=False)
    page = visitor.open("/", theme="dark")
    page.emulate_media(media="print")

    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    sheet = page.pdf(format="A4", prefer_css_page_size=True, print_background=True)
    if SHOTS:
        page.set_viewport_size({"width": 718, "height": 1000})
        page.screenshot(path=f"{SHOTS}/home-a4.png", full_page=True)
    assert background == "rgb(255, 255, 255)"
    assert len(re.findall(rb"/Type\s*/Page[^s]", sheet)) == 1


def test_the_page_asks_for_itself_again_and_keeps_its_place(
    visitor: Visitor, organisation: Organisation
) -> None:
    company = make_company(organisation, utc_now())
    page = visitor.open("/")
    protect(company, is_elsewhere=False)
    with page.expect_response(lambda response: "x-poll" in response.request.headers):
        page.evaluate("htmx.trigger('#seven', 'every'); htmx.ajax('GET', '/', {source: '#seven'})")

    expect(page.locator(".answer").nth(1)).to_contain_text("never")
    assert visitor.complaints == []


def test_the_answers_are_there_without_a_script(visitor: Visitor) -> None:
    page = visitor.open("/", script=False)

    expect(page.locator(".answer")).to_have_count(7)
