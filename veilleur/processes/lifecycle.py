"""How a process lives and ends: orderly on SIGTERM, and never longer than the `up` that started it."""

import contextlib
import ctypes
import fcntl
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from veilleur.config.exit_codes import ExitCode
from veilleur.config.failures import Failure
from veilleur.config.start import supervisor_pid
from veilleur.config.words import gettext as _

PR_SET_PDEATHSIG = 1  # prctl(2): the signal this process gets when its parent dies
PR_SET_DUMPABLE = 4
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int, number: signal.Signals) -> None:
    """Ask the kernel for a signal when the parent dies; leave at once if it is dead already."""
    _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(ExitCode.OK)


def follow_supervisor(number: signal.Signals) -> None:
    """Have this signal sent to this process when the `up` that started it, if one did, is gone."""
    if (supervisor := supervisor_pid()) is not None:
        die_with_parent(supervisor, number)


def forbid_core_dumps() -> None:
    """Keep the memory of this process out of core dumps and of other processes of the same account."""
    _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def is_orphan() -> bool:
    """Return whether the `up` that started this process is gone."""
    supervisor = supervisor_pid()
    return supervisor is not None and os.getppid() != supervisor


class Stop(threading.Event):
    """Set when the process is asked to stop; `number`: by which signal, None while nobody asked."""

    number: int | None = None


def stop_event() -> Stop:
    """Return an event that is set when this process is asked to stop. Call it in the main thread.

    When `up` was killed there is nobody left to wait for an orderly end, nor to end the programs that
    this process has started: it ends its whole process group, itself included.
    """
    event = Stop()

    def stop(number: int, _frame: FrameType | None) -> None:
        if is_orphan():
            os.killpg(os.getpgrp(), signal.SIGKILL)
        event.number = number
        event.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    follow_supervisor(signal.SIGTERM)
    return event


@contextlib.contextmanager
def sole_instance(path: Path, name: str) -> Iterator[None]:
    """Hold the lock of one process of one data folder; TRY_AGAIN if another one holds it.

    The kernel frees it when the process ends, however it ends.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(_already_running(name, path), ExitCode.TRY_AGAIN) from None
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _already_running(name: str, path: Path) -> str:
    text = _("“veilleur {name}” already runs on this data folder ({folder}), as process {pid}.")
    return text.format(name=name, folder=path.parent.parent, pid=path.read_text().strip() or "?")
