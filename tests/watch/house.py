"""A data folder with a real `veilleur watch` and a steward that stands for `work`."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.migrated import put_migrated
from veilleur.config.env import CHECKOUT

Value = TypeVar("Value")
PATIENCE_S = 30.0

# A service as small as one can be: it listens until it is killed.
_SERVICE = """
import socket, sys, time
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen(64)
print(server.getsockname()[1], flush=True)
while True:
    server.accept()[0].close()
"""


class WatchedHouse:
    """Starts and ends the processes of one test."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        put_migrated(data_dir)
        self._processes: list[subprocess.Popen[str]] = []
        self.steward = self._start("-m", "tests.watch.steward", stdin=subprocess.PIPE)

    def ask(self, deed: str, **details: Any) -> Any:
        """Have the steward do one thing and return its answer."""
        assert self.steward.stdin is not None
        assert self.steward.stdout is not None
        self.steward.stdin.write(json.dumps({"do": deed, **details}) + "\n")
        self.steward.stdin.flush()
        answer = self.steward.stdout.readline()
        assert answer, "the steward ended"
        return json.loads(answer)

    def until(self, what: str, look: Callable[[], Value | None], patience_s: float = PATIENCE_S) -> Value:
        """Return the first true value; fail, naming what was waited for."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if value := look():
                return value
            time.sleep(0.1)
        raise AssertionError(f"waited in vain for {what}: {self.ask('drain')} {self.ask('look')}")

    def believes(self, target: str, hard: str) -> Any:
        """Wait until a target is believed to be so, and return its state."""

        def look() -> Any:
            states = self.ask("drain")
            return next((each for each in states if (each["target"], each["hard"]) == (target, hard)), None)

        return self.until(f"{target} {hard}", look)

    def watch(self) -> "subprocess.Popen[str]":
        """Start a real watch."""
        return self._start("-m", "veilleur.processes.cli", "watch")

    def service(self, port: int = 0) -> "tuple[subprocess.Popen[str], int]":
        """Start a service that listens, on a given port or a free one."""
        process = self._start("-c", _SERVICE, str(port))
        assert process.stdout is not None
        return process, int(process.stdout.readline())

    def end(self) -> None:
        """Kill what still runs."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def _start(self, *words: str, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[str]":
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VEILLEUR_")}
        process = subprocess.Popen(
            (sys.executable, *words),
            cwd=CHECKOUT,
            env={**kept, "VEILLEUR_DATA_DIR": str(self.data_dir), "VEILLEUR_LANGUAGE": "en"},
            stdin=stdin,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        return process
