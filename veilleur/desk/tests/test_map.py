"""The page of the map: what is shown, what is folded, what falls, and the same as a table."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.domains.estate.factories import (
    make_activity,
    make_asset,
    make_dependency,
    make_redundancy,
    make_service,
    make_site,
)
from veilleur.domains.estate.rules.map import AssetKind, DependencyKind, LifeState
from veilleur.domains.organisations.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
RUNS_ON = DependencyKind.RUNS_ON
Organisation = Any


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation, client: Client) -> Client:
    client.force_login(make_person(organisation, language="en"))
    return client


def shown(client: Client, **asked: Any) -> Any:
    response = client.get(reverse("desk:map"), asked)
    assert response.status_code == 200
    return response.context["page"]


def boxes(page: Any) -> list[str]:
    return re.findall(r'aria-label="([^"]*)"', page.svg)


def test_an_empty_map_says_what_is_missing(anna: Client) -> None:
    text = anna.get(reverse("desk:map")).content.decode()

    assert "Nothing of this is on the map" in text
    assert "Nothing on the map is watched yet: how it is is unknown." in text


def test_drawing_and_table_say_the_same_and_what_carries_nothing_is_in_neither(
    anna: Client, organisation: Organisation
) -> None:
    server = make_asset(organisation, "erp-01")
    erp = make_service(organisation, "ERP", runs_on=server)
    make_activity(organisation, "Invoice", relies_on=(erp,))
    make_asset(organisation, "desk-07", kind=AssetKind.WORKSTATION)
    make_asset(organisation, "printer", kind=AssetKind.PRINTER)
    make_asset(organisation, "scrapped", life_state=LifeState.RETIRED)

    page = shown(anna)

    assert boxes(page) == ["Invoice: Unknown", "ERP: Unknown", "erp-01: Unknown"]
    assert [(row.name, row.serves, row.rests_on) for row in page.rows] == [
        ("Invoice", "", "ERP"),
        ("ERP", "Invoice", "erp-01"),
        ("erp-01", "ERP", ""),
    ]


def test_many_machines_are_folded_until_they_are_opened_and_those_that_carry_most_stay(
    anna: Client, organisation: Organisation
) -> None:
    for number in range(30):
        make_asset(organisation, f"srv-{number:02d}")
    make_service(organisation, "ERP", runs_on=make_asset(organisation, "z-last"))

    folded, opened = shown(anna), shown(anna, open="3")

    assert "Machines: + 23 others. Open." in boxes(folded)
    assert "z-last: Unknown" in boxes(folded)
    assert len(folded.rows) == 32
    assert sum(box.startswith("srv-") for box in boxes(opened)) == 30


def test_what_falls_with_a_host_is_all_that_is_shown_and_says_so(
    anna: Client, organisation: Organisation
) -> None:
    host, other = make_asset(organisation, "hv-1"), make_asset(organisation, "hv-2")
    web = [make_asset(organisation, name) for name in ("web-1", "web-2")]
    for guest, below in zip(web, (host, other), strict=True):
        make_dependency(guest, below, RUNS_ON)
    shop = make_service(organisation, "Shop")
    make_redundancy(*(make_dependency(shop, each, RUNS_ON) for each in web))
    make_service(organisation, "Mail", runs_on=web[0])

    page = shown(anna, focus=str(host.public_id))

    assert page.headline == "If hv-1 fell: one service would stop."
    assert {(row.name, str(row.word)) for row in page.rows} == {
        ("hv-1", "If it fell"),
        ("web-1", "Would stop"),
        ("Mail", "Would stop"),
        ("Shop", "With less"),
    }
    assert [line.name for line in page.steps] == ["web-1", "Mail", "Shop"]


def test_a_site_shows_what_stands_there_and_what_rests_on_it(
    anna: Client, organisation: Organisation
) -> None:
    here = make_asset(organisation, "here", site=make_site(organisation, "Pontoise & Cie"))
    make_service(organisation, "ERP", runs_on=here)
    make_service(organisation, "Mail", runs_on=make_asset(organisation, "there"))

    page = shown(anna, site="Pontoise & Cie")

    assert {row.name for row in page.rows} == {"here", "ERP"}
    assert "What stands at Pontoise &amp; Cie" in boxes(page)


@pytest.mark.parametrize("focus", ["nonsense", str(UUID(int=1))])
def test_what_falls_with_nothing_there_is_not_found(anna: Client, focus: str) -> None:
    assert anna.get(reverse("desk:map"), {"focus": focus}).status_code == 404


@pytest.mark.parametrize("asked", [{"open": "x"}, {"open": "²"}, {"site": "<b>"}, {"state": "odd"}])
def test_an_odd_question_is_answered_as_far_as_it_can_be_meant(anna: Client, asked: dict[str, str]) -> None:
    shown(anna, **asked)


def test_the_same_map_is_the_same_drawing_and_names_are_text(
    anna: Client, organisation: Organisation
) -> None:
    make_service(organisation, "<i>ERP</i>", runs_on=make_asset(organisation, "srv"))

    first, again = shown(anna), shown(anna)

    assert first.svg == again.svg
    assert "<i>" not in first.svg


def test_of_an_activity_what_it_rests_on_is_shown_as_it_is(anna: Client, organisation: Organisation) -> None:
    erp = make_service(organisation, "ERP", runs_on=make_asset(organisation, "erp-01"))
    invoice = make_activity(organisation, "Invoice", relies_on=(erp,))
    make_service(organisation, "Mail", runs_on=make_asset(organisation, "mail-01"))

    page = shown(anna, focus=str(invoice.public_id))

    assert page.headline == "What Invoice rests on."
    assert {(row.name, str(row.word)) for row in page.rows} == {
        ("Invoice", "Unknown"),
        ("ERP", "Unknown"),
        ("erp-01", "Unknown"),
    }


def test_a_whole_site_falls_with_all_that_runs_there_and_what_stands_elsewhere_stays(
    anna: Client, organisation: Organisation
) -> None:
    host = make_asset(organisation, "hv-1", site=make_site(organisation, "Pontoise"))
    elsewhere = make_asset(organisation, "web-2", site=make_site(organisation, "Magny"))
    guest = make_asset(organisation, "web-1")
    make_dependency(guest, host, RUNS_ON)
    make_service(organisation, "Mail", runs_on=guest)
    shop = make_service(organisation, "Shop")
    make_redundancy(*(make_dependency(shop, each, RUNS_ON) for each in (guest, elsewhere)))

    page = shown(anna, focus="site:Pontoise")

    assert page.headline == "If everything at Pontoise fell: one service would stop."
    assert {(row.name, str(row.word)) for row in page.rows} == {
        ("hv-1", "If it fell"),
        ("web-1", "If it fell"),
        ("Mail", "Would stop"),
        ("Shop", "With less"),
    }


def test_a_site_that_is_not_there_shows_nothing(anna: Client, organisation: Organisation) -> None:
    make_service(organisation, "Mail", runs_on=make_asset(organisation, "mail-01"))

    assert shown(anna, focus="site:Nowhere").rows == ()
