"""The guided first week and what rests on one person: on a desk and on a phone, in both languages."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.company import make_company, protect, watch
from tests.browser.conftest import (
    Visitor,
    assert_open_page_is_sound_in_every_look,
    assert_sound_in_every_look,
)
from veilleur.domains.knowledge.factories import make_bundle, make_document
from veilleur.domains.knowledge.rules.documents import Topic
from veilleur.domains.organisations.factories import make_person
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser


def test_the_week_is_led_through_said_and_put_away(visitor: Visitor, organisation: Organisation) -> None:
    company = make_company(organisation, utc_now())
    watch(company)
    protect(company, is_elsewhere=True)
    page = visitor.open("/", language="fr")
    assert_open_page_is_sound_in_every_look(page, "week-home")

    page.locator("#first-week").click()
    page.locator('form:has([value="key_away"]) button').click()
    expect(page.locator(".note-good")).to_be_visible()
    assert_open_page_is_sound_in_every_look(page, "week")
    page.locator('form:has([value="put_away"]) button').click()
    page.goto(page.url.replace("/first-week/", "/"))

    expect(page.locator(".first-week")).to_have_count(0)


def test_what_rests_on_one_person_is_listed_the_gravest_first(
    visitor: Visitor, organisation: Organisation
) -> None:
    company = make_company(organisation, utc_now())
    make_person(organisation, name="Ben Roux")
    about = {company.machine.public_id: "asset"}
    make_document(organisation, "Restaurer l’ERP", topic=Topic.FULL_RESTORE, about=about)
    reviewed = {"reviewed_at": utc_now() - timedelta(days=400), "about": about}
    make_document(organisation, "Restaurer un fichier", **reviewed)  # type: ignore[arg-type]
    page = visitor.open("/one-person/", language="fr")

    expect(page.locator("tbody tr").first.locator(".state-bad")).to_have_count(1)
    assert_sound_in_every_look(visitor, page, "reliance")


def test_the_offline_bundle_says_whether_it_would_help(visitor: Visitor, organisation: Organisation) -> None:
    make_bundle(organisation)
    page = visitor.open("/documents/offline/", language="fr")

    expect(page.locator(".table .state-unknown")).to_have_count(1)
    expect(page.locator('a[href="/documents/offline/zip/"]')).to_be_visible()
    assert_sound_in_every_look(visitor, page, "bundle")
