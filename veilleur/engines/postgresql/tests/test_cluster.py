"""The throw-away cluster: where it lies, what it is told, and what happens when the disk gets full."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.postgresql import cluster as module
from veilleur.engines.postgresql.cluster import Cluster, throwaway_cluster
from veilleur.engines.postgresql.parse import programs_by_major

pytestmark = [pytest.mark.postgresql, pytest.mark.sandbox]

ASKS_FOR_A_PASSWORD = b"R\x00\x00\x00\x08\x00\x00\x00\x03"


@pytest.fixture
def programs() -> Path:
    found = programs_by_major(
        path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()
    )
    return found[max(found)]


@pytest.fixture
def short() -> Iterator[Path]:
    with TemporaryDirectory(prefix="veilleur-short-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.mark.parametrize("name", ["a b", "l'été", "one,two", "x" * 90, "é" * 30])
def test_it_serves_wherever_the_data_folder_lies(programs: Path, short: Path, name: str) -> None:
    workplace = short / name
    workplace.mkdir()

    with throwaway_cluster(programs, workplace) as cluster, cluster.connect("postgres") as connection:
        row = connection.execute("SELECT 4711").fetchone()

    assert row == (4711,)
    assert not cluster.home.exists()


def test_it_is_not_asked_for_more_room_than_the_disk_can_spare(
    programs: Path, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EngineError) as caught:
        _use_until_it_ends(programs, short, monkeypatch)

    assert caught.value.reason == "disk_full"
    assert not Path(caught.value.detail).exists()


def _use_until_it_ends(programs: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with throwaway_cluster(programs, workplace) as cluster:
        monkeypatch.setattr(module.shutil, "disk_usage", _almost_full)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                cluster.connect("postgres").close()
            except psycopg.Error as error:
                raise EngineError("restore_failed", retry=False, detail=str(error)) from error


class _almost_full:  # noqa: N801 - stands for a function that returns a tuple with names
    total, free = 10**12, 10**6

    def __init__(self, _folder: Path) -> None: ...


def test_whoever_answers_in_its_place_is_shown_no_password(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (short / "passwords").write_text("*:*:*:*:a-secret\n")
    (short / "passwords").chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(short / "passwords"))
    monkeypatch.setenv("PGPASSWORD", "a-secret")
    heard: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(short / ".s.PGSQL.5432"))
        server.listen()
        answering = threading.Thread(target=_answer, args=(server, heard))
        answering.start()
        with pytest.raises(psycopg.OperationalError):
            Cluster(Path("/nowhere"), short, None, ()).connect("postgres")
        answering.join()

    assert b"veilleur_restore" in heard[0]
    assert heard[1:] == [b""]  # hung up


def _answer(server: socket.socket, heard: list[bytes]) -> None:
    line, _ = server.accept()
    with line:
        heard.append(line.recv(4096))
        line.sendall(ASKS_FOR_A_PASSWORD)
        heard.append(line.recv(4096))
