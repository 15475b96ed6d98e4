"""An hour of faults on one installation: processes killed at random, pages read all the while.

`soak.py [--minutes N] [--page FILE]` writes the dated result; it fails when a fact is lost, the journal
does not verify, the database is damaged, a process stays away, or memory grows by half.
"""

import argparse
import os
import platform
import random
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from tests.processes.installation import Installation, veilleur, wait_for  # noqa: E402

BETWEEN_KILLS = (5.0, 20.0)  # seconds
UP_KILLED_EVERY = 10  # kills
PAGE = CHECKOUT / "docs" / "reference" / "soak.md"
MOST_GROWTH = 1.5


@dataclass
class Tally:
    """What was done and what was seen."""

    killed: dict[str, int] = field(default_factory=dict)
    supervisor_kills: int = 0
    pages: int = 0
    refused_pages: int = 0
    slowest_page_s: float = 0.0
    longest_away_s: float = 0.0
    first_resident: int = 0
    last_resident: int = 0


def read_pages(installation: Installation, tally: Tally, until: float) -> None:
    """Read the sign-in page until an instant, once a tenth of a second."""
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            installation.page("/account/login/")
            tally.slowest_page_s = max(tally.slowest_page_s, time.monotonic() - began)
        except OSError:
            tally.refused_pages += 1
        tally.pages += 1
        time.sleep(0.1)


def kill_one(installation: Installation, chance: random.Random, tally: Tally) -> None:
    """Kill one process of the four and wait until its successor runs."""
    victim = chance.choice(wait_for("a status", installation.status).processes)
    if victim.pid is None:
        return
    began = time.monotonic()
    with suppress(ProcessLookupError):
        os.kill(victim.pid, signal.SIGKILL)
    wait_for(
        f"the next {victim.name}",
        lambda: (now := installation.process(victim.name)) and now.pid not in {None, victim.pid},
    )
    tally.longest_away_s = max(tally.longest_away_s, time.monotonic() - began)
    tally.killed[victim.name] = tally.killed.get(victim.name, 0) + 1


def kill_supervisor(installation: Installation, tally: Tally) -> None:
    """Kill `up` itself and start a new one on the same data folder."""
    installation.up.kill()
    installation.up.wait()
    installation.start().wait_until_ready()
    tally.supervisor_kills += 1


def resident(installation: Installation) -> int:
    """Return the resident memory of all processes that last, in bytes."""
    total = 0
    for process in installation.lasting():
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total


def soak(installation: Installation, minutes: float, chance: random.Random) -> Tally:
    """Run the faults for so long and return the tally."""
    tally = Tally()
    installation.start().wait_until_ready()
    wait_for("the first answer", lambda: "Computed from" in installation.output())
    read_pages(installation, tally, time.monotonic() + 10)
    tally.first_resident = resident(installation)
    limit = time.monotonic() + minutes * 60
    kills = 0
    while time.monotonic() < limit:
        kills += 1
        if kills % UP_KILLED_EVERY == 0:
            kill_supervisor(installation, tally)
        else:
            kill_one(installation, chance, tally)
        read_pages(installation, tally, time.monotonic() + chance.uniform(*BETWEEN_KILLS))
    wait_for(
        "the last deaths to be recorded", lambda: not list((installation.data_dir / "run/deaths").glob("*"))
    )
    tally.last_resident = resident(installation)
    return tally


def faults(installation: Installation, tally: Tally) -> list[str]:
    """Return what must not have happened."""
    found = []
    recorded = len(installation.facts("installation.process_died"))
    if recorded < sum(tally.killed.values()):
        found.append(
            f"{sum(tally.killed.values())} processes were killed, {recorded} deaths are in the journal"
        )
    verified = veilleur("journal", "verify", "--full", data_dir=installation.data_dir)
    if verified.returncode not in {0, 2}:
        found.append(f"the journal does not verify: {verified.stdout}{verified.stderr}")
    if installation.stop() != 0:
        found.append("up did not end in order")
    with sqlite3.connect(installation.data_dir / "veilleur.sqlite3") as database:
        if (answer := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            found.append(f"the database is damaged: {answer}")
    if tally.last_resident > tally.first_resident * MOST_GROWTH:
        found.append("memory grew by more than half")
    return found


def page(tally: Tally, minutes: float, found: list[str]) -> str:
    """Return the result as a page."""
    killed = ", ".join(f"{name} {count}" for name, count in sorted(tally.killed.items()))
    rows = [
        f"- Run on {datetime.now(UTC):%Y-%m-%d}, {minutes:g} minutes, Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, SQLite {sqlite3.sqlite_version}.",
        f"- Killed with signal 9: {killed}; `up` itself {tally.supervisor_kills} times.",
        f"- Longest until a successor ran: {tally.longest_away_s:.1f} s.",
        f"- Pages read: {tally.pages}, of which {tally.refused_pages} were refused while the pages or `up` "
        f"had just been killed; slowest answer {tally.slowest_page_s:.2f} s.",
        f"- Resident memory of all processes: {tally.first_resident / 1e6:.0f} MB at first, "
        f"{tally.last_resident / 1e6:.0f} MB at the end.",
        *(f"- FAILED: {fault}" for fault in found or []),
    ]
    if not found:
        rows.append(
            "- Every death is in the journal; it verifies from its first entry; the database is whole."
        )
    return "\n".join(["# The soak", "", "Made by `make soak`.", "", *rows, ""])


def main() -> int:
    """Soak, tell, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="veilleur-soak-") as folder:
        installation = Installation(Path(folder) / "data")
        tally = soak(installation, asked.minutes, random.Random(1))
        found = faults(installation, tally)
    text = page(tally, asked.minutes, found)
    print(text)
    asked.page.write_text(text)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
