"""The queue itself, between threads: each has its own open file, as each process has."""

import os
import threading
import time
from pathlib import Path

import pytest

from veilleur.shared.sqlite_turn.chunks import work_in_chunks
from veilleur.shared.sqlite_turn.turn import FIGURES, FairTurn, TurnTimeout


def make_turn(tmp_path: Path, **options: object) -> FairTurn:
    return FairTurn(tmp_path / "turn", **options)


def tickets_drawn(tmp_path: Path) -> int:
    """Return how many places in the queue have been given out."""
    return int.from_bytes((tmp_path / "turn").read_bytes()[:8], "little")


def wait_until_in_the_queue(tmp_path: Path, ticket: int) -> None:
    """Wait until the ticket is drawn: whoever draws afterwards comes later, however slow the machine."""
    deadline = time.monotonic() + 30
    while tickets_drawn(tmp_path) < ticket:
        assert time.monotonic() < deadline, "nobody came"
        time.sleep(0.001)


def test_a_second_writer_waits_until_the_first_gives_the_turn_back(tmp_path: Path) -> None:
    first, second = make_turn(tmp_path), make_turn(tmp_path)
    first.take()

    with pytest.raises(TurnTimeout):
        second.take(timeout_s=0.05)
    first.release()
    second.take(timeout_s=0.05)

    assert second.is_held
    assert not first.is_held


def test_a_writer_that_gave_up_does_not_stay_in_the_queue(tmp_path: Path) -> None:
    first, second, third = (make_turn(tmp_path) for _ in range(3))
    first.take()
    with pytest.raises(TurnTimeout):
        second.take(timeout_s=0.01)
    first.release()

    third.take(timeout_s=0.05)

    assert third.is_held


def test_writers_have_their_turn_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    holder, served = make_turn(tmp_path), []
    holder.take()

    def write(number: int) -> None:
        turn = make_turn(tmp_path)
        turn.take()
        served.append(number)
        turn.close()

    threads = []
    for number in range(12):
        threads.append(threading.Thread(target=write, args=(number,)))
        threads[-1].start()
        wait_until_in_the_queue(tmp_path, ticket=number + 2)
    holder.release()
    for thread in threads:
        thread.join(30)

    assert served == list(range(12))


def test_whoever_asks_again_at_once_goes_behind_those_who_wait(tmp_path: Path) -> None:
    greedy, patient, served = make_turn(tmp_path), make_turn(tmp_path), []
    greedy.take()
    waiter = threading.Thread(target=lambda: (patient.take(), served.append("patient"), patient.release()))
    waiter.start()
    wait_until_in_the_queue(tmp_path, ticket=2)

    greedy.release()
    greedy.take()
    served.append("greedy")
    waiter.join(5)

    assert served == ["patient", "greedy"]


def test_never_two_at_once(tmp_path: Path) -> None:
    inside, most = 0, 0

    def write() -> None:
        nonlocal inside, most
        turn = make_turn(tmp_path)
        for _ in range(30):
            turn.take()
            inside += 1
            most = max(most, inside)
            time.sleep(0.0001)
            inside -= 1
            turn.release()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert most == 1


def test_a_writer_that_is_forgotten_without_closing_gives_the_turn_back(tmp_path: Path) -> None:
    first, second = make_turn(tmp_path), make_turn(tmp_path)
    first.take()

    del first
    second.take(timeout_s=0.1)

    assert second.is_held


def test_a_forked_child_does_not_keep_the_turn_of_its_parent(tmp_path: Path) -> None:
    first, second = make_turn(tmp_path), make_turn(tmp_path)
    first.take()
    child = os.fork()
    if child == 0:
        time.sleep(2)
        os._exit(0)

    first.close()
    began = time.monotonic()
    second.take(timeout_s=1)
    waited_s = time.monotonic() - began
    os.kill(child, 9)
    os.waitpid(child, 0)

    assert waited_s < 1


def test_a_turn_beyond_its_budget_is_reported_and_counted(
    tmp_path: Path, warnings_of: pytest.LogCaptureFixture
) -> None:
    turn = make_turn(tmp_path, budget_s=0.01, describe=lambda: "UPDATE slow")
    before = FIGURES.over_budget

    turn.take()
    time.sleep(0.02)
    turn.release()

    assert FIGURES.over_budget == before + 1
    assert "UPDATE slow" in warnings_of.text
    assert "budget is 10 ms" in warnings_of.text


def test_the_same_complaint_is_not_repeated_at_once(
    tmp_path: Path, warnings_of: pytest.LogCaptureFixture
) -> None:
    turn = make_turn(tmp_path, budget_s=0.0)

    for _ in range(3):
        turn.take()
        turn.release()

    assert len(warnings_of.records) == 1


def test_an_exempt_turn_and_a_short_one_are_not_reported(
    tmp_path: Path, warnings_of: pytest.LogCaptureFixture
) -> None:
    exempt, short = make_turn(tmp_path, budget_s=0.0, is_exempt=lambda: True), make_turn(tmp_path)
    before = FIGURES.turns

    for turn in (exempt, short):
        turn.take()
        turn.release()

    assert FIGURES.turns == before + 2
    assert not warnings_of.records


def test_giving_back_what_is_not_held_does_nothing(tmp_path: Path) -> None:
    turn = make_turn(tmp_path)

    turn.release()
    turn.close()

    assert not turn.is_held


def test_chunks_are_not_made_smaller_by_waiting_for_the_turn(tmp_path: Path) -> None:
    other, own = make_turn(tmp_path), make_turn(tmp_path)
    sizes: list[int] = []
    other.take()
    leaving = threading.Timer(1.0, other.release)
    leaving.start()

    def work(chunk: range) -> None:
        own.take()
        sizes.append(len(chunk))
        own.release()

    # The wait of a second, taken for work, would make the next chunk half as large.
    work_in_chunks(range(60), work, target_s=0.5)
    leaving.join()

    assert sizes[:2] == [20, 30]
