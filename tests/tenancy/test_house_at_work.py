"""The whole house on one SQLite file: an import lets everybody in between; a race has one winner."""

import signal
import sqlite3
import time
from collections.abc import Iterator

import pytest

from tests.tenancy.house_at_work import AtWork

OBJECTS = 100_000
# How long everybody pauses, in milliseconds. `make bench` measures them at a quicker pace.
PACES_MS = {"page": 1000, "changer": 500, "watch": 1000, "keeper": 100}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtWork]:
    house = AtWork(tmp_path_factory.mktemp("house"))
    yield house
    house.stop()


def wait_for_objects(house: AtWork) -> None:
    """Wait until the import has committed something."""
    connection = sqlite3.connect(house.database)
    deadline = time.monotonic() + 60
    while not connection.execute("SELECT count(*) FROM estate_site").fetchone()[0]:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    connection.close()


@pytest.fixture(scope="module")
def house(empty: AtWork) -> AtWork:
    empty.ask("furnish")
    return empty


def test_pages_changes_and_the_watch_go_on_during_an_import_that_resumes_after_a_kill(house: AtWork) -> None:
    others = {role: house.start(role, pause_ms) for role, pause_ms in PACES_MS.items()}
    killed = house.start("importer", OBJECTS)
    wait_for_objects(house)
    killed.send_signal(signal.SIGKILL)
    killed.wait(20)
    left = house.ask("count")["objects"]
    assert 0 < left < OBJECTS

    done = house.ask("importer", OBJECTS)
    seen = {role: house.finish(process) for role, process in others.items()}

    assert done["done"] == OBJECTS - left
    found = house.ask("count")
    assert (found["objects"], found["facts"]) == (OBJECTS, OBJECTS)
    for role in ("page", "changer", "watch"):
        assert seen[role]["count"] > 3, role
    # Each chunk is one turn. Who waits, waits for a few of them, never for the import.
    assert done["turns"] > 10
    assert seen["changer"]["longest_wait_s"] < done["took_s"]


def test_of_many_who_use_one_set_up_link_at_once_one_gets_in(house: AtWork) -> None:
    before = house.ask("count")["people"]
    comers = [house.start("redeem", number) for number in range(6)]
    time.sleep(1.0)  # all have hashed their password and wait for the token

    house.ask("issue")
    outcomes = [house.finish(comer)["got_in"] for comer in comers]

    assert outcomes.count(True) == 1
    assert house.ask("count")["people"] == before + 1
