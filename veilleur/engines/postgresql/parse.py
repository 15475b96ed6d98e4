"""Turns PostgreSQL's answers into values: facts, versions, the definition of a dumped database."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind
from veilleur.domains.backups.rules.sources import address_of

_DUMPED_FROM = re.compile(r"Dumped from database version: (\d+)")
_CREATE = re.compile(r"^CREATE DATABASE .*? WITH (TEMPLATE .*);$", re.MULTILINE)
_TABLESPACE = re.compile(r" TABLESPACE = (?:\"[^\"]*\"|\S+)")
_DETAIL_CHARACTERS = 500


def table_fact(schema: str, table: str, rows: int, total: str) -> DataFact:
    """Return a table's fact: its rows, and the decimal sum of the 64-bit hashes of their text."""
    return DataFact(FactKind.TABLE, f"{schema}.{table}", rows, total)


def objects_fact(kind: str, rows: Iterable[Sequence[object]]) -> DataFact:
    """Return how many objects of a kind there are and the SHA-256 of their sorted descriptions."""
    lines = sorted("\x1f".join(str(value) for value in row) for row in rows)
    return DataFact(
        FactKind.OBJECTS, kind, len(lines), hashlib.sha256("\x1e".join(lines).encode()).hexdigest()
    )


def major_of_server(version_number: int) -> int:
    """Return 15 of 150018, PostgreSQL's own version number."""
    return version_number // 10_000


def major_of_dump(listing: str) -> int | None:
    """Return the major version of the server a dump was taken from."""
    match = _DUMPED_FROM.search(listing)
    return int(match.group(1)) if match else None


def database_options(definition: str) -> str:
    """Return the options of the dump's CREATE DATABASE (encoding, locale), without its tablespace."""
    match = _CREATE.search(definition)
    return _TABLESPACE.sub("", match.group(1)) if match else "TEMPLATE template0"


def programs_by_major(folders: Iterable[Path]) -> dict[int, Path]:
    """Return the folders of installed programs by major version, from paths like
    /usr/lib/postgresql/15/bin.
    """
    return {int(path.parent.name): path for path in folders if path.parent.name.isdigit()}


def address_in_words(conninfo: str) -> str:
    """Return "host:port" of a connection string, for people who look closely."""
    host, port = address_of(conninfo)
    return f"{host}:{port}" if host else ""


def last_words(errors: str) -> str:
    """Return the last lines a program wrote, short enough to keep."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    return " | ".join(lines[-3:])[:_DETAIL_CHARACTERS]


def is_extension_missing(errors: str) -> bool:
    """Return whether the index check could not run because its extension is not installed."""
    return "amcheck" in errors and ("is not available" in errors or "control file" in errors)
