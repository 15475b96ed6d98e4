"""A whole house on a SQLite file: an import beside pages, changes, the watch's results and checkpoints.

`start` runs a role in a process of its own; each prints one line of JSON when it is told to stop. The roles
are real: pages come through every middleware, changes and results are recorded actions.
"""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.migrated import put_migrated

ROOT = Path(__file__).parents[2]


class AtWork:
    """The house in a folder: prepared once, then worked on by processes."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            "PATH": os.environ.get("PATH", ""),
            "VEILLEUR_DATA_DIR": str(folder),
            "VEILLEUR_LANGUAGE": "en",
        }
        self.database = folder / "veilleur.sqlite3"
        self.processes: list[subprocess.Popen[str]] = []
        put_migrated(folder)

    def start(self, role: str, amount: int = 0) -> subprocess.Popen[str]:
        """Start a role and wait until it is at work."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.tenancy.house_at_work", role, str(amount)],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", role
        return process

    def ask(self, role: str, amount: int = 0) -> dict[str, Any]:
        """Run a role to its end and return what it says."""
        return self.finish(self.start(role, amount))

    @staticmethod
    def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
        """Tell a role to stop and return what it says."""
        return last_line(process, "stop\n")

    def stop(self) -> None:
        """Kill what is left."""
        for process in self.processes:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()


def last_line(process: subprocess.Popen[str], said: str = "") -> dict[str, Any]:
    """Say something to a process, wait for its end, and return the JSON of its last line.

    `communicate` would miss what was read ahead together with an earlier line.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(said)
        process.stdin.close()
    except BrokenPipeError:
        pass  # it has ended by itself
    lines = process.stdout.read().splitlines()
    assert process.wait(60) == 0, lines
    answer: dict[str, Any] = json.loads(lines[-1])
    return answer


@dataclass
class Times:
    """How long each of something took, in seconds."""

    all_s: list[float]

    def summary(self) -> dict[str, Any]:
        """Return count, median, 99th percentile and longest."""
        ordered = sorted(self.all_s) or [0.0]
        return {
            "count": len(self.all_s),
            "median_s": ordered[len(ordered) // 2],
            "p99_s": ordered[int(len(ordered) * 0.99)],
            "longest_s": ordered[-1],
        }


def main(role: str, amount: int) -> None:
    """Play a role until standard input says stop; an import ends by itself."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "veilleur.config.settings"
    import django  # noqa: PLC0415 - after the settings

    django.setup()
    from tests.tenancy import house_roles  # noqa: PLC0415

    print("ready", flush=True)
    print(json.dumps(house_roles.ROLES[role](amount)), flush=True)


def until_told(work: Callable[[], object], *, every_s: float) -> Times:
    """Do `work` again and again, `every_s` seconds apart, until standard input says stop."""
    times: list[float] = []
    while not _is_told_to_stop():
        began = time.monotonic()
        work()
        times.append(time.monotonic() - began)
        time.sleep(max(0.0, every_s - times[-1]))
    return Times(times)


def _is_told_to_stop() -> bool:
    return bool(select.select([sys.stdin], [], [], 0)[0])


def names(already: int, amount: int) -> Sequence[str]:
    """Return what is still to be imported after so many."""
    return [f"object {number:06d}" for number in range(already, amount)]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
