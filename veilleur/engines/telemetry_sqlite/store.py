"""The store itself: one writer (the watch), any number of readers in other processes, kill -9 at any time."""

import math
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from veilleur.domains.monitoring.ports import Bucket, MinuteRow, Sample
from veilleur.engines.telemetry_sqlite.payload import pack, pack_value, unpack, unpack_value

MINUTE_US = 60_000_000
RETENTION = timedelta(days=35)

_SCHEMA = """
create table if not exists host (id integer primary key, asset text not null unique);
create table if not exists metric (id integer primary key, name text not null unique);
create table if not exists minute (key integer primary key, payload blob not null);
create table if not exists latest (key integer primary key, at_us integer not null, value blob not null);
"""
# Machine in the high half, minute or metric in the low one: a machine's rows lie side by side.
_HIGH = 32
_TRIM_ROWS = 5_000


class SqliteTelemetry:
    """Implements monitoring's `TelemetryStore`. Nothing is made on disk before the first write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def write(self, rows: Sequence[MinuteRow]) -> None:
        """Keep rows durably, in one commit; see `TelemetryStore.write`. sqlite3.Error: nothing was kept."""
        with self._writing() as connection:
            for row in rows:
                _write_row(connection, row)

    def trim(self, before_us: int) -> int:
        """Forget minutes that began before an instant, a part at a time, and return how many rows went."""
        gone = 0
        with self._writing() as connection:
            hosts = [number for (number,) in connection.execute("select id from host")]
        for host in hosts:
            first, last = _keys(host, 0, before_us)
            while True:
                with self._writing() as connection:
                    count = connection.execute(
                        "delete from minute where key in "
                        "(select key from minute where key >= ? and key < ? limit ?)",
                        (first, last, _TRIM_ROWS),
                    ).rowcount
                gone += count
                if count < _TRIM_ROWS:
                    break
        return gone

    def raw(self, asset: UUID, metric: str, start_us: int, end_us: int) -> tuple[Sample, ...]:
        """Return the values of [start_us, end_us) in order of time."""
        with self._reading() as connection:
            if connection is None:
                return ()
            numbers = _numbers(connection, asset, metric)
            if numbers is None:
                return ()
            host, number = numbers
            minutes = connection.execute(
                "select key, payload from minute where key >= ? and key < ? order by key",
                _keys(host, start_us, end_us),
            )
            found = ((key, unpack(payload).get(number)) for key, payload in minutes)
            return tuple(Sample(_minute_us(key), value) for key, value in found if value is not None)

    def latest(self, asset: UUID) -> dict[str, Sample]:
        """Return the last value of each metric of an asset."""
        with self._reading() as connection:
            if connection is None:
                return {}
            rows = connection.execute(
                "select metric.name, latest.at_us, latest.value from host "
                "join latest on latest.key >= (host.id << 32) and latest.key < ((host.id + 1) << 32) "
                "join metric on metric.id = (latest.key & 4294967295) where host.asset = ?",
                (str(asset),),
            )
            return {name: Sample(at_us, unpack_value(value)) for name, at_us, value in rows}

    def aggregate(
        self, asset: UUID, metric: str, start_us: int, end_us: int, step_s: int
    ) -> tuple[Bucket, ...]:
        """Return the values of [start_us, end_us) by steps aligned to the epoch; NaN does not count."""
        step_us = step_s * 1_000_000
        groups: dict[int, list[float]] = {}
        for sample in self.raw(asset, metric, start_us, end_us):
            if not math.isnan(sample.value):
                groups.setdefault(sample.at_us // step_us * step_us, []).append(sample.value)
        return tuple(
            Bucket(start, min(values), max(values), math.fsum(values) / len(values), len(values))
            for start, values in sorted(groups.items())
        )

    def close(self) -> None:
        """Close the writer's connection."""
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._writer is None:
                self._writer = _open_for_writing(self._path)
            self._writer.execute("begin immediate")
            try:
                yield self._writer
                self._writer.execute("commit")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("rollback")
                raise

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self._path.exists():
            yield None
            return
        # Read-only: a reader that closes last must not checkpoint beside the writer.
        uri = f"{self._path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=5, isolation_level=None)) as connection:
            # The writer makes the tables in one commit: there are all or none.
            has_tables = connection.execute("select 1 from sqlite_schema limit 1").fetchone()
            yield connection if has_tables else None


def _open_for_writing(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    try:
        # Sixteen kilobytes keep a payload in its row; it must come before the first table.
        connection.execute("pragma page_size = 16384")
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.executescript(f"begin immediate;{_SCHEMA}commit;")
    except BaseException:
        connection.close()
        raise
    return connection


def _write_row(connection: sqlite3.Connection, row: MinuteRow) -> None:
    host = _number(connection, "host", "asset", str(row.asset))
    values = {_number(connection, "metric", "name", name): value for name, value in row.values.items()}
    key = host << _HIGH | row.minute_us // MINUTE_US
    known = connection.execute("select payload from minute where key = ?", (key,)).fetchone()
    merged = {**(unpack(known[0]) if known else {}), **values}
    connection.execute("replace into minute values (?, ?)", (key, pack(merged)))
    connection.executemany(
        "insert into latest values (?, ?, ?) on conflict (key) do update "
        "set at_us = excluded.at_us, value = excluded.value where excluded.at_us >= latest.at_us",
        [(host << _HIGH | number, row.minute_us, pack_value(value)) for number, value in values.items()],
    )


def _number(connection: sqlite3.Connection, table: str, column: str, text: str) -> int:
    """Return the number that stands for a machine or a metric, given at its first use."""
    connection.execute(f"insert or ignore into {table} ({column}) values (?)", (text,))  # noqa: S608
    found = connection.execute(f"select id from {table} where {column} = ?", (text,)).fetchone()  # noqa: S608
    return int(found[0])


def _numbers(connection: sqlite3.Connection, asset: UUID, metric: str) -> tuple[int, int] | None:
    host = connection.execute("select id from host where asset = ?", (str(asset),)).fetchone()
    number = connection.execute("select id from metric where name = ?", (metric,)).fetchone()
    return (host[0], number[0]) if host and number else None


def _keys(host: int, start_us: int, end_us: int) -> tuple[int, int]:
    """Return the keys of a machine's minutes that begin in [start_us, end_us), the last excluded."""
    first, last = (-(-instant // MINUTE_US) for instant in (start_us, end_us))
    return host << _HIGH | max(first, 0), host << _HIGH | max(last, 0)


def _minute_us(key: int) -> int:
    return (key & (1 << _HIGH) - 1) * MINUTE_US
