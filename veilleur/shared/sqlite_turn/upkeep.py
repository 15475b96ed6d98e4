"""What one process does for the whole database: checkpoints under the turn, snapshots through one reader."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from veilleur.shared.sqlite_turn.connection import READ_LIMIT_S, TurnConnection, log

# SQLite before this version can corrupt a database in write-ahead mode when two connections write or
# checkpoint at the same moment. The turn keeps them apart; a program that goes around it is not kept.
SAFE_VERSION = (3, 51, 3)
CHECKPOINT_FROM_BYTES = 2 * 1024 * 1024  # small enough for a checkpoint to fit into a turn
SHRINK_FROM_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint moved. Pages stay in the log while a reader still needs what they replace."""

    pages_in_log: int
    pages_moved: int
    took_s: float


@dataclass(frozen=True)
class Snapshot:
    """A consistent copy of the whole database, on disk."""

    path: Path
    size_bytes: int
    took_s: float
    # By how much the write-ahead log grew meanwhile: nothing can be checkpointed beyond the reader.
    log_growth_bytes: int


class SnapshotRunning(Exception):
    """Another snapshot of the same database is being made; one reader at a time holds the log back."""


def database_file(connection: BaseDatabaseWrapper) -> Path | None:
    """Return the file of a database of this backend; None for another backend or a database in memory."""
    if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined]
        return None
    return Path(connection.settings_dict["NAME"])


def log_bytes(database: Path) -> int:
    """Return the size of the write-ahead log, 0 when there is none."""
    try:
        return Path(f"{database}-wal").stat().st_size
    except FileNotFoundError:
        return 0


def checkpoint(connection: BaseDatabaseWrapper) -> Checkpoint:
    """Move the write-ahead log into the database, in one turn, without waiting for readers.

    A log that readers let grow beyond 64 MiB is also cut back to nothing when nobody reads at that moment.
    """
    database = database_file(connection)
    assert database is not None, "only a SQLite file has a write-ahead log"
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        _, in_log, moved = cursor.fetchone()
        if in_log == moved and log_bytes(database) > SHRINK_FROM_BYTES:
            before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute("PRAGMA busy_timeout = 0")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
    return Checkpoint(in_log, moved, time.monotonic() - began)


def checkpoint_if_grown(
    connection: BaseDatabaseWrapper, *, from_bytes: int = CHECKPOINT_FROM_BYTES
) -> Checkpoint | None:
    """Checkpoint when the log has reached `from_bytes`, else only look at the file and return None.

    The log keeps its size after a checkpoint and is written anew from its start, so that from then on each
    call checkpoints; with nothing new in the log this costs one short turn.
    """
    database = database_file(connection)
    if database is None or log_bytes(database) < from_bytes:
        return None
    return checkpoint(connection)


def snapshot(database: Path, destination: Path) -> Snapshot:
    """Copy the database as it is at one instant to `destination`, durably, and return what was made.

    Writers go on. `destination` appears whole or not at all; an older file there is replaced. Raise
    SnapshotRunning when another one is being made, sqlite3.Error or OSError when it cannot be done.
    """
    began, log_before = time.monotonic(), log_bytes(database)
    part = destination.with_name(f".{destination.name}.part")
    with _one_at_a_time(Path(f"{database}-snapshot")):
        part.unlink(missing_ok=True)
        reader = sqlite3.connect(f"file:{database}?mode=rw", uri=True, isolation_level=None, timeout=10)
        try:
            reader.execute("VACUUM INTO ?", (str(part),))
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        finally:
            reader.close()
        part.chmod(0o600)
        _make_durable(part)
        part.replace(destination)
        _make_durable(destination.parent)
    return Snapshot(
        path=destination,
        size_bytes=destination.stat().st_size,
        took_s=time.monotonic() - began,
        log_growth_bytes=log_bytes(database) - log_before,
    )


@contextmanager
def reading(connection: BaseDatabaseWrapper, *, limit_s: float = READ_LIMIT_S) -> Iterator[None]:
    """Show all reads of the block one and the same state of the database, without taking a turn.

    Writes in the block are refused. A block that lasts longer than `limit_s` holds the log back and is
    reported; longer work belongs on a snapshot. Raise RuntimeError inside a transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("a transaction shows one state already")
    connection.ensure_connection()
    raw = connection.connection
    is_sqlite = isinstance(raw, TurnConnection)
    raw.execute("BEGIN" if is_sqlite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    if is_sqlite:
        raw.is_read_only = True
    began = time.monotonic()
    try:
        yield
    finally:
        if is_sqlite:
            raw.is_read_only = False
        raw.execute("ROLLBACK")
        took_s = time.monotonic() - began
        if took_s > limit_s:
            log.warning("One read transaction lasted %.1f s; the limit is %.1f s", took_s, limit_s)


def version_risk() -> str | None:
    """Return "sqlite_wal_reset" when this SQLite can corrupt a database that is written around the turn."""
    return "sqlite_wal_reset" if sqlite3.sqlite_version_info < SAFE_VERSION else None


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SnapshotRunning(str(path)) from error
        yield
    finally:
        os.close(file)


def _make_durable(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
