"""Sources that are not what they seem: what holds nothing is no copy, what is not theirs is not read."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.backups.house import House, make_database
from veilleur.domains.backups import ports
from veilleur.domains.backups.models import Copy
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState

pytestmark = pytest.mark.restic


def stored_paths(house: House, run: object) -> set[str]:
    """Return every path of the run's manifest."""
    facts = ports.MANIFESTS.get().facts(run.public_id, run.manifest_digest)
    return {fact.name for fact in facts}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    (made / "letter.txt").write_text("dear customer")
    return made


def make_pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def make_empty_folder(tmp_path: Path) -> Path:
    (tmp_path / "mount" / "point").mkdir(parents=True)
    return tmp_path / "mount"


def link_to_a_device(tmp_path: Path) -> Path:
    (tmp_path / "link").symlink_to("/dev/zero")
    return tmp_path / "link"


@pytest.mark.parametrize(
    "make",
    [
        make_pipe,
        make_empty_folder,
        link_to_a_device,
        lambda _: Path("/proc"),
        lambda _: Path("/proc/self/fd"),
    ],
)
def test_what_holds_no_data_is_no_copy(house: House, tmp_path: Path, make: Callable[[Path], Path]) -> None:
    run = house.run(house.plan(SourceKind.FILES, str(make(tmp_path))))

    assert (run.state, run.reason) == (RunState.FAILED, "source_empty")
    assert not Copy.objects.of(house.organisation.pk).exists()


def test_a_link_is_followed_to_the_data(house: House, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "link").symlink_to(folder)

    plan = house.plan(SourceKind.FILES, str(tmp_path / "link"))
    run = house.run(plan)

    assert run.state == RunState.COMPLETE
    assert str(folder / "letter.txt") in stored_paths(house, run)
    assert house.test(plan).state == TestState.PASSED


def test_a_circle_of_links_is_no_source(house: House, tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to(tmp_path / "round")

    run = house.run(house.plan(SourceKind.FILES, str(tmp_path / "round")))

    assert (run.state, run.reason) == (RunState.FAILED, "source_missing")


@pytest.mark.parametrize("name", [".", "keys", "secrets"])
def test_nobody_reads_the_data_folder_by_a_plan(house: House, name: str) -> None:
    (house.data_dir / "keys").mkdir()
    (house.data_dir / "keys" / "master.key").write_text("secret")

    run = house.run(house.plan(SourceKind.FILES, str(house.data_dir / name)))

    assert (run.state, run.reason) == (RunState.FAILED, "own_data_inside_source")


def test_the_data_folder_is_left_out_of_a_folder_that_holds_it(house: House, folder: Path) -> None:
    moved = folder / "v[ar]*?"  # a name that means more to a pattern than to a folder
    shutil.copytree(house.data_dir, moved)
    ports.PLACES.get()._data_dir = moved
    (folder / "var").mkdir()
    (folder / "var" / "kept.txt").write_text("not Veilleur's")

    plan = house.plan(SourceKind.FILES, str(folder))
    run = house.run(plan)
    test = house.test(plan)

    assert stored_paths(house, run) == {
        str(folder / name) for name in ("", "letter.txt", "var", "var/kept.txt")
    }
    # Had the engine stored more than the manifest knows, the restore would find it.
    assert (test.state, test.difference_count) == (TestState.PASSED, 0)
    assert run.unstable_count == 0


def test_a_place_in_the_data_folder_is_no_hindrance(house: House, folder: Path) -> None:
    """The folder that is offered by default lies in the data folder, which is left out anyway."""
    shutil.copytree(house.data_dir, folder / "var")
    ports.PLACES.get()._data_dir = folder / "var"
    house.place = folder / "var" / "backups"

    assert house.run(house.plan(SourceKind.FILES, str(folder))).state == RunState.COMPLETE


@pytest.mark.parametrize("name", ["ledger[1].db", "elsewhere", "database", "new\nline.db", "it's;.db"])
def test_a_database_may_have_any_name(house: House, tmp_path: Path, name: str) -> None:
    plan = house.plan(SourceKind.SQLITE, str(make_database(tmp_path / name)))

    run, test = house.run(plan), house.test(plan)

    assert (run.state, test.state, test.level) == (RunState.COMPLETE, TestState.PASSED, 6)
    assert house.leftovers() == []


def test_a_table_that_cannot_be_asked_for_fails_in_words(house: House, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE caffe (id INTEGER)")
    path.write_bytes(path.read_bytes().replace(b"caffe", b"caf\xe9\xe9"))

    run = house.run(house.plan(SourceKind.SQLITE, str(path)))

    assert (run.state, run.reason) == (RunState.FAILED, "source_unreadable")
    assert house.leftovers() == []


def test_names_that_no_page_can_show_come_back_and_differ_in_words(house: House, folder: Path) -> None:
    for name in (b"caf\xe9", b"two\nlines", b"\x1b[2J", "\u202efdp.exe".encode()):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(name)
    plan = house.plan(SourceKind.FILES, str(folder))
    run = house.run(plan)

    assert house.test(plan).state == TestState.PASSED
    manifest = house.data_dir / "manifests" / f"{run.public_id}.jsonl.gz"
    assert manifest.exists()


def test_what_a_killed_run_left_in_clear_goes_with_the_next_work(house: House, folder: Path) -> None:
    plan = house.plan(SourceKind.FILES, str(folder))
    house.run(plan)
    for what in ("run", "test"):
        left = house.data_dir / "work" / "places" / f"{what}-{plan.items[0].id}"
        left.mkdir(parents=True)
        (left / "payroll.csv").write_text("in clear")

    house.run(plan)

    assert house.leftovers() == []
