"""How whoever gives the turn back wakes the next in the queue at once: looking again and again costs more
than the writing that it waits for.

A bell is a hint. Who may have the turn is said by the locks of `turn.py` alone: one that is not heard (from
another network name space, or after a writer died in the queue) costs some milliseconds and nothing else.
"""

import os
import socket
import time
from types import TracebackType

# Looked again after so long without a bell.
_LOOK_ANYWAY_S = 0.020
# Where no bell can be hung the first in the queue looks often, those further back, who are not next, seldom.
_LOOK_EVERY_S = 0.0002
_LOOK_AT_LEAST_EVERY_S = 0.005


class Bell:
    """What a waiting ticket listens to: a datagram socket in Linux's abstract name space: no file."""

    def __init__(self, file: int, ticket: int) -> None:
        self._socket: socket.socket | None = None
        bell = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        try:
            bell.bind(_name(file, ticket))
        except OSError:
            # Another program has the name, or a policy forbids it: looking again and again works as well.
            bell.close()
            return
        self._socket = bell

    def __enter__(self) -> "Bell":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._socket is not None:
            self._socket.close()

    def wait(self, *, at_most_s: float, ahead: int) -> None:
        """Return when the bell rings, or when it is time to look anyway; `ahead` tickets come first."""
        if self._socket is None:
            time.sleep(min(_LOOK_EVERY_S * ahead * ahead, _LOOK_AT_LEAST_EVERY_S, at_most_s))
            return
        self._socket.settimeout(min(_LOOK_ANYWAY_S, at_most_s))
        try:
            self._socket.recv(1)
        except TimeoutError:
            return


def ring(file: int, ticket: int) -> None:
    """Wake the writer that waits with this ticket, if there is one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as rope:
        rope.setblocking(False)
        try:
            rope.sendto(b"\0", _name(file, ticket))
        except OSError:
            # Nobody listens under that name: not yet, not any more, or not here.
            return


def _name(file: int, ticket: int) -> bytes:
    # A file has one queue whatever path leads to it; no ticket of it is ever drawn twice.
    identity = os.fstat(file)
    return b"\0veilleur-turn/%x/%x/%x" % (identity.st_dev, identity.st_ino, ticket)
