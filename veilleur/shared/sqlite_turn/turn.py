"""The queue of writers: strictly first come, first served, between threads and between processes.

It lives in a small file beside the database, as locks on single bytes of it. Whoever wants to write draws
the next ticket, locks the byte of that ticket, and has the turn once nobody holds the byte of an earlier
ticket. The kernel drops the locks of a process that dies, so a dead writer, waiting or holding, leaves
no trace. The locks belong to an open file, not to the process, so threads exclude one another as well.
"""

import fcntl
import logging
import os
import struct
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from veilleur.shared.sqlite_turn.bell import Bell, ring

log = logging.getLogger("veilleur.sqlite_turn")

BUDGET_S = 0.050  # how long one turn may be held before it is reported
REPORT_EVERY_S = 10.0  # a longer list of the same complaint helps nobody
TIMEOUT_S = 30.0  # how long to queue before giving up

# The file holds the two counters; byte 64 guards them, tickets lock the bytes from 128 on. A lock needs no
# byte to exist, so the file stays 16 bytes long however many tickets are drawn.
_COUNTERS = struct.Struct("<QQ")
_DOOR = 64
_FIRST_TICKET = 128
_LOCK = struct.Struct("hhqqi4x")  # struct flock of Linux on 64-bit machines


class TurnTimeout(Exception):
    """The turn did not come in time: another writer has held it all along."""


@dataclass
class TurnFigures:
    """What this process has seen of its turns since it started. Durations in seconds."""

    turns: int = 0
    over_budget: int = 0
    longest_held_s: float = 0.0
    longest_wait_s: float = 0.0
    held_s: float = 0.0
    waited_s: float = 0.0

    def note(self, *, held_s: float, waited_s: float, is_over_budget: bool) -> None:
        """Add one turn."""
        with _figures_lock:
            self.turns += 1
            self.over_budget += is_over_budget
            self.held_s += held_s
            self.waited_s += waited_s
            self.longest_held_s = max(self.longest_held_s, held_s)
            self.longest_wait_s = max(self.longest_wait_s, waited_s)


class _Waited(threading.local):
    s = 0.0


_figures_lock = threading.Lock()
_waited = _Waited()
FIGURES = TurnFigures()
_reported_at = -REPORT_EVERY_S


class FairTurn:
    """One writer's place at the queue of one database. Not shared between threads.

    `take` and `release` pair up; taking a turn that is held already is an error of the caller. A turn held
    longer than `budget_s` is reported with what `describe` says, unless `is_exempt` says that it may.
    """

    def __init__(
        self,
        path: Path,
        *,
        budget_s: float = BUDGET_S,
        describe: Callable[[], str] = lambda: "",
        is_exempt: Callable[[], bool] = lambda: False,
    ) -> None:
        self.path = path
        self._budget_s = budget_s
        self._is_exempt = is_exempt
        self._describe = describe
        self._file: int | None = None
        self._ticket: int | None = None
        self._taken_at = self._waited_s = 0.0
        _turns.add(self)

    @property
    def is_held(self) -> bool:
        """Return whether this writer has the turn."""
        return self._ticket is not None

    def take(self, timeout_s: float = TIMEOUT_S) -> None:
        """Wait for the turn. Raise TurnTimeout when it does not come within `timeout_s` seconds."""
        assert not self.is_held, "the turn is held already"
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        began = time.monotonic()
        ticket = _draw(self._file)
        try:
            self._wait(self._file, ticket, began + timeout_s)
        except BaseException:
            _unlock(self._file, _FIRST_TICKET + ticket)
            raise
        self._ticket, self._taken_at = ticket, time.monotonic()
        self._waited_s = self._taken_at - began
        _waited.s += self._waited_s

    def release(self) -> None:
        """Give the turn back; nothing happens when it is not held."""
        if self._ticket is None or self._file is None:
            return
        _unlock(self._file, _FIRST_TICKET + self._ticket)
        if _drawn(self._file) > self._ticket:
            ring(self._file, self._ticket + 1)
        held_s = time.monotonic() - self._taken_at
        self._ticket = None
        is_over = held_s > self._budget_s and not self._is_exempt()
        FIGURES.note(held_s=held_s, waited_s=self._waited_s, is_over_budget=is_over)
        if is_over and _may_report():
            log.warning(
                "The turn to write was held %.0f ms; the budget is %.0f ms (%d turns of %d since the start "
                "took longer). Last statement: %s",
                held_s * 1000,
                self._budget_s * 1000,
                FIGURES.over_budget,
                FIGURES.turns,
                self._describe(),
            )

    def close(self) -> None:
        """Give the turn back and close the file. The next `take` opens it again."""
        self.release()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def forget(self) -> None:
        """Drop the file without giving the turn back: in a forked child, which never had it."""
        if self._file is not None:
            os.close(self._file)
        self._file = self._ticket = None

    def __del__(self) -> None:
        # A thread that ends without closing its connection must not keep its place.
        if self._file is not None:
            os.close(self._file)

    def _wait(self, file: int, ticket: int, deadline: float) -> None:
        if not _are_earlier_gone(file, ticket):
            with Bell(file, ticket) as bell:
                self._listen(bell, file, ticket, deadline)
        os.pwrite(file, struct.pack("<Q", ticket), 8)

    def _listen(self, bell: Bell, file: int, ticket: int, deadline: float) -> None:
        # Looked at first: it may have been rung before it hung.
        while not _are_earlier_gone(file, ticket):
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise TurnTimeout(f"another writer has held the turn of {self.path} all along")
            bell.wait(at_most_s=left_s, ahead=max(1, ticket - _serving(file)))


