"""Several people save, tick and end at the very same time, on both databases; one is killed in between."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgresql import ThrowawayPostgres

ROOT = Path(__file__).parents[2]
# One of five saves is kept, one tick a step, one end; two ticks before the kill are there after it.
EXPECTED = {
    "refusals": ["saved_meanwhile"] * 4,
    "versions": [2, 1],
    "found": 1,
    # A document that is not found, and an entry of none, are seen and mended.
    "before_reindexing": [True, True],
    "after_reindexing": True,
    "ticks": 3 + 2,
    "ends": [1, 1],
    "left_by_the_killed": ["Person 1", "Person 1", ""],
}


def come_of_it(database: str) -> object:
    run = subprocess.run(
        [sys.executable, "-m", "tests.knowledge.at_once"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.knowledge.settings",
            "KNOWLEDGE_TEST_DATABASE": database,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_nothing_is_lost_nor_done_twice_on_sqlite(tmp_path: Path) -> None:
    assert come_of_it(f"sqlite:///{tmp_path / 'house.sqlite3'}") == EXPECTED


@pytest.mark.postgresql
def test_nothing_is_lost_nor_done_twice_on_postgresql() -> None:
    with ThrowawayPostgres() as server:
        assert come_of_it(server.url()) == EXPECTED
