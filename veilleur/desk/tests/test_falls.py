"""If this falls, on the pages of machines and services: what stops, what goes on with less, and why."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.desk.pages.falls import fall_panel
from veilleur.domains.estate.factories import (
    make_asset,
    make_data_set,
    make_dependency,
    make_redundancy,
    make_service,
)
from veilleur.domains.estate.rules.map import DependencyKind
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.shared.viewer import Viewer

pytestmark = pytest.mark.django_db
Organisation = Any


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation, client: Client) -> Client:
    client.force_login(make_person(organisation, name="Anna", language="en"))
    return client


def section(client: Client, route: str, key: Any) -> str:
    response = client.get(reverse(route, args=[key]))
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode().split('id="falls"')[1].split("</section>")[0])
    return re.sub(r"\s+", " ", text)


def viewer_of(organisation: Organisation) -> Viewer:
    return Viewer(1, organisation.pk, frozenset({organisation.pk}))


def test_a_machine_says_which_services_stop_with_it_and_by_which_path(
    organisation: Organisation, anna: Client
) -> None:
    host = make_asset(organisation, "hv-1")
    server = make_asset(organisation, "erp-01")
    make_dependency(server, host, DependencyKind.RUNS_ON)
    erp = make_service(organisation, "ERP", runs_on=server)
    make_dependency(make_service(organisation, "Web shop"), erp, DependencyKind.NEEDS_TO_START)
    make_data_set(organisation, "Base ERP", stored_on=server)

    said = section(anna, "desk:machine", host.public_id)

    assert "Two services would stop." in said
    assert "erp-01 runs on hv-1. ERP runs on erp-01. Web shop does not start without ERP." in said
    assert "2 machines and data sets on the way" in said


def test_a_service_that_has_another_machine_goes_on_with_less(
    organisation: Organisation, anna: Client
) -> None:
    first, second = make_asset(organisation, "web-1"), make_asset(organisation, "web-2")
    shop = make_service(organisation, "Shop")
    make_redundancy(*(make_dependency(shop, each, DependencyKind.RUNS_ON) for each in (first, second)))

    said = section(anna, "desk:machine", first.public_id)

    assert "Nothing that people use would stop; one service would go on with what is left." in said
    assert "With less Shop runs on web-1: 1 of 2 would be left, 1 is enough." in said


def test_where_the_map_is_silent_what_would_stop_is_unknown(organisation: Organisation, anna: Client) -> None:
    said = section(anna, "desk:machine", make_asset(organisation, "lonely").public_id)

    assert "Unknown The map says nothing of what depends on it" in said


def test_what_nobody_uses_is_said_to_stop_nothing(organisation: Organisation, anna: Client) -> None:
    server = make_asset(organisation, "nas")
    make_data_set(organisation, "Archive", stored_on=server)

    said = section(anna, "desk:machine", server.public_id)

    assert "Nothing that people use would stop, as far as the map says." in said
    assert "One machine or data set on the way" in said


def test_what_a_viewer_may_not_see_is_only_counted(organisation: Organisation) -> None:
    server = make_asset(organisation, "erp-01")
    make_service(organisation, "ERP", runs_on=server)
    stranger = Viewer(2, organisation.pk, frozenset())

    panel = fall_panel(stranger, server.public_id)

    assert (panel.lines, panel.hidden) == ((), "And one other that you may not see.")
    assert "unknown" not in panel.headline
    assert fall_panel(viewer_of(organisation), server.public_id).hidden == ""


def test_names_are_text_and_never_markup(organisation: Organisation, anna: Client) -> None:
    server = make_asset(organisation, "<i>srv</i>")
    make_service(organisation, "<b>ERP</b>", runs_on=server)

    response = anna.get(reverse("desk:machine", args=[server.public_id])).content.decode()

    assert "&lt;b&gt;ERP&lt;/b&gt; runs on &lt;i&gt;srv&lt;/i&gt;." in response
    assert "<b>ERP" not in response
