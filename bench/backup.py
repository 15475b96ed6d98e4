"""Backup and restore through Veilleur beside the bare engine, in one run; the independent manifest apart.

200 MB of bytes that neither compress nor repeat, the least of two rounds. What Veilleur asks for besides
(that the repository lists the copy, that its structure is whole) costs a part of a CPU second for restic's
key alone, whatever the amount of data: it stands in rows of its own.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path


def figures() -> list[dict[str, object]]:
    """Return ratios of CPU seconds against bare restic, and what the manifest costs."""
    with tempfile.TemporaryDirectory(prefix="veilleur-bench-") as folder:
        command = [sys.executable, "-m", "bench._backup_worker", folder]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1]
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    cpu, megabytes = told["cpu"], told["bytes"] / 1e6
    around_backup = cpu["backup"] - cpu["manifest"] - cpu["engine_backup"]
    around_restore = cpu["restore"] - cpu["compare"] - cpu["engine_restore"]
    backup, restore = cpu["bare_backup"], cpu["bare_restore"]
    return [
        _row(
            "backup, copying: CPU against bare restic", cpu["engine_backup"] / backup, "x", "<= 1.05", backup
        ),
        _row("backup, around it (listing, facts, journal)", around_backup, "CPU s", None),
        _row("backup, manifest (one more read, hashed)", cpu["manifest"], "CPU s", None),
        _row("backup, manifest per GB", cpu["manifest"] / megabytes * 1000, "CPU s", None),
        _row(
            "restore, fetching: CPU against bare restic",
            cpu["engine_restore"] / restore,
            "x",
            "<= 1.05",
            restore,
        ),
        _row("restore test, around it (structure check, journal)", around_restore, "CPU s", None),
        _row("restore test, comparing every file", cpu["compare"], "CPU s", None),
    ]


def _row(
    name: str, value: float, unit: str, target: str | None, bare_s: float | None = None
) -> dict[str, object]:
    peer = None if bare_s is None else f"bare restic, {bare_s:.2f} CPU s"
    return {"name": name, "value": value, "unit": unit, "target": target, "peer": peer}
