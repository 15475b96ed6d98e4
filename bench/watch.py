"""The watch: checks per CPU second, results accepted and drained, bytes of a stored sample.

Run from the repository's root: python -m bench watch
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from veilleur.domains.monitoring.ports import MinuteRow, SpooledResult
from veilleur.domains.monitoring.rules.outcomes import Evidence, Order
from veilleur.domains.monitoring.rules.states import Policy
from veilleur.domains.monitoring.rules.thresholds import Limits
from veilleur.engines.probe import LocalProber, SqliteSpool
from veilleur.engines.telemetry_sqlite import SqliteTelemetry

CHECKS = 6_000
AT_ONCE = 50
RESULTS = 4_000
BATCH = 100
MINUTES = 600
METRICS = 50

# A server in a process of its own, so that only the prober's CPU time is counted.
_SERVER = """
import socket
server = socket.create_server(("127.0.0.1", 0), backlog=512)
print(server.getsockname()[1], flush=True)
while True:
    server.accept()[0].close()
"""


def figures() -> list[dict[str, Any]]:
    """Return one row per measure: name, value, unit, target and peer."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        drained = _drained_per_cpu_second(place)
        return [
            _row(
                "TCP checks per CPU second, fresh connections",
                _checks_per_cpu_second(),
                "checks",
                ">= 10,000",
            ),
            _row(f"results accepted per second, durable, {BATCH} a commit", _accepted(place), "results"),
            _row("results drained per CPU second into SQLite", drained, "results"),
            _row("bytes a sample on disk, hot rows", _bytes_per_sample(place), "B"),
        ]


def _row(name: str, value: float, unit: str, target: str | None = None) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "peer": None}


def _checks_per_cpu_second() -> float:
    with subprocess.Popen((sys.executable, "-c", _SERVER), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        target = f"127.0.0.1:{server.stdout.readline().strip()}"
        try:
            return asyncio.run(_probe_many(target))
        finally:
            server.kill()


async def _probe_many(target: str) -> float:
    prober = LocalProber(lambda: datetime.now(UTC))
    order = Order(UUID(int=1), UUID(int=2), "listener", target, Policy(), Limits())

    async def some(count: int) -> None:
        for _ in range(count):
            outcome = await prober.probe(order)
            assert outcome.evidence is Evidence.ANSWERED, outcome

    began = time.process_time()
    await asyncio.gather(*(some(CHECKS // AT_ONCE) for _ in range(AT_ONCE)))
    return CHECKS / (time.process_time() - began)


def _accepted(place: Path) -> float:
    spool = SqliteSpool(place / "spool.sqlite3")
    began = time.perf_counter()
    for first in range(0, RESULTS, BATCH):
        items = [
            SpooledResult(0, UUID(int=1), number, 900, Evidence.ANSWERED, "connected", 1_100)
            for number in range(first, first + BATCH)
        ]
        spool.append(items, last_loop_us=first)
    took = time.perf_counter() - began
    spool.close()
    return RESULTS / took


def _drained_per_cpu_second(place: Path) -> float:
    """Drain in a process with a data folder of its own: this one may have another database already."""
    environment = {**os.environ, "VEILLEUR_DATA_DIR": str(place / "var"), "VEILLEUR_DATABASE_URL": ""}
    done = subprocess.run(
        (sys.executable, "-m", "bench._watch_drain", str(RESULTS)),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(done.stdout.splitlines()[-1]))


def _bytes_per_sample(place: Path) -> float:
    path = place / "telemetry.sqlite3"
    store = SqliteTelemetry(path)
    for first in range(0, MINUTES, 60):
        store.write([_minute(first + offset) for offset in range(60)])
    store.close()
    return path.stat().st_size / (MINUTES * METRICS)


def _minute(number: int) -> MinuteRow:
    values = {f"metric {metric}": float((number * 7 + metric * 13) % 1000) / 10 for metric in range(METRICS)}
    return MinuteRow(UUID(int=1), number * 60_000_000, values)
