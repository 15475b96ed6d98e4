"""Real SQLite files, while somebody writes to them."""

import os
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from veilleur.domains.backups.rules.comparison import compare
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.engines.sqlite_file.adapter import ROW_BYTES, SqliteSnapshotter

SNAPSHOTTER = SqliteSnapshotter()


def make_database(path: Path, *, wal: bool = True, rows: int = 300) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode={'WAL' if wal else 'DELETE'}")
        connection.execute('CREATE TABLE "odd "" name" (id INTEGER PRIMARY KEY, value)')
        connection.execute("CREATE TABLE person (name TEXT PRIMARY KEY, age REAL) WITHOUT ROWID")
        connection.executemany(
            'INSERT INTO "odd "" name" VALUES (?, ?)', [(n, b"x" * n) for n in range(rows)]
        )
        connection.executemany("INSERT INTO person VALUES (?, ?)", [(f"p{n}", n / 3) for n in range(rows)])
        connection.commit()
    return path


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def differences(expected: tuple[DataFact, ...], found: tuple[DataFact, ...]) -> list[tuple[str, str]]:
    return [(one.problem, one.name) for one in compare(expected, found).differences]


@pytest.mark.parametrize("wal", [True, False])
def test_the_copy_has_the_facts_of_the_source(tmp_path: Path, wal: bool) -> None:
    source = make_database(tmp_path / "s.sqlite3", wal=wal)

    facts = SNAPSHOTTER.capture(source, tmp_path / "copy", "s")

    assert differences(facts, SNAPSHOTTER.read_back(tmp_path / "copy", "s")) == []
    assert {fact.name: fact.size for fact in facts} == {
        "s": 2,
        "s:integrity": 1,
        's:odd " name': 300,
        "s:person": 300,
    }
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600


def test_what_is_only_in_the_write_ahead_log_is_copied_too(tmp_path: Path) -> None:
    source = make_database(tmp_path / "s.sqlite3")
    with closing(sqlite3.connect(source, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("INSERT INTO person VALUES ('only in the log', 1)")

        facts = SNAPSHOTTER.capture(source, tmp_path / "copy", "s")

    assert {fact.name: fact.size for fact in facts}["s:person"] == 301
    assert differences(facts, SNAPSHOTTER.read_back(tmp_path / "copy", "s")) == []


def test_a_writer_goes_on_while_facts_and_copy_stay_of_one_instant(tmp_path: Path) -> None:
    source = make_database(tmp_path / "s.sqlite3", rows=3000)
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as writer:
            number = 10_000
            while not stop.is_set():
                # Two tables in one transaction: a copy torn between them would show.
                writer.execute("BEGIN IMMEDIATE")
                writer.execute('INSERT INTO "odd "" name" VALUES (?, 1)', (number,))
                writer.execute("INSERT INTO person VALUES (?, 1)", (f"p{number}",))
                writer.execute("COMMIT")
                written.append(number)
                number += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        captures = [SNAPSHOTTER.capture(source, tmp_path / f"copy{n}", "s") for n in range(5)]
    finally:
        stop.set()
        thread.join()

    assert len(written) > 5
    for number, facts in enumerate(captures):
        sizes = {fact.name: fact.size for fact in facts}
        assert sizes["s:person"] == sizes['s:odd " name']
        assert differences(facts, SNAPSHOTTER.read_back(tmp_path / f"copy{number}", "s")) == []


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("DROP TABLE person", [("changed", "s"), ("missing", "s:person")]),
        ("DELETE FROM person WHERE name = 'p7'", [("changed", "s:person")]),
        ("UPDATE person SET age = 1 WHERE name = 'p7'", [("changed", "s:person")]),
        ("CREATE TABLE extra (id)", [("changed", "s"), ("unexpected", "s:extra")]),
        ("CREATE INDEX extra ON person (age)", [("changed", "s")]),
    ],
)
def test_each_damage_to_a_copy_is_named(tmp_path: Path, damage: str, expected: list[tuple[str, str]]) -> None:
    facts = SNAPSHOTTER.capture(make_database(tmp_path / "s.sqlite3"), tmp_path / "copy", "s")

    change(tmp_path / "copy", damage)

    assert differences(facts, SNAPSHOTTER.read_back(tmp_path / "copy", "s")) == expected


