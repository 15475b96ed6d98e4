"""Behind the estate's port RemoteReader: one connection, to the pinned key alone, command after command.

Nothing of this machine's own settings, keys or agents is used, nothing is forwarded, and everything ends:
after so many seconds, after so many bytes.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import asyncssh

from veilleur.domains.estate.ports import SupportTable
from veilleur.domains.estate.rules.machine import MachineFacts
from veilleur.domains.estate.rules.reach import HostKey, MachineAccess, Reach, Unreached
from veilleur.engines.ssh_machine import commands, parse
from veilleur.engines.ssh_machine.commands import Ask
from veilleur.engines.ssh_machine.parse import Said

Result = TypeVar("Result")

_CHUNK_BYTES = 64 << 10


@dataclass(frozen=True)
class Bounds:
    """How long a reading may take, and how much a machine may say."""

    connect_s: float = 15
    all_s: float = 90
    most_bytes: int = 8 << 20
    most_bytes_in_all: int = 24 << 20


DEFAULT_BOUNDS = Bounds()


class _TooMuch(Exception):
    """Raised when a machine says more than any honest one."""


class SshMachines:
    """Reads machines by SSH; keeps nothing."""

    def __init__(self, support: SupportTable, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self._support, self._bounds = support, bounds

    def look(self, host: str, port: int = 22) -> HostKey | Unreached:
        """Return the key by which a server says who it is; see the port."""
        return _bounded(lambda: _look(host, port), self._bounds.connect_s)

    def read(self, access: MachineAccess, pinned: str) -> MachineFacts | Unreached:
        """Return the facts of the machine with the pinned key; see the port."""
        try:
            trusted = asyncssh.import_public_key(pinned)
            key = asyncssh.import_private_key(access.private_key) if access.private_key else None
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
            return Unreached(Reach.KEY_UNREADABLE)
        read = _bounded(lambda: self._read(access, trusted, key), self._bounds.all_s)
        if isinstance(read, Unreached):
            return self._explained(read, access, pinned)
        return (
            parse.facts_of(read, self._support)
            if parse.is_linux(read[Ask.WHO])
            else Unreached(Reach.NO_COMMANDS)
        )

    def _explained(self, unreached: Unreached, access: MachineAccess, pinned: str) -> Unreached:
        """Return the same with the key that the server shows now, where it is that key that is refused."""
        if unreached.reason not in _MAY_BE_THE_KEY:
            return unreached
        shown = self.look(access.host, access.port)
        if isinstance(shown, Unreached) or shown.public.split()[:2] == pinned.split()[:2]:
            return unreached
        return Unreached(Reach.HOST_KEY_CHANGED, shown.fingerprint)

    async def _read(
        self, access: MachineAccess, trusted: asyncssh.SSHKey, key: asyncssh.SSHKey | None
    ) -> dict[Ask, Said]:
        connection = await asyncssh.connect(
            access.host,
            access.port,
            username=access.login,
            password=None if key else access.password,
            client_keys=[key] if key else None,
            known_hosts=([trusted], [], []),
            public_key_auth=key is not None,
            password_auth=key is None,
            kbdint_auth=key is None,
            host_based_auth=False,
            gss_host=None,
            connect_timeout=self._bounds.connect_s,
            login_timeout=self._bounds.connect_s,
            compression_algs=None,
            **_NOTHING_OF_OURS,
        )
        try:
            return await self._answers(connection)
        finally:
            connection.abort()

    async def _answers(self, connection: asyncssh.SSHClientConnection) -> dict[Ask, Said]:
        said: dict[Ask, Said] = {}
        left = self._bounds.most_bytes_in_all
        for ask, command in commands.SENT.items():
            said[ask] = await _run(connection, command, min(left, self._bounds.most_bytes))
            left -= len(said[ask].output)
            if ask is Ask.WHO and not parse.is_linux(said[ask]):
                break
        return said


# A server without a key of the pinned kind ends the talk in its own way.
_MAY_BE_THE_KEY = frozenset({Reach.HOST_KEY_CHANGED, Reach.OTHER_PROTOCOL, Reach.BROKEN_OFF})
# Neither this machine's settings for SSH nor an agent that holds keys.
_NOTHING_OF_OURS = {"config": None, "agent_path": None}


async def _look(host: str, port: int) -> HostKey:
    key = await asyncssh.get_server_host_key(host, port, config=None)
    if key is None:
        raise asyncssh.KeyExchangeFailed("no key was shown")
    return HostKey(key.export_public_key().decode().strip(), key.get_fingerprint())


async def _run(connection: asyncssh.SSHClientConnection, command: str, most_bytes: int) -> Said:
    process = await connection.create_process(
        command, encoding=None, stdin=asyncssh.DEVNULL, stderr=asyncssh.DEVNULL
    )
    output = bytearray()
    while chunk := await process.stdout.read(_CHUNK_BYTES):
        output += chunk
        if len(output) > most_bytes:
            raise _TooMuch
    await process.wait_closed()
    code = process.exit_status
    return Said(-1 if code is None else code, bytes(output))


def _bounded(what: Callable[[], Awaitable[Result]], seconds: float) -> Result | Unreached:
    """Return what is brought in time, or why nothing is."""

    async def run() -> Result:
        async with asyncio.timeout(seconds):
            return await what()

    try:
        return asyncio.run(run())
    except (_TooMuch, OSError, asyncssh.Error) as error:
        return Unreached(_reason(error))


# The first that an error is an instance of.
_REASONS: tuple[tuple[type[Exception], Reach], ...] = (
    (_TooMuch, Reach.TOO_MUCH),
    (socket.gaierror, Reach.NAME_UNKNOWN),
    (TimeoutError, Reach.TIMED_OUT),
    (ConnectionRefusedError, Reach.NOBODY_ANSWERS),
    (asyncssh.HostKeyNotVerifiable, Reach.HOST_KEY_CHANGED),
    (asyncssh.PermissionDenied, Reach.LOGIN_REFUSED),
    (asyncssh.KeyExchangeFailed, Reach.OTHER_PROTOCOL),
    (asyncssh.ProtocolError, Reach.OTHER_PROTOCOL),
    (asyncssh.ProtocolNotSupported, Reach.OTHER_PROTOCOL),
    (asyncssh.ChannelOpenError, Reach.NO_COMMANDS),
    (asyncssh.Error, Reach.BROKEN_OFF),
    (ConnectionError, Reach.BROKEN_OFF),
    (OSError, Reach.NOT_REACHED),
)


def _reason(error: Exception) -> Reach:
    return next(reason for kind, reason in _REASONS if isinstance(error, kind))
