"""Manifests of real folders, with everything a file system may hold."""

import os
import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from veilleur.domains.backups.rules.comparison import compare
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind
from veilleur.engines.files.manifests import ManifestFolder

RUN = UUID(int=7)


def silent(phase: str, fraction: float | None) -> None:
    """Nobody watches this progress."""


@pytest.fixture
def manifests(tmp_path: Path) -> ManifestFolder:
    return ManifestFolder(tmp_path / "manifests")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for name in ("b", "a", "a/deep"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "a" / "one.txt").write_text("one")
    (folder / "a.txt").write_text("sorts between the folder a and the folder b")
    (folder / "a" / "deep" / "empty").touch()
    (folder / "b" / "new\nline").write_text("odd")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9")).write_text("not UTF-8")
    (folder / "b" / "link").symlink_to("/nowhere")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
    return folder


def problems(expected: object, found: object) -> list[tuple[str, str]]:
    return [(one.problem, Path(one.name).name) for one in compare(expected, found).differences]


def test_a_folder_equals_itself_and_everything_with_content_is_recorded(
    manifests: ManifestFolder, data: Path
) -> None:
    record = manifests.record(RUN, (data,), (), silent)

    facts = list(manifests.facts(RUN, record.digest))
    assert problems(facts, manifests.found_under(Path("/"), (data,))) == []
    assert record.fact_count == len(facts) == 10
    assert facts == sorted(facts, key=lambda fact: fact.order)
    assert {fact.kind for fact in facts} == {FactKind.FILE, FactKind.LINK, FactKind.FOLDER}
    assert "socket" not in {Path(fact.name).name for fact in facts}


def test_facts_of_databases_come_first(manifests: ManifestFolder, data: Path) -> None:
    table = DataFact(FactKind.TABLE, "db:t", 3, "aa")

    record = manifests.record(RUN, (data,), (table,), silent)

    assert next(manifests.facts(RUN, record.digest)) == table


def test_a_restored_tree_is_named_by_its_source(
    manifests: ManifestFolder, data: Path, tmp_path: Path
) -> None:
    record = manifests.record(RUN, (data,), (), silent)
    restored = tmp_path / "restored" / data.relative_to("/")
    restored.parent.mkdir(parents=True)
    subprocess.run(["cp", "-a", data, restored], check=True)

    found = manifests.found_under(tmp_path / "restored", (data,))
    assert problems(manifests.facts(RUN, record.digest), found) == []


def test_a_link_on_the_way_to_a_source_brings_nothing_back(
    manifests: ManifestFolder, data: Path, tmp_path: Path
) -> None:
    """Else a forged copy would lead to the data itself, which is always as it was recorded."""
    record = manifests.record(RUN, (data,), (), silent)
    restored = tmp_path / "restored" / data.parent.relative_to("/")
    restored.parent.mkdir(parents=True)
    restored.symlink_to(data.parent)

    found = list(manifests.found_under(tmp_path / "restored", (data,)))

    assert found == []
    assert len(problems(manifests.facts(RUN, record.digest), iter(found))) == record.fact_count


def test_each_damage_to_a_restored_file_is_named(manifests: ManifestFolder, data: Path) -> None:
    record = manifests.record(RUN, (data,), (), silent)
    (data / "a" / "one.txt").write_text("0ne")
    (data / "a.txt").unlink()
    (data / "b" / "link").unlink()
    (data / "b" / "link").symlink_to("/elsewhere")
    (data / "zzz").touch()

    found = manifests.found_under(Path("/"), (data,))
    assert problems(manifests.facts(RUN, record.digest), found) == [
        ("changed", "one.txt"),
        ("missing", "a.txt"),
        ("changed", "link"),
        ("unexpected", "zzz"),
    ]


def test_what_changed_while_the_engine_read_is_marked_and_tolerated(
    manifests: ManifestFolder, data: Path
) -> None:
    manifests.record(RUN, (data,), (), silent)
    (data / "a" / "one.txt").write_text("changed while it was backed up")
    (data / "a.txt").unlink()
    (data / "b" / "appeared").write_text("new")

    record = manifests.mark_unstable(RUN)

    unstable = [fact for fact in manifests.facts(RUN, record.digest) if fact.is_unstable]
    assert [Path(fact.name).name for fact in unstable] == ["one.txt", "a.txt", "appeared"]
    assert record.unstable_count == 3
    result = compare(manifests.facts(RUN, record.digest), manifests.found_under(Path("/"), (data,)))
    assert (result.is_equal, result.tolerated) == (True, 3)


def test_a_quiet_folder_stays_as_it_was_recorded(manifests: ManifestFolder, data: Path) -> None:
    first = manifests.record(RUN, (data,), (DataFact(FactKind.TABLE, "db:t", 3, "aa"),), silent)

    assert manifests.mark_unstable(RUN) == first


def test_a_sqlite_database_in_use_proves_nothing_as_a_file_and_one_at_rest_does(
    manifests: ManifestFolder, data: Path
) -> None:
    def unstable() -> list[str]:
        record = manifests.record(RUN, (data,), (), silent)
        return [Path(fact.name).name for fact in manifests.facts(RUN, record.digest) if fact.is_unstable]

    with closing(sqlite3.connect(data / "b" / "shop", isolation_level=None)) as shop:
        shop.execute("PRAGMA journal_mode = wal")
        shop.execute("CREATE TABLE invoice (id)")
        in_use = unstable()

    assert in_use == ["shop"]
    assert unstable() == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file: nothing is unreadable")
def test_a_file_that_cannot_be_read_is_unstable(manifests: ManifestFolder, data: Path) -> None:
    (data / "a.txt").chmod(0)

    assert manifests.record(RUN, (data,), (), silent).unstable_count == 1


def test_an_altered_manifest_is_refused_before_its_first_fact(manifests: ManifestFolder, data: Path) -> None:
    manifests.record(RUN, (data,), (), silent)

    with pytest.raises(EngineError) as caught:
        manifests.facts(RUN, "0" * 64)
    assert caught.value.reason == "manifest_altered"


def test_a_cut_manifest_is_altered_and_a_missing_one_missing(
    manifests: ManifestFolder, data: Path, tmp_path: Path
) -> None:
    record = manifests.record(RUN, (data,), (), silent)
    path = tmp_path / "manifests" / f"{RUN}.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(EngineError, match="manifest_altered"):
        manifests.facts(RUN, record.digest)
    manifests.remove(RUN)
    manifests.remove(RUN)
    with pytest.raises(EngineError, match="manifest_missing"):
        manifests.facts(RUN, record.digest)


def test_a_failure_in_the_middle_leaves_no_half_manifest(
    manifests: ManifestFolder, data: Path, tmp_path: Path
) -> None:
    def broken() -> object:
        yield DataFact(FactKind.TABLE, "db:t", 3, "aa")
        raise EngineError("disk_full", retry=True)

    with pytest.raises(EngineError, match="disk_full"):
        manifests.record(RUN, (data,), broken(), silent)
    assert list((tmp_path / "manifests").iterdir()) == []


def test_manifests_are_private(manifests: ManifestFolder, data: Path, tmp_path: Path) -> None:
    manifests.record(RUN, (data,), (), silent)

    (path,) = (tmp_path / "manifests").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
