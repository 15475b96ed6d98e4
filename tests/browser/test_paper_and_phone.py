"""The drawings on a phone and on paper, and every page at 320 pixels, which is 400 % of a laptop's window."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.company import Company, keep_key, make_company, protect, watch
from tests.browser.conftest import Visitor, assert_open_page_is_sound, assert_sound
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser

# A4 less the margins of the style sheet, in CSS pixels.
PAPER_WIDTH = 703


@pytest.fixture
def company(organisation: Organisation) -> Company:
    company = make_company(organisation, utc_now())
    watch(company)
    protect(company, is_elsewhere=True, tests=4)
    keep_key(company)
    return company


def paths(company: Company) -> dict[str, str]:
    """Return every page of a company that has one of everything."""
    return {
        "home": "/",
        "watch": "/watch/",
        "backups": "/protection/",
        "restart": "/restart/",
        "estate": "/estate/",
        "machine": f"/machines/{company.machine.public_id}/",
        "service": f"/services/{company.service.public_id}/",
        "objectives": f"/services/{company.service.public_id}/objectives/",
        "key": "/recovery-key/",
        "journal": "/journal/",
        "place": "/protection/places/new/",
        "plan": "/protection/plans/new/",
        "password": "/account/password/change/",
    }


def on_paper(page: Page) -> None:
    """Show the page as it is printed."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER_WIDTH, "height": 1000})


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "fr")])
def test_every_page_is_read_at_320_pixels(
    visitor: Visitor, company: Company, theme: str, language: str
) -> None:
    page = visitor.open("/", width="phone", theme=theme, language=language)
    page.set_viewport_size({"width": 320, "height": 640})
    for name, path in paths(company).items():
        page.goto(visitor.base_url + path, wait_until="load")
        assert_open_page_is_sound(page, f"{name}-320-{theme}-{language}")
    assert visitor.complaints == []


@pytest.mark.parametrize("width", [320, 390, 700, 1000])
def test_a_date_never_lies_on_the_words_beside_it(visitor: Visitor, company: Company, width: int) -> None:
    page = visitor.open("/", language="fr")
    page.set_viewport_size({"width": width, "height": 800})
    for path, rows in (("/protection/", ".log li"), ("/recovery-key/", ".log li"), ("/", ".agenda li")):
        page.goto(visitor.base_url + path)
        expect(page.locator(rows).first).to_be_visible()
        overlaps = page.locator(rows).evaluate_all(
            """rows => rows.filter(row => {
                const range = document.createRange(); range.selectNodeContents(row.querySelector("time"));
                const date = range.getBoundingClientRect(), said = row.children[1].getBoundingClientRect();
                return date.right > said.left && date.bottom > said.top + 1;
            }).length"""
        )
        assert overlaps == 0, path


def test_a_phone_shows_the_course_as_a_list_and_the_days_in_a_drawing_that_fits(
    visitor: Visitor, company: Company
) -> None:
    page = visitor.open("/restart/", width="phone")
    expect(page.locator(".course li").first).to_be_visible()
    expect(page.locator(".course li.is-critical").first).to_contain_text("critical chain")
    expect(page.locator("svg[aria-labelledby^=gantt]")).to_be_hidden()

    page.goto(visitor.base_url + paths(company)["service"])
    expect(page.locator("svg[aria-labelledby^=timeline-narrow]")).to_be_visible()
    box = page.locator("svg[aria-labelledby^=timeline-narrow]").bounding_box()
    assert box is not None
    assert (box["x"] >= 0, box["x"] + box["width"] <= 390) == (True, True)
    assert_sound(visitor, page, "service-phone-drawing")


@pytest.mark.parametrize(("name", "drawing"), [("restart", "gantt"), ("service", "timeline-t")])
def test_a_page_with_a_drawing_is_printed_whole(
    visitor: Visitor, company: Company, name: str, drawing: str
) -> None:
    page = visitor.open(paths(company)[name])
    on_paper(page)

    box = page.locator(f"svg[aria-labelledby^={drawing}]").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PAPER_WIDTH
    assert box["width"] > 0.85 * PAPER_WIDTH
    # What is folded beside the drawing is unfolded, and nothing is there that only a screen can use.
    expect(page.locator(".twin tbody tr").first).to_be_visible()
    for only_on_screen in (".nav-words", ".menu", ".actions", ".twin > summary", ".on-phone"):
        expect(page.locator(only_on_screen).first).to_be_hidden()
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def test_the_axis_of_the_course_carries_the_figures_and_a_sentence_names_what_limits(
    visitor: Visitor, company: Company
) -> None:
    page = visitor.open("/restart/")

    words = page.locator("svg[aria-labelledby^=gantt] text").all_text_contents()
    assert [word[:3] for word in words if word[:3] in ("P50", "P80", "P95")] == ["P50", "P80", "P95"]
    assert "1 technician" in words
    expect(page.locator(".limit")).to_contain_text("What limits: the technicians")


def test_a_promise_leads_to_its_proof(visitor: Visitor, company: Company) -> None:
    page = visitor.open(paths(company)["service"])
    page.get_by_role("link", name="Proven copy of").first.click()
    expect(page.locator("#copies")).to_be_in_viewport()
    page.get_by_role("link", name="Restore test, level 5").last.click()

    expect(page.locator(f"#service-{company.service.public_id}")).to_contain_text("level 5")
    expect(page.locator(".choices [aria-current]")).to_contain_text("Data lost")
