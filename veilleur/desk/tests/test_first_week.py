"""The guided first week on the home page and on its own: filled by facts, put away and brought back."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from veilleur.desk.tests.office import Office
from veilleur.domains.estate.factories import make_asset, make_service
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.knowledge.factories import make_document
from veilleur.domains.knowledge.rules.documents import Topic
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.domains.organisations.rules.profiles import Profile
from veilleur.domains.organisations.rules.roles import Role

pytestmark = pytest.mark.django_db

# Rows that factories made; their tables are behind the doors of their domain.
Organisation = Person = Any
WEEK = "/first-week/"


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation, client: Client) -> Person:
    person = make_person(organisation, name="Anna Roux", language="en")
    client.force_login(person)
    return person


def text_of(client: Client, path: str) -> str:
    return re.sub(r"\s+", " ", client.get(path).content.decode())


def item(client: Client, words: str) -> str:
    rows = re.findall(r"<li(?: class=\"is-done\")?><span class=\"week-mark\">.*?</li>", text_of(client, WEEK))
    return next(row for row in rows if words in row)


def say(client: Client, saying: str, stands: str = "1") -> str:
    response = client.post(WEEK, {"saying": saying, "stands": stands}, follow=True)
    return re.sub(r"\s+", " ", response.content.decode())


def test_the_home_page_of_those_who_start_leads_to_the_next_item(
    anna: Person, organisation: Organisation, client: Client
) -> None:
    make_asset(organisation, "erp-01")

    text = text_of(client, "/")

    assert "First week, day 1: Ten services, and who answers for them" in text
    assert "1 of 4 done" in text
    assert re.search(r'id="first-week-next" href="/services/new/">Name the ten services', text)


def test_an_item_is_done_by_a_fact_alone(anna: Person, organisation: Organisation, client: Client) -> None:
    assert "Done:" not in item(client, "how one lost file comes back")
    document = make_document(organisation, topic=Topic.ONE_FILE_RESTORE, text="1. [? Where] it is")
    assert "Done:" not in item(client, "how one lost file comes back")

    document.blanks = 0
    document.save()

    done = item(client, "how one lost file comes back")
    assert "Done:" in done
    assert "<a" not in done
    assert "<button" not in done


def test_a_service_that_veilleur_proposed_is_not_named_by_anybody(
    anna: Person, organisation: Organisation, client: Client
) -> None:
    make_service(organisation, "Proposed", is_proposed=True)
    make_service(organisation, "Named", rto_is_default=False, rpo_is_default=False)

    assert "1 of 10" in item(client, "Name the ten services")
    assert "1 of 2" in item(client, "how long it may be down")


def test_backups_of_the_company_are_seen(client: Client) -> None:
    office = Office(client)

    text = text_of(client, WEEK)

    assert "Done:" in item(client, "Add a place for copies")
    assert "Done:" in item(client, "Back up all data")
    assert "Done:" not in item(client, "Have a restore test pass")
    assert f"/services/{office.service.public_id}/objectives/" in text


def test_what_no_fact_shows_is_said_with_name_and_time_and_can_be_taken_back(
    anna: Person, organisation: Organisation, client: Client
) -> None:
    said = say(client, "key_away")
    again = say(client, "key_away")

    row = item(client, "outside of the building")
    assert "Noted, with your name" in said
    assert "said by Anna Roux" in row
    assert "Done:" in row
    assert "Noted" in again
    assert "Taken back" in say(client, "key_away", "0")
    assert "Done:" not in item(client, "outside of the building")
    facts = [entry for entry in whole_entries(organisation.pk) if entry.kind.endswith("first_week_said")]
    assert [(entry.actor, json.loads(entry.body)["stands"]) for entry in facts] == [
        (anna.pseudonym, True),
        (anna.pseudonym, False),
    ]


def test_three_services_can_be_all_there_are(
    anna: Person, organisation: Organisation, client: Client
) -> None:
    assert "These are all our services" not in text_of(client, WEEK)
    make_service(organisation, "Shop")
    assert "These are all our services" in text_of(client, WEEK)

    say(client, "all_services")

    assert "Done:" in item(client, "Name the ten services")


def test_the_week_is_put_away_and_comes_back_from_the_menu(anna: Person, client: Client) -> None:
    assert "the menu leads back" in say(client, "put_away")
    home = text_of(client, "/")
    assert "First week, day" not in home
    assert f'href="{WEEK}">First week' in home

    say(client, "put_away", "0")

    assert "First week, day 1" in text_of(client, "/")


@pytest.mark.parametrize("changes", [{"profile": Profile.STRUCTURED}, {"is_demo": True}])
def test_those_who_do_not_start_are_not_led(client: Client, changes: dict[str, Any]) -> None:
    organisation = make_organisation(**changes)
    client.force_login(make_person(organisation, language="en"))

    assert "First week, day" not in text_of(client, "/")
    assert client.get(WEEK).status_code == 200


def test_something_else_than_a_saying_is_refused_with_a_sentence(anna: Person, client: Client) -> None:
    assert "This cannot be said here" in say(client, "machine")
    assert "This cannot be said here" in say(client, "key_away", "perhaps")


def test_whoever_may_change_nothing_reads_it_without_buttons(
    organisation: Organisation, client: Client
) -> None:
    client.force_login(make_person(organisation, role=Role.AUDITOR, language="en"))

    main = text_of(client, WEEK).split('id="content"')[1].split("<footer")[0]

    assert "<button" not in main
    assert "/services/new/" not in main
    assert client.post(WEEK, {"saying": "put_away", "stands": "1"}).status_code == 403


def test_whoever_only_asks_is_not_led(organisation: Organisation, client: Client) -> None:
    client.force_login(make_person(organisation, role=Role.REQUESTER, language="en"))

    assert "First week" not in text_of(client, "/")
