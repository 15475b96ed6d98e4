"""The spool: accepted is accepted, whatever is killed; two processes share it; no number is given twice."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from veilleur.domains.monitoring.ports import Pulse, SpooledFault, SpooledResult
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.engines.probe import SqliteSpool

CHECK = UUID(int=7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watch" / "spool.sqlite3"


def result(started_us: int, **fields: object) -> SpooledResult:
    values = {
        "sequence": 0,
        "check": CHECK,
        "started_us": started_us,
        "lasted_us": 900,
        "evidence": Evidence.ANSWERED,
        "code": "connected",
        "value": 1_100,
        **fields,
    }
    return SpooledResult(**values)  # type: ignore[arg-type]


def test_items_come_back_as_they_went_in_numbered_in_order(path: Path) -> None:
    spool = SqliteSpool(path)
    failed = result(20, evidence=Evidence.FAILED, code="refused", value=None, check=uuid4())
    fault = SpooledFault(0, "orders_unreadable", 30, is_over=True)

    spool.append([result(10), failed, fault], last_loop_us=40)
    items = SqliteSpool(path).read(0, 10)

    assert [item.sequence for item in items] == [1, 2, 3]
    assert items[0] == result(10, sequence=1)
    assert items[1] == replace(failed, sequence=2)
    assert items[2] == SpooledFault(3, "orders_unreadable", 30, is_over=True)


def test_reading_goes_on_after_a_number_and_stops_at_the_limit(path: Path) -> None:
    spool = SqliteSpool(path)
    spool.append([result(n) for n in range(5)], last_loop_us=1)

    assert [item.sequence for item in spool.read(2, 2)] == [3, 4]
    assert spool.read(5, 10) == ()


def test_trimmed_numbers_are_never_given_again(path: Path) -> None:
    writer, drainer = SqliteSpool(path), SqliteSpool(path)
    writer.append([result(1), result(2)], last_loop_us=1)

    drainer.trim(2)
    writer.append([result(3)], last_loop_us=2)

    assert [item.sequence for item in drainer.read(0, 10)] == [3]


def test_a_spool_made_anew_has_another_identity(path: Path, tmp_path: Path) -> None:
    first, same, other = SqliteSpool(path), SqliteSpool(path), SqliteSpool(tmp_path / "other.sqlite3")

    assert first.spool_id() == same.spool_id()
    assert first.spool_id() != other.spool_id()


def test_the_pulse_is_absent_before_the_first_round(path: Path) -> None:
    spool = SqliteSpool(path)
    before = spool.pulse()

    spool.note_start(100)
    spool.append([], last_loop_us=250)

    assert before is None
    assert spool.pulse() == Pulse(100, 250)


def test_a_full_disk_accepts_nothing_of_the_batch_and_the_spool_goes_on(path: Path) -> None:
    spool = SqliteSpool(path)
    spool.append([result(1)], last_loop_us=1)
    connection = spool._connection
    assert connection is not None
    (pages,) = connection.execute("pragma page_count").fetchone()
    connection.execute(f"pragma max_page_count = {pages}")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        spool.append([result(n) for n in range(2_000)], last_loop_us=9)
    connection.execute("pragma max_page_count = 100000")
    spool.append([result(2)], last_loop_us=3)

    assert [item.started_us for item in spool.read(0, 10) if isinstance(item, SpooledResult)] == [1, 2]


WRITER = """
import sys, uuid
from pathlib import Path
from veilleur.domains.monitoring.ports import SpooledResult
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.engines.probe.spool import SqliteSpool
spool = SqliteSpool(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 10**9):
    item = SpooledResult(0, uuid.UUID(int=7), number, 1, Evidence.ANSWERED, "connected", None)
    spool.append([item], last_loop_us=number)
    print(number, flush=True)
"""


def test_kill_9_of_the_writer_loses_no_accepted_result_while_another_process_drains(path: Path) -> None:
    drainer = SqliteSpool(path)
    drained: list[int] = []
    next_number = 0

    for round_number in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(next_number)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        accepted = int(writer.stdout.readline())
        until = time.monotonic() + 0.15 + 0.05 * round_number
        position = 0
        while time.monotonic() < until:
            items = drainer.read(position, 50)
            drained.extend(item.started_us for item in items if isinstance(item, SpooledResult))
            position = items[-1].sequence if items else position
            drainer.trim(position)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        lines = writer.stdout.read().split()
        writer.stdout.close()
        accepted = int(lines[-1]) if lines else accepted
        rest = drainer.read(position, 10**6)
        drained.extend(item.started_us for item in rest if isinstance(item, SpooledResult))
        drainer.trim(rest[-1].sequence if rest else position)

        # All accepted, each once, in order; the one under way may have made it too.
        assert drained == list(range(len(drained)))
        assert accepted + 1 <= len(drained) <= accepted + 2
        next_number = len(drained)

    with sqlite3.connect(path) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()
