"""Series survive kill -9, are read from another process while being written, and do not grow for ever."""

import math
import os
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.monitoring.ports import Bucket, MinuteRow, Sample
from veilleur.engines.telemetry_sqlite import SqliteTelemetry
from veilleur.engines.telemetry_sqlite.payload import pack, unpack

HOST = UUID(int=1)
MINUTE = 60_000_000
START = 30_000_000 * MINUTE


@pytest.fixture
def store(tmp_path: Path) -> SqliteTelemetry:
    return SqliteTelemetry(tmp_path / "series" / "telemetry.sqlite3")


def row(minute: int, *, asset: UUID = HOST, **values: float) -> MinuteRow:
    return MinuteRow(asset, START + minute * MINUTE, values)


def test_what_was_written_is_read_back_in_order_of_time(store: SqliteTelemetry) -> None:
    store.write([row(2, load=2.0), row(0, load=0.5), row(1, load=1.0, disk=80.0)])

    samples = store.raw(HOST, "load", START, START + 2 * MINUTE)

    assert samples == (Sample(START, 0.5), Sample(START + MINUTE, 1.0))
    assert store.raw(HOST, "disk", START, START + 9 * MINUTE) == (Sample(START + MINUTE, 80.0),)


def test_machines_do_not_see_each_others_values(store: SqliteTelemetry) -> None:
    other = uuid4()
    store.write([row(0, load=1.0), row(0, asset=other, load=9.0), row(5, asset=other, load=8.0)])

    assert store.raw(HOST, "load", 0, START * 2) == (Sample(START, 1.0),)
    assert store.latest(HOST) == {"load": Sample(START, 1.0)}
    assert store.latest(other)["load"].value == 8.0


def test_a_second_writing_of_a_minute_adds_and_replaces(store: SqliteTelemetry) -> None:
    store.write([row(0, load=1.0, disk=80.0)])

    store.write([row(0, load=1.5, memory=40.0)])

    assert {name: sample.value for name, sample in store.latest(HOST).items()} == {
        "load": 1.5,
        "disk": 80.0,
        "memory": 40.0,
    }
    assert len(store.raw(HOST, "disk", START, START + MINUTE)) == 1


def test_a_late_row_does_not_become_the_last_value(store: SqliteTelemetry) -> None:
    store.write([row(5, load=5.0)])
    store.write([row(3, load=3.0)])

    assert store.latest(HOST)["load"] == Sample(START + 5 * MINUTE, 5.0)


def test_steps_are_aligned_and_empty_ones_left_out(store: SqliteTelemetry) -> None:
    store.write([row(minute, load=float(minute)) for minute in (0, 1, 4, 5, 20)])

    buckets = store.aggregate(HOST, "load", START, START + 60 * MINUTE, step_s=300)

    assert buckets == (
        Bucket(START, 0.0, 4.0, pytest.approx(5 / 3), 3),
        Bucket(START + 5 * MINUTE, 5.0, 5.0, 5.0, 1),
        Bucket(START + 20 * MINUTE, 20.0, 20.0, 20.0, 1),
    )


def test_nan_is_kept_as_it_is_and_counts_in_no_mean(store: SqliteTelemetry) -> None:
    store.write([row(0, load=math.nan), row(1, load=2.0)])

    first, second = store.raw(HOST, "load", START, START + 2 * MINUTE)

    assert math.isnan(first.value)
    assert second.value == 2.0
    assert math.isnan(store.raw(HOST, "load", START, START + MINUTE)[0].value)
    assert store.aggregate(HOST, "load", START, START + 2 * MINUTE, 300)[0].count == 1


def test_nothing_written_yet_is_nothing_to_read_and_makes_no_file(tmp_path: Path) -> None:
    store = SqliteTelemetry(tmp_path / "telemetry.sqlite3")

    assert store.raw(HOST, "load", 0, START) == ()
    assert store.latest(HOST) == {}
    assert list(tmp_path.iterdir()) == []


def test_trimming_takes_old_minutes_of_every_machine_and_leaves_last_values(store: SqliteTelemetry) -> None:
    other = uuid4()
    store.write([row(minute, asset=asset, load=1.0) for asset in (HOST, other) for minute in range(10)])

    gone = store.trim(START + 6 * MINUTE)

    assert gone == 12
    assert store.raw(HOST, "load", 0, START * 2)[0].at_us == START + 6 * MINUTE
    assert store.latest(other)["load"].at_us == START + 9 * MINUTE


def test_a_full_disk_keeps_nothing_of_the_batch_and_the_store_goes_on(
    store: SqliteTelemetry, tmp_path: Path
) -> None:
    store.write([row(0, load=1.0)])
    connection = store._writer
    assert connection is not None
    (pages,) = connection.execute("pragma page_count").fetchone()
    connection.execute(f"pragma max_page_count = {pages}")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.write([row(minute, **{f"metric {n}": 1.0 for n in range(200)}) for minute in range(1, 300)])
    connection.execute("pragma max_page_count = 1000000")
    store.write([row(1, load=2.0)])

    assert [sample.value for sample in store.raw(HOST, "load", 0, START * 2)] == [1.0, 2.0]


WRITER = """
import sys, uuid
from pathlib import Path
from veilleur.domains.monitoring.ports import MinuteRow
from veilleur.engines.telemetry_sqlite import SqliteTelemetry
store = SqliteTelemetry(Path(sys.argv[1]))
for minute in range(int(sys.argv[2]), 10**9):
    store.write([MinuteRow(uuid.UUID(int=1), (30_000_000 + minute) * 60_000_000, {"load": float(minute)})])
    print(minute, flush=True)
"""


def test_kill_9_at_any_moment_loses_nothing_that_was_accepted_and_readers_go_on(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.sqlite3"
    reader = SqliteTelemetry(path)
    accepted = -1

    for round_number in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(accepted + 1)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        accepted = int(writer.stdout.readline())
        until = time.monotonic() + 0.1 + 0.07 * round_number
        while time.monotonic() < until:
            # Read while it is being written, from another process.
            seen = reader.raw(HOST, "load", 0, START * 2)
            assert [sample.value for sample in seen] == [float(n) for n in range(len(seen))]
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        lines = writer.stdout.read().split()
        accepted = int(lines[-1]) if lines else accepted
        writer.stdout.close()

        kept = [sample.value for sample in reader.raw(HOST, "load", 0, START * 2)]

        # What was on its way when the process died may have been kept too, at most one.
        assert kept[: accepted + 1] == [float(n) for n in range(accepted + 1)]
        assert len(kept) <= accepted + 2
        accepted = len(kept) - 1

    with sqlite3.connect(path) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
        assert connection.execute("pragma page_size").fetchone() == (16384,)
    connection.close()


@given(st.dictionaries(st.integers(0, 2**32 - 1), st.floats(), max_size=50))
def test_every_bit_of_every_float_survives(values: dict[int, float]) -> None:
    back = unpack(pack(values))

    assert back.keys() == values.keys()
    for number, value in values.items():
        assert struct.pack("<d", back[number]) == struct.pack("<d", value)


def test_bytes_that_are_no_minute_are_refused() -> None:
    with pytest.raises(ValueError, match="no minute"):
        unpack(b"12345")
