"""Names of 200 letters without a space break, or are cut with the whole in `title`: no page grows wider."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests.browser.company import Company, keep_key, make_company, protect, watch
from tests.browser.conftest import Visitor
from tests.browser.test_paper_and_phone import paths
from veilleur.domains.backups.models import Plan, PlanItem, Repository
from veilleur.domains.estate.factories import make_data_set
from veilleur.domains.estate.models import DataSet, Node
from veilleur.domains.monitoring.models import Check
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser

LETTERS = 200
WIDTHS = (320, 700, 1000, 1440)


def long(first: str) -> str:
    return (first + "Wxyz").ljust(LETTERS, "m")


@pytest.fixture
def company(organisation: Organisation) -> Company:
    """A company with one of everything, all of whose names are as long as names may be."""
    company = make_company(organisation, utc_now())
    watch(company, is_down=True)
    protect(company, is_elsewhere=True)
    keep_key(company)
    make_data_set(organisation, long("Gone"), until=company.now - timedelta(days=1))
    mine = organisation.pk
    Organisation.objects.filter(pk=mine).update(name=long("Organisation"))
    for node in Node.objects.of(mine):
        Node.objects.of(mine).filter(pk=node.pk).update(name=long(f"{node.node_kind}{node.pk}"))
    DataSet.objects.of(mine).update(locator="/" + long("srv"))
    Plan.objects.of(mine).update(name=long("Plan"))
    PlanItem.objects.of(mine).update(source="/" + long("srv"))
    Repository.objects.of(mine).update(name=long("Place"), folder="/" + long("mnt"))
    Check.objects.of(mine).update(note=long("program"))
    return company


def all_paths(company: Company) -> dict[str, str]:
    mine = company.organisation.pk
    plan, place = Plan.objects.of(mine).get(), Repository.objects.of(mine).get()
    check = Check.objects.of(mine).first()
    assert check is not None
    return paths(company) | {
        "one-plan": f"/protection/plans/{plan.public_id}/",
        "end-plan": f"/protection/plans/{plan.public_id}/end/",
        "retire-place": f"/protection/places/{place.public_id}/retire/",
        "retire-data": f"/protection/data/{company.data_set.public_id}/retire/",
        "stop-watching": f"/watch/{check.public_id}/stop/",
    }


def excess(page: Page, width: int) -> int:
    page.set_viewport_size({"width": width, "height": 800})
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_no_name_widens_a_page(visitor: Visitor, company: Company) -> None:
    page = visitor.open("/", width="phone", language="fr")
    too_wide = {}
    for name, path in all_paths(company).items():
        response = page.goto(visitor.base_url + path)
        assert response is not None
        assert response.status == 200, path
        page.locator("main details").evaluate_all("all => all.forEach(one => { one.open = true })")
        too_wide |= {(name, width): by for width in WIDTHS if (by := excess(page, width)) > 0}

    assert too_wide == {}


def test_a_name_that_is_cut_has_its_whole_in_its_title(visitor: Visitor, company: Company) -> None:
    page = visitor.open("/estate/", width="desk")
    cut = page.locator("*").evaluate_all(
        """all => all.filter(one => one.scrollWidth > one.clientWidth + 1
                                    && getComputedStyle(one).textOverflow === "ellipsis")
                      .map(one => [one.textContent.trim(), one.title])"""
    )

    assert cut
    assert [text for text, title in cut if not title or title not in text] == []
