"""Agents: how long a report takes from the wire into the estate, what memory it needs, how many an hour.

Run from the repository's root: python -m bench agents
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

MACHINES = 200


def figures() -> list[dict[str, Any]]:
    """Return one row per measure: name, value, unit, target and peer."""
    with tempfile.TemporaryDirectory() as folder:
        _run(folder, "prepare")
        first, changed, large = (
            (_run(folder, "door", size, version), _run(folder, "work"))
            for size, version in (("500", "1.0"), ("500", "2.0"), ("20000", "3.0"))
        )
        many = _run(folder, "many", str(MACHINES))
    assert many["heard"] == MACHINES, f"{MACHINES - many['heard']} machines were lost"
    return [
        _row("500 kB from the wire into the estate, 2,500 programs", _seconds(first), "s", "< 1"),
        _row("the same, every program in another version", _seconds(changed), "s", "< 1"),
        _row("20 MB from the wire into the estate", _seconds(large), "s", "< 10"),
        _row("peak memory of the process that takes 20 MB", large[0]["peak_mib"], "MiB", "< 300"),
        _row("peak memory of the process that reads 20 MB", large[1]["peak_mib"], "MiB", "< 300"),
        _row("machines an hour, a contact and 150 kB each, by one process", _an_hour(many), "", ">= 2,000"),
    ]


def _seconds(steps: tuple[dict[str, float], dict[str, float]]) -> float:
    return sum(step["took_s"] for step in steps)


def _an_hour(many: dict[str, float]) -> float:
    return 3600 * MACHINES / many["in_s"]


def _row(name: str, value: float, unit: str, target: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "target": target, "peer": None}


def _run(folder: str, *words: str) -> dict[str, float]:
    """Do one step in a process with a data folder of its own, and return what it took."""
    done = subprocess.run(
        (sys.executable, "-m", "bench._agent_ingestion", *words),
        env={**os.environ, "VEILLEUR_DATA_DIR": folder, "VEILLEUR_DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    took: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return took
