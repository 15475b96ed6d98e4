"""The turn between real processes: fairness, exclusion, and what a killed one leaves behind (nothing)."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tenancy.house_at_work import last_line

ROOT = Path(__file__).parents[2]


class House:
    """A database and the processes that write to it."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "house.sqlite3"
        self.processes: list[subprocess.Popen[str]] = []
        with sqlite3.connect(self.database) as connection:
            connection.execute("CREATE TABLE counter (id integer PRIMARY KEY, count integer)")
            connection.execute("INSERT INTO counter VALUES (1, 0)")
            connection.execute("CREATE TABLE note (id integer PRIMARY KEY, text varchar(20))")
        connection.close()

    def start(self, role: str, seconds: float) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.tenancy.turn_worker", role, str(self.database), str(seconds)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def ask(self, question: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.database)
        rows = connection.execute(question).fetchall()
        connection.close()
        return rows


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    for process in house.processes:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def test_sixteen_writers_share_fairly_and_lose_no_update(house: House) -> None:
    writers = [house.start("writer", 4) for _ in range(16)]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()

    seen = [last_line(writer) for writer in writers]

    written = sorted(one["written"] for one in seen)
    assert written[0] > 0
    # Without the turn the ratio is beyond a hundred. The start and the end are ragged, hence not one.
    assert written[-1] <= 2 * written[0] + 3, written
    assert house.ask("SELECT count FROM counter") == [(sum(written),)]
    assert house.ask("SELECT count(*) FROM note") == [(sum(written),)]
    assert house.ask("PRAGMA integrity_check") == [("ok",)]


def test_a_holder_that_is_killed_leaves_the_turn_and_nothing_written(house: House) -> None:
    holder = house.start("holder", 60)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    queuer = house.start("queuer", 0)
    assert queuer.stdout is not None
    assert queuer.stdout.readline() == "ready\n"
    time.sleep(0.5)
    assert queuer.poll() is None

    holder.send_signal(signal.SIGKILL)
    waited_s = last_line(queuer)["waited_s"]

    assert 0.4 < waited_s < 10
    assert house.ask("SELECT text FROM note") == [("queued",)]


def test_a_writer_that_is_killed_while_it_waits_holds_nobody_up(house: House) -> None:
    holder = house.start("holder", 60)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    doomed, patient = house.start("queuer", 0), house.start("queuer", 0)
    for queuer in (doomed, patient):
        assert queuer.stdout is not None
        queuer.stdout.readline()
    time.sleep(0.3)

    doomed.send_signal(signal.SIGKILL)
    doomed.wait(10)
    told = time.monotonic()
    last_line(holder, "enough\n")
    last_line(patient)

    assert time.monotonic() - told < 10
    assert house.ask("SELECT text FROM note ORDER BY id") == [("held",), ("queued",)]
