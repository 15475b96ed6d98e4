"""Processes killed at any moment: no half action, no lost fact, no broken chain, no job that stays stuck."""

import random
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

from tests.journal.house import House

ROUNDS = 4


def kill_after_a_while(child: subprocess.Popen[str]) -> list[str]:
    """Kill a worker at a random moment of its work; return the lines it had printed whole."""
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(random.uniform(0.0, 0.25))
    child.send_signal(signal.SIGKILL)
    output, _ = child.communicate()
    return [line.rstrip("\n") for line in output.splitlines(keepends=True) if line.endswith("\n")]


def test_a_killed_writer_leaves_whole_actions_only_and_loses_none_it_was_told_of(any_house: House) -> None:
    house = any_house
    (organisation,) = house.organisations(1)
    told: list[str] = []

    for _ in range(ROUNDS):
        bystander = house.start("write", 5, organisation)
        told += kill_after_a_while(house.start("write", 100_000, organisation))
        told += house.end(bystander)[1:]

    found = house.look()
    assert found["findings"] == []
    assert sorted(found["states"]) == sorted(found["subjects"]), "a change without its fact, or the reverse"
    assert set(told) <= set(found["subjects"])
    assert len(told) > 5 * ROUNDS


def test_a_killed_worker_leaves_no_job_stuck_and_no_result_twice(house: House) -> None:
    (organisation,) = house.organisations(1)
    house.run("schedule", 150, organisation)

    for _ in range(ROUNDS):
        kill_after_a_while(house.start("work", 0, "no"))
    before = house.look()
    # Two minutes later every lease of the dead has ended.
    house.run("work", 120, "yes")

    found = house.look()
    assert before["findings"] == found["findings"] == []
    assert found["jobs_left"] == 0
    results = Counter(found["subjects"])
    assert len(results) == 150
    # A worker killed between its result and the end of its job leaves one result twice, at most.
    assert sum(results.values()) <= 150 + ROUNDS


def test_a_killed_reader_has_missed_nothing_when_it_comes_back(house: House, tmp_path: Path) -> None:
    (organisation,) = house.organisations(1)
    house.run("write", 120, organisation)
    stop_file = tmp_path / "stop"
    seen: list[str] = []

    # Each comes two minutes after the one before, when the lease of the dead has ended.
    for death in range(3):
        seen += kill_after_a_while(house.start("read", "killed", stop_file, 120 * death))
    stop_file.touch()
    seen += house.end(house.start("read", "killed", stop_file, 120 * 3))[1:]

    facts = house.look()["facts"]
    handled = Counter(line.split()[2] for line in seen)
    assert set(handled) == set(facts)
    assert sum(handled.values()) <= len(facts) + 3, "at most one fact twice for each death"
