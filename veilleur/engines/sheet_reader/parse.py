"""Bytes of a workbook or a CSV file as rows of text, within bounds: read by a child process, never by pages.

Formulas are never computed and nothing outside of the file is opened: a cell is what was last shown in it.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from openpyxl import load_workbook

MOST_ROWS = 5_000
MOST_COLUMNS = 60
MOST_SHEETS = 12
LONGEST_CELL = 1_000
# What a workbook may be when it is unpacked: 5,000 lines of 60 columns take a tenth of it.
_MOST_UNPACKED_BYTES = 60_000_000
_MOST_MEMBERS = 400
_DELIMITERS = ";,\t|"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
# What is no archive, is broken off, has a password (RuntimeError) or a compression that nobody uses.
_ARCHIVE_RAISES = (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError)
_PARSERS_RAISE = (KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError)
_ZIP = b"PK\x03\x04"

Rows = list[list[str]]


class Unreadable(Exception):
    """A file that is no table, or a hostile one; the text is a code that `labels.py` of the estate words."""


def read_tables(data: bytes) -> list[tuple[str, Rows]]:
    """Return the sheets of a file, (name, rows), empty ones left out; a CSV file is one without a name.

    Rows have no empty tail, and empty rows stay where they are, so that line numbers are those of the file.
    Raise Unreadable with "empty", "old_excel", "open_document", "not_a_workbook", "damaged", "too_large",
    "not_text" or "locked".
    """
    if not data.strip():
        raise Unreadable("empty")
    if data.startswith(_OLD_EXCEL):
        # What Excel writes with a password has the same wrapping as what it wrote before 2007.
        raise Unreadable("locked" if "EncryptedPackage".encode("utf-16-le") in data else "old_excel")
    sheets = list(_workbook(data)) if data.startswith(_ZIP) else [("", _csv(_text(data)))]
    found = [(name, rows) for name, rows in sheets if any(rows)]
    if not found:
        raise Unreadable("empty")
    return found


def _workbook(data: bytes) -> Iterator[tuple[str, Rows]]:
    _refuse_hostile(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in islice(book.worksheets, MOST_SHEETS):
            # What a workbook says of its size may be wrong, and then rows are lost or invented.
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
            yield str(sheet.title), _bounded([_cell(value) for value in row] for row in rows)
    except Unreadable:
        raise
    # The library raises what its parsers do: any of these means that the workbook is not one.
    except (*_PARSERS_RAISE, *_ARCHIVE_RAISES) as error:
        raise Unreadable("damaged") from error


def _refuse_hostile(data: bytes) -> None:
    """Refuse what unpacks to too much, and what declares entities or is no workbook at all."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            if len(members) > _MOST_MEMBERS or sum(each.file_size for each in members) > _MOST_UNPACKED_BYTES:
                raise Unreadable("too_large")
            names = {each.filename for each in members}
            if "content.xml" in names:
                raise Unreadable("open_document")
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise Unreadable("not_a_workbook")
            for each in members:
                if each.filename.endswith((".xml", ".rels")):
                    _refuse_entities(packed.read(each))
    except _ARCHIVE_RAISES as error:
        raise Unreadable("damaged") from error


def _refuse_entities(text: bytes) -> None:
    """No workbook declares a document type; whatever does wants its reader to expand or fetch something."""
    for encoding in ("ascii", "utf-16-le", "utf-16-be"):
        if "<!DOCTYPE".encode(encoding) in text or "<!ENTITY".encode(encoding) in text:
            raise Unreadable("damaged")


def _cell(value: Any) -> str:
    """Return what people see in a cell: dates as they are written in ISO, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _plain(str(value))


def _plain(text: str) -> str:
    kept = "".join(sign if sign.isprintable() else " " for sign in text[:LONGEST_CELL])
    return " ".join(kept.split())


def _text(data: bytes) -> str:
    """Return the text of a CSV file: Unicode where it is, else what Excel writes in Western Europe."""
    is_wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise Unreadable("not_text")
        return text
    raise Unreadable("not_text")


def _csv(text: str) -> Rows:
    lines = text.splitlines()
    delimiter = _delimiter(lines[:20])
    csv.field_size_limit(1_000_000)
    try:
        return _bounded(
            [_plain(cell) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)
        )
    except csv.Error as error:
        raise Unreadable("not_text") from error


def _delimiter(lines: list[str]) -> str:
    """Return the sign that parts most lines, and the most of each: semicolons in France, commas elsewhere."""
    return max(_DELIMITERS, key=lambda sign: sum(min(line.count(sign), MOST_COLUMNS) for line in lines))


def _bounded(rows: Iterable[list[str]]) -> Rows:
    kept = []
    for row in islice(rows, MOST_ROWS + 1):
        cells = row[:MOST_COLUMNS]
        while cells and not cells[-1]:
            cells.pop()
        kept.append(cells)
    if len(kept) > MOST_ROWS and any(kept[MOST_ROWS:]):
        raise Unreadable("too_large")
    while kept and not kept[-1]:
        kept.pop()
    return kept
