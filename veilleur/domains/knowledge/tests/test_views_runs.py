"""The page of a run, as two people use it."""

import re

import pytest
from django.test import Client

from veilleur.domains.knowledge.factories import make_attachment, make_document, make_sheet
from veilleur.domains.knowledge.models import RunSheet
from veilleur.domains.knowledge.rules.files import FileFault
from veilleur.domains.knowledge.tests.support import Organisation
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.domains.organisations.rules.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


def signed_in(organisation: Organisation, name: str, role: Role = Role.TECHNICIAN) -> Client:
    client = Client()
    client.force_login(make_person(organisation, name=name, role=role, language="en"))
    return client


def text_of(client: Client, address: str, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_procedure_is_done_by_two_people_and_the_document_shows_it(organisation: Organisation) -> None:
    anna, ben = signed_in(organisation, "Anna"), signed_in(organisation, "Ben")
    document = make_document(organisation, text="1. **Open** it\n2. Put it back\n")
    address = f"/documents/{document.public_id}/"
    assert "Nobody has done it yet" in text_of(anna, address)

    sheet = anna.post(f"{address}run/")["Location"]
    assert "<strong>Open</strong> it" in text_of(ben, sheet)
    anna.post(f"{sheet}steps/1/", {"done": "1"})
    part = ben.post(f"{sheet}steps/2/", {"done": "1"}, headers={"HX-Request": "true"}).content.decode()
    ben.post(f"{sheet}notes/", {"text": "It <b>beeps</b>"})
    ben.post(f"{sheet}end/", {"outcome": "finished"})

    assert "<html" not in part
    assert "Anna" in part
    assert "2 steps of 2 are done" in part
    page = text_of(anna, sheet)
    assert "Finished" in page
    assert "It &lt;b&gt;beeps" in page
    assert "Take it back" not in page
    document_page = text_of(anna, address)
    assert "Several people have done it" in document_page
    assert "Anna, Ben" in document_page


def test_an_end_that_is_refused_says_why(organisation: Organisation) -> None:
    anna = signed_in(organisation, "Anna")
    sheet = make_sheet(make_document(organisation), ticked=1)
    address = f"/runs/{sheet.public_id}/"

    anna.post(f"{address}end/", {"outcome": "finished"})
    assert "Not every step is ticked" in text_of(anna, address)
    anna.post(f"{address}end/", {"outcome": "given_up"})
    assert "Say why it was given up." in text_of(anna, address)

    assert RunSheet.objects.of(organisation.pk).filter(ended_at=None).exists()


def test_a_procedure_without_steps_says_how_to_write_them(organisation: Organisation) -> None:
    anna = signed_in(organisation, "Anna")
    document = make_document(organisation, text="Just call me.")

    anna.post(f"/documents/{document.public_id}/run/")

    assert "first numbered list" in text_of(anna, f"/documents/{document.public_id}/")


def test_whoever_looks_on_when_a_run_ends_gets_the_whole_page_again(organisation: Organisation) -> None:
    anna, ben = signed_in(organisation, "Anna"), signed_in(organisation, "Ben")
    sheet = make_sheet(make_document(organisation), ticked=3)
    address = f"/runs/{sheet.public_id}/"
    assert "HX-Refresh" not in ben.get(address, headers={"HX-Request": "true"}).headers

    anna.post(f"{address}end/", {"outcome": "finished"})

    assert ben.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "Finished" in text_of(anna, "/journal/?about=documents")


def test_an_auditor_reads_a_run_and_is_offered_nothing(organisation: Organisation) -> None:
    make_person(organisation)
    auditor = signed_in(organisation, "Clara", Role.AUDITOR)
    sheet = make_sheet(make_document(organisation), ticked=1)

    page = text_of(auditor, f"/runs/{sheet.public_id}/")

    assert "Step 2" in page
    assert "/steps/" not in page
    assert "/end/" not in page
    assert auditor.post(f"/runs/{sheet.public_id}/end/", {"outcome": "finished"}).status_code == 403


def test_a_run_that_takes_longer_than_promised_says_so(organisation: Organisation) -> None:
    anna = signed_in(organisation, "Anna")
    document = make_document(organisation)
    sheet = make_sheet(document)
    sheet.version.within_min = 15
    sheet.version.save()

    page = text_of(anna, f"/runs/{sheet.public_id}/", **{"HX-Request": "true"})

    assert "Later than promised" in page


def test_whoever_opens_or_does_a_procedure_is_told_that_its_files_are_lost(
    organisation: Organisation,
) -> None:
    anna = signed_in(organisation, "Anna")
    document = make_document(organisation, "Turn the water off", text="1. Look at the plan\n")
    make_attachment(document, "plan.pdf", fault=FileFault.MISSING)
    make_attachment(document, "photo.pdf", content=b"another", fault=FileFault.DAMAGED)
    make_attachment(document, "whole.pdf", content=b"whole")
    address = f"/documents/{document.public_id}/"

    opened = text_of(anna, address)
    sheet = anna.post(f"{address}run/")["Location"]
    begun = text_of(anna, sheet)

    for page in (opened, begun):
        assert "2 files that belong to it are lost" in page
        assert "photo.pdf (damaged), plan.pdf (missing)" in page
    assert "A file is lost" in opened
    assert "Well kept" not in opened
    # Every ten seconds the steps alone are asked for again.
    assert "plan.pdf" not in text_of(anna, sheet, **{"hx-request": "true"})


def test_a_file_that_was_lost_and_belongs_to_a_former_version_worries_nobody(
    organisation: Organisation,
) -> None:
    anna = signed_in(organisation, "Anna")
    document = make_document(organisation, text="1. Look at the plan\n", number=2)
    lost = make_attachment(document, "plan.pdf", fault=FileFault.MISSING)
    lost.until = 2
    lost.save()

    assert "are lost" not in text_of(anna, f"/documents/{document.public_id}/")
