"""The page of weak points: single points, circles, zones, what services lack; silence is unknown."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.domains.estate.factories import (
    make_activity,
    make_asset,
    make_data_set,
    make_dependency,
    make_redundancy,
    make_service,
)
from veilleur.domains.estate.ports import COPIED
from veilleur.domains.estate.rules.map import DependencyKind
from veilleur.domains.organisations.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db
Organisation = Any
RUNS_ON = DependencyKind.RUNS_ON


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation, client: Client) -> Client:
    client.force_login(make_person(organisation, name="Anna", language="en"))
    return client


def page(client: Client) -> str:
    response = client.get(reverse("desk:weak_points"))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_without_a_service_nothing_is_known_and_nothing_is_green(anna: Client) -> None:
    said = page(anna)

    assert "Whether anything rests on one machine is unknown" in said
    assert "No service is on the map yet." in said
    assert "Nothing on the map rests on one machine alone." not in said.split("Single points of failure")[0]


def test_a_service_of_which_nothing_is_drawn_is_unknown(organisation: Organisation, anna: Client) -> None:
    make_service(organisation, "Mail")

    said = page(anna)

    assert "Whether anything rests on one machine is unknown" in said
    assert "Of one service the map does not say on what it runs" in said
    assert "nothing is known of them: Mail ." in said


def test_the_machine_under_a_critical_service_comes_first_with_all_it_brings_down(
    organisation: Organisation, anna: Client
) -> None:
    nas, erp_01 = make_asset(organisation, "a-nas"), make_asset(organisation, "erp-01")
    make_service(organisation, "Archive", runs_on=nas)
    make_service(organisation, "Old archive", runs_on=nas)
    erp = make_service(organisation, "ERP", runs_on=erp_01)
    make_dependency(make_activity(organisation, "Invoice", is_vital=True), erp, DependencyKind.RELIES_ON)

    said = page(anna)

    assert "Two machines each alone bring services down." in said
    assert said.index("erp-01 Single point") < said.index("a-nas Single point")
    assert "erp-01 Single point ERP , Invoice" in said


def test_two_machines_that_stand_in_for_each_other_are_no_single_point(
    organisation: Organisation, anna: Client
) -> None:
    shop = make_service(organisation, "Shop")
    edges = [make_dependency(shop, make_asset(organisation), RUNS_ON) for _number in range(2)]
    make_redundancy(*edges)

    assert "Nothing on the map rests on one machine alone." in page(anna)


def test_a_circle_is_told_step_by_step_and_heads_the_page(organisation: Organisation, anna: Client) -> None:
    host = make_asset(organisation, "hv-1")
    directory = make_service(organisation, "Directory", runs_on=host)
    make_dependency(host, directory, DependencyKind.AUTHENTICATES_WITH)

    said = page(anna)

    assert "One circle of things that wait for one another keeps a restart from ending." in said
    assert "Directory runs on hv-1." in said
    assert "People sign in to hv-1 with Directory." in said


def test_production_and_test_on_one_host_are_told_and_nobody_having_said_is_unknown(
    organisation: Organisation, anna: Client
) -> None:
    host = make_asset(organisation, "hv-1")
    before = page(anna)
    for name, zone in (("erp-01", "production"), ("try-01", "test")):
        make_dependency(make_asset(organisation, name, environment=zone), host, RUNS_ON)

    assert "Unknown nobody has said of any machine" in before
    assert "hv-1 carries both erp-01, of production, and try-01, of test." in page(anna)


def test_what_services_lack_is_said_and_what_nobody_answers_is_unknown(
    organisation: Organisation, anna: Client
) -> None:
    server = make_asset(organisation, "erp-01")
    erp = make_service(organisation, "ERP", runs_on=server, rto_is_default=False)
    make_data_set(organisation, "Base ERP", stored_on=server, used_by=erp)
    kept = COPIED.get()
    COPIED.bind(lambda *_asked: {})
    try:
        unanswered = page(anna)
    finally:
        COPIED.bind(kept)

    assert "ERP Missing There Missing Unknown Missing" in unanswered
    # Backups know of the data, and that nothing copies it.
    assert "ERP Missing There Missing Missing Missing" in page(anna)
