"""Checkpoints, snapshots, and one state for several reads."""

import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, transaction

from veilleur.shared.sqlite_turn import upkeep
from veilleur.shared.sqlite_turn.idle import keep_open
from veilleur.shared.sqlite_turn.tests.conftest import ALIAS, execute
from veilleur.shared.sqlite_turn.tests.test_backend import add, elsewhere, texts
from veilleur.shared.sqlite_turn.turn import FIGURES


def path_of(connection: Any) -> Path:
    return Path(connection.settings_dict["NAME"])


def fill(connection: Any, rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO note (text) VALUES (%s)", [(os.urandom(200).hex(),) for _ in range(rows)]
        )


def test_a_checkpoint_moves_the_log_into_the_file_in_one_turn(database: Any) -> None:
    fill(database, 200)
    turns, size = FIGURES.turns, path_of(database).stat().st_size

    done = upkeep.checkpoint(database)

    assert done.pages_in_log == done.pages_moved > 10
    assert path_of(database).stat().st_size > size
    assert FIGURES.turns == turns + 1


def test_a_reader_holds_the_log_back_and_the_checkpoint_does_not_wait_for_it(database: Any) -> None:
    reader = keep_open(path_of(database))
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM note").fetchall()
    fill(database, 200)

    done = upkeep.checkpoint(database)
    reader.close()

    assert done.pages_moved < done.pages_in_log
    assert done.took_s < 1


def test_the_log_is_checkpointed_once_it_has_grown(database: Any) -> None:
    add(database, "a")
    assert upkeep.checkpoint_if_grown(database) is None

    fill(database, 300)
    grown = upkeep.checkpoint_if_grown(database, from_bytes=100_000)

    assert grown is not None
    assert grown.pages_moved > 0


def test_a_log_that_grew_out_of_hand_is_cut_back(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "SHRINK_FROM_BYTES", 50_000)
    fill(database, 300)
    assert upkeep.log_bytes(path_of(database)) > 50_000

    upkeep.checkpoint(database)

    assert upkeep.log_bytes(path_of(database)) == 0
    assert execute(database, "PRAGMA busy_timeout")[0][0] == 10_000


def test_nobody_checkpoints_but_the_one_who_is_asked_to(database: Any) -> None:
    idle = keep_open(path_of(database))
    fill(database, 3000)
    grown = upkeep.log_bytes(path_of(database))

    database.close()

    assert grown > 4_000_000  # SQLite by itself would have checkpointed at 4 MB
    assert upkeep.log_bytes(path_of(database)) == grown
    idle.close()


def test_a_snapshot_is_whole_private_and_of_one_instant(database: Any, tmp_path: Path) -> None:
    add(database, "committed")
    with transaction.atomic(using=ALIAS):
        add(database, "not yet")
        made = upkeep.snapshot(path_of(database), tmp_path / "copy.sqlite3")

    copy = sqlite3.connect(made.path)
    rows = copy.execute("SELECT text FROM note").fetchall()
    verdict = copy.execute("PRAGMA integrity_check").fetchone()
    copy.close()
    assert rows == [("committed",)]
    assert verdict == ("ok",)
    assert made.size_bytes == made.path.stat().st_size > 0
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600


def test_a_snapshot_replaces_the_former_one_and_leaves_no_parts(database: Any, tmp_path: Path) -> None:
    target = tmp_path / "copies" / "copy.sqlite3"
    target.parent.mkdir()
    (target.parent / ".copy.sqlite3.part").write_text("left by a process that was killed")

    upkeep.snapshot(path_of(database), target)
    upkeep.snapshot(path_of(database), target)

    assert [entry.name for entry in target.parent.iterdir()] == ["copy.sqlite3"]


def test_two_snapshots_at_once_are_refused(database: Any, tmp_path: Path) -> None:
    with upkeep._one_at_a_time(Path(f"{path_of(database)}-snapshot")), pytest.raises(upkeep.SnapshotRunning):
        upkeep.snapshot(path_of(database), tmp_path / "copy.sqlite3")


def test_a_snapshot_that_fails_leaves_the_former_one(database: Any, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite3"
    upkeep.snapshot(path_of(database), target)
    before = target.read_bytes()

    with pytest.raises(sqlite3.OperationalError):
        upkeep.snapshot(tmp_path / "missing.sqlite3", target)

    assert target.read_bytes() == before


def test_several_reads_see_one_state_and_cannot_write(database: Any) -> None:
    add(database, "before")
    with upkeep.reading(database):
        first = texts(database)
        elsewhere(lambda connection: add(connection, "meanwhile"))
        second = texts(database)
        with pytest.raises(OperationalError, match="only reads"):
            add(database, "no")

    assert first == second == ["before"]
    assert texts(database) == ["before", "meanwhile"]


def test_a_read_that_lasts_too_long_is_reported(database: Any, warnings_of: pytest.LogCaptureFixture) -> None:
    with upkeep.reading(database, limit_s=0.01):
        texts(database)
        time.sleep(0.02)

    assert "read transaction lasted" in warnings_of.text


def test_a_slow_query_is_reported(
    database: Any, warnings_of: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veilleur.shared.sqlite_turn.connection.READ_LIMIT_S", 0.0)

    texts(database)

    assert "A read took" in warnings_of.text


@pytest.mark.parametrize(
    ("version", "risk"),
    [((3, 40, 1), "sqlite_wal_reset"), ((3, 51, 2), "sqlite_wal_reset"), ((3, 51, 3), None)],
)
def test_a_version_that_can_corrupt_is_named(
    version: tuple[int, int, int], risk: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)

    assert upkeep.version_risk() == risk
