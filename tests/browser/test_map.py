"""The map in layers, of a company with everything on it: whole, folded, of what falls with one host."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.company import make_company, watch
from tests.browser.conftest import Visitor, assert_sound_in_every_look
from veilleur.domains.estate.factories import (
    make_activity,
    make_asset,
    make_data_set,
    make_dependency,
    make_redundancy,
    make_service,
    make_site,
)
from veilleur.domains.estate.rules.map import AssetKind, DependencyKind
from veilleur.domains.organisations.models import Organisation
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.browser
RUNS_ON = DependencyKind.RUNS_ON


@pytest.fixture
def hosts(organisation: Organisation) -> list[Any]:
    """Return the hosts of a company: machines, services, data and activities stand on them."""
    company = make_company(organisation, utc_now())
    watch(company, is_down=True)
    pontoise, magny = make_site(organisation, "Pontoise, siège"), make_site(organisation, "Magny, atelier")
    hosts = [make_asset(organisation, f"hv-0{n}", site=pontoise if n < 3 else magny) for n in (1, 2, 3)]
    make_dependency(company.machine, hosts[0], RUNS_ON)
    guests = {
        name: make_asset(organisation, name, kind=AssetKind.VIRTUAL_MACHINE)
        for name in (
            "cao-01",
            "ad-01",
            "ad-02",
            "etq-01",
            "fic-01",
            "web-01",
            "tel-01",
            "pay-01",
            "bad-01",
            "sup-01",
        )
    }
    for number, guest in enumerate(guests.values()):
        make_dependency(guest, hosts[number % 3], RUNS_ON)
    directory = make_service(organisation, "Annuaire")
    make_redundancy(
        make_dependency(directory, guests["ad-01"], RUNS_ON),
        make_dependency(directory, guests["ad-02"], RUNS_ON),
    )
    plans = make_service(organisation, "Plans de CAO", runs_on=guests["cao-01"])
    make_data_set(organisation, "Plans", stored_on=guests["cao-01"], used_by=plans)
    labels = make_service(organisation, "Étiquettes", runs_on=guests["etq-01"])
    files = make_service(organisation, "Fichiers partagés", runs_on=guests["fic-01"])
    make_data_set(organisation, "Partages", stored_on=guests["fic-01"], used_by=files)
    phone = make_service(organisation, "Téléphonie", runs_on=guests["tel-01"])
    make_service(organisation, "Paie", runs_on=guests["pay-01"])
    for one in (company.service, plans, files):
        make_dependency(one, directory, DependencyKind.AUTHENTICATES_WITH)
    make_activity(organisation, "Facturer", relies_on=(company.service,), is_vital=True)
    make_activity(organisation, "Produire", relies_on=(plans, company.service))
    make_activity(organisation, "Expédier", relies_on=(labels,))
    make_activity(organisation, "Collaborer", relies_on=(files, phone))
    return hosts


def test_the_map_is_sound(visitor: Visitor, hosts: list[Any]) -> None:
    page = visitor.open("/map/", language="fr")

    expect(page.get_by_role("heading", level=1)).to_have_text("erp-01 gêne Facturer et Produire.")
    assert_sound_in_every_look(visitor, page, "map")


def test_a_click_shows_what_falls_and_a_fold_opens(visitor: Visitor, hosts: list[Any]) -> None:
    page = visitor.open("/map/", language="en")

    page.get_by_role("link", name="Open.").first.click()
    expect(page.get_by_role("link", name="tel-01:")).to_be_visible()
    page.get_by_role("link", name="hv-03:").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("If hv-03 fell:")
    assert_sound_in_every_look(visitor, page, "map-focus")
