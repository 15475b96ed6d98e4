"""On a phone a long list is its first five and all that is not good, until the rest is asked for."""

import pytest
from playwright.sync_api import expect

from tests.browser.company import Company, make_company, watch
from tests.browser.conftest import Visitor, assert_sound
from veilleur.domains.estate.factories import make_asset
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser


@pytest.fixture
def company(organisation: Organisation) -> Company:
    """Twelve machines, the last of which nobody looks after any more; five checks, one of which fails."""
    company = make_company(organisation, utc_now())
    ten = {"full_support_until": company.machine.full_support_until, "read_at": company.now}
    for rank in range(10):
        make_asset(organisation, f"srv-{rank}", **ten)
    make_asset(organisation, "zz-old")
    watch(company, is_down=True)
    return company


def test_a_long_list_is_short_on_a_phone_and_hides_nothing_that_is_not_good(
    visitor: Visitor, company: Company
) -> None:
    page = visitor.open("/estate/", width="phone")
    rows = page.locator("table:has(caption:text-is('Machines')) tbody tr")
    visible = rows.locator("visible=true")

    expect(visible).to_have_count(6)
    expect(visible.last).to_contain_text("zz-old")
    page.get_by_label("Show all 12").check()
    expect(visible).to_have_count(12)
    assert_sound(visitor, page, "estate-phone-list")


def test_a_wide_window_and_paper_show_all_of_it(visitor: Visitor, company: Company) -> None:
    page = visitor.open("/estate/", width="desk")

    expect(page.get_by_label("Show all 12")).to_be_hidden()
    page.emulate_media(media="print")
    expect(
        page.locator("table:has(caption:text-is('Machines')) tbody tr").locator("visible=true")
    ).to_have_count(12)
