"""Lists as companies have them, and files that are none: read by the real child process."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook

from veilleur.engines.sheet_reader import parse
from veilleur.engines.sheet_reader.adapter import ChildSheetReader
from veilleur.engines.sheet_reader.parse import Unreadable, read_tables
from veilleur.shared.refusal import Refused


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """Return the workbook with one member replaced."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, content)
    return held.getvalue()


def test_a_workbook_is_read_as_people_see_it_with_its_line_numbers() -> None:
    rows: list[list[object]] = [
        ["Parc informatique"],
        [],
        ["Nom", "Garantie", "Cœurs", "Remarque"],
        ["erp-01", datetime(2027, 6, 30), 8.0, "  salle\nserveur "],
    ]

    read = ChildSheetReader().read(workbook(("Vide", []), ("Serveurs", rows)))

    assert not isinstance(read, Refused)
    (sheet,) = read
    assert sheet.name == "Serveurs"
    assert sheet.rows == (
        ("Parc informatique",),
        (),
        ("Nom", "Garantie", "Cœurs", "Remarque"),
        ("erp-01", "2027-06-30", "8", "salle serveur"),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_of_any_usual_encoding_is_read(encoding: str) -> None:
    data = "Nom;Système\nsrv-01;Debian\nposte « é »;\n".encode(encoding)

    assert read_tables(data) == [("", [["Nom", "Système"], ["srv-01", "Debian"], ["poste « é »"]])]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_csv_is_parted_by_the_sign_that_it_uses(delimiter: str) -> None:
    data = delimiter.join(["Nom", "Type"]).encode() + b"\n" + delimiter.join(["a", "b"]).encode()

    assert read_tables(data) == [("", [["Nom", "Type"], ["a", "b"]])]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "empty"),
        (b" \n \n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old_excel"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (b"\x00\x01\x02 binary", "not_text"),
        (b"\xff\xfe\x00", "not_text"),
    ],
)
def test_what_is_no_list_is_refused_with_its_reason(data: bytes, fault: str) -> None:
    assert ChildSheetReader().read(data) == Refused(fault)


def test_another_kind_of_archive_is_named() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("content.xml", "<office/>")

    with pytest.raises(Unreadable, match="open_document"):
        read_tables(held.getvalue())


def test_a_workbook_that_declares_entities_is_refused_before_it_is_parsed() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><sst>&a;</sst>'
    data = with_member(workbook(("A", [["Nom"], ["x"]])), "xl/sharedStrings.xml", bomb)

    assert ChildSheetReader().read(data) == Refused("damaged")


def test_a_workbook_that_unpacks_to_more_than_any_list_needs_is_refused() -> None:
    data = with_member(workbook(("A", [["Nom"], ["x"]])), "xl/media/big.bin", bytes(70_000_000))

    assert len(data) < 1_000_000
    assert ChildSheetReader().read(data) == Refused("too_large")


def test_a_list_of_too_many_lines_is_refused_rather_than_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "MOST_ROWS", 3)

    assert len(read_tables(b"a\nb\nc\n")[0][1]) == 3
    with pytest.raises(Unreadable, match="too_large"):
        read_tables(b"a\nb\nc\nd\n")


def test_a_formula_is_never_computed_and_shows_what_was_last_seen() -> None:
    data = workbook(("A", [["Nom", "=1+1"], ["x", '=HYPERLINK("http://192.0.2.1")']]))

    # Nobody has opened it in a spreadsheet: there is no last result.
    assert read_tables(data) == [("A", [["Nom"], ["x"]])]


def test_a_cell_as_long_as_a_book_is_cut() -> None:
    assert len(read_tables(b"Nom\n" + b"x" * 50_000)[0][1][1][0]) == parse.LONGEST_CELL
