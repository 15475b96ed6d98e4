"""The pages of documents, as those who read and write them use them."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client

from veilleur.domains.estate.factories import make_asset, make_data_set, make_service
from veilleur.domains.knowledge.factories import make_document
from veilleur.domains.knowledge.models import Document, DocumentVersion
from veilleur.domains.knowledge.tests.support import Organisation, Person
from veilleur.domains.organisations.factories import make_membership, make_organisation, make_person
from veilleur.domains.organisations.rules.roles import Role

pytestmark = pytest.mark.django_db
TEXT = {"title": "Restore one file", "text": "1. Open it\r\n2. Put it back\r\n", "seen": "1"}


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation, client: Client) -> Person:
    anna = make_person(organisation, name="Anna", language="en", role=Role.TECHNICIAN)
    client.force_login(anna)
    return anna


@pytest.fixture
def page_of(client: Client) -> Callable[[str], str]:
    def get(address: str) -> str:
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    return get


def newest(document: Document) -> DocumentVersion:
    rows = DocumentVersion.objects.of(document.organisation_id).filter(document=document)
    return rows.order_by("-number").first()


def test_a_document_is_written_from_a_template_and_read(
    organisation: Organisation, anna: Person, client: Client, page_of: Callable[[str], str]
) -> None:
    ben = make_person(organisation, name="Ben")
    service = make_service(organisation, "ERP")
    assert "Unreadable files" in page_of("/documents/new/")
    form = page_of(f"/documents/new/ransomware/?{urlencode({'about': service.public_id})}")
    assert re.search(rf'value="{service.public_id}"[^>]* checked', form)
    care = {
        "owner": str(anna.public_id),
        "deputy": str(ben.public_id),
        "review_months": "12",
        "audience": "team_and_provider",
        "about": str(service.public_id),
    }

    asked = {"may_ask": "Anybody", "acts": "Anna, then Ben", "within_min": "15", "priority": "at_once"}
    done = client.post("/documents/new/ransomware/", TEXT | care | asked)

    document = Document.objects.of(organisation.pk).get()
    assert done["Location"] == f"/documents/{document.public_id}/"
    assert (document.kind, document.topic) == ("procedure", "ransomware")
    assert newest(document).text == "1. Open it\n2. Put it back\n"
    page = page_of(done["Location"])
    for words in ("<li>Open it</li>", "Anna, then Ben", "15 min", "At once", "ERP", "Well kept"):
        assert re.sub(r"\s", " ", words) in re.sub(r"\s", " ", page).replace("\u00a0", " ")
    assert "Restore one file" in page_of("/documents/")


def test_an_empty_page_has_no_questions_of_a_procedure(anna: Person, page_of: Callable[[str], str]) -> None:
    page = page_of("/documents/new/page/")

    assert 'name="text"' in page
    assert 'name="may_ask"' not in page
    assert 'name="may_ask"' in page_of("/documents/new/procedure/")


def test_two_people_who_write_at_once_lose_nothing(
    organisation: Organisation, anna: Person, client: Client
) -> None:
    document = make_document(organisation, "Restore one file", text="1. Open it\n2. Wait\n")
    address = f"/documents/{document.public_id}/edit/"
    theirs = TEXT | {"text": "1. Open it\n2. Call Ben\n"}
    mine = TEXT | {"text": "1. Open it\n2. Call <Anna>\n"}
    assert client.post(address, theirs).status_code == 302

    conflict = client.post(address, mine)

    page = conflict.content.decode()
    assert conflict.status_code == 409
    assert "Somebody else saved this document" in page
    # Both texts are there, whole: mine in the field, theirs beside it, and what differs is marked.
    assert "Call &lt;Anna&gt;" in page
    assert re.search(r'id="theirs"[^>]*readonly>\n1. Open it\n2. Call Ben', page)
    assert "<mark>Ben</mark>" in page
    assert newest(document).text == "1. Open it\n2. Call Ben\n"
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    assert client.post(address, mine | {"seen": seen[1]}).status_code == 302
    assert (newest(document).number, newest(document).text) == (3, mine["text"])


def test_what_people_wrote_never_becomes_markup_of_the_page(
    organisation: Organisation, anna: Person, page_of: Callable[[str], str]
) -> None:
    text = "<script>alert(1)</script>\n\n[x](javascript:alert(2)) <img src=x onerror=alert(3)>"
    document = make_document(
        organisation, "<b>Title</b>", text=text, owner=None, reviewed_at="2026-01-05T08:00Z"
    )

    for address in ("", "edit/", "care/", "versions/", "versions/1/", "retire/"):
        page = page_of(f"/documents/{document.public_id}/{address}")
        assert "<b>Title" not in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page


def test_a_preview_is_cleaned_and_keeps_nothing(
    organisation: Organisation, anna: Person, client: Client
) -> None:
    sent = {"text": "**bold** <script>alert(1)</script>"}

    part = client.post("/documents/preview/", sent, headers={"HX-Request": "true"}).content.decode()
    whole = client.post("/documents/preview/", sent).content.decode()

    assert "<strong>bold</strong> &lt;script&gt;" in part
    assert "<html" not in part
    assert "<html" in whole
    assert "<script>alert" not in part + whole
    assert not Document.objects.of(organisation.pk).exists()


@pytest.mark.parametrize("sign", ["x", "é"])
def test_a_text_that_is_too_long_is_refused_in_a_sentence(
    organisation: Organisation, anna: Person, client: Client, sign: str
) -> None:
    document = make_document(organisation)
    huge = TEXT | {"text": sign * 200_001}

    refused = client.post(f"/documents/{document.public_id}/edit/", huge)
    preview = client.post("/documents/preview/", huge)

    assert refused.status_code == 422
    assert "longer than 200" in refused.content.decode()
    assert "longer than 200" in preview.content.decode()
    assert newest(document).number == 1


def test_versions_are_compared_and_read(
    organisation: Organisation, anna: Person, client: Client, page_of: Callable[[str], str]
) -> None:
    document = make_document(organisation, "Restore one file", text="Call Anna\n")
    address = f"/documents/{document.public_id}/"
    for number, text in ((1, "Call Ben\n"), (2, "Call Clara\n")):
        client.post(f"{address}edit/", TEXT | {"text": text, "seen": str(number)})

    last = page_of(f"{address}versions/")
    chosen = page_of(f"{address}versions/?old=1&new=3")

    assert "<mark>Ben</mark>" in last
    assert "<mark>Clara</mark>" in last
    assert "<mark>Anna</mark>" in chosen
    assert "Call Anna" in page_of(f"{address}versions/1/")
    assert "It is not the one in use." in page_of(f"{address}versions/1/")
    assert client.get(f"{address}versions/4/").status_code == 404
    # Whatever stands in the address, the last change is shown.
    for junk in ("?old=x&new=-1", "?old=99999999999999999999&new=", "?new=1"):
        assert client.get(f"{address}versions/{junk}").status_code == 200


def test_still_right_is_said_of_the_version_that_was_read(
    organisation: Organisation, anna: Person, client: Client
) -> None:
    document = make_document(organisation)
    before = document.reviewed_at
    address = f"/documents/{document.public_id}/right/"

    client.post(address, {"number": "7"})
    document.refresh_from_db()
    assert document.reviewed_at == before

    client.post(address, {"number": "1"})
    document.refresh_from_db()
    assert document.reviewed_at > before


def test_what_is_not_filled_in_cannot_be_called_right(
    organisation: Organisation, anna: Person, page_of: Callable[[str], str]
) -> None:
    document = make_document(organisation, text="Call [? whom]")

    page = page_of(f"/documents/{document.public_id}/")

    assert "One place is still to be filled in." in page
    assert "It is still right" not in page


def test_a_referent_writes_an_auditor_reads_a_requester_does_neither(
    organisation: Organisation, client: Client
) -> None:
    document = make_document(organisation, owner=None) if make_person(organisation) else None
    assert document is not None
    read, written = f"/documents/{document.public_id}/", f"/documents/{document.public_id}/edit/"
    for role, may_read, may_write in (
        (Role.REFERENT, True, True),
        (Role.AUDITOR, True, False),
        (Role.REQUESTER, False, False),
    ):
        client.force_login(make_person(organisation, role=role))
        assert (client.get(read).status_code == 200) is may_read
        assert (client.get(written).status_code == 200) is may_write
        assert ("/edit/" in client.get(read).content.decode()) is may_write


def test_out_of_use_is_said_and_the_document_is_still_read(
    organisation: Organisation, anna: Person, client: Client, page_of: Callable[[str], str]
) -> None:
    document = make_document(organisation, "Old way")
    address = f"/documents/{document.public_id}/"

    assert client.post(f"{address}retire/").status_code == 302

    assert "Out of use since" in page_of(address)
    assert "One document is out of use" in page_of("/documents/")
    for closed in ("edit/", "care/", "retire/"):
        assert client.get(f"{address}{closed}").status_code == 404


def test_a_text_written_while_the_document_went_out_of_use_is_not_lost(
    organisation: Organisation, anna: Person, client: Client
) -> None:
    document = make_document(organisation)
    client.post(f"/documents/{document.public_id}/retire/")

    refused = client.post(f"/documents/{document.public_id}/edit/", TEXT | {"text": "1. Long work"})

    assert refused.status_code == 422
    assert "is out of use" in refused.content.decode()
    assert "1. Long work</textarea>" in refused.content.decode()


def test_the_documents_of_one_person_are_shown_alone(
    organisation: Organisation, anna: Person, client: Client, page_of: Callable[[str], str]
) -> None:
    ben = make_membership(organisation, make_person(name="Ben"))
    make_document(organisation, "Of both", deputy=ben)
    make_document(organisation, "Of Anna alone")

    of_ben = page_of(f"/documents/?person={ben.person.public_id}")

    assert "Of both" in of_ben
    assert "Of Anna alone" not in of_ben
    assert "Of Anna alone" in page_of(f"/documents/?person={anna.public_id}")
    assert "Of Anna alone" in page_of("/documents/?person=nobody")


def test_the_journal_speaks_of_documents_by_their_titles(
    organisation: Organisation, anna: Person, client: Client, page_of: Callable[[str], str]
) -> None:
    document = make_document(organisation, "Restore one file")
    client.post(f"/documents/{document.public_id}/right/", {"number": "1"})

    page = page_of("/journal/?about=documents")

    assert "Somebody said that a document is still right." in page
    assert f'<a href="/documents/{document.public_id}/">Restore one file</a>' in page


def test_the_typography_of_a_french_text_is_left_as_it_was_typed(
    organisation: Organisation, anna: Person, client: Client, page_of: Callable[[str], str]
) -> None:
    typed = "L’accès\u202f: 1\u202f200\u00a0Go, « vu », l'an 2026 : 97 % ; à 9h20 ?"
    document = make_document(organisation, text=typed)
    anna.language = "fr"
    anna.save()

    page = page_of(f"/documents/{document.public_id}/")

    assert f"<p>{typed}</p>" in unescape(page)
    # Our own words beside it have the spaces of French.
    assert "À relire le" in page
    assert "Qui s’en occupe" in page


def test_a_service_and_a_machine_show_what_is_written_about_them(
    organisation: Organisation, anna: Person, client: Client, page_of: Callable[[str], str]
) -> None:
    machine = make_asset(organisation)
    service = make_service(organisation, runs_on=machine)
    data_set = make_data_set(organisation, stored_on=machine, used_by=service)
    make_document(organisation, "About the machine", about={machine.public_id: "asset"})
    make_document(organisation, "About its data", about={data_set.public_id: "data_set"})

    of_machine = page_of(f"/machines/{machine.public_id}/")
    of_service = page_of(f"/services/{service.public_id}/")

    assert "About the machine" in of_machine
    assert "About its data" not in of_machine
    assert "About its data" in of_service
    assert f"/documents/new/?about={machine.public_id}" in of_machine
    other = make_asset(organisation)
    assert "Nothing is written down" in page_of(f"/machines/{other.public_id}/")
