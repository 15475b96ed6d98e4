"""A database that is damaged, gone or another's: named with the way back, never taken for a first start."""

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.migrated import put_migrated
from tests.processes.installation import up, veilleur
from veilleur.config.secrets_store import make_secret_key


def cut(database: Path) -> None:
    os.truncate(database, 100_000)


def overwrite_the_head(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(os.urandom(200_000))


def overwrite_the_middle(database: Path) -> None:
    with database.open("r+b") as file:
        for page in range(5, 60):
            file.seek(4096 * page)
            file.write(b"\0" * 4096)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database that nothing runs on."""
    data_dir = tmp_path_factory.mktemp("made") / "data"
    put_migrated(data_dir)
    return data_dir


@pytest.mark.parametrize("damage", [cut, overwrite_the_head, overwrite_the_middle])
def test_a_damaged_database_is_named_with_the_way_back(
    made: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(made, data_dir)
    damage(data_dir / "veilleur.sqlite3")

    refused = [veilleur("restart-time", data_dir=data_dir), up(data_dir)]
    told = veilleur("doctor", "--json", data_dir=data_dir)

    for each in refused:
        assert each.returncode == 74, each.stderr
        assert each.stderr.startswith("Veilleur’s database is damaged.")
        assert each.stderr.rstrip().endswith("veilleur self-restore PLACE --into FOLDER")
    found = {check["code"]: check for check in json.loads(told.stdout)["checks"]}
    assert told.returncode == 1
    assert found["database"]["state"] == "bad"
    assert found["database"]["remedy"] == "veilleur self-restore PLACE --into FOLDER"
    assert {"restic", "space", "processes", "keys"} <= set(found)


@pytest.mark.parametrize(
    ("made_later", "is_empty"),
    [("manifests/1.jsonl.gz", False), ("keys/repositories.json", True), ("backups/repository/config", False)],
)
def test_a_folder_that_lost_its_database_is_no_first_start(
    tmp_path: Path, made_later: str, is_empty: bool
) -> None:
    data_dir = tmp_path / "data"
    (data_dir / made_later).parent.mkdir(parents=True)
    (data_dir / made_later).touch()
    make_secret_key(data_dir)
    if is_empty:
        (data_dir / "veilleur.sqlite3").touch()
    before = sorted(data_dir.rglob("*"))

    commands = [("up",), ("manage", "migrate"), ("restart-time",)]
    refused = [veilleur(*words, data_dir=data_dir) for words in commands]
    told = veilleur("doctor", "--json", data_dir=data_dir)

    for each in refused:
        assert each.returncode == 78, each.stderr
        assert each.stderr.startswith(f"The database is missing or empty, but {data_dir} holds")
        assert made_later.removesuffix("/1.jsonl.gz").removesuffix("/config") in each.stderr
        assert "veilleur self-restore PLACE --into FOLDER" in each.stderr
        assert each.stdout == ""
    found = {check["code"]: check for check in json.loads(told.stdout)["checks"]}
    assert (told.returncode, found["database"]["state"]) == (1, "bad")
    assert found["database"]["remedy"] == "veilleur self-restore PLACE --into FOLDER"
    assert sorted(data_dir.rglob("*")) == before


def test_a_database_that_something_else_has_made_is_none_of_the_folder(made: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    shutil.copytree(made, data_dir)
    (data_dir / "veilleur.sqlite3").unlink()
    with closing(sqlite3.connect(data_dir / "veilleur.sqlite3")) as other:
        other.execute("CREATE TABLE letters (id INTEGER)")
    (data_dir / "manifests").mkdir()
    (data_dir / "manifests" / "1.jsonl.gz").touch()

    refused = up(data_dir)

    assert refused.returncode == 78
    assert refused.stderr.startswith("The database is missing or empty")


def test_a_first_start_that_was_killed_before_its_database_goes_on(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    (data_dir / "keys").mkdir(parents=True)
    (data_dir / "keys" / "master.key").touch()
    (data_dir / "manifests").mkdir()
    (data_dir / "veilleur.sqlite3").touch()
    make_secret_key(data_dir)

    done = veilleur("manage", "migrate", data_dir=data_dir)

    assert done.returncode == 0, done.stderr
