"""The durable queue between `watch`, which appends, and `work`, which reads and trims: one SQLite file.

Both write under one file lock, so that no two connections write or checkpoint at once. An item is
accepted once its commit has returned; kill -9 after that loses nothing.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from veilleur.domains.monitoring.ports import Pulse, Spooled, SpooledFault, SpooledResult
from veilleur.domains.monitoring.rules.outcomes import Evidence

_SCHEMA = """
create table if not exists item (
    sequence integer primary key autoincrement, target text, code text not null, at_us integer not null,
    lasted_us integer not null, evidence text not null, value integer);
create table if not exists mark (name text primary key, value text not null);
"""
_COLUMNS = "target, code, at_us, lasted_us, evidence, value"
# What the evidence column says of a fault's row.
_BEGAN, _OVER = "fault_began", "fault_over"


class SqliteSpool:
    """Implements monitoring's `Spool`, and the writing side that the watch alone uses."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        # Another process forked from this one must not use its connection.
        self._owner = 0
        self._lock = threading.Lock()

    def append(self, items: Sequence[Spooled], *, last_loop_us: int) -> None:
        """Accept items and note the loop's sign of life, in one durable commit; their sequence is given here.

        sqlite3.Error or OSError: nothing was accepted.
        """
        with self._writing() as connection:
            connection.executemany(
                f"insert into item ({_COLUMNS}) values (?, ?, ?, ?, ?, ?)",  # noqa: S608
                [_columns(item) for item in items],
            )
            connection.execute("replace into mark values ('last_loop_us', ?)", (str(last_loop_us),))

    def note_start(self, started_us: int) -> None:
        """Note when the watch process started."""
        with self._writing() as connection:
            connection.execute("replace into mark values ('started_us', ?)", (str(started_us),))

    def spool_id(self) -> UUID:
        """Return the identity of this spool, given when its file is made."""
        return UUID(self._marks()["spool_id"])

    def read(self, after: int, limit: int) -> tuple[Spooled, ...]:
        """Return the next accepted items after a sequence number, in order."""
        with self._lock:
            rows = self._open().execute(
                f"select sequence, {_COLUMNS} from item "  # noqa: S608
                "where sequence > ? order by sequence limit ?",
                (after, limit),
            )
            return tuple(_item(row) for row in rows.fetchall())

    def trim(self, up_to: int) -> None:
        """Forget the items up to and including a sequence number; its own numbers are never given again."""
        with self._lock:
            first = self._open().execute("select min(sequence) from item").fetchone()[0]
        if first is not None and first <= up_to:
            with self._writing() as connection:
                connection.execute("delete from item where sequence <= ?", (up_to,))

    def pulse(self) -> Pulse | None:
        """Return the watch's last sign of life, None before the first."""
        marks = self._marks()
        if "last_loop_us" not in marks:
            return None
        return Pulse(int(marks.get("started_us", 0)), int(marks["last_loop_us"]))

    def close(self) -> None:
        """Close the connection; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                with _file_lock(self._path):
                    self._connection.close()
                self._connection = None

    def _marks(self) -> dict[str, str]:
        with self._lock:
            return dict(self._open().execute("select name, value from mark").fetchall())

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._open()
            with _file_lock(self._path):
                connection.execute("begin immediate")
                try:
                    yield connection
                    connection.execute("commit")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("rollback")
                    raise

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or self._owner != os.getpid():
            self._connection = _connect(self._path)
            self._owner = os.getpid()
        return self._connection


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _file_lock(path):
        connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.executescript(f"begin immediate;{_SCHEMA}commit;")
            connection.execute("insert or ignore into mark values ('spool_id', ?)", (str(uuid4()),))
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    """Hold the lock of all writers; the kernel frees it when a process dies, however it dies."""
    file = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _columns(item: Spooled) -> tuple[str | None, str, int, int, str, int | None]:
    if isinstance(item, SpooledFault):
        return (None, item.code, item.at_us, 0, _OVER if item.is_over else _BEGAN, None)
    return (str(item.check), item.code, item.started_us, item.lasted_us, item.evidence, item.value)


def _item(row: tuple[Any, ...]) -> Spooled:
    sequence, target, code, at_us, lasted_us, evidence, value = row
    if target is None:
        return SpooledFault(sequence, code, at_us, evidence == _OVER)
    return SpooledResult(sequence, UUID(target), at_us, lasted_us, Evidence(evidence), code, value)
