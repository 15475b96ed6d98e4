"""The turn to write on SQLite: an import of 100,000 objects beside pages, changes and the watch; fairness.

Every process is a real one on one file; an object is a row and a journal fact. The same pages are measured
before the import begins: what an import costs them is the difference.
"""

import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.tenancy.house_at_work import AtWork, last_line

OBJECTS = 100_000
# How long everybody pauses, in milliseconds: pages as for several people at once, results thrice as often as
# the product drains them.
PACES_MS = {"page": 300, "changer": 200, "watch": 300, "keeper": 50}
WRITERS, SECONDS = 16, 5.0
_ROOT = Path(__file__).parents[1]


def figures(objects: int = OBJECTS) -> list[dict[str, object]]:
    """Return the figures of the import and of fairness."""
    with tempfile.TemporaryDirectory(prefix="veilleur-bench-") as folder:
        return [*_import(Path(folder), objects), *_fairness(Path(folder))]


def _import(folder: Path, objects: int) -> list[dict[str, object]]:
    house = AtWork(folder)
    try:
        house.ask("furnish")
        before = _beside(house, lambda: time.sleep(5) or {})
        during = _beside(house, lambda: house.ask("importer", objects))
        assert house.ask("count")["objects"] == objects
    finally:
        house.stop()
    done, (page, change, watch, keeper) = during
    quiet = before[1]
    name = f"import of {objects:,} objects"
    return [
        _row(f"{name}: objects", objects / done["took_s"], "/s", None),
        _row(f"{name}: longest turn of the import", done["longest_held_s"] * 1000, "ms", "<= 50 ms"),
        _row(f"{name}: turns over 50 ms", done["over_budget"], f"of {done['turns']}", None),
        _row(f"{name}: longest wait for the turn, a change", change["longest_wait_s"], "s", "<= 0.5 s"),
        _row(f"{name}: longest wait for the turn, results", watch["longest_wait_s"], "s", "<= 0.5 s"),
        _row(
            f"{name}: longest change, all told", change["longest_s"], "s", "<= 0.5 s", quiet[1]["longest_s"]
        ),
        _row(f"{name}: longest batch of results", watch["longest_s"], "s", "<= 0.5 s", quiet[2]["longest_s"]),
        _row(f"{name}: page, median", page["median_s"], "s", None, quiet[0]["median_s"]),
        _row(f"{name}: page, longest", page["longest_s"], "s", "<= 0.5 s", quiet[0]["longest_s"]),
        _row(f"{name}: longest checkpoint", keeper["longest_held_s"] * 1000, "ms", None),
        _row(f"{name}: largest write-ahead log", keeper["largest_log_bytes"] / 1e6, "MB", None),
    ]


def _beside(house: AtWork, work: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Do `work` while pages, changes, results and checkpoints go on; return what each of them saw."""
    others = [house.start(role, pause_ms) for role, pause_ms in PACES_MS.items()]
    done = work()
    return done, [house.finish(process) for process in others]


def _fairness(folder: Path) -> list[dict[str, object]]:
    database = folder / "fair.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE counter (id integer PRIMARY KEY, count integer)")
        connection.execute("INSERT INTO counter VALUES (1, 0)")
        connection.execute("CREATE TABLE note (id integer PRIMARY KEY, text varchar(20))")
    connection.close()
    command = [sys.executable, "-m", "tests.tenancy.turn_worker", "writer", str(database), str(SECONDS)]
    writers = [
        subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    seen = [last_line(writer) for writer in writers]
    written = sorted(one["written"] for one in seen)
    name = f"{WRITERS} writers on one SQLite file"
    return [
        _row(f"{name}: transactions", 2 * sum(written) / SECONDS, "/s", None),
        _row(f"{name}: busiest to least served", written[-1] / written[0], "times", None),
        _row(f"{name}: longest wait", max(one["longest_wait_s"] for one in seen) * 1000, "ms", None),
    ]


def _row(
    name: str, value: object, unit: str, target: str | None, quiet: float | None = None
) -> dict[str, object]:
    peer = None if quiet is None else f"{quiet:.3g} s without the import"
    return {"name": name, "value": value, "unit": unit, "target": target, "peer": peer}
