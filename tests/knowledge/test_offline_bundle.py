"""The offline bundle from the tables to real folders, by the job, the command and the page."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from veilleur.domains.backups.factories import make_repository
from veilleur.domains.estate.factories import make_asset, make_service
from veilleur.domains.journal.jobs import run_one_job
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.knowledge.factories import make_attachment, make_document
from veilleur.domains.knowledge.jobs import HANDLERS
from veilleur.domains.knowledge.jobs.bundle import look_after
from veilleur.domains.knowledge.ports import BUNDLE_PRESS, BUNDLE_SHELF, FILE_STORE, RESTART_SUMMARY
from veilleur.domains.knowledge.queries.bundle import newest_bundle
from veilleur.domains.knowledge.queries.reliance import whole_reliance
from veilleur.domains.knowledge.rules.bundle import PlaceCode, folder_of
from veilleur.domains.knowledge.rules.documents import Topic
from veilleur.domains.knowledge.rules.reliance import Code
from veilleur.domains.knowledge.tests.support import NOW, Organisation, Person, facts
from veilleur.domains.organisations.factories import (
    make_mandate,
    make_organisation,
    make_person,
    make_rota,
    make_shift,
    make_turns,
)
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.rules.rota_words import Cover
from veilleur.domains.recovery.queries import offline_restart
from veilleur.engines.bundle_shelf.adapter import FolderShelf
from veilleur.engines.file_store import FolderStore

pytestmark = pytest.mark.django_db
PAGE = "/documents/offline/"
SOON = NOW + timedelta(minutes=1)


class Plain:
    """Prints a page as it is: what the real press makes of it is tested with it."""

    def press(self, html: str) -> bytes:
        return b"%PDF " + html.encode()


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    return tmp_path / "usb"


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path, usb: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(BUNDLE_PRESS, "_engine", Plain())
    monkeypatch.setattr(RESTART_SUMMARY, "_engine", offline_restart)
    monkeypatch.setattr(BUNDLE_SHELF, "_engine", FolderShelf(tmp_path / "home", [usb], tmp_path))
    monkeypatch.setattr(FILE_STORE, "_engine", FolderStore(tmp_path / "attachments"))
    return


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation) -> Person:
    return make_person(organisation, name="Anna Roux", language="en")


def run_job(at: Any = NOW) -> int:
    look_after(JobTicket("knowledge.bundles", "", {}, 1, NOW), lambda: at)  # type: ignore[arg-type]
    ran = 0
    while run_one_job(HANDLERS, lambda: at):
        ran += 1
    return ran


def newest(tmp_path: Path, organisation: Organisation) -> dict[str, str]:
    folder = tmp_path / "home" / folder_of(organisation.name, organisation.public_id)
    row = newest_bundle(organisation.pk)
    assert row is not None
    at = folder / row.stamp
    return {
        str(path.relative_to(at)): path.read_text(encoding="utf-8-sig")
        for path in at.rglob("*")
        if path.is_file()
    }


def test_it_says_whom_to_call_what_runs_where_and_how_to_begin_again(
    tmp_path: Path, organisation: Organisation, anna: Person
) -> None:
    machine = make_asset(organisation, "erp-01")
    make_service(organisation, "ERP", runs_on=machine)
    make_repository(organisation.pk, name="Coffre")
    make_document(
        organisation, "Tout <b>restaurer</b>", topic=Topic.FULL_RESTORE, text="1. Lire\n2. [? Quoi]"
    )
    make_document(organisation, "Accueillir", topic=Topic.ARRIVAL)
    make_document(organisation, "Ancien", topic=Topic.START, retired_at=NOW)

    run_job()

    files = newest(tmp_path, organisation)
    page = files["index.html"]
    assert set(files) == {
        "index.html",
        "bundle.pdf",
        "contacts.csv",
        "on-call.csv",
        "services.csv",
        "documents/01-full-restore.md",
        "SHA256SUMS",
    }
    assert 'lang="fr"' in page
    assert "Tout &lt;b&gt;restaurer" in page
    assert "<mark" in page
    assert "Coffre" in page
    assert "<script" not in page
    assert "Accueillir" not in page + "".join(files)
    assert "# Tout <b>restaurer</b>" in files["documents/01-full-restore.md"]
    contacts = list(csv.reader(io.StringIO(files["contacts.csv"]), delimiter=";"))
    assert contacts[1] == ["Anna Roux", "Responsable", anna.email, ""]
    services = list(csv.reader(io.StringIO(files["services.csv"]), delimiter=";"))
    assert services[1][:2] == ["ERP", "erp-01"]


def test_it_says_who_is_on_call_for_thirty_days_and_how_to_reach_them(
    tmp_path: Path, organisation: Organisation, anna: Person
) -> None:
    ben = make_person(organisation, name="Ben Caron")
    rota = make_rota(organisation, name="Nuits", cover=Cover.ALWAYS)
    make_turns(rota, [anna, ben], first_day=NOW.date(), handover=time(0), ended_at=NOW + timedelta(days=20))
    provider = make_organisation("Infogérance")
    make_mandate(organisation, provider)
    tess, rita = make_person(provider, name="Tess"), make_person(provider, name="Rita", role=Role.REFERENT)
    make_turns(make_rota(provider, name="Astreinte", serves_customers=True), [tess, rita])

    run_job()

    files = newest(tmp_path, organisation)
    rows = list(csv.reader(io.StringIO(files["on-call.csv"]), delimiter=";"))[1:]
    own = [row[2:] for row in rows if row[0] == "Nuits"]
    assert [row[2:] for row in own[:2]] == [["Anna Roux", anna.email], ["Ben Caron", ben.email]]
    assert own[-1] == ["2026-12-10 09:00", "2026-12-20 09:00", "Personne", ""]
    # Whom the mandate lets in has a name; the referent has none here.
    assert {(row[0], *row[4:]) for row in rows if row[1] == "Infogérance"} == {
        ("Astreinte", "Tess", tess.email),
        ("Astreinte", "Quelqu’un du prestataire", ""),
    }
    assert "Rita" not in "".join(files.values())
    assert "Jour et nuit, tous les jours" in files["index.html"]
    assert "<mark>Personne</mark>" in files["index.html"]


def test_a_rota_makes_it_anew_when_it_is_planned_otherwise_and_not_as_days_pass(
    organisation: Organisation, anna: Person
) -> None:
    rota = make_rota(organisation)
    make_turns(rota, [anna])
    run_job()
    run_job(NOW + timedelta(days=2))
    assert len(facts(organisation, "bundle_made")) == 1

    make_shift(rota, anna, NOW + timedelta(days=9), NOW + timedelta(days=10))
    run_job(NOW + timedelta(days=2, hours=1))

    assert len(facts(organisation, "bundle_made")) == 2


def put_file(organisation: Organisation, content: bytes) -> None:
    store = FILE_STORE.get()
    file = store.incoming()
    file.write(content)
    with store.keeping(organisation.public_id, file):
        pass


def test_attached_files_lie_beside_the_text_of_their_document_and_what_is_left_out_is_told(
    tmp_path: Path, usb: Path, organisation: Organisation, anna: Person
) -> None:
    usb.mkdir()
    document = make_document(organisation, "Tout restaurer", topic=Topic.FULL_RESTORE)
    make_attachment(document, "Schéma réseau.pdf", content=b"%PDF plan")
    make_attachment(document, "perdu.pdf", content=b"%PDF gone")
    make_attachment(document, "image.iso.pdf", content=b"%PDF iso", size_bytes=200_000_000)
    put_file(organisation, b"%PDF plan")
    put_file(organisation, b"%PDF iso")
    make_attachment(make_document(organisation, topic=Topic.ARRIVAL), "badge.pdf", content=b"%PDF badge")

    run_job()

    files = newest(tmp_path, organisation)
    path = "documents/01-full-restore/Schema-reseau.pdf"
    assert files[path] == "%PDF plan"
    assert [name for name in files if name.startswith("documents/01-full-restore/")] == [path]
    assert f"`{path}`" in files["documents/01-full-restore.md"]
    page = re.sub(r"\s+", " ", files["index.html"])
    contents = page[page.index("<nav") : page.index("</nav>")]
    assert "9 o sur 100 Mo au plus" in contents
    assert "Schéma réseau.pdf" not in contents
    assert re.search(r"perdu\.pdf.{0,90} manque dans Veilleur", contents)
    assert re.search(r"image\.iso\.pdf.{0,90} ne tient plus", contents)
    assert "badge" not in "".join(files) + page
    [stamp] = [each.name for each in (tmp_path / "home").glob("*/2*") if each.is_dir()]
    assert [each.read_bytes() for each in usb.glob(f"*/{stamp}/{path}")] == [b"%PDF plan"]


def test_it_is_made_anew_when_what_it_says_changed_or_after_a_week(
    organisation: Organisation, anna: Person
) -> None:
    def stamp(at: Any) -> str:
        run_job(at)
        row = newest_bundle(organisation.pk)
        assert row is not None
        return row.stamp

    first = stamp(NOW)
    assert stamp(NOW + timedelta(hours=1)) == first
    make_document(organisation, topic=Topic.START)
    second = stamp(NOW + timedelta(hours=2))
    assert second > first
    assert stamp(NOW + timedelta(days=5)) == second
    assert stamp(NOW + timedelta(days=8)) > second
    assert len(facts(organisation, "bundle_made")) == 3


def test_a_place_that_goes_and_comes_back_is_a_fact_each_time(
    usb: Path, organisation: Organisation, anna: Person
) -> None:
    run_job()
    run_job(NOW + timedelta(hours=1))
    usb.mkdir()
    run_job(NOW + timedelta(hours=2))

    row = newest_bundle(organisation.pk)
    assert row is not None
    # The folder of a test lies on the disk of its data.
    assert [place.code for place in row.kept.places] == [PlaceCode.KEPT, PlaceCode.SAME_DISK]
    assert len(facts(organisation, "bundle_places_changed")) == 1
    assert (usb / folder_of(organisation.name, organisation.public_id) / row.stamp / "index.html").exists()


def test_what_could_not_be_made_anew_is_told(
    tmp_path: Path, organisation: Organisation, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def press(self, html: str) -> bytes:
            raise OSError("the font is away")

    make_asset(organisation)
    run_job()
    make_document(organisation, topic=Topic.START)
    monkeypatch.setattr(BUNDLE_PRESS, "_engine", Broken())
    run_job(NOW + timedelta(hours=1))

    found = {each.code for each in whole_reliance(organisation.pk, NOW + timedelta(hours=1)).to_do}

    assert {Code.BUNDLE_CHANGED, Code.BUNDLE_AWAY} <= found
    assert "index.html" in newest(tmp_path, organisation)


def test_without_a_bundle_all_rests_on_what_may_be_down(organisation: Organisation, anna: Person) -> None:
    def codes() -> set[Code]:
        return {each.code for each in whole_reliance(organisation.pk, NOW).to_do}

    assert Code.BUNDLE_NONE in codes()
    run_job()

    assert Code.BUNDLE_NONE not in codes()


def test_a_company_that_is_being_set_up_gets_its_first_one_a_little_later() -> None:
    organisation = make_organisation(created_at=NOW)
    make_person(organisation)

    run_job(NOW + timedelta(minutes=1))
    assert newest_bundle(organisation.pk) is None
    run_job(NOW + timedelta(minutes=10))

    assert newest_bundle(organisation.pk) is not None


def test_a_demonstration_and_another_organisation_leave_no_trace(
    tmp_path: Path, organisation: Organisation, anna: Person
) -> None:
    other, demo = make_organisation("Autre"), make_organisation("Demo", is_demo=True)
    make_person(other, name="Carla Stranger")
    make_person(demo)

    run_job()

    assert newest_bundle(demo.pk) is None
    assert "Carla" not in "".join(newest(tmp_path, organisation).values())
    assert "Carla" in newest(tmp_path, other)["index.html"]


def test_the_command_makes_one_now_and_says_where_it_lies(
    organisation: Organisation, anna: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    with translation.override("en"), pytest.raises(SystemExit) as end:
        call_command("bundle")

    said = capsys.readouterr().out
    assert end.value.code == 1
    assert "There and whole" in said
    assert "Out of reach" in said
    with translation.override("en"), pytest.raises(CommandError, match="No organisation is called that"):
        call_command("bundle", organisation="Nobody")


def test_the_page_tells_its_age_and_places_and_gives_it_as_one_file(
    organisation: Organisation, anna: Person, client: Client
) -> None:
    client.force_login(anna)
    empty = client.get(PAGE).content.decode()
    assert "No offline bundle was made yet" in empty
    assert client.get(f"{PAGE}zip/").status_code == 404
    client.post(PAGE)
    assert run_one_job(HANDLERS, lambda: SOON + timedelta(days=9000))

    client.post(PAGE)
    assert run_one_job(HANDLERS, lambda: SOON + timedelta(days=9001))
    # Asked for by a person it is made in any case.
    assert len(facts(organisation, "bundle_made")) == 2
    page = re.sub(r"\s+", " ", client.get(PAGE).content.decode())
    given = client.get(f"{PAGE}zip/")

    assert "Out of reach: is it plugged in or mounted?" in page
    assert given["Content-Type"] == "application/zip"
    assert "attachment" in given["Content-Disposition"]
    names = zipfile.ZipFile(io.BytesIO(b"".join(given.streaming_content))).namelist()
    assert any(name.endswith("/bundle.pdf") for name in names)


def test_who_may_not_read_all_of_it_does_not_get_it_and_a_mandate_shows_its_age_alone(
    organisation: Organisation, anna: Person, client: Client
) -> None:
    run_job()
    client.force_login(make_person(organisation, role=Role.REQUESTER))
    assert client.get(f"{PAGE}zip/").status_code == 403
    provider = make_organisation("Infogérance")
    make_mandate(organisation, provider)
    ben = make_person(provider, role=Role.AUDITOR)
    client.force_login(ben)
    assert client.get(f"{PAGE}zip/").status_code == 404

    client.post("/organisation/", {"organisation": str(organisation.public_id)})

    assert client.get(PAGE).status_code == 200
    # Some documents are for the own team alone, and all are in it.
    assert client.get(f"{PAGE}zip/").status_code == 404
