"""Files of documents through their pages: attached, handed out in a box, removed, missing; and what is tried
against them.
"""

import json
import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.knowledge.factories import make_document
from veilleur.domains.knowledge.jobs.files import REMOVE_ORPHANS, VERIFY_FILES, remove_orphans, verify_files
from veilleur.domains.knowledge.models import Attachment, Document, DocumentVersion, KeptFile
from veilleur.domains.knowledge.ports import FILE_LIMITS, FILE_STORE, FileLimits
from veilleur.domains.knowledge.tests.support import Organisation, facts
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.domains.organisations.rules.roles import Role
from veilleur.engines.file_store import FolderStore
from veilleur.shared.clock import utc_now

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(FILE_STORE, "_engine", FolderStore(tmp_path / "attachments"))
    monkeypatch.setattr(FILE_LIMITS, "_engine", FileLimits(file_bytes=5000, quota_bytes=8000))
    return tmp_path / "attachments"


@pytest.fixture
def document(organisation: Organisation, client: Client, folder: Path) -> Document:
    client.force_login(make_person(organisation, name="Anna", language="en", role=Role.TECHNICIAN))
    return make_document(organisation, "Restore")


def send(client: Client, document: Document, content: bytes, name: str = "plan.pdf") -> int:
    """Attach a file and return how the page answers: 302 where it is attached."""
    file = SimpleUploadedFile("x", content, content_type="text/html")
    # The name as it is typed: the class above makes it plain already.
    file._name = name
    answer = client.post(f"/documents/{document.public_id}/files/add/", {"file": file})
    return answer.status_code


def attached(document: Document) -> Attachment:
    return Attachment.objects.of(document.organisation_id).filter(document=document).latest("pk")


