"""A caller that sends byte by byte is hung up on when the patience for the whole request is over."""

import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest

from veilleur.engines.keyring import server as server_module
from veilleur.engines.keyring.tests.process import Keys

PATIENCE = 0.5


def test_a_caller_that_sends_byte_by_byte_is_hung_up_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "PATIENCE", PATIENCE)
    keys = Keys(tmp_path)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(keys.socket))
        caller.settimeout(0.05)
        began, heard = time.monotonic(), None
        while heard is None and time.monotonic() - began < 10 * PATIENCE:
            with suppress(TimeoutError, BrokenPipeError, ConnectionResetError):
                caller.send(b" ")
                heard = caller.recv(1)
    keys.stop()

    assert heard == b""


def test_requests_that_come_together_are_answered_one_by_one(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(keys.socket))
        caller.settimeout(10)
        caller.sendall(b'{"do": "public_key"}\n{"do": "public')
        with caller.makefile("rb") as lines:
            first = lines.readline()
            caller.sendall(b'_key"}\n')
            second = lines.readline()
    keys.stop()

    assert first == second
    assert first.startswith(b'{"value": ')
