"""Looks after the processes of one data folder: starts them, restarts a dead one, ends them all."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from veilleur.config.start import child_environment
from veilleur.shared.ids import new_id
from veilleur.shared.running import (
    WRITTEN_EVERY,
    Death,
    Ending,
    Running,
    Status,
    ended,
    leave_death,
    started,
    write_status,
)

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2  # seconds
PATIENCE = 15.0  # seconds that a process has for an orderly end
LOG_BYTES = 10_000_000
FIRST_DELAY = timedelta(milliseconds=500)
LONGEST_DELAY = timedelta(seconds=30)
# A process that lived this long had started well: its next restart comes at once again.
GOOD_LIFE = timedelta(minutes=1)


def restart_delay(short_lives: int) -> timedelta:
    """Return the wait before a restart after so many short lives in a row: 0.5 s, doubled, 30 s at most."""
    doublings: int = 2 ** min(short_lives, 10)
    return min(FIRST_DELAY * doublings, LONGEST_DELAY)


@dataclass
class _Child:
    state: Running
    process: subprocess.Popen[bytes] | None = None
    short_lives: int = 0
    start_at: datetime | None = None


class Supervisor:
    """Keeps the named processes running until it is told to stop.

    `tell` gets each process that ended unexpectedly; `clock` gives aware UTC instants.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        *,
        status_path: Path,
        log_dir: Path,
        clock: Callable[[], datetime],
        tell: Callable[[Running], None],
    ) -> None:
        self._clock = clock
        self._tell = tell
        self._status_path = status_path
        self._log_dir = log_dir
        self._since = clock()
        self._written_at: datetime | None = None
        self._children = [_Child(Running(name, None, None)) for name in names]

    def run(self, stop: threading.Event) -> None:
        """Start everything, look after it until `stop` is set, then end everything in order."""
        self._log_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            while not stop.is_set():
                self.look()
                stop.wait(LOOK_EVERY)
        finally:
            self.end()

    def look(self) -> None:
        """Start what is due, note what has ended, and keep the status file current."""
        now = self._clock()
        changed = [self._look_at(child, now) for child in self._children]
        if any(changed) or self._written_at is None or now - self._written_at >= WRITTEN_EVERY:
            self._write(now)

    def _look_at(self, child: _Child, now: datetime) -> bool:
        if child.process is not None:
            code = child.process.poll()
            if code is not None:
                self._note_end(child, now, code)
            return code is not None
        if child.start_at is None or child.start_at <= now:
            self._start(child, now)
            return True
        return False

    def _start(self, child: _Child, now: datetime) -> None:
        name = child.state.name
        with self._open_log(name) as log_file:
            child.process = subprocess.Popen(
                (sys.executable, "-m", "veilleur.processes.cli", name),
                env=child_environment(os.getpid()),
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                process_group=0,
            )
        child.state = started(child.state, now, child.process.pid)

    def _open_log(self, name: str) -> BinaryIO:
        path = self._log_dir / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path.open("ab")

    def _note_end(self, child: _Child, now: datetime, code: int) -> None:
        # What it had started must not outlive it: it could hold the port, or write beside its successor.
        _kill_group(child.state.pid)
        lived = now - (child.state.since or now)
        child.short_lives = 0 if lived >= GOOD_LIFE else child.short_lives + 1
        child.start_at = now + restart_delay(child.short_lives - 1 if child.short_lives else 0)
        child.process = None
        child.state = ended(child.state, now, code)
        try:
            leave_death(self._status_path.parent, Death(new_id(now), child.state.name, now, code))
        except OSError as error:
            log.warning("the death of %s could not be written down: %s", child.state.name, error)
        self._tell(child.state)

    def _write(self, now: datetime) -> None:
        states = tuple(child.state for child in self._children)
        status = Status(now, os.getpid(), self._since, states)
        self._written_at = now
        try:
            write_status(self._status_path, status)
        except OSError as error:
            # A full disk must not end what still works; pages then call the status too old.
            log.warning("the status of the processes could not be written: %s", error)

    def end(self) -> None:
        """End all processes: politely, then after `PATIENCE` by force, and whatever they had started."""
        for child in self._children:
            if child.process is not None:
                with suppress(ProcessLookupError):
                    child.process.terminate()
        limit = time.monotonic() + PATIENCE
        for child in self._children:
            if child.process is not None:
                with suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, limit - time.monotonic()))
                _kill_group(child.process.pid)
                code = child.process.wait()
                child.process = None
                child.state = Running(
                    child.state.name, None, None, child.state.restarts, Ending(self._clock(), code)
                )
        with suppress(OSError):
            self._status_path.unlink(missing_ok=True)


def _kill_group(pid: int | None) -> None:
    if pid is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