def waited_s() -> float:
    """Return how long this thread has queued for all its turns so far, in seconds."""
    return _waited.s


def _may_report() -> bool:
    """Return whether a turn over budget is reported now: on an overloaded machine nearly all of them are."""
    global _reported_at  # noqa: PLW0603 - one clock for all threads of the process
    now = time.monotonic()
    with _figures_lock:
        if now - _reported_at < REPORT_EVERY_S:
            return False
        _reported_at = now
    return True


def _draw(file: int) -> int:
    """Return the next ticket, its byte locked: the order of tickets is the order of locks."""
    _lock(file, _DOOR)
    try:
        ticket = _drawn(file) + 1
        os.pwrite(file, struct.pack("<Q", ticket), 0)
        _lock(file, _FIRST_TICKET + ticket)
    finally:
        _unlock(file, _DOOR)
    return ticket


def _drawn(file: int) -> int:
    """Return the last ticket that was drawn, 0 before the first."""
    return int.from_bytes(os.pread(file, 8, 0), "little")


def _serving(file: int) -> int:
    """Return the ticket that had the turn last; a hint only, since a writer may die before noting it."""
    counters = os.pread(file, _COUNTERS.size, 0)
    return int(_COUNTERS.unpack(counters)[1]) if len(counters) == _COUNTERS.size else 0


def _are_earlier_gone(file: int, ticket: int) -> bool:
    """Return whether no living writer holds an earlier ticket."""
    # Asking whether a shared lock on all earlier bytes would be refused takes no lock and wakes nobody.
    asked = _LOCK.pack(fcntl.F_RDLCK, os.SEEK_SET, _FIRST_TICKET, ticket, 0)
    answer = fcntl.fcntl(file, fcntl.F_OFD_GETLK, asked)
    return bool(_LOCK.unpack(answer)[0] == fcntl.F_UNLCK)


def _lock(file: int, byte: int) -> None:
    fcntl.fcntl(file, fcntl.F_OFD_SETLKW, _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0))


def _unlock(file: int, byte: int) -> None:
    fcntl.fcntl(file, fcntl.F_OFD_SETLK, _LOCK.pack(fcntl.F_UNLCK, os.SEEK_SET, byte, 1, 0))


_turns: "weakref.WeakSet[FairTurn]" = weakref.WeakSet()


def _forget_after_fork() -> None:
    """Close the child's copies: shared, they would keep a dead parent's place in the queue alive."""
    for turn in list(_turns):
        turn.forget()


os.register_at_fork(after_in_child=_forget_after_fork)
