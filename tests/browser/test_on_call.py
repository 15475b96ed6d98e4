"""The pages of on-call rotas in four looks, and a swap from the phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, assert_pages_are_sound
from veilleur.domains.organisations.factories import (
    make_absence,
    make_intervention,
    make_mandate,
    make_organisation,
    make_person,
    make_rota,
    make_shift,
    make_swap,
    make_turns,
)
from veilleur.domains.organisations.models import Organisation
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.rules.rota_words import AbsenceKind, Cover
from veilleur.shared.clock import utc_now


@pytest.fixture
def pages(organisation: Organisation, visitor: Visitor) -> dict[str, str]:
    """Fill the company, and return the address of each page by a word for its picture."""
    now, day = utc_now(), timedelta(days=1)
    benoit = make_person(organisation, name="Benoît Marchand", role=Role.TECHNICIAN)
    chloe = make_person(organisation, name="Chloé Roussel", role=Role.TECHNICIAN)
    assert visitor.person is not None
    rota = make_rota(organisation, "Nuits et week-ends")
    make_turns(rota, [benoit, visitor.person, chloe])
    make_shift(rota, None, now + 3 * day, now + 4 * day)
    make_shift(rota, chloe, now + 6 * day, now + 7 * day)
    make_intervention(rota, benoit, now - 2 * day, now - 2 * day + timedelta(hours=2))
    weeks = {"gives_from": now + 9 * day, "gives_until": now + 16 * day}
    back = {"takes_from": now + 16 * day, "takes_until": now + 23 * day}
    make_swap(rota, benoit, visitor.person, **weeks, **back)
    provider = make_organisation("Infogérance du Vexin")
    make_mandate(organisation, provider)
    duty = make_rota(provider, "Permanence", cover=Cover.ALWAYS, serves_customers=True)
    make_turns(duty, [make_person(provider, name="Tess Lambert", role=Role.TECHNICIAN)])
    absence = make_absence(chloe, organisation, now + day, now + 25 * day, kind=AbsenceKind.ILLNESS)
    base = f"/people/on-call/{rota.public_id}/"
    return {
        "rotas": "/people/on-call/",
        "rota": base,
        "my-shifts": "/people/on-call/mine/",
        "absence": f"/people/on-call/absences/{absence.public_id}/",
        "absence-new": "/people/on-call/absences/new/",
        "rota-new": "/people/on-call/new/",
        "rota-change": f"{base}change/",
        "turns": f"{base}turns/",
        "shift": f"{base}shift/",
        "swap": f"{base}swap/",
        "take-over": f"{base}take-over/",
        "intervention": f"{base}intervention/",
    }


def test_each_page_is_sound(visitor: Visitor, pages: dict[str, str]) -> None:
    assert_pages_are_sound(visitor, pages)


def test_duty_is_taken_over_on_a_phone(visitor: Visitor, pages: dict[str, str]) -> None:
    page = visitor.open(pages["rota"], width="phone", language="en")
    end = utc_now() + timedelta(days=1)

    page.get_by_role("link", name="Take over").click()
    page.get_by_label("Until").fill(f"{end:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Take it over").click()

    expect(page.get_by_text("You have taken over.")).to_be_visible()
    expect(page.locator(".is-today .is-own").first).to_be_visible()
    assert visitor.complaints == []
