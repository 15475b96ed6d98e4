"""What the desk's routes answer: to a member, to a stranger, and to an odd request."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.domains.estate.factories import make_asset, make_data_set, make_service
from veilleur.domains.organisations.factories import make_organisation, make_person

pytestmark = pytest.mark.django_db

# Rows that factories made; their tables are behind the doors of their domain.
Organisation = Person = Any


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation) -> Person:
    return make_person(organisation, language="en")


@pytest.fixture
def signed_in(client: Client, anna: Person) -> Client:
    client.force_login(anna)
    return client


def test_the_home_page_has_the_seven_questions_in_their_order(signed_in: Client) -> None:
    text = signed_in.get("/").content.decode()

    questions = [
        "Does everything work?",
        "If my servers fall",
        "How much work",
        "Am I up to date",
        "Are commitments",
    ]
    questions += ["Does anything rest on one", "What must be done this month?"]
    places = [text.index(question) for question in questions]
    assert places == sorted(places)


def test_an_organisation_of_which_nothing_is_known_gets_no_figure(signed_in: Client) -> None:
    text = signed_in.get("/").content.decode()

    assert text.count("is-unknown") == 7
    assert "state-good" not in text


def test_a_page_that_refreshes_itself_gets_the_answers_alone(signed_in: Client) -> None:
    response = signed_in.get("/", headers={"HX-Request": "true"})

    assert response.content.decode().lstrip().startswith('<div id="seven"')
    assert "HX-Request" in response["Vary"]


def test_a_refresh_after_the_session_ended_loads_the_page_again(client: Client) -> None:
    response = client.get("/", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Refresh"]) == (204, "true")


def test_a_refresh_keeps_no_session_alive(signed_in: Client) -> None:
    signed_in.get("/", headers={"X-Poll": "1"})

    assert "seen" not in signed_in.session


def test_a_machine_page_names_what_depends_on_it(signed_in: Client, organisation: Organisation) -> None:
    machine = make_asset(organisation, "erp-01")
    service = make_service(organisation, "ERP", runs_on=machine)

    text = signed_in.get(reverse("desk:machine", args=[machine.public_id])).content.decode()

    assert reverse("desk:service", args=[service.public_id]) in text
    assert "erp-01 is not watched yet" in text


def test_a_service_page_names_its_data(signed_in: Client, organisation: Organisation) -> None:
    service = make_service(organisation, "ERP")
    make_data_set(organisation, "Invoices", used_by=service, locator="/srv/invoices")

    text = signed_in.get(reverse("desk:service", args=[service.public_id])).content.decode()

    assert "Invoices" in text
    assert "/srv/invoices" in text


@pytest.mark.parametrize("route", ["desk:machine", "desk:service", "desk:objectives"])
def test_another_organisations_object_is_no_object(signed_in: Client, route: str) -> None:
    other = make_organisation("Autre")
    machine = make_asset(other)
    service = make_service(other, runs_on=machine)
    wanted = machine if route == "desk:machine" else service

    assert signed_in.get(reverse(route, args=[wanted.public_id])).status_code == 404


def test_a_member_switches_the_language_for_good(signed_in: Client, anna: Person) -> None:
    response = signed_in.post(reverse("desk:language"), {"language": "fr", "next": "/estate/"})

    anna.refresh_from_db()
    assert (response.status_code, response["Location"], anna.language) == (302, "/estate/", "fr")


def test_a_stranger_switches_the_language_of_the_browser(client: Client) -> None:
    client.post(reverse("desk:language"), {"language": "en", "next": "/account/login/"})

    assert 'lang="en"' in client.get("/account/login/").content.decode()


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_the_switch_leads_nowhere_else(client: Client, target: str) -> None:
    response = client.post(reverse("desk:language"), {"language": "en", "next": target})

    assert response["Location"] == "/"


@pytest.mark.parametrize("page", ["/", "/watch/", "/estate/", "/protection/", "/recovery-key/", "/nowhere/"])
def test_no_page_of_a_member_stays_in_the_browser(signed_in: Client, page: str) -> None:
    assert "no-store" in signed_in.get(page).headers["Cache-Control"]


@pytest.mark.parametrize("name", ["two\nlines", "\x1b]0;title\x07", "invoice\u202efdp"])
def test_a_name_that_would_turn_or_move_what_is_around_it_is_refused(signed_in: Client, name: str) -> None:
    text = signed_in.post("/protection/places/new/", {"name": name, "folder": "/srv/place"}).content.decode()

    assert "Something in it cannot be shown as it is" in text


def test_a_folder_on_two_lines_is_no_folder(signed_in: Client) -> None:
    answer = signed_in.post("/protection/places/new/", {"name": "NAS", "folder": "/srv/a\nb"})

    assert r"/srv/a\x0ab" in answer.content.decode()


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    response = client.post(reverse("desk:language"), {"language": "xx", "next": "/"})

    assert not response.cookies


def test_a_service_is_declared_from_the_page_of_the_estate(
    signed_in: Client, organisation: Organisation
) -> None:
    machine = make_asset(organisation, "erp-01")
    said = {"name": "Shop", "machine": str(machine.public_id), "rto_s": "14400", "rpo_s": "86400"}
    assert reverse("desk:add_service") in signed_in.get("/estate/").content.decode()

    done = signed_in.post(reverse("desk:add_service"), said, follow=True)
    again = signed_in.post(reverse("desk:add_service"), said)

    assert "Shop is declared" in done.content.decode()
    assert "erp-01" in done.content.decode()
    assert "There is a service of this name already" in again.content.decode()


def test_a_service_without_name_or_machine_is_asked_for_them(signed_in: Client) -> None:
    answer = signed_in.post(reverse("desk:add_service"), {"name": "", "rto_s": "14400", "rpo_s": "86400"})

    assert answer.context["form"].errors.keys() == {"name", "machine"}