def contents(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*/*/*") if path.is_file()]


def test_an_attached_file_is_a_version_and_comes_back_as_it_was(
    client: Client, document: Document, organisation: Organisation
) -> None:
    assert send(client, document, PDF, "Plan d’étage.pdf") == 302

    page = client.get(f"/documents/{document.public_id}/").content.decode()
    answer = client.get(f"/files/{attached(document).public_id}/")
    assert "Plan d’étage.pdf" in page
    assert "Version 2" in page
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Plan%20d%E2%80%99")
    (fact,) = facts(organisation, "file_attached")
    # The name, which may be a person's, is in the table alone.
    assert "étage" not in fact.body
    assert f'"size_bytes":{len(PDF)}' in fact.body


@pytest.mark.parametrize(
    ("content", "name", "disposition", "media_type"),
    [
        (PNG, "photo.png", "inline", "image/png"),
        # By its content, whatever it is called: a picture called a page, pages called pictures.
        (PNG, "page.html", "inline", "image/png"),
        (b"<script>alert(1)</script>", "photo.png", "attachment", "application/octet-stream"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='a()'/>",
            "a.svg",
            "attachment",
            "application/octet-stream",
        ),
        (b"%PDF-1.7 <script>alert(1)</script>", "a.html", "attachment", "application/pdf"),
        (b"GIF89a=1;<script>alert(1)</script>", "a.html", "inline", "image/gif"),
        (b"PK\x03\x04" + bytes(26) + b"word/x", "a.docx", "attachment", "application/octet-stream"),
    ],
)
def test_a_file_is_handed_out_as_what_its_content_is_in_a_box_where_nothing_runs(
    client: Client, document: Document, content: bytes, name: str, disposition: str, media_type: str
) -> None:
    assert send(client, document, content, name) == 302

    answer = client.get(f"/files/{attached(document).public_id}/")

    assert answer["Content-Disposition"].partition(";")[0] == disposition
    assert answer["Content-Type"] == media_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_picture_whose_row_says_otherwise_than_its_content_is_only_saved(
    client: Client, document: Document, organisation: Organisation
) -> None:
    send(client, document, b"<script>alert(1)</script>", "a.txt")
    KeptFile.objects.of(organisation.pk).update(type="png")

    answer = client.get(f"/files/{attached(document).public_id}/")

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.pdf", "This file is empty"),
        (b"MZ\x90\x00", "a.pdf", "This kind of file is not accepted"),
        (
            b"PK\x03\x04" + bytes(26) + b"42.zip" + bytes(100),
            "bomb.docx",
            "This kind of file is not accepted",
        ),
        (PDF + bytes(5000), "large.pdf", "larger than an attachment may be"),
    ],
)
def test_what_is_not_taken_is_refused_in_a_sentence_and_leaves_nothing(
    client: Client, document: Document, folder: Path, content: bytes, name: str, sentence: str
) -> None:
    address = f"/documents/{document.public_id}/files/add/"

    answer = client.post(address, {"file": SimpleUploadedFile(name, content)})
    del answer.wsgi_request  # with it goes what came in

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert contents(folder) == []
    assert not Attachment.objects.of(document.organisation_id).exists()


def test_a_name_is_taken_once_and_the_room_is_counted_once_for_one_content(
    client: Client, document: Document, folder: Path
) -> None:
    assert send(client, document, PDF, "../../a.pdf") == 302
    assert attached(document).name == "a.pdf"
    assert send(client, document, PDF + b"2", "a.pdf") == 422
    assert send(client, document, b"%PDF" + b"-" * 4900, "large.pdf") == 302
    assert send(client, document, b"%PDF" + b"-" * 4901, "larger.pdf") == 422
    # What is kept already takes no more room.
    assert send(client, document, b"%PDF" + b"-" * 4900, "again.pdf") == 302
    assert len(contents(folder)) == 2


def test_removing_a_file_is_a_version_and_those_before_still_have_it(
    client: Client, document: Document, folder: Path
) -> None:
    send(client, document, PDF)
    file = attached(document)

    assert client.get(f"/files/{file.public_id}/remove/").status_code == 200
    assert client.post(f"/files/{file.public_id}/remove/").status_code == 302
    assert client.post(f"/files/{file.public_id}/remove/").status_code == 404

    address = f"/documents/{document.public_id}/"
    assert "plan.pdf" not in client.get(address).content.decode()
    assert "plan.pdf" in client.get(f"{address}versions/2/").content.decode()
    difference = client.get(f"{address}versions/?old=2&new=3").content.decode()
    assert re.search(r"<del>.*File: plan.pdf.*</del>", re.sub(r"\s|</?mark>", " ", difference))
    assert client.get(f"/files/{file.public_id}/").status_code == 200
    assert len(contents(folder)) == 1
    # The name is free again.
    assert send(client, document, PDF) == 302


def test_a_damaged_or_missing_file_is_never_handed_out_and_told_until_it_is_attached_again(
    client: Client, document: Document, folder: Path, organisation: Organisation
) -> None:
    send(client, document, PDF)
    (path,) = contents(folder)
    address = f"/files/{attached(document).public_id}/"
    ticket = JobTicket(VERIFY_FILES, "", {}, 1, uuid4())

    path.write_bytes(PDF[::-1])
    verify_files(ticket, utc_now)
    verify_files(ticket, utc_now)
    assert "Damaged" in client.get(f"/documents/{document.public_id}/").content.decode()
    refused = client.get(address)
    assert refused.status_code == 410
    # It names its document, and where the file is attached again.
    assert f'href="/documents/{document.public_id}/files/add/"' in refused.content.decode()
    assert f">{document.title}</a>" in refused.content.decode()
    path.unlink()
    assert "is missing" in client.get(address).content.decode()
    assert "Missing" in client.get(f"/documents/{document.public_id}/").content.decode()
    broken = [json.loads(fact.body)["fault"] for fact in facts(organisation, "file_broken")]
    assert broken == ["damaged", "missing"]

    assert send(client, document, PDF, "again.pdf") == 302
    assert client.get(address).status_code == 200
    assert len(facts(organisation, "file_whole")) == 1


def test_what_was_kept_and_never_written_down_goes_after_a_day_and_nothing_else(
    client: Client, document: Document, folder: Path, organisation: Organisation
) -> None:
    send(client, document, PDF)
    store = FILE_STORE.get()
    orphan = store.incoming()
    orphan.write(b"killed before its row")
    with store.keeping(organisation.public_id, orphan):
        pass
    ticket = JobTicket(REMOVE_ORPHANS, "", {}, 1, uuid4())
    soon, later = utc_now(), utc_now().replace(year=utc_now().year + 1)

    remove_orphans(ticket, lambda: soon)
    assert len(contents(folder)) == 2
    remove_orphans(ticket, lambda: later)
    remove_orphans(ticket, lambda: later)

    assert client.get(f"/files/{attached(document).public_id}/").status_code == 200
    assert len(contents(folder)) == 1


def test_another_organisations_file_is_not_there_even_with_the_same_content(
    client: Client, document: Document, folder: Path
) -> None:
    send(client, document, PDF)
    file, elsewhere = attached(document), make_organisation("Elsewhere")
    client.force_login(make_person(elsewhere, role=Role.MANAGER))
    theirs = make_document(elsewhere)

    assert client.get(f"/files/{file.public_id}/").status_code == 404
    assert send(client, document, PDF) == 404
    assert send(client, theirs, PDF) == 302
    assert len(contents(folder)) == 2


@pytest.mark.parametrize(
    "address", ["/documents/preview/", "/account/login/", "/documents/{}/edit/", "/documents/{}/files/add/?x"]
)
def test_no_other_form_and_no_other_field_takes_a_file(
    client: Client, document: Document, folder: Path, address: str
) -> None:
    field = "another" if "add" in address else "file"

    answer = client.post(address.format(document.public_id), {field: SimpleUploadedFile("a.pdf", PDF)})

    assert answer.status_code == 400
    assert not folder.exists() or list(folder.rglob("*")) == []


def test_two_files_at_once_are_refused(client: Client, document: Document, folder: Path) -> None:
    files = [SimpleUploadedFile(name, PDF + name.encode()) for name in ("a.pdf", "b.pdf")]

    assert client.post(f"/documents/{document.public_id}/files/add/", {"file": files}).status_code == 400

    assert contents(folder) == []


def test_whoever_only_reads_sends_nothing(
    document: Document, organisation: Organisation, folder: Path
) -> None:
    for role in (Role.AUDITOR, Role.REQUESTER):
        reader = Client()
        reader.force_login(make_person(organisation, role=role))
        assert send(reader, document, PDF) == 403
    assert not folder.exists() or contents(folder) == []


def test_a_form_of_another_site_is_refused_and_leaves_nothing(
    document: Document, organisation: Organisation, folder: Path
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_person(organisation, role=Role.TECHNICIAN))

    assert send(strict, document, PDF) == 403

    assert contents(folder) == []
    assert DocumentVersion.objects.of(organisation.pk).count() == 1


def test_a_file_is_read_by_whoever_reads_its_document(
    client: Client, document: Document, organisation: Organisation
) -> None:
    send(client, document, PDF)
    address = f"/files/{attached(document).public_id}/"
    asking = Client()
    asking.force_login(make_person(organisation, role=Role.REQUESTER))

    assert asking.get(address).status_code == 404
    Document.objects.of(organisation.pk).update(audience="everybody")
    assert asking.get(address).status_code == 200
    assert asking.get(f"/instructions/{document.public_id}/").status_code == 200
    assert asking.get(f"/documents/{document.public_id}/").status_code == 403
    assert asking.get(f"/instructions/{UUID(int=0)}/").status_code == 404
