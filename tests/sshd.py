"""A real OpenSSH server for tests, and servers of SSH that misbehave: on loopback, with keys of their own."""

import asyncio
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

_CONFIG = """
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication yes
PermitRootLogin yes
LogLevel ERROR
{more}
"""
_SEPARATION = Path("/run/sshd")


def sshd_program() -> str | None:
    """Return the path of the server, None where it is not installed."""
    return shutil.which("sshd", path="/usr/sbin:/usr/bin:/usr/local/sbin")


class ThrowawaySshd:
    """A server that lets in whoever runs the tests, by a key that exists for them alone.

    `more` are lines of its configuration. Not run by root, it lets in nobody else, and by no password.
    """

    def __init__(self, more: str = "") -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="veilleur-sshd-"))
        self.port = free_port()
        self.login = getpass.getuser()
        key = asyncssh.generate_private_key("ssh-ed25519")
        self.private_key = key.export_private_key().decode()
        (self._folder / "authorized_keys").write_bytes(key.export_public_key())
        (self._folder / "sshd_config").write_text(_CONFIG.format(folder=self._folder, more=more))
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ThrowawaySshd":
        self.start("ssh-ed25519")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self, kind: str) -> None:
        """Start the server with a new host key of this kind, and wait until it answers."""
        host_key = asyncssh.generate_private_key(kind)
        self.public = host_key.export_public_key().decode().strip()
        self.fingerprint = host_key.get_fingerprint()
        path = self._folder / "host_key"
        path.write_bytes(host_key.export_private_key())
        path.chmod(0o600)
        if os.geteuid() == 0:
            # What the package makes when its service starts, and asks for.
            _SEPARATION.mkdir(mode=0o755, exist_ok=True)
        program = sshd_program()
        assert program is not None, "no OpenSSH server is installed: apt install openssh-server"
        command = (program, "-D", "-e", "-f", self._folder / "sshd_config", "-p", str(self.port))
        self._server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        end_s = time.monotonic() + 10
        while time.monotonic() < end_s:
            if self._greets():
                return
            time.sleep(0.01)
        raise AssertionError("sshd does not answer")

    def _greets(self) -> bool:
        """Return whether it is a server that answers: a port without one may connect to itself."""
        with socket.socket() as probe:
            probe.settimeout(5)
            try:
                probe.connect(("127.0.0.1", self.port))
                return probe.recv(4) == b"SSH-"
            except OSError:
                return False

    def stop(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=10)
            self._server = None


class _Door(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("reader", "the right one")


@contextmanager
def speaking(answer: Callable[[asyncssh.SSHServerProcess], object]) -> Iterator[tuple[int, str]]:
    """Give port and public key of a server that lets in `reader` with the password "the right one".

    It answers each command as the function says.
    """
    ended = asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    begun = threading.Event()
    ports: list[int] = []

    async def listen() -> None:
        server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=_Door, server_host_keys=[host_key],
            process_factory=answer, encoding=None,
        )  # fmt: skip
        loops.append(asyncio.get_running_loop())
        ports.append(server.get_port())
        begun.set()
        await ended.wait()

    def serve() -> None:
        asyncio.run(listen())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert begun.wait(10)
    yield ports[0], host_key.export_public_key().decode().strip()
    loops[0].call_soon_threadsafe(ended.set)
    thread.join(10)


def free_port() -> int:
    """Return a port of loopback on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
