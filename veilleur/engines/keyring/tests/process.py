"""A process of keys that runs in this one, on a folder and a socket of its own."""

import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from veilleur.engines.keyring.callers import Caller
from veilleur.engines.keyring.client import KeyringClient
from veilleur.engines.keyring.server import KeyServer
from veilleur.engines.keyring.service import KeyService
from veilleur.engines.keyring.store import KeyFolder
from veilleur.shared.refusal import Refused

ORGANISATION, STRANGER = UUID(int=1), UUID(int=2)
REPOSITORY, SECOND = UUID(int=10), UUID(int=11)


class Watch:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Clock:
    """Instants that pass when told to."""

    now = datetime(2026, 11, 28, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Keys:
    """A running process of keys on a folder of its own."""

    def __init__(self, place: Path, clients: frozenset[int] = frozenset()) -> None:
        self.place = place
        self.clients = clients
        self.socket = place / "sign.sock"
        self.pages_socket = place / "sign.pages.sock"
        self.watch = Watch()
        self.clock = Clock()
        self.start()

    def start(self) -> None:
        self.folder = KeyFolder(self.place / "keys", self.clock())
        self.service = KeyService(self.folder, self.watch, self.clock)
        self.server = KeyServer(self.socket, self.service, self.clients)
        self.for_pages = KeyServer(self.pages_socket, self.service, self.clients, Caller.PAGES)
        for server in (self.server, self.for_pages):
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self.client = KeyringClient(self.socket)
        self.pages = KeyringClient(self.pages_socket)

    def stop(self) -> None:
        for server in (self.server, self.for_pages):
            server.shutdown()
            server.server_close()
        self.folder.close()

    def raw(self, sent: bytes, path: Path | None = None) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(path or self.socket))
            connection.sendall(sent)
            return connection.makefile("rb").readline()


def issue(keys: Keys, organisation: UUID, language: str) -> tuple[str, ...]:
    words = keys.client.issue_recovery_key(
        organisation, language, keys.client.recovery_key_mark(organisation)
    )
    assert not isinstance(words, Refused)
    return words
