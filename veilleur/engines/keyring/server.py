"""The door of the process that holds the keys: a Unix socket, one JSON object a line, known accounts only."""

import errno
import json
import logging
import os
import socket
import socketserver
import struct
import threading
import time
from pathlib import Path
from typing import Any

from veilleur.engines.keyring.callers import Caller
from veilleur.engines.keyring.errors import Unanswerable
from veilleur.engines.keyring.service import KeyService
from veilleur.engines.keyring.store import UnreadableKeys
from veilleur.shared.pages_mark import draws_pages
from veilleur.shared.refusal import Refused

log = logging.getLogger(__name__)

MOST_BYTES = 1_000_000  # of one request: an envelope of some thousand repositories
PATIENCE = 10.0  # seconds for a request to arrive whole
MOST_AT_ONCE = 16
_PART_BYTES = 65_536
PEER = struct.Struct("3i")  # SO_PEERCRED: process, user, group


class KeyServer(socketserver.ThreadingUnixStreamServer):
    """Listens on a socket that other accounts cannot open, and asks the kernel who is calling.

    `caller`: whom this socket is for. Processes that draw pages are turned away from every other.
    """

    # Callers that come at the same instant wait; beyond this many the kernel turns them away.
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False

    def __init__(
        self,
        path: Path,
        service: KeyService,
        clients: frozenset[int],
        caller: Caller = Caller.WORK,
    ) -> None:
        self.service = service
        self.caller = caller
        # Root could take the keys anyway: refusing it would only be in the way.
        self.allowed = clients | {os.geteuid(), 0}
        self.can_tell = _can_tell_callers_apart()
        self.room = threading.BoundedSemaphore(MOST_AT_ONCE)
        path.unlink(missing_ok=True)
        earlier = os.umask(0o177)
        try:
            super().__init__(str(path), _Conversation)
        finally:
            os.umask(earlier)
        if clients:
            path.chmod(0o660)
        if not self.can_tell:
            log.warning("pages cannot be told from work here: docs/explanation/keys.md says what it takes")

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - socketserver's own
        """Return whether the calling process runs under an account that may ask."""
        credentials = request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size)
        process, user, _group = PEER.unpack(credentials)
        if user not in self.allowed:
            log.warning("refused process %s of user %s: that account may not ask for keys", process, user)
            return False
        return self.caller is Caller.PAGES or self._is_for_work(process)

    def answer(self, request: dict[str, Any]) -> Any:
        """Return what answers a request, as `KeyService.answer` does."""
        if request.get("do") == "tells_pages_apart":
            return self.can_tell
        return self.service.answer(request, self.caller)

    def _is_for_work(self, process: int) -> bool:
        if not self.can_tell:
            return True
        try:
            is_of_pages = draws_pages(process)
        except OSError as error:
            # Gone already, or hidden from this account: whoever cannot be told apart is given nothing.
            log.warning("refused process %s, of which nothing can be read: %s", process, error)
            return False
        if is_of_pages:
            log.warning("refused process %s: what draws pages has a socket of its own", process)
        return not is_of_pages


def _can_tell_callers_apart() -> bool:
    """Return whether the mark of pages says anything here: not where every process has it, nor where those of
    other accounts are hidden (ProtectProc=invisible).
    """
    return not draws_pages(os.getpid()) and Path("/proc/1").exists()


class _Conversation(socketserver.BaseRequestHandler):
    """One connection: requests and answers, line by line, until the caller hangs up."""

    server: KeyServer
    request: socket.socket

    def setup(self) -> None:
        self._left = bytearray()

    def handle(self) -> None:
        with self.server.room:
            try:
                while line := self._line():
                    if len(line) > MOST_BYTES:
                        return
                    answer = json.dumps(self._answer(line)).encode() + b"\n"
                    self.request.settimeout(PATIENCE)
                    self.request.sendall(answer)
            except (TimeoutError, ConnectionError):
                return

    def _line(self) -> bytes:
        """Return the next request; what came of it where it is too long or the caller hung up.

        Raise TimeoutError when its patience is over, however many single bytes came meanwhile.
        """
        limit = time.monotonic() + PATIENCE
        end = self._left.find(b"\n")
        while end < 0 and len(self._left) <= MOST_BYTES:
            patience = limit - time.monotonic()
            if patience <= 0:
                raise TimeoutError
            self.request.settimeout(patience)
            part = self.request.recv(_PART_BYTES)
            if not part:
                break
            newline = part.find(b"\n")
            end = len(self._left) + newline if newline >= 0 else -1
            self._left += part
        size = end + 1 if end >= 0 else len(self._left)
        line = bytes(self._left[:size])
        del self._left[:size]
        return line

    def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            value = self.server.answer(request if isinstance(request, dict) else {})
        except (ValueError, RecursionError):  # no JSON, or nested deeper than anything we send
            return {"error": "malformed_request"}
        except Unanswerable as refusal:
            return {"error": refusal.reason}
        except UnreadableKeys:
            log.exception("the keys could not be used")
            return {"error": "keys_unreadable"}
        except OSError as error:
            log.exception("the keys could not be read or written")
            return {
                "error": "disk_full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "keys_unwritable"
            }
        if isinstance(value, Refused):
            return {"refused": value.reason, "detail": value.detail}
        return {"value": value}
