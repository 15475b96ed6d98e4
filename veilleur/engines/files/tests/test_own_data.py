"""Veilleur's own data: staged without live files and keys, and laid out again."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from veilleur.domains.backups.rules.comparison import compare
from veilleur.domains.backups.rules.errors import EngineError, NoOwnData
from veilleur.engines.files.own_data import DUMP, FACTS, GLOBALS, MARKER, OwnDataFolder
from veilleur.engines.files.places import CARD
from veilleur.engines.sqlite_file.adapter import SqliteSnapshotter


def make_database(path: Path, rows: int = 5) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (id INTEGER)")
        connection.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(rows)])
        connection.commit()


def make_file(path: Path, text: str = "content") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "var"
    make_database(folder / "veilleur.sqlite3")
    make_database(folder / "telemetry" / "series.sqlite3", rows=9)
    make_database(folder / "demo" / "veilleur.sqlite3")
    make_file(folder / "secrets" / "django_key", "secret")
    make_file(folder / "manifests" / "1.jsonl.gz")
    make_file(folder / "keys" / "master.key")
    make_file(folder / "run" / "sign.lock")
    make_file(folder / "log" / "web.log")
    make_file(folder / "own-place" / CARD, "{}")
    make_database(folder / "own-place" / "repository" / "x.sqlite3")
    return folder


@pytest.fixture
def own_data(data_dir: Path) -> OwnDataFolder:
    return OwnDataFolder(data_dir, SqliteSnapshotter())


def staged_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_databases_secret_and_manifests_are_staged_and_nothing_else(
    own_data: OwnDataFolder, tmp_path: Path
) -> None:
    staged = own_data.stage(tmp_path / "staged")

    assert staged_files(tmp_path / "staged") == [
        "data/manifests/1.jsonl.gz",
        "data/secrets/django_key",
        "data/telemetry/series.sqlite3",
        "data/veilleur.sqlite3",
        "facts.jsonl",
        "veilleur-own-data.json",
    ]
    assert {fact.name: fact.size for fact in staged.facts}["telemetry/series.sqlite3:t"] == 9


def test_what_was_staged_is_found_again_below_a_restored_folder(
    own_data: OwnDataFolder, tmp_path: Path
) -> None:
    below = tmp_path / "restored" / "old" / "place"
    staged = own_data.stage(below)

    where, found = own_data.read_staged(tmp_path / "restored")

    assert where == below
    assert found == staged


def test_put_back_data_is_the_data_that_was_staged(own_data: OwnDataFolder, tmp_path: Path) -> None:
    staged = own_data.stage(tmp_path / "staged")

    own_data.put_back(tmp_path / "staged", tmp_path / "new")

    main = SqliteSnapshotter().read_back(tmp_path / "new" / "veilleur.sqlite3", "veilleur.sqlite3")
    recorded = [fact for fact in staged.facts if fact.name.startswith("veilleur.sqlite3")]
    assert compare(recorded, main).is_equal
    secret = tmp_path / "new" / "secrets" / "django_key"
    assert secret.read_text() == "secret"
    assert secret.stat().st_mode & 0o777 == 0o600


def test_data_is_never_put_over_other_data(own_data: OwnDataFolder, data_dir: Path, tmp_path: Path) -> None:
    own_data.stage(tmp_path / "staged")

    with pytest.raises(EngineError, match="place_not_empty"):
        own_data.put_back(tmp_path / "staged", data_dir)


def test_a_copy_of_something_else_is_no_data_of_veilleur(own_data: OwnDataFolder, tmp_path: Path) -> None:
    make_file(tmp_path / "restored" / "holiday.jpg")

    with pytest.raises(NoOwnData, match="restore_failed"):
        own_data.read_staged(tmp_path / "restored")


def test_a_data_folder_without_a_database_has_nothing_to_protect(tmp_path: Path) -> None:
    make_file(tmp_path / "empty" / "secrets" / "django_key")
    (tmp_path / "staged").mkdir()

    with pytest.raises(EngineError, match="nothing_to_protect"):
        OwnDataFolder(tmp_path / "empty", SqliteSnapshotter()).stage(tmp_path / "staged")


@pytest.mark.parametrize(
    "databases",
    [
        [["/etc/passwd", "host", "sqlite"]],
        [["data/../../host.sqlite3", "host", "sqlite"]],
        [["../host.sqlite3", "host", "sqlite"]],
        [["data/linked", "host", "sqlite"]],
        [["data/behind/host.sqlite3", "host", "sqlite"]],
        [["data/pipe", "host", "sqlite"]],
        [["data", "host", "sqlite"]],
        [["facts.jsonl", "host", "sqlite"]],
        [["data/gone", "host", "sqlite"]],
        [["data/veilleur.sqlite3", "host", "postgresql"]],
        [["main.dump", "", "postgresql"]],
        [["data/veilleur.sqlite3", "host", "oracle"]],
        [["data/veilleur.sqlite3", 5, "sqlite"]],
        [[1, 2, 3]],
        [[1, 2]],
        [1],
        [],
        "all",
        None,
    ],
)
def test_what_a_forged_copy_names_as_its_databases_never_leads_out_of_it(
    own_data: OwnDataFolder, tmp_path: Path, databases: object
) -> None:
    staged = tmp_path / "staged"
    own_data.stage(staged)
    make_database(tmp_path / "host.sqlite3")
    (staged / "data" / "linked").symlink_to(tmp_path / "host.sqlite3")
    (staged / "data" / "behind").symlink_to(tmp_path)
    (staged / DUMP).symlink_to(tmp_path / "host.sqlite3")
    os.mkfifo(staged / "data" / "pipe")
    (staged / MARKER).write_text(json.dumps({"format": 1, "databases": databases}))

    with pytest.raises(EngineError, match="restore_failed"):
        own_data.read_staged(staged)


@pytest.mark.parametrize("content", ["[1", "[1]", "{}", "5", '{"format": 2}', "[" * 100_000, "\udcff", None])
def test_a_marker_that_is_not_as_it_is_written_is_refused(
    own_data: OwnDataFolder, tmp_path: Path, content: str | None
) -> None:
    own_data.stage(tmp_path / "staged")
    marker = tmp_path / "staged" / MARKER
    marker.unlink()
    if content is not None:
        marker.write_bytes(content.encode("utf-8", "surrogateescape"))
    else:
        os.mkfifo(marker)

    with pytest.raises(EngineError, match="restore_failed"):
        own_data.read_staged(tmp_path / "staged")


@pytest.mark.parametrize(
    "line", ['{"x":1}', "5", "[1", '["table", 1, 2, 3, null, 0]', '["none", "a", 2, "b", null, 0]']
)
def test_facts_that_are_not_as_they_are_written_are_refused(
    own_data: OwnDataFolder, tmp_path: Path, line: str
) -> None:
    own_data.stage(tmp_path / "staged")
    (tmp_path / "staged" / FACTS).write_text(line + "\n")

    with pytest.raises(EngineError, match="restore_failed"):
        own_data.read_staged(tmp_path / "staged")


def test_facts_that_are_a_pipe_or_a_link_are_not_waited_for(own_data: OwnDataFolder, tmp_path: Path) -> None:
    own_data.stage(tmp_path / "staged")
    facts = tmp_path / "staged" / FACTS
    facts.rename(tmp_path / "elsewhere")
    facts.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(EngineError, match="restore_failed"):
        own_data.read_staged(tmp_path / "staged")
    facts.unlink()
    os.mkfifo(facts)
    with pytest.raises(EngineError, match="restore_failed"):
        own_data.read_staged(tmp_path / "staged")


def test_no_file_of_the_machine_is_laid_out_through_a_link(own_data: OwnDataFolder, tmp_path: Path) -> None:
    staged, new, host = tmp_path / "staged", tmp_path / "new", tmp_path / "host"
    own_data.stage(staged)
    make_file(host / "shadow", "of the host")
    (staged / DUMP).symlink_to(host / "shadow")
    (staged / GLOBALS).symlink_to(host / "shadow")
    (staged / "data" / "shadow").symlink_to(host / "shadow")
    (staged / "data" / "below").symlink_to(host)
    os.mkfifo(staged / "data" / "pipe")
    make_file(staged / "data" / "keys" / "master.key", "of somebody else")

    own_data.put_back(staged, new)

    assert sorted(path.name for path in new.iterdir()) == [
        "manifests",
        "secrets",
        "telemetry",
        "veilleur.sqlite3",
    ]
    shutil.rmtree(staged / "data")
    (staged / "data").symlink_to(host)
    own_data.put_back(staged, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_attached_files_are_staged_as_they_are_and_laid_out_again(
    own_data: OwnDataFolder, data_dir: Path, tmp_path: Path
) -> None:
    folder = data_dir / "attachments" / "0199" / "ab"
    kept = folder / ("ab" + "0" * 62)
    # What somebody attached looks like a database, and is a broken one: it must never be opened.
    make_file(kept, "SQLite format 3\x00 and nothing of the kind")
    make_file(data_dir / "attachments" / "incoming" / "tmp1", "on its way in")
    make_file(folder / "notes.txt", "nobody put this here")
    (folder / ("c" * 64)).symlink_to(data_dir / "keys" / "master.key")

    staged = own_data.stage(tmp_path / "staged")
    own_data.put_back(tmp_path / "staged", tmp_path / "new")

    names = {name for _path, name, _kind in staged.databases}
    assert names == {"telemetry/series.sqlite3", "veilleur.sqlite3"}
    attached = [name for name in staged_files(tmp_path / "staged") if "attachments" in name]
    assert attached == [f"data/attachments/0199/ab/{kept.name}"]
    assert (tmp_path / "new" / "attachments" / "0199" / "ab" / kept.name).read_text() == kept.read_text()
    # Laid out anew: not another name of the staged one.
    assert (tmp_path / "new" / "attachments" / "0199" / "ab" / kept.name).stat().st_nlink == 1


def test_attached_files_are_staged_after_the_databases_that_name_them(data_dir: Path, tmp_path: Path) -> None:
    late = data_dir / "attachments" / "0199" / "ab" / ("ab" + "0" * 62)

    class AttachesMeanwhile(SqliteSnapshotter):
        """Somebody attaches a file at the very moment at which the databases are copied."""

        def capture(self, *about: object, **more: object) -> Any:
            if not late.exists():
                make_file(late)
            return super().capture(*about, **more)  # type: ignore[arg-type]

    OwnDataFolder(data_dir, AttachesMeanwhile()).stage(tmp_path / "staged")

    assert f"data/attachments/0199/ab/{late.name}" in staged_files(tmp_path / "staged")
