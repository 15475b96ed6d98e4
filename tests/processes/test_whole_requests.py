"""Whoever sends slowly, endlessly or by halves holds up nobody, and is told so."""

import asyncio
import dataclasses
import io
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.migrated import put_migrated
from tests.processes.installation import free_port, wait_for
from tests.small_disk import small_disk
from tests.surroundings import variables
from veilleur.config.env import CHECKOUT, environment
from veilleur.config.unread import SENDER, UNREAD
from veilleur.domains.knowledge.rules.documents import LONGEST_TEXT_BYTES
from veilleur.processes import whole_requests
from veilleur.processes.whole_requests import FILES_AT_ONCE, MOST_BYTES, WholeRequests

HELD = 50
SLOWEST = 0.3  # seconds: 95 of 100 pages, while others hold connections
LOGIN = "/account/login/"


class Protocol:
    """What the server hands over: parts of a body, as they come, and where the answer goes."""

    def __init__(self, *parts: bytes, stays_open: bool = False) -> None:
        self.parts = parts
        self.stays_open = stays_open
        self.answer: tuple[int, list[tuple[str, str]], bytes]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part
        if self.stays_open:
            await asyncio.sleep(60)

    def response_bytes(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.answer = (status, headers, content)


def ask(protocol: Protocol, path: str = LOGIN, headers: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """Return the environment in which the pages were asked."""
    asked: list[dict[str, Any]] = []

    def pages(environ: dict[str, Any], begin: Callable[..., Any]) -> list[bytes]:
        asked.append(environ)
        begin("200 OK", [("Content-Type", "text/plain")])
        return [b"a ", b"page"]

    class Several(dict[str, str]):
        def items(self) -> Any:
            return headers

    scope = SimpleNamespace(
        server="127.0.0.1:8000", client="[2001:db8::1]:4711", scheme="http", method="POST", path=path,
        query_string="q=é", http_version="1.1", headers=Several(headers),
    )  # fmt: skip
    asyncio.run(WholeRequests(pages, threads=1).__rsgi__(scope, protocol))
    return asked[0]


def test_a_request_reaches_the_pages_whole_and_as_wsgi_has_it() -> None:
    protocol = Protocol(b"login=a", b"nna", b"")
    sent = (
        ("host", "localhost"), ("content-length", "10"), ("content-type", "text/x"), ("cookie", "a=1"),
        ("cookie", "b=2"), ("x-forwarded-for", "192.0.2.1"), ("x_forwarded_for", "192.0.2.2"),
    )  # fmt: skip

    environ = ask(protocol, "/é %41", sent)

    assert environ["wsgi.input"].read() == b"login=anna"
    assert (environ["CONTENT_LENGTH"], environ["CONTENT_TYPE"]) == ("10", "text/x")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/é %41"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"
    assert UNREAD not in environ
    assert protocol.answer == (200, [("Content-Type", "text/plain")], b"a page")


@pytest.mark.parametrize(
    ("protocol", "announced", "unread"),
    [
        # Announced, before anything of it comes.
        (Protocol(), str(MOST_BYTES + 1), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        # In pieces, which announce nothing.
        (Protocol(b"a" * MOST_BYTES, b"a"), None, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        # Begun and never ended.
        (Protocol(b"a", stays_open=True), "50", HTTPStatus.REQUEST_TIMEOUT),
        # The caller hung up: half a form is none.
        (Protocol(b"a"), "50", HTTPStatus.REQUEST_TIMEOUT),
    ],
)
def test_what_is_not_taken_reaches_no_form_and_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch, protocol: Protocol, announced: str | None, unread: HTTPStatus
) -> None:
    monkeypatch.setattr(whole_requests, "PATIENCE", 0.2)

    environ = ask(protocol, headers=() if announced is None else (("content-length", announced),))

    assert environ[UNREAD] == unread
    assert environ["wsgi.input"].read() == b""
    assert ("Connection", "close") in protocol.answer[1]


ADD_FILE = "/documents/019b8d2b-8c00-783a-8336-ed4f8aac2f67/files/add/"
LENGTH = (("content-length", str(3 << 20)), ("content-type", "multipart/form-data; boundary=x"))


def send_file(
    protocol: Protocol, status: str = "200 OK", headers: tuple[tuple[str, str], ...] = LENGTH
) -> list[dict[str, Any]]:
    """Return the environments in which the pages were asked; what a body held is read at once."""
    asked: list[dict[str, Any]] = []

    def pages(environ: dict[str, Any], begin: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"]
        asked.append({**environ, "is_memory": isinstance(body, io.BytesIO), "size": len(body.read())})
        begin(status, [("Content-Type", "text/plain")])
        return [b"a page"]

    class Several(dict[str, str]):
        def items(self) -> Any:
            return headers

    scope = SimpleNamespace(
        server="127.0.0.1:8000", client="127.0.0.1:4711", scheme="http", method="POST", path=ADD_FILE,
        query_string="", http_version="1.1", headers=Several(headers),
    )  # fmt: skip
    asyncio.run(WholeRequests(pages, threads=1).__rsgi__(scope, protocol))
    return asked


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = dataclasses.replace(environment(), data_dir=tmp_path, attachment_mib=3)
    monkeypatch.setattr(whole_requests, "environment", lambda: settings)
    return tmp_path


def test_a_file_comes_by_way_of_the_disk_and_leaves_nothing_there(data_dir: Path) -> None:
    protocol = Protocol(*[b"a" * (1 << 20)] * 3)

    first, second = send_file(protocol)

    # The caller's own head, as if the form itself were asked for.
    assert (first["REQUEST_METHOD"], first["CONTENT_LENGTH"], first["size"]) == ("GET", "0", 0)
    assert (second["REQUEST_METHOD"], second["CONTENT_LENGTH"], second["size"]) == (
        "POST",
        str(3 << 20),
        3 << 20,
    )
    assert not second["is_memory"]
    assert list((data_dir / "attachments").iterdir()) == []
    assert protocol.answer[0] == 200


@pytest.mark.parametrize("status", ["302 Found", "403 Forbidden", "404 Not Found"])
def test_nothing_is_taken_from_a_caller_who_may_not_open_the_form(data_dir: Path, status: str) -> None:
    protocol = Protocol(b"a", stays_open=True)

    asked = send_file(protocol, status)

    assert [each["REQUEST_METHOD"] for each in asked] == ["GET"]
    assert protocol.answer[0] == int(status[:3])
    assert ("Connection", "close") in protocol.answer[1]
    assert not (data_dir / "attachments").exists()


@pytest.mark.parametrize(
    ("parts", "headers"), [(0, (("content-length", str(4 << 20)),)), (5, ())], ids=["announced", "in pieces"]
)
def test_a_file_that_is_too_large_is_refused_before_it_is_kept(
    data_dir: Path, parts: int, headers: tuple[tuple[str, str], ...]
) -> None:
    asked = send_file(Protocol(*[b"a" * (1 << 20)] * parts), headers=headers)

    assert asked[-1][UNREAD] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert asked[-1]["size"] == 0


def test_whoever_sends_files_without_end_holds_up_their_own_organisation_and_no_other(data_dir: Path) -> None:
    def pages(environ: dict[str, Any], begin: Callable[..., Any]) -> list[bytes]:
        environ[SENDER] = environ["HTTP_COOKIE"]
        begin("200 OK", [("Content-Type", "text/plain")])
        return [environ["REQUEST_METHOD"].encode()]

    async def all_at_once() -> tuple[Protocol, Protocol]:
        serving = WholeRequests(pages, threads=1)

        def send(protocol: Protocol, organisation: str) -> asyncio.Task[None]:
            headers = {"cookie": organisation, "content-type": "multipart/form-data; boundary=x"}
            scope = SimpleNamespace(
                server="127.0.0.1:8000", client="127.0.0.1:4711", scheme="http", method="POST",
                path=ADD_FILE, query_string="", http_version="1.1", headers=headers,
            )  # fmt: skip
            return asyncio.create_task(serving.__rsgi__(scope, protocol))

        endless = [send(Protocol(b"a", stays_open=True), "one") for _ in range(FILES_AT_ONCE)]
        await asyncio.sleep(0.1)
        same, other = Protocol(b"a"), Protocol(b"a")
        waits = send(same, "one")
        await asyncio.wait_for(send(other, "another"), 30)
        for task in (*endless, waits):
            task.cancel()
        return same, other

    same, other = asyncio.run(all_at_once())

    assert other.answer[0] == 200
    assert other.answer[2] == b"POST"
    assert not hasattr(same, "answer")


def test_a_full_disk_is_told_and_takes_nothing(data_dir: Path) -> None:
    with small_disk(data_dir, "1m"):
        asked = send_file(Protocol(*[b"a" * (1 << 20)] * 3))

    assert asked[-1][UNREAD] == HTTPStatus.INSUFFICIENT_STORAGE


@pytest.mark.parametrize(
    "path", [ADD_FILE.upper(), ADD_FILE + "x", "/x" + ADD_FILE, ADD_FILE.replace("add", "a")]
)
def test_no_other_address_takes_more_than_a_form(path: str) -> None:
    environ = ask(Protocol(), path, (("content-length", str(MOST_BYTES + 1)),))

    assert environ[UNREAD] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The real server, alone, on a port of its own."""
    data_dir = tmp_path_factory.mktemp("web") / "data"
    put_migrated(data_dir)
    port = free_port()
    environment = variables(data_dir, VEILLEUR_PORT=str(port))
    words = (sys.executable, "-m", "veilleur.processes.cli", "web")
    with subprocess.Popen(words, cwd=CHECKOUT, env=environment, stderr=subprocess.DEVNULL) as web:
        try:
            wait_for("the pages", lambda: answers(port))
            yield port
        finally:
            web.terminate()


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{LOGIN}", timeout=10) as answer:
            return b"<form" in answer.read()
    except OSError:
        return False


def begin(port: int, *headers: str) -> socket.socket:
    """Send the head of a form, and nothing of what it announces."""
    caller = socket.create_connection(("127.0.0.1", port), timeout=10)
    lines = (f"POST {LOGIN} HTTP/1.1", "Host: 127.0.0.1", "Cookie: veilleur_csrf=" + "a" * 32, *headers)
    caller.sendall("\r\n".join((*lines, "", "")).encode())
    return caller


def test_pages_are_drawn_at_once_while_many_hold_their_connections(port: int) -> None:
    with ExitStack() as held:
        for _ in range(HELD):
            form = "Content-Type: application/x-www-form-urlencoded"
            held.enter_context(begin(port, form, "Content-Length: 50"))
        time.sleep(0.5)
        lasted = []
        for _ in range(100):
            began = time.monotonic()
            assert answers(port)
            lasted.append(time.monotonic() - began)

    assert sorted(lasted)[94] < SLOWEST


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "More was sent than any form"), ("fr", "Plus de données")]
)
def test_what_is_too_much_is_refused_in_a_sentence_before_it_comes(
    port: int, language: str, sentence: str
) -> None:
    with begin(port, f"Accept-Language: {language}", "Content-Length: 300000000") as caller:
        answer = b"".join(iter(lambda: caller.recv(4096), b"")).decode()

    assert answer.startswith("HTTP/1.1 413 ")
    assert sentence in answer


def test_a_form_whose_caller_hangs_up_half_way_does_not_stop_the_server(port: int, tmp_path: Path) -> None:
    for _ in range(8):
        with begin(port, "Content-Length: 50") as caller:
            caller.sendall(b"login=anna")

    assert answers(port)


def test_the_longest_document_fits_into_a_request_whatever_its_letters() -> None:
    sent = urlencode({"text": "é" * (LONGEST_TEXT_BYTES // 2)})

    assert len(sent) < MOST_BYTES * 2 / 3
