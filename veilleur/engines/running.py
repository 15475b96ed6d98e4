"""Runs an outside program by argument tuple: minimal environment, time limit, secrets by pipe, and no child
that outlives us. Every engine's adapter goes through here.
"""

import os
import pwd
import shutil
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

# Children get this and nothing of our own environment: no proxy, no locale, no secret leaks into them.
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_BASE = {"PATH": SEARCH_PATH, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_KEPT_ERROR_LINES = 100
_GRACE_S = 10.0
_HEARD_S = 0.5  # a signal is taken note of well within this


@dataclass(frozen=True)
class Account:
    """An operating system account a child runs under."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Command:
    """What to run. `secret` is handed over by a pipe; `secret_variable` names the variable that holds its
    path.
    """

    arguments: tuple[str, ...]
    timeout_s: float
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: Path | None = None
    account: Account | None = None
    wrapper: tuple[str, ...] = ()  # a program that runs the rest, such as ("unshare", "--net", "--")
    input_file: Path | None = None  # becomes the standard input, opened by us
    secret: str | None = field(default=None, repr=False)
    secret_variable: str = ""


@dataclass(frozen=True)
class Finished:
    """How a program ended. `errors`: the last lines it wrote to stderr. `timed_out`: we stopped it."""

    code: int
    output: bytes
    errors: str
    timed_out: bool = False


class ProgramMissing(Exception):
    """Raised when the program is not installed."""


def account_named(*names: str) -> Account | None:
    """Return the first of these accounts that exists on this machine."""
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return None


def find_program(name: str) -> str | None:
    """Return the path of an installed program, None without it."""
    return shutil.which(name, path=SEARCH_PATH)


def run(command: Command, on_line: Callable[[str], None] | None = None) -> Finished:
    """Run a program to its end and return how it ended; with `on_line` its output is handed over by line."""
    with started(command) as child:
        child.take_output(on_line)
        return child.wait()


class Child:
    """A program that is running."""

    def __init__(self, process: subprocess.Popen[bytes], timeout_s: float) -> None:
        self._process = process
        self._errors: deque[str] = deque(maxlen=_KEPT_ERROR_LINES)
        self._output: list[bytes] = []
        self._timed_out = False
        self._readers: list[threading.Thread] = []
        self._timer = threading.Timer(timeout_s, self._stop_late)
        self._timer.daemon = True
        self._timer.start()
        assert process.stderr is not None
        self._read(process.stderr, self._keep_error)

    @property
    def stdin(self) -> IO[bytes]:
        """Return the pipe into the program."""
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def stdout(self) -> BinaryIO:
        """Return the pipe out of the program, for callers that read it themselves."""
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]

    def take_output(self, on_line: Callable[[str], None] | None = None) -> None:
        """Read the output beside: kept whole, or handed over line by line and not kept."""
        assert self._process.stdout is not None
        if on_line is None:
            self._read(self._process.stdout, self._output.append)
        else:
            self._read(self._process.stdout, lambda line: on_line(line.decode("utf-8", "replace")))

    def wait(self) -> Finished:
        """Wait for the end and return it."""
        code = self._process.wait()
        for reader in self._readers:
            reader.join(_GRACE_S)
        self._timer.cancel()
        return Finished(code, b"".join(self._output), "".join(self._errors), self._timed_out)

    def is_running(self) -> bool:
        """Return whether the program has not ended yet."""
        return self._process.poll() is None

    def errors(self) -> str:
        """Return the last lines the program wrote to stderr so far."""
        return "".join(self._errors)

    def interrupt(self) -> None:
        """Ask the program to stop and clean up behind itself; kill it when it does not.

        Its input ends a moment after the signal: restic 0.18 waits for that end before it stops, and an
        end that comes first would look like a whole stream.
        """
        self._process.send_signal(signal.SIGINT)
        for patience_s in (_HEARD_S, _GRACE_S):
            try:
                self._process.wait(patience_s)
            except subprocess.TimeoutExpired:
                if self._process.stdin is not None:
                    _close_quietly(self._process.stdin)
            else:
                return
        self.kill()

    def kill(self) -> None:
        """End the program at once."""
        self._process.kill()

    def close(self) -> None:
        """End what is still running and give back pipes and threads."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._timer.cancel()
        for reader in self._readers:
            reader.join(_GRACE_S)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                _close_quietly(pipe)

    def _stop_late(self) -> None:
        self._timed_out = True
        self._process.kill()

    def _keep_error(self, line: bytes) -> None:
        self._errors.append(line.decode("utf-8", "replace"))

    def _read(self, pipe: IO[bytes], take: Callable[[bytes], None]) -> None:
        def pump() -> None:
            for line in iter(pipe.readline, b""):
                take(line)

        reader = threading.Thread(target=pump, daemon=True)
        reader.start()
        self._readers.append(reader)


def _close_quietly(pipe: IO[bytes]) -> None:
    """Close a pipe whose other end may be gone with bytes still unwritten: nobody waits for those any
    more.
    """
    try:
        pipe.close()
    except BrokenPipeError:
        return


@contextmanager
def started(command: Command, *, with_input: bool = False) -> Iterator[Child]:
    """Start a program; at the end of the context it is over, whatever happened."""
    program = find_program(command.arguments[0])
    if program is None:
        raise ProgramMissing(command.arguments[0])
    with _secret_pipe(command.secret) as descriptor:
        child = Child(_popen(command, program, descriptor, with_input), command.timeout_s)
    try:
        yield child
    finally:
        child.close()


def _popen(
    command: Command, program: str, descriptor: int | None, with_input: bool
) -> subprocess.Popen[bytes]:
    environment = {**_BASE, **command.environment}
    if descriptor is not None:
        environment[command.secret_variable] = f"/dev/fd/{descriptor}"
    with _standard_input(command, with_input) as standard_input:
        return subprocess.Popen(
            (*command.wrapper, *_lowered(command.account), program, *command.arguments[1:]),
            stdin=standard_input,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=command.folder,
            pass_fds=() if descriptor is None else (descriptor,),
            start_new_session=True,
        )


@contextmanager
def _standard_input(command: Command, with_input: bool) -> Iterator[int | IO[bytes]]:
    if command.input_file is None:
        yield subprocess.PIPE if with_input else subprocess.DEVNULL
        return
    with command.input_file.open("rb") as file:
        yield file


def _lowered(account: Account | None) -> tuple[str, ...]:
    """Return the words that take rights away and tie the child's life to ours.

    The kernel kills it when we are killed: an orphan would store half a stream as if it were whole. Without
    setpriv (part of util-linux) a child may not be run under another account at all.
    """
    setpriv = find_program("setpriv")
    if setpriv is None:
        if account is not None:
            raise ProgramMissing("setpriv")
        return ()
    user = (
        ()
        if account is None
        else (f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups", "--no-new-privs")
    )
    return (setpriv, *user, "--pdeathsig", "KILL", "--")


@contextmanager
def _secret_pipe(secret: str | None) -> Iterator[int | None]:
    if secret is None:
        yield None
        return
    reader, writer = os.pipe()
    try:
        os.write(writer, secret.encode() + b"\n")  # far below the pipe's buffer, so it never blocks
        os.close(writer)
        yield reader
    finally:
        os.close(reader)
