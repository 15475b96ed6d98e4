"""Takes each request in whole before a thread draws its page: whoever sends slowly holds up nobody.

The server hands over the head of a request at once. What follows it is awaited here, for a limited time and
up to a limited size; only then is one of the few threads taken. Answers are handed back whole too.

One form takes a file, and agents send inventories. What is sent there may be larger, and goes to the disk;
but nothing of it is taken before the pages have said, asked with the caller's own head, that this caller may.
"""

import asyncio
import errno
import io
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any

from veilleur.config.agents_address import ADDRESS as AGENTS
from veilleur.config.agents_address import MAY_SEND, MOST_SENT_BYTES
from veilleur.config.env import environment
from veilleur.config.unread import SENDER, UNREAD
from veilleur.config.uploads_address import ADDRESS

PATIENCE = 20.0  # seconds for the whole of a request to arrive: a form over a bad line takes two
# Of one request. The longest text that a form takes, a document of 200 kB, is at most thrice that when sent.
MOST_BYTES = 1024 * 1024
# For the form with a file: its other fields come on top of the file.
FILE_PATIENCE = 300.0
# For a large inventory: an agent gives up after as long.
REPORT_PATIENCE = 180.0
BESIDE_FILE_BYTES = 64 * 1024
# Of one organisation; and of all. Whoever sends without end holds up their own colleagues, and nobody else's.
FILES_AT_ONCE = 4
MOST_FILES_AT_ONCE = 16

Headers = list[tuple[str, str]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Larger:
    """What may be sent that is larger than a form: by kind, for how long and how much."""

    kind: str
    most_bytes: int
    patience: float


class WholeRequests:
    """Stands between the server, which speaks RSGI, and the pages, which speak WSGI."""

    def __init__(self, pages: Wsgi, threads: int) -> None:
        self._pages = pages
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._files = asyncio.Semaphore(MOST_FILES_AT_ONCE)
        self._files_of = defaultdict[object, asyncio.Semaphore](lambda: asyncio.Semaphore(FILES_AT_ONCE))

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.method == "POST" and (larger := _larger(scope)):
            await self._with_file(scope, protocol, larger)
            return
        body = io.BytesIO()
        unread = await _received(scope, protocol, body, MOST_BYTES, PATIENCE)
        await self._answer(scope, protocol, body, unread)

    async def _with_file(self, scope: Any, protocol: Any, larger: "Larger") -> None:
        """Answer a request that may bring a file: refuse it unread, or take it by way of the disk."""
        asked = _environ(scope, io.BytesIO(), 0) | {
            "REQUEST_METHOD": "GET",
            "CONTENT_TYPE": "",
            MAY_SEND: True,
        }
        status, headers, content = await self._in_thread(asked)
        if status != HTTPStatus.OK:
            protocol.response_bytes(status, [*headers, ("Connection", "close")], content)
            return
        async with self._files_of[larger.kind, asked.get(SENDER)], self._files:
            try:
                with _place_for_file() as body:
                    unread = await _received(scope, protocol, body, larger.most_bytes, larger.patience)
                    await self._answer(scope, protocol, body, unread)
            except OSError as error:
                if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                    raise
                await self._answer(scope, protocol, io.BytesIO(), HTTPStatus.INSUFFICIENT_STORAGE)

    async def _answer(self, scope: Any, protocol: Any, body: IO[bytes], unread: HTTPStatus | None) -> None:
        size = 0 if unread is not None else body.tell()
        body.seek(0)
        environ = _environ(scope, body if unread is None else io.BytesIO(), size)
        if unread is not None:
            environ[UNREAD] = unread
        status, headers, content = await self._in_thread(environ)
        if unread is not None:
            headers.append(("Connection", "close"))
        protocol.response_bytes(status, headers, content)

    async def _in_thread(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._drawn, environ)

    def _drawn(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
        """Return a page: its status, headers and content."""
        begun: list[tuple[int, Headers]] = []

        def begin(status: str, headers: Headers, _error: object = None) -> None:
            begun[:] = [(int(status.split(" ", 1)[0]), headers)]

        parts = self._pages(environ, begin)
        try:
            content = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return *begun[0], content


def _larger(scope: Any) -> Larger | None:
    """Return what more may be sent than a form, None for a form.

    An inventory of ordinary size comes as a form does: who is refused unread cannot always hear why.
    """
    if ADDRESS.fullmatch(scope.path):
        most = (environment().attachment_mib << 20) + BESIDE_FILE_BYTES
        return Larger("file", most, FILE_PATIENCE)
    announced = scope.headers.get("content-length")
    if AGENTS.fullmatch(scope.path) and (announced is None or int(announced) > MOST_BYTES):
        return Larger("report", MOST_SENT_BYTES, REPORT_PATIENCE)
    return None


def _place_for_file() -> IO[bytes]:
    """Return a file without a name in the data folder: it is gone with this process."""
    folder = environment().attachments_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder)


async def _received(
    scope: Any, protocol: Any, body: IO[bytes], most_bytes: int, patience: float
) -> HTTPStatus | None:
    """Write what follows the head of a request to `body`; return why it was not taken, None where it was."""
    announced = scope.headers.get("content-length")
    if announced is not None and int(announced) > most_bytes:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    size = 0
    try:
        async with asyncio.timeout(patience):
            async for part in protocol:
                size += len(part)
                if size > most_bytes:
                    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
                body.write(part)
    except TimeoutError:
        return HTTPStatus.REQUEST_TIMEOUT
    if announced is not None and size != int(announced):
        # The caller hung up half-way: half a form is none.
        return HTTPStatus.REQUEST_TIMEOUT
    return None


def _environ(scope: Any, body: IO[bytes], size: int) -> dict[str, Any]:
    """Return the request as WSGI (PEP 3333) has it."""
    server, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        # The server has decoded the path already; PEP 3333 wants the bytes of both as if they were Latin-1.
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        _add_header(environ, name, value)
    # What came, whatever was announced: a body in pieces announces nothing.
    environ["CONTENT_LENGTH"] = str(size)
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    if "_" in name:
        return  # it would pass for the header of that name with a hyphen
    key = name.upper().replace("-", "_")
    key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
    if key in environ:
        separator = "; " if key == "HTTP_COOKIE" else ","
        value = f"{environ[key]}{separator}{value}"
    environ[key] = value
