"""Takes each request in whole before a thread draws its page: whoever sends slowly holds up nobody.

The server hands over the head of a request at once. What follows it is awaited here, for a limited time and
up to a limited size; only then is one of the few threads taken. Answers are handed back whole too.
"""

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

from veilleur.config.unread import UNREAD

PATIENCE = 20.0  # seconds for the whole of a request to arrive: a form over a bad line takes two
# Of one request. The longest text that a form takes, a document of 200 kB, is at most thrice that when sent.
MOST_BYTES = 1024 * 1024

Headers = list[tuple[str, str]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WholeRequests:
    """Stands between the server, which speaks RSGI, and the pages, which speak WSGI."""

    def __init__(self, pages: Wsgi, threads: int) -> None:
        self._pages = pages
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        body, unread = await _received(scope, protocol)
        environ = _environ(scope, body)
        if unread is not None:
            environ[UNREAD] = unread
        loop = asyncio.get_running_loop()
        status, headers, content = await loop.run_in_executor(self._threads, self._drawn, environ)
        if unread is not None:
            headers.append(("Connection", "close"))
        protocol.response_bytes(status, headers, content)

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


async def _received(scope: Any, protocol: Any) -> tuple[bytes, HTTPStatus | None]:
    """Return what follows the head of a request, or nothing and why it was not taken."""
    announced = scope.headers.get("content-length")
    if announced is not None and int(announced) > MOST_BYTES:
        return b"", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    parts = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for part in protocol:
                parts += part
                if len(parts) > MOST_BYTES:
                    return b"", HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    except TimeoutError:
        return b"", HTTPStatus.REQUEST_TIMEOUT
    if announced is not None and len(parts) != int(announced):
        # The caller hung up half-way: half a form is none.
        return b"", HTTPStatus.REQUEST_TIMEOUT
    return bytes(parts), None


def _environ(scope: Any, body: bytes) -> dict[str, Any]:
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
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        _add_header(environ, name, value)
    # What came, whatever was announced: a body in pieces announces nothing.
    environ["CONTENT_LENGTH"] = str(len(body))
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
