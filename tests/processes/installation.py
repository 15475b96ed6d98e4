"""A real installation for the tests of processes: `veilleur up` on a data folder and a port of its own."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil

from tests.migrated import put_migrated
from tests.surroundings import variables
from veilleur.config.env import CHECKOUT
from veilleur.shared.running import Running, Status, read_status, status_path

Value = TypeVar("Value")
PATIENCE = 180.0  # seconds: on two busy cores a first start makes the database and all static files


def free_port() -> int:
    """Return a port of loopback that nothing listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def wait_for(
    what: str, look: Callable[[], Value | None], patience: float = PATIENCE, *, every_s: float = 0.1
) -> Value:
    """Return the first true value; fail, naming what was waited for, when the patience is over.

    `every_s`: seconds between two looks; a look that draws a page had better be seldom.
    """
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        if value := look():
            return value
        time.sleep(every_s)
    raise AssertionError(f"waited {patience:.0f} s in vain for {what}")


def veilleur(*words: str, data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end and return what it printed."""
    return subprocess.run(
        (sys.executable, "-m", "veilleur.processes.cli", *words),
        cwd=CHECKOUT,
        env=variables(data_dir, **environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE * 2,
        check=False,
    )


class Installation:
    """One `veilleur up` that runs, and what can be seen of it from outside."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.environment = {"VEILLEUR_PORT": str(self.port), **environment}
        self.printed = data_dir.with_name(f"{data_dir.name}.printed")

    def prepared(self) -> "Installation":
        """Give it a migrated database, which a first start would make for nine seconds."""
        put_migrated(self.data_dir)
        return self

    def start(self, folder: Path = CHECKOUT) -> "Installation":
        """Start it, in a folder; return at once."""
        with self.printed.open("wb") as output:
            self.up = subprocess.Popen(
                (sys.executable, "-m", "veilleur.processes.cli", "up"),
                cwd=folder,
                env=variables(self.data_dir, **self.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        return self

    def wait_until_ready(self) -> "Installation":
        """Wait until the pages answer."""
        try:
            wait_for("the pages", self.answers)
        except BaseException:
            # Whoever waits in vain leaves nothing running behind.
            self.end_by_force()
            raise
        return self

    def output(self) -> str:
        """Return what was printed so far."""
        return self.printed.read_text()

    def __enter__(self) -> "Installation":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def answers(self) -> bool:
        """Return whether the sign-in page is served now; fail if `up` has ended."""
        assert self.up.poll() is None, self.output()
        try:
            return b"<form" in self.page("/account/login/")
        except OSError:
            return False

    def page(self, path: str) -> bytes:
        """Return the body of a page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return bytes(answer.read())

    def status(self) -> Status | None:
        """Return what `up` says of its processes."""
        return read_status(status_path(self.data_dir))

    def process(self, name: str) -> Running | None:
        """Return one process as `up` sees it, None while nothing is written."""
        status = self.status()
        return next((each for each in status.processes if each.name == name), None) if status else None

    def family(self) -> list[psutil.Process]:
        """Return `up` and everything below it that runs now."""
        up = psutil.Process(self.up.pid)
        return [up, *up.children(recursive=True)]

    def lasting(self) -> list[psutil.Process]:
        """Return `up` and everything below it but the guide, which ends once it has told the first answer."""
        return [process for process in self.family() if not is_guide(process)]

    def stop(self) -> int:
        """Ask it to stop and return its exit code; whatever is left is ended by force."""
        left = self.family() if self.up.poll() is None else []
        self.up.send_signal(signal.SIGTERM)
        try:
            return self.up.wait(PATIENCE)
        finally:
            for process in left:
                if process.is_running():
                    process.kill()

    def end_by_force(self) -> None:
        """End everything at once."""
        for process in self.family() if self.up.poll() is None else []:
            process.kill()

    def facts(self, kind: str) -> list[dict[str, object]]:
        """Return the bodies of a kind of fact, oldest first, as the database holds them."""
        asked = (
            "from veilleur.domains.journal.queries.entries import whole_entries\n"
            f"for entry in whole_entries(None, kinds=[{kind!r}]): print(entry.body)"
        )
        told = veilleur("manage", "shell", "-v", "0", "-c", asked, data_dir=self.data_dir)
        assert told.returncode == 0, told.stderr
        return [json.loads(line) for line in told.stdout.splitlines()]


def is_guide(process: psutil.Process) -> bool:
    """Return whether this is the process that prepares a start and tells the first answer."""
    with suppress(psutil.NoSuchProcess):
        return "veilleur.processes.guide" in process.cmdline()
    return False


def gone(processes: list[psutil.Process]) -> bool:
    """Return whether none of these processes runs any more."""
    return not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


def up(data_dir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `veilleur up` where it is to be refused, on a port that is free."""
    return veilleur("up", data_dir=data_dir, VEILLEUR_PORT=str(free_port()), **environment)
