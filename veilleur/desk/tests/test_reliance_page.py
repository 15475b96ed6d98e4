"""Home question 6 and the page it leads to, as people of each role see them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from veilleur.domains.estate.factories import make_asset
from veilleur.domains.knowledge.factories import make_document
from veilleur.domains.organisations.factories import make_organisation, make_person, make_rota
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db

# Rows that factories made; their tables are behind the doors of their domain.
Organisation = Person = Any


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation, client: Client) -> Person:
    person = make_person(organisation, name="Anna", language="en")
    client.force_login(person)
    return person


def text_of(client: Client, route: str) -> str:
    response = client.get(reverse(route))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def answer_six(client: Client) -> str:
    answers = text_of(client, "desk:home").split('<li class="answer is-')
    return next(answer for answer in answers if '"answer-rank">6<' in answer)


def test_the_answer_counts_what_is_to_be_settled_and_leads_to_the_page(
    anna: Person, organisation: Organisation, client: Client
) -> None:
    make_asset(organisation, "erp-01")

    text = answer_six(client)

    assert text.startswith("bad")
    assert "One person alone may act on the servers: nobody can stand in. 4 more points" in text
    assert 'class="figure">5<' in text
    assert reverse("desk:reliance") in text
    assert "No service is on the map, so nothing is known of what rests on one machine." in text


def test_the_page_names_each_thing_to_do_with_its_place(
    anna: Person, organisation: Organisation, client: Client
) -> None:
    server = make_asset(organisation, "erp-01")
    document = make_document(organisation, "Restore <i>all</i>", reviewed_at=utc_now() - timedelta(days=900))

    text = text_of(client, "desk:reliance")

    first, second = text.index("Let a second person act"), text.index("Write the required documents")
    assert first < second < text.index("Read the document again")
    assert reverse("desk:machine", args=[server.public_id]) in text
    assert "5 of 5 missing" in text
    assert reverse("knowledge:document", args=[document.public_id]) in text
    assert "Restore &lt;i&gt;all&lt;/i&gt;" in text
    assert reverse("organisations:person", args=[anna.public_id]) in text
    assert reverse("organisations:invite") in text


def test_a_gap_on_call_leads_to_its_rota_and_a_rota_that_is_missing_to_where_it_is_made(
    anna: Person, organisation: Organisation, client: Client
) -> None:
    organisation.profile = "structured"
    organisation.save()
    missing = text_of(client, "desk:reliance")
    rota = make_rota(organisation, "Nights & weekends")

    text = text_of(client, "desk:reliance")

    assert f'href="{reverse("organisations:add_rota")}">Plan who is on call, or say' in missing
    assert "Within seven days nobody is on call in hours that must be covered." in text
    place = reverse("organisations:rota", args=[rota.public_id])
    assert f'href="{place}">Nights &amp; weekends</a>' in text
    assert reverse("organisations:add_rota") not in text
    client.force_login(make_person(organisation, role=Role.AUDITOR, language="en"))
    assert place in text_of(client, "desk:reliance")


def test_whoever_may_not_invite_is_led_to_the_people(organisation: Organisation, client: Client) -> None:
    client.force_login(make_person(organisation, role=Role.AUDITOR, language="en"))

    text = text_of(client, "desk:reliance")

    assert f'href="{reverse("organisations:people")}">Let a second person act' in text
    assert reverse("organisations:invite") not in text


def test_whoever_only_asks_reads_the_answer_and_no_names(organisation: Organisation, client: Client) -> None:
    make_person(organisation, name="Anna Secret")
    client.force_login(make_person(organisation, role=Role.REQUESTER, language="en"))

    text = answer_six(client)

    assert "point" in text
    assert reverse("desk:reliance") not in text
    assert "Secret" not in text
    assert client.get(reverse("desk:reliance")).status_code == 403
