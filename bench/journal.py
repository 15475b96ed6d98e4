"""Recorded actions a second: sixteen writers in one organisation, on SQLite in turn and on PostgreSQL.

Each action changes one row of its own and records one fact. Writers are processes; they start together, and
only what lies between the common start and the last commit counts. The peer is the same change with a plain
row of history beside it, in the same database and the same run: what the chain costs is the ratio.

On PostgreSQL the writers of one organisation commit one after the other, each with a flush of the disk: its
rate is measured beside, and the journal once more without waiting for the disk: which of the two bounds it?
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.journal.house import House, make_house
from tests.postgresql import ThrowawayPostgres, postgresql_programs

WRITERS, SECONDS = 16, 5.0
_TARGETS = {"sqlite": 300, "postgresql": 500}
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def figures() -> list[dict[str, object]]:
    """Return the journal's figures: throughput, slow end and deadlocks on each database."""
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="veilleur-bench-") as folder:
        rows += _measure("sqlite", Path(folder), None)
        if postgresql_programs() is not None:
            rows.append(
                _row("disk: flushes of one writer (fdatasync)", _flushes_per_s(Path(folder)), "/s", None)
            )
            with ThrowawayPostgres(durable=True) as server:
                rows += _measure("postgresql", Path(folder), server)
            with ThrowawayPostgres() as server:
                rows += _measure("postgresql", Path(folder), server, ", not waiting for the disk")
    return rows


def _flushes_per_s(folder: Path) -> float:
    """Return how often a second the disk takes a small write for sure."""
    with (folder / "flushed").open("wb", buffering=0) as file:
        count, began = 0, time.perf_counter()
        while time.perf_counter() < began + 1.0:
            file.write(b"\0" * 8192)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - began)


def _measure(
    kind: str, folder: Path, server: ThrowawayPostgres | None, how: str = ""
) -> list[dict[str, object]]:
    house = make_house(kind, folder, server)
    (organisation,) = house.organisations(1)
    server_cpu_s = -_server_cpu_s(server)
    results = _write_together(house, organisation, "recorded")
    server_cpu_s += _server_cpu_s(server)
    plain_per_s = _per_second(_write_together(house, organisation, "plain"))
    waits = sorted(wait for result in results for wait in result["waits_s"])
    found = house.look()
    # Each writer's first action, which opens its connection, is not measured; plain writers make it too.
    assert len(found["facts"]) == len(waits) + 2 * WRITERS, "facts are missing"
    assert found["findings"] == [], "the chain is broken"
    name = f"journal, {_NAMES[kind]}{how}, {WRITERS} writers in one organisation"
    cpu_s = sum(result["cpu_s"] for result in results) + server_cpu_s
    reruns = sum(result["reruns"] for result in results)
    return [
        _row(
            f"{name}: actions",
            _per_second(results),
            "/s",
            f">= {_TARGETS[kind]}",
            f"{plain_per_s:,.0f} /s plain",
        ),
        _row(f"{name}: actions per CPU second", len(waits) / cpu_s, "/s", None),
        _row(f"{name}: median", statistics.median(waits) * 1000, "ms", None),
        _row(f"{name}: p99", waits[int(len(waits) * 0.99)] * 1000, "ms", "< 200 ms"),
        _row(f"{name}: deadlocks and refused locks", reruns, "", "0"),
    ]


def _server_cpu_s(server: ThrowawayPostgres | None) -> float:
    """Return the CPU seconds of a server and of those of its processes that have ended."""
    if server is None:
        return 0.0
    times = psutil.Process(server.pid).cpu_times()
    return times.user + times.system + times.children_user + times.children_system


def _per_second(results: list[dict[str, Any]]) -> float:
    """Return the actions of all writers for each second between the common start and the last commit."""
    began, ended = min(result["began"] for result in results), max(result["ended"] for result in results)
    return float(sum(len(result["waits_s"]) for result in results) / (ended - began))


def _row(
    name: str, value: float, unit: str, target: str | None, peer: str | None = None
) -> dict[str, object]:
    return {"name": name, "value": value, "unit": unit, "target": target, "peer": peer}


def _write_together(house: House, organisation: int, change: str) -> list[dict[str, Any]]:
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "bench._journal_writer", str(organisation), str(SECONDS), change],
            env={**os.environ, **house.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n", "a writer could not start"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    results = []
    for writer in writers:
        output, _ = writer.communicate(timeout=120)
        assert writer.returncode == 0, "a writer failed"
        results.append(json.loads(output))
    return results
