"""The journal's rows as they lie there, whatever was done to them: nothing in them ends the reading.

SQLite keeps any type in any column. A row that can be no entry is told as such, never passed over.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from veilleur.domains.journal.models import ChainHead, Entry
from veilleur.domains.journal.rules.chain import Header
from veilleur.domains.journal.rules.verification import ChainPoint, StoredEntry

_BATCH = 2000
_FIELDS = [field.name for field in Entry._meta.concrete_fields]
_ENTRIES = f"SELECT {', '.join(_FIELDS)} FROM {Entry._meta.db_table}"  # noqa: S608 - names of models
_HEADS = f"SELECT key, organisation, epoch, sequence, hash FROM {ChainHead._meta.db_table}"  # noqa: S608


class _Unfit(ValueError):
    """A cell holds what no entry can hold."""


@dataclass(frozen=True)
class DamagedRow:
    """A row that can be no entry; `sequence` is None where not even its place can be read."""

    sequence: int | None
    hash: bytes


@dataclass(frozen=True)
class StoredHead:
    """A chain's head; `point` is None where it cannot be read."""

    key: int | None
    point: ChainPoint | None


def stored_entries(
    organisation: UUID, after: int, up_to: int | None = None
) -> Iterator[StoredEntry | DamagedRow]:
    """Yield the rows of a chain with after < sequence <= up_to in sequence order, 2,000 at a time.

    What is no number comes after all numbers, where no end is given.
    """
    end = "" if up_to is None else " AND sequence <= %s"
    ends = [] if up_to is None else [up_to]
    question = f"{_ENTRIES} WHERE organisation = %s AND sequence > %s{end} ORDER BY sequence LIMIT {_BATCH}"
    place: Any = after
    while batch := _rows(question, [_stored_as(organisation), place, *ends]):
        yield from (_entry(dict(zip(_FIELDS, row, strict=True))) for row in batch)
        place = batch[-1][_FIELDS.index("sequence")]


def entries_before_the_first(organisation: UUID) -> tuple[StoredEntry | DamagedRow, ...]:
    """Return the rows of a chain whose place is before the first there is: nobody appended them."""
    rows = _rows(f"{_ENTRIES} WHERE organisation = %s AND sequence < 1", [_stored_as(organisation)])
    return tuple(_entry(dict(zip(_FIELDS, row, strict=True))) for row in rows)


def organisations_of(table: type[Entry] | type[ChainHead]) -> tuple[set[UUID], bool]:
    """Return the organisations that rows of a table name, and whether some row names none."""
    rows = _rows(f"SELECT DISTINCT organisation FROM {table._meta.db_table}", [])  # noqa: S608
    named, is_any_nameless = set(), False
    for (cell,) in rows:
        try:
            named.add(_identity(cell))
        except _Unfit:
            is_any_nameless = True
    return named, is_any_nameless


def stored_head(organisation: UUID) -> StoredHead | None:
    """Return the head of a chain, None where there is none."""
    for key, _organisation, epoch, sequence, digest in _rows(
        f"{_HEADS} WHERE organisation = %s", [_stored_as(organisation)]
    ):
        try:
            return StoredHead(_number(key), ChainPoint(_number(epoch), _number(sequence), _binary(digest)))
        except _Unfit:
            return StoredHead(None, None)
    return None


def _entry(row: dict[str, Any]) -> StoredEntry | DamagedRow:
    try:
        header = Header(
            id=_identity(row["id"]),
            organisation=_identity(row["organisation"]),
            epoch=_number(row["epoch"]),
            sequence=_number(row["sequence"]),
            occurred_at_us=_number(row["occurred_at_us"]),
            recorded_at_us=_number(row["recorded_at_us"]),
            actor=_text(row["actor"]),
            origin=_text(row["origin"]),
            kind=_text(row["kind"]),
            version=_number(row["version"]),
            subject=None if row["subject"] is None else _identity(row["subject"]),
            body_digest=_binary(row["body_digest"]),
            previous_hash=_binary(row["previous_hash"]),
        )
        digest = _binary(row["hash"])
    except _Unfit:
        place, found = row["sequence"], row["hash"]
        return DamagedRow(
            place if isinstance(place, int) else None, found if isinstance(found, bytes) else b""
        )
    return StoredEntry(header, digest, *_body(row["body"], row["salt"]))


def _body(body: object, salt: object) -> tuple[str | None, bytes | None]:
    """Return body and salt; a body that is no text, or whose salt is none, fits no digest: it has no salt."""
    try:
        return None if body is None else _text(body), None if salt is None else _binary(salt)
    except _Unfit:
        return "", None


def _rows(question: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor, _any_bytes_as_text():
        cursor.execute(question, parameters)
        return list(cursor.fetchall())


@contextmanager
def _any_bytes_as_text() -> Iterator[None]:
    """On SQLite let a text that is none come as bytes, instead of ending the reading of all others."""
    if connection.vendor != "sqlite":
        yield
        return
    database = connection.connection
    former, database.text_factory = database.text_factory, _decoded
    try:
        yield
    finally:
        database.text_factory = former


def _decoded(cell: bytes) -> str | bytes:
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return cell


def _stored_as(organisation: UUID) -> Any:
    return Entry._meta.get_field("organisation").get_db_prep_value(organisation, connection)


def _identity(cell: object) -> UUID:
    if isinstance(cell, UUID):
        return cell
    try:
        found = UUID(_text(cell))
    except ValueError as error:
        raise _Unfit from error
    # Written in another way it is the same identity, which nobody who looks for it finds.
    if found.hex != cell:
        raise _Unfit
    return found


def _number(cell: object) -> int:
    if not isinstance(cell, int):
        raise _Unfit
    return cell


def _text(cell: object) -> str:
    if not isinstance(cell, str):
        raise _Unfit
    return cell


def _binary(cell: object) -> bytes:
    if not isinstance(cell, bytes | memoryview):
        raise _Unfit
    return bytes(cell)