def test_a_copy_cut_in_half_is_damaged(tmp_path: Path) -> None:
    SNAPSHOTTER.capture(make_database(tmp_path / "s.sqlite3", rows=3000), tmp_path / "copy", "s")
    content = (tmp_path / "copy").read_bytes()
    (tmp_path / "copy").write_bytes(content[: len(content) // 2])

    with pytest.raises(EngineError) as caught:
        SNAPSHOTTER.read_back(tmp_path / "copy", "s")
    assert caught.value.reason == "database_damaged"


def test_a_flipped_byte_in_a_row_shows(tmp_path: Path) -> None:
    facts = SNAPSHOTTER.capture(make_database(tmp_path / "s.sqlite3"), tmp_path / "copy", "s")
    content = (tmp_path / "copy").read_bytes()
    (tmp_path / "copy").write_bytes(content.replace(b"x" * 250, b"x" * 249 + b"y", 1))

    assert differences(facts, SNAPSHOTTER.read_back(tmp_path / "copy", "s")) == [("changed", 's:odd " name')]


def test_a_file_that_is_no_database_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all" * 100)

    for source, reason in (
        (tmp_path / "text", "source_not_a_database"),
        (tmp_path / "gone", "source_missing"),
    ):
        with pytest.raises(EngineError) as caught:
            SNAPSHOTTER.capture(source, tmp_path / f"copy of {source.name}", "s")
        assert caught.value.reason == reason


def test_the_source_is_never_written(tmp_path: Path) -> None:
    source = make_database(tmp_path / "s.sqlite3", wal=False)
    before = source.read_bytes()

    SNAPSHOTTER.capture(source, tmp_path / "copy", "s")

    assert source.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "s.sqlite3"]


@pytest.mark.parametrize("suffix", ["-journal", "-wal", "-shm"])
def test_a_pipe_in_place_of_a_journal_is_not_waited_at(tmp_path: Path, suffix: str) -> None:
    source = make_database(tmp_path / "s.sqlite3", wal=suffix != "-journal")
    (tmp_path / "link").symlink_to(source)
    os.mkfifo(source.with_name(source.name + suffix))

    for path in (source, tmp_path / "link"):
        with pytest.raises(EngineError, match=r"source_unreadable.*not a regular file"):
            SNAPSHOTTER.is_database(path)
        with pytest.raises(EngineError, match=r"source_unreadable.*not a regular file"):
            SNAPSHOTTER.capture(path, tmp_path / "copy", "s")


def test_a_copy_that_would_fill_the_disk_is_not_begun(tmp_path: Path) -> None:
    source = make_database(tmp_path / "s.sqlite3")
    careful = SqliteSnapshotter(spare_bytes=shutil.disk_usage(tmp_path).total)

    with pytest.raises(EngineError, match=r"disk_full.*bytes needed"):
        careful.capture(source, tmp_path / "copy", "s")

    assert (tmp_path / "copy").stat().st_size == 0


@pytest.mark.parametrize(
    "content",
    [
        f"CREATE TABLE huge AS SELECT zeroblob({ROW_BYTES + 1}) AS content",
        # A few bytes on the disk that are half a gigabyte once they are read.
        "CREATE TABLE huge (id, "
        + ", ".join(f"c{n} AS (zeroblob({ROW_BYTES // 2}))" for n in range(8))
        + "); INSERT INTO huge VALUES (1)",
    ],
)
def test_a_row_that_would_take_all_memory_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "huge.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(content)

    for read in (
        lambda: SNAPSHOTTER.capture(path, tmp_path / "copy", "huge"),
        lambda: SNAPSHOTTER.read_back(path, "huge"),
    ):
        with pytest.raises(EngineError) as refused:
            read()
        assert refused.value.reason == "row_too_large"
