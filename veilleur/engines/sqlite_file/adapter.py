"""Copies SQLite databases that are in use, and reads the facts of the very instant that was copied."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.engines.sqlite_file import commands, parse

_BUSY_S = 10.0
# A row is in memory a few times while it is read. What is larger is refused: few databases hold such rows,
# and one that was made to do harm would have the system end whatever runs here.
ROW_BYTES = 128 << 20
_SIDE_FILES = ("-journal", "-wal", "-shm")


class SqliteSnapshotter:
    """Implements backups' port Snapshotter with Python's own SQLite.

    A copy leaves `spare_bytes` on the disk it is written to: Veilleur's own data most often lies there too.
    """

    def __init__(self, spare_bytes: int = 64_000_000) -> None:
        self._spare_bytes = spare_bytes

    def is_database(self, path: Path) -> bool:
        """Return whether a path begins as SQLite databases do, after opening it for reading as one.

        An empty file, and a database under a passphrase, are files.
        """
        if not path.is_file():
            return False
        try:
            with path.open("rb") as file:
                if file.read(len(commands.HEADER)) != commands.HEADER:
                    return False
        except OSError as error:
            raise EngineError("source_unreadable", retry=True, detail=str(error)) from error
        with _reading(path) as source:
            source.execute(commands.HOLD).fetchall()
        return True

    def capture(self, database: Path, into: Path, name: str) -> tuple[DataFact, ...]:
        """Copy the database as it is at one instant to the new private file `into` and return its facts.

        A database in WAL mode is read in the very transaction it is copied in: writers go on meanwhile. In
        the older journal modes a reader blocks writers, so that only the copying is done there, and the
        facts are read from the copy before anything else touches it.
        """
        if not database.is_file():
            raise EngineError("source_missing", retry=True, detail=str(database))
        with _reading(database) as source, closing(_new_file(into)) as copy:
            source.execute("BEGIN")
            source.execute(commands.HOLD).fetchall()
            self._require_space(source, into.parent)
            if source.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                facts = _facts(source, name)
                source.backup(copy)
            else:
                source.backup(copy)
                facts = _facts(copy, name)
            return _sorted(*facts, parse.integrity_fact(name, copy.execute("PRAGMA quick_check")))

    def read_back(self, database: Path, name: str) -> tuple[DataFact, ...]:
        """Check the whole integrity of a restored database and return its facts."""
        if not database.is_file():
            raise EngineError("restore_failed", retry=False, detail=str(database))
        with _reading(database, immutable=True) as copy:
            copy.execute("BEGIN")
            integrity = parse.integrity_fact(name, copy.execute("PRAGMA integrity_check"))
            return _sorted(*_facts(copy, name), integrity)

    def _require_space(self, source: sqlite3.Connection, folder: Path) -> None:
        pages, page_bytes = (
            int(source.execute(f"PRAGMA {what}").fetchone()[0]) for what in ("page_count", "page_size")
        )
        needed, free = pages * page_bytes + self._spare_bytes, shutil.disk_usage(folder).free
        if free < needed:
            detail = f"{folder}: {needed} bytes needed, {free} free"
            raise EngineError("disk_full", retry=True, detail=detail)


def _facts(connection: sqlite3.Connection, name: str) -> list[DataFact]:
    """Return schema and table facts of the present transaction; one pass over every row."""
    tables = [row[0] for row in connection.execute(commands.TABLES).fetchall()]
    facts = [parse.schema_fact(name, connection.execute(commands.SCHEMA))]
    for table in tables:
        virtual = int(connection.execute(commands.VIRTUAL_COLUMNS, (table,)).fetchone()[0])
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, ROW_BYTES // (1 + virtual))
        facts.append(parse.table_fact(f"{name}:{table}", connection.execute(commands.all_rows(table))))
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, ROW_BYTES)
    return facts


def _sorted(*facts: DataFact) -> tuple[DataFact, ...]:
    return tuple(sorted(facts, key=lambda fact: fact.order))


def _as_text(raw: bytes) -> str:
    """Read text that may be no UTF-8 without losing a byte of it."""
    return raw.decode("utf-8", "surrogateescape")


def _new_file(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return _bounded(sqlite3.connect(path, isolation_level=None))


@contextmanager
def _reading(path: Path, *, immutable: bool = False) -> Iterator[sqlite3.Connection]:
    _require_plain_side_files(path)
    try:
        with closing(_read_only(path, immutable)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise _refusal(error, path) from error
    except UnicodeEncodeError as error:
        # A table whose name is no UTF-8 cannot be asked for: Python hands statements over as text only.
        raise EngineError("source_unreadable", retry=False, detail=f"{path}: {error}") from error


def _require_plain_side_files(path: Path) -> None:
    """Refuse a journal that is no file: SQLite opens it too, and waits at a pipe until somebody writes."""
    real = path.resolve()
    for side in (real.with_name(real.name + suffix) for suffix in _SIDE_FILES):
        if side.exists() and not side.is_file():
            raise EngineError("source_unreadable", retry=True, detail=f"{side}: not a regular file")


def _read_only(path: Path, immutable: bool) -> sqlite3.Connection:
    uri = commands.read_only_uri(str(path.absolute()))
    if immutable:
        uri += "&immutable=1"  # nobody else has it open: no lock and no side file beside the restored one
    return _bounded(sqlite3.connect(uri, uri=True, timeout=_BUSY_S, isolation_level=None))


def _bounded(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.text_factory = _as_text
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, ROW_BYTES)
    return connection


def _refusal(error: sqlite3.Error, path: Path) -> EngineError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    detail = f"{path}: {error}"
    if code == sqlite3.SQLITE_NOTADB:
        return EngineError("source_not_a_database", retry=False, detail=detail)
    if code == sqlite3.SQLITE_FULL:
        return EngineError("disk_full", retry=True, detail=detail)
    if code == sqlite3.SQLITE_CORRUPT:
        return EngineError("database_damaged", retry=False, detail=detail)
    if code == sqlite3.SQLITE_TOOBIG:
        return EngineError("row_too_large", retry=False, detail=detail)
    return EngineError("source_unreadable", retry=True, detail=detail)
