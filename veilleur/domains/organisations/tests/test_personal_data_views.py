"""The pages of personal data: taken away with proof, asked for, carried out, and who may not."""

import csv
import io
import json
import zipfile
from uuid import uuid4

import pytest
from django.http import HttpResponse

from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.actions.erasures import ERASE_PERSON
from veilleur.domains.organisations.factories import make_mandate, make_organisation, make_person, signed_in
from veilleur.domains.organisations.jobs import HANDLERS
from veilleur.domains.organisations.models import Erasure, Organisation, Person
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.tests.journal_reading import facts
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def manager(organisation: Organisation) -> Person:
    return make_person(organisation, name="Anna Martin")


@pytest.fixture
def person(organisation: Organisation, manager: Person) -> Person:
    return make_person(organisation, name="=Jérôme", email="j@vexin.example", role=Role.REQUESTER)


def unpacked(response: HttpResponse) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def do(organisation: Organisation) -> None:
    erasure = Erasure.objects.of(organisation.pk).get()
    payload = {"organisation": str(organisation.public_id), "erasure": str(erasure.public_id)}
    ticket = JobTicket(kind=ERASE_PERSON, key="", payload=payload, attempts=1, token=uuid4())
    HANDLERS[ERASE_PERSON](ticket, utc_now)


def test_anybody_takes_their_own_data_away_in_their_language(person: Person) -> None:
    client = signed_in(person)
    actions.note_sign_in(now=utc_now(), actor=Actor(person.pseudonym), person_id=person.pk)

    shown = client.get("/account/data/")
    files = unpacked(client.post("/account/data/download/"))

    assert shown.status_code == 200
    assert set(files) == {"data.json", "read-me.html", "journal.csv"}
    assert json.loads(files["data.json"])["account"]["email"] == "j@vexin.example"
    assert "Ce que Veilleur détient sur vous" in files["read-me.html"]
    head, row = csv.reader(io.StringIO(files["journal.csv"]))
    said = dict(zip(head, row, strict=True))
    assert (said["Genre"], said["Quoi"]) == ("organisations.signed_in", "Quelqu’un s’est connecté.")
    assert (said["Détail"], said["En tant que"]) == ("mot de passe", "personne concernée")
    assert [fact.actor for fact in facts("personal_data_exported")] == [person.pseudonym]


def test_nothing_is_taken_away_without_a_fresh_proof(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    own = signed_in(person, has_proved=False).post("/account/data/download/")
    theirs = signed_in(manager, has_proved=False).post(f"/people/{person.public_id}/data/download/")
    erased = signed_in(manager, has_proved=False).post(f"/people/{person.public_id}/erase/")

    assert [response.status_code for response in (own, theirs, erased)] == [302, 302, 302]
    assert own["Location"].startswith("/account/confirm/")
    assert facts("personal_data_exported") == []
    assert not Erasure.objects.of(organisation.pk).exists()


def test_a_person_asks_and_a_manager_carries_it_out(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    theirs, managers = signed_in(person), signed_in(manager)

    asked = theirs.post("/account/data/erase/", follow=True)
    listed = managers.get("/organisation/personal-data/")
    preview = managers.get(f"/people/{person.public_id}/erase/")
    ordered = managers.post(f"/people/{person.public_id}/erase/")
    do(organisation)
    done = managers.get(ordered["Location"])

    assert asked.context["request_open"].ordered_at is None
    assert [row.name for row in listed.context["waiting"]] == ["=Jérôme"]
    assert preview.context["preview"].is_account_going
    assert done.context["row"].done_at is not None
    assert (
        "Jérôme" not in done.content.decode() + managers.get("/organisation/personal-data/").content.decode()
    )
    assert managers.get(f"/people/{person.public_id}/data/").status_code == 404


def test_a_request_is_closed_by_a_manager_or_taken_back(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    theirs, managers = signed_in(person), signed_in(manager)
    theirs.post("/account/data/erase/")

    closed = managers.post(f"/people/{person.public_id}/keep/")
    theirs.post("/account/data/erase/")
    theirs.post("/account/data/keep/")

    assert closed.status_code == 302
    assert not Erasure.objects.of(organisation.pk).exists()
    assert len(facts("erasure_withdrawn")) == 2


def test_the_last_manager_is_told_why_not(organisation: Organisation, manager: Person) -> None:
    refused = signed_in(manager).post(f"/people/{manager.public_id}/erase/", follow=True)

    assert "Personne d’autre n’est responsable" in refused.content.decode()


def test_a_provider_with_a_mandate_for_people_erases_nobody(
    organisation: Organisation, manager: Person, person: Person
) -> None:
    provider = make_organisation("Infogérance")
    make_mandate(organisation, provider)
    guest = make_person(provider)
    client = signed_in(guest)
    session = client.session
    session["organisation"] = str(organisation.public_id)
    session.save()

    refused = client.post(f"/people/{person.public_id}/erase/")
    own = client.get("/account/data/")

    assert refused.status_code == 403
    assert own.context["preview"] is None
