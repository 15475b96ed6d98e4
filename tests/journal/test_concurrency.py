"""Many processes at once: no deadlock that is felt, no fact that a reader does not see, no fact twice."""

from collections import Counter
from pathlib import Path

import pytest

from tests.journal.house import House


def test_nested_actions_over_two_organisations_in_opposite_orders_all_succeed(any_house: House) -> None:
    house = any_house
    one, other = house.organisations(2)
    writers = [house.start("write_crossed", 40, *pair) for pair in ((one, other), (other, one)) * 2]

    done = [len(house.end(writer)) - 1 for writer in writers]

    found = house.look()
    assert done == [40] * 4
    assert len(found["facts"]) == len(found["states"]) == 4 * 40 * 2
    assert found["findings"] == []


def test_actions_that_block_one_another_run_again_and_lose_no_count(house: House, tmp_path: Path) -> None:
    (organisation,) = house.organisations(1)
    one, other = house.run("write", 2, organisation)[1:]
    start_file = tmp_path / "start"
    writers = [house.start("write_opposed", start_file, *pair) for pair in ((one, other), (other, one))]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    start_file.touch()

    reruns = [int(house.end(writer)[-1]) for writer in writers]

    found = house.look()
    assert found["counts"] == [24, 24]
    assert len(found["facts"]) == 2 + 24
    assert found["findings"] == []
    if house.environment["JOURNAL_TEST_KIND"] == "postgresql":
        assert sum(reruns) > 0, "the two were meant to meet in a deadlock"


@pytest.mark.postgresql
def test_writers_who_wait_for_the_head_stand_in_a_queue(postgresql_house: House, tmp_path: Path) -> None:
    house, told = postgresql_house, tmp_path / "told"
    (organisation,) = house.organisations(1)
    greedy = house.start("write_greedily", organisation, told)
    assert greedy.stdout is not None
    assert greedy.stdout.readline() == "held\n"
    patient = []
    for ahead in range(3):
        patient.append(house.start("write", 1, organisation))
        house.wait_for_queue(ahead + 1)

    told.touch()

    expected = [house.end(one)[-1] for one in patient] + house.end(greedy)[-1:]
    assert house.look()["subjects"][1:] == expected


def test_every_reader_sees_every_fact_once_and_in_order_while_many_write(
    any_house: House, tmp_path: Path
) -> None:
    house = any_house
    organisations = house.organisations(3)
    stop_file = tmp_path / "stop"
    readers = {
        "alone": [house.start("read", "alone", stop_file)],
        # Two workers read for the same reader: the lease makes them one.
        "shared": [house.start("read", "shared", stop_file) for _ in range(2)],
    }
    writers = [house.start("write", 60, *organisations) for _ in range(4)]

    for writer in writers:
        house.end(writer)
    stop_file.touch()
    lines = {
        name: [line.split() for child in children for line in house.end(child) if line != "ready"]
        for name, children in readers.items()
    }

    facts = house.look()["facts"]
    assert len(facts) == 240
    for name, seen in lines.items():
        assert Counter(fact for _, _, fact in seen) == Counter(facts), name
    for organisation in organisations:
        sequences = [int(at) for key, at, _ in lines["alone"] if int(key) == organisation]
        assert sequences == sorted(sequences)


def test_many_workers_run_each_job_once(house: House) -> None:
    (organisation,) = house.organisations(1)
    house.run("schedule", 120, organisation)
    workers = [house.start("work", 0, "yes") for _ in range(4)]

    lines = [line for worker in workers for line in house.end(worker) if line != "ready"]

    found = house.look()
    assert Counter(lines) == Counter(found["subjects"])
    assert set(Counter(lines).values()) == {1}
    assert (len(lines), found["jobs_left"]) == (120, 0)
