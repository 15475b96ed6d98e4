"""The bell: the next in the queue is woken at once, and comes to its turn without a bell as well."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from veilleur.shared.sqlite_turn import bell
from veilleur.shared.sqlite_turn.bell import Bell, ring
from veilleur.shared.sqlite_turn.turn import FairTurn

LONG_S = 60.0


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    file = os.open(tmp_path / "turn", os.O_RDWR | os.O_CREAT, 0o600)
    yield file
    os.close(file)


def waited_s(hung: Bell, *, at_most_s: float) -> float:
    began = time.monotonic()
    hung.wait(at_most_s=at_most_s, ahead=1)
    return time.monotonic() - began


def test_a_ring_before_the_wait_is_heard(file: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "_LOOK_ANYWAY_S", LONG_S)
    with Bell(file, 7) as hung:
        ring(file, 7)

        assert waited_s(hung, at_most_s=LONG_S) < LONG_S / 2


def test_a_ring_is_for_one_ticket_of_one_file(file: int, tmp_path: Path) -> None:
    other = os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT, 0o600)
    with Bell(file, 7) as hung:
        ring(file, 8)
        ring(other, 7)

        assert waited_s(hung, at_most_s=0.005) >= 0.005
    os.close(other)


def test_ringing_for_nobody_does_nothing(file: int) -> None:
    with Bell(file, 7):
        pass

    ring(file, 7)
    ring(file, 8)


def test_one_that_hears_nothing_looks_anyway(file: int) -> None:
    with Bell(file, 7) as hung:
        assert waited_s(hung, at_most_s=LONG_S) < LONG_S / 2


def test_the_next_writer_is_woken_by_whoever_gives_the_turn_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "_LOOK_ANYWAY_S", LONG_S)

    assert seconds_until_served(tmp_path) < LONG_S / 2


def test_where_no_bell_can_be_hung_the_turn_comes_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError("not here")

    monkeypatch.setattr(socket.socket, "bind", refused)

    assert seconds_until_served(tmp_path) < LONG_S / 2


def seconds_until_served(folder: Path) -> float:
    """Return how long a writer that is in the queue waits once the turn is given back."""
    holder, waiter = FairTurn(folder / "turn"), FairTurn(folder / "turn")
    holder.take()
    thread = threading.Thread(target=lambda: (waiter.take(LONG_S), waiter.close()))
    thread.start()
    time.sleep(0.1)  # it waits by now, or finds the turn free when it comes

    began = time.monotonic()
    holder.release()
    thread.join(LONG_S)
    holder.close()
    return time.monotonic() - began
