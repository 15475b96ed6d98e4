"""What falls with a machine, and the weak points of a map with everything on it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.company import Company, make_company
from tests.browser.conftest import Visitor, assert_sound_in_every_look
from veilleur.domains.estate.factories import (
    make_activity,
    make_asset,
    make_dependency,
    make_redundancy,
    make_service,
)
from veilleur.domains.estate.rules.map import DependencyKind
from veilleur.domains.organisations.models import Organisation

pytestmark = pytest.mark.browser
RUNS_ON = DependencyKind.RUNS_ON


@pytest.fixture
def company(organisation: Organisation) -> Company:
    return make_company(organisation, datetime(2026, 11, 20, 7, 20, tzinfo=UTC))


@pytest.fixture
def host(company: Company) -> Any:
    """Return the host on which nearly everything of the company runs."""
    organisation = company.organisation
    host = make_asset(organisation, "hyp-01")
    make_dependency(company.machine, host, RUNS_ON)
    company.machine.environment = "production"
    company.machine.save()
    make_dependency(make_asset(organisation, "essai-01", environment="test"), host, RUNS_ON)
    directory = make_service(organisation, "Annuaire", runs_on=host)
    make_dependency(company.service, directory, DependencyKind.AUTHENTICATES_WITH)
    make_dependency(host, directory, DependencyKind.AUTHENTICATES_WITH)
    shop = make_service(organisation, "Boutique en ligne", rto_is_default=False)
    web = [make_asset(organisation, name) for name in ("web-01", "web-02")]
    make_dependency(web[0], host, RUNS_ON)
    make_redundancy(*(make_dependency(shop, each, RUNS_ON) for each in web))
    make_service(organisation, "Téléphonie")
    make_activity(organisation, "Facturer", relies_on=(company.service,), is_vital=True)
    make_activity(organisation, "Vendre en ligne", relies_on=(shop,))
    return host


def test_what_falls_with_a_host_is_sound(visitor: Visitor, host: Any) -> None:
    page = visitor.open(f"/machines/{host.public_id}/", language="fr")

    expect(page.get_by_text("Une activité et deux services s’arrêteraient.")).to_be_visible()
    assert_sound_in_every_look(visitor, page, "falls")


def test_weak_points_are_sound(visitor: Visitor, host: Any) -> None:
    page = visitor.open("/weak-points/", language="fr")

    expect(page.get_by_role("link", name="hyp-01").first).to_be_visible()
    assert_sound_in_every_look(visitor, page, "weak-points")


def test_saying_on_what_something_runs_is_sound(visitor: Visitor, company: Company, host: Any) -> None:
    page = visitor.open(f"/machines/{company.machine.public_id}/runs-on/", language="fr")

    expect(page.get_by_label("hyp-01")).to_be_checked()
    assert_sound_in_every_look(visitor, page, "runs-on")
