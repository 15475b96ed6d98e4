"""The real restic behind the port: whole cycles, and every damage we know how to do."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest

from tests.light_repository import make_light_repository
from tests.small_disk import small_disk
from veilleur.domains.backups.ports import RepositoryAccess
from veilleur.domains.backups.rules.errors import EngineError, ProducerFailed
from veilleur.engines.restic.adapter import ResticEngine

pytestmark = pytest.mark.restic
IDENTITY = UUID(int=1)


def silent(phase: str, fraction: float | None) -> None:
    """Nobody watches this progress."""


class Bytes:
    """A stream whose producer ends as told."""

    def __init__(self, content: bytes, *, fails: bool = False) -> None:
        self.name = "database.dump"
        self.source = BytesIO(content)
        self.fails = fails
        self.aborted = False

    def finish(self) -> None:
        if self.fails:
            raise ProducerFailed("producer_failed", retry=True, detail="exit code 1")

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture
def engine(tmp_path: Path) -> ResticEngine:
    return ResticEngine(tmp_path / "cache")


@pytest.fixture
def access(tmp_path: Path) -> RepositoryAccess:
    (tmp_path / "place").mkdir()
    access = RepositoryAccess(IDENTITY, tmp_path / "place", "a secret with spaces é")
    make_light_repository(access.folder / "repository", access.password)
    return access


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "small.txt").write_text("hello")
    (folder / "big.bin").write_bytes(os.urandom(3_000_000))
    return folder


def refusal(call: object, *arguments: object, **named: object) -> str:
    with pytest.raises(EngineError) as caught:
        call(*arguments, **named)
    return caught.value.reason


def packs(access: RepositoryAccess) -> list[Path]:
    found = [path for path in (access.folder / "repository" / "data").rglob("*") if path.is_file()]
    return sorted(found, key=lambda path: path.stat().st_size, reverse=True)


def test_a_folder_comes_back_as_it_was(
    engine: ResticEngine, access: RepositoryAccess, data: Path, tmp_path: Path
) -> None:
    stored = engine.back_up_folders(access, (data,), ("run:1",), silent)
    engine.restore(access, stored.snapshot_id, tmp_path / "back", silent)

    back = tmp_path / "back" / data.relative_to("/")
    assert (back / "small.txt").read_text() == "hello"
    assert (back / "big.bin").read_bytes() == (data / "big.bin").read_bytes()
    assert (stored.file_count, stored.total_bytes, stored.is_partial) == (2, 3_000_005, False)
    assert engine.restorable_bytes(access, stored.snapshot_id) == 3_000_005


def test_the_repository_lists_what_was_stored_with_its_labels(
    engine: ResticEngine, access: RepositoryAccess, data: Path
) -> None:
    stored = engine.back_up_folders(access, (data,), ("run:1", "data:2"), silent)

    (listed,) = engine.snapshots(access)
    assert listed.snapshot_id.startswith(stored.snapshot_id)
    assert set(listed.labels) == {"run:1", "data:2"}


def test_making_a_repository_twice_is_harmless_and_another_password_is_refused(
    engine: ResticEngine, tmp_path: Path
) -> None:
    access = RepositoryAccess(IDENTITY, tmp_path, "a secret with spaces é")
    engine.create_repository(access)
    engine.create_repository(access)

    assert engine.snapshots(access) == ()
    other = RepositoryAccess(IDENTITY, access.folder, "another")
    assert refusal(engine.create_repository, other) == "wrong_password"


def test_the_password_is_in_no_argument_and_no_environment(
    engine: ResticEngine, access: RepositoryAccess, tmp_path: Path
) -> None:
    command = engine._command(access, ("restic", "snapshots"), 1)

    assert access.password not in repr(command)
    assert access.password not in " ".join(command.arguments)
    assert access.password not in " ".join(command.environment.values())


def test_a_wrong_password_a_missing_repository_and_a_missing_place_are_told_apart(
    engine: ResticEngine, access: RepositoryAccess, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()

    assert refusal(engine.snapshots, RepositoryAccess(IDENTITY, access.folder, "no")) == "wrong_password"
    assert refusal(engine.snapshots, RepositoryAccess(IDENTITY, tmp_path / "empty", "no")) == "no_repository"
    assert refusal(engine.snapshots, RepositoryAccess(IDENTITY, tmp_path / "gone", "no")) == "place_missing"


def test_a_missing_source_beside_a_good_one_is_refused_before_the_run(
    engine: ResticEngine, access: RepositoryAccess, data: Path
) -> None:
    sources = (data, data / "gone")

    assert refusal(engine.back_up_folders, access, sources, (), silent) == "source_missing"
    assert engine.snapshots(access) == ()


def test_the_repository_may_lie_neither_in_its_source_nor_around_it(
    engine: ResticEngine, access: RepositoryAccess, tmp_path: Path
) -> None:
    inside = access.folder / "data"
    inside.mkdir()
    link = tmp_path / "link"
    link.symlink_to(access.folder.parent)

    for source in (access.folder.parent, inside, link):
        assert refusal(engine.back_up_folders, access, (source,), (), silent) == "repository_inside_source"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file: nothing is unreadable")
def test_an_unreadable_file_makes_the_run_partial(
    engine: ResticEngine, access: RepositoryAccess, data: Path
) -> None:
    (data / "small.txt").chmod(0)

    stored = engine.back_up_folders(access, (data,), (), silent)

    assert stored.is_partial
    assert "small.txt" in stored.problems[0]


def test_a_stream_comes_back_byte_for_byte(
    engine: ResticEngine, access: RepositoryAccess, tmp_path: Path
) -> None:
    content = os.urandom(2_500_000)

    stored = engine.back_up_stream(access, Bytes(content), ("run:2",), silent)
    engine.restore(access, stored.snapshot_id, tmp_path / "back", silent)

    assert (tmp_path / "back" / "database.dump").read_bytes() == content
    assert stored.total_bytes == len(content)


def test_nothing_is_kept_of_a_stream_whose_producer_failed(
    engine: ResticEngine, access: RepositoryAccess
) -> None:
    stream = Bytes(os.urandom(2_500_000), fails=True)

    assert refusal(engine.back_up_stream, access, stream, (), silent) == "producer_failed"
    assert engine.snapshots(access) == ()
    assert stream.aborted
    engine.check(access, every_byte=False)  # the interrupted restic left no lock behind


def test_an_empty_stream_is_refused(engine: ResticEngine, access: RepositoryAccess) -> None:
    assert refusal(engine.back_up_stream, access, Bytes(b""), (), silent) == "source_empty"
    assert engine.snapshots(access) == ()


def test_a_stream_that_was_stored_with_other_bytes_is_forgotten(
    engine: ResticEngine, access: RepositoryAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veilleur.engines.restic.adapter._pump", _cut_pump)

    assert refusal(engine.back_up_stream, access, Bytes(b"x" * 1000), (), silent) == "stream_cut"
    assert engine.snapshots(access) == ()


def _cut_pump(stream: Bytes, child: object, progress: object) -> int:
    content = stream.source.read()
    child.stdin.write(content[:-1])
    child.stdin.close()
    return len(content)


def test_a_flipped_byte_passes_the_plain_check_but_not_the_full_one_nor_a_restore(
    engine: ResticEngine, access: RepositoryAccess, data: Path, tmp_path: Path
) -> None:
    stored = engine.back_up_folders(access, (data,), (), silent)
    flip_byte(packs(access)[0])

    engine.check(access, every_byte=False)
    assert refusal(engine.check, access, every_byte=True) == "repository_damaged"
    assert refusal(engine.restore, access, stored.snapshot_id, tmp_path / "b", silent) == "repository_damaged"


def flip_byte(path: Path) -> None:
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def test_a_deleted_pack_fails_the_plain_check_at_once(
    engine: ResticEngine, access: RepositoryAccess, data: Path
) -> None:
    engine.back_up_folders(access, (data,), (), silent)
    packs(access)[0].unlink()

    assert refusal(engine.check, access, every_byte=False) == "repository_damaged"


@pytest.mark.parametrize(
    ("folder", "length"), [("config", 0), ("config", 5), ("config", 16), ("keys", 40), ("index", 5)]
)
def test_a_file_of_the_repository_cut_short_is_damage_that_no_later_try_mends(
    engine: ResticEngine, access: RepositoryAccess, data: Path, tmp_path: Path, folder: str, length: int
) -> None:
    stored = engine.back_up_folders(access, (data,), (), silent)
    place = access.folder / "repository" / folder
    (path,) = [place] if place.is_file() else place.iterdir()
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:length])

    for work in (
        lambda: engine.check(access, every_byte=False),
        lambda: engine.restore(access, stored.snapshot_id, tmp_path / "back", silent),
    ):
        with pytest.raises(EngineError) as caught:
            work()
        assert (caught.value.reason, caught.value.retry) == ("repository_damaged", False)


def test_a_snapshot_that_is_gone_is_said_to_be_missing(
    engine: ResticEngine, access: RepositoryAccess, data: Path, tmp_path: Path
) -> None:
    stored = engine.back_up_folders(access, (data,), (), silent)
    engine.forget(access, (stored.snapshot_id,), free_space=True)

    assert refusal(engine.restore, access, stored.snapshot_id, tmp_path / "b", silent) == "snapshot_missing"


def test_work_that_takes_too_long_is_stopped(access: RepositoryAccess, data: Path, tmp_path: Path) -> None:
    hurried = ResticEngine(tmp_path / "cache", long_s=0.05)

    assert refusal(hurried.back_up_folders, access, (data,), (), silent) == "timed_out"


def test_a_restic_killed_in_the_middle_leaves_a_lock_that_is_released(
    engine: ResticEngine, access: RepositoryAccess, tmp_path: Path
) -> None:
    stream = SlowBytes()
    outcome: list[str] = []
    runner = threading.Thread(
        target=lambda: outcome.append(refusal(engine.back_up_stream, access, stream, (), silent))
    )
    runner.start()
    stream.waiting.wait(20)
    os.kill(restic_pid(access.folder), signal.SIGKILL)
    stream.go_on.set()
    runner.join(20)

    assert outcome == ["engine_stopped"]
    assert refusal(engine.check, access, every_byte=False) == "repository_locked"
    engine.release_dead_locks(access)
    engine.check(access, every_byte=False)
    assert engine.snapshots(access) == ()


class SlowBytes(Bytes):
    """A stream that stops in the middle until it is told to go on."""

    def __init__(self) -> None:
        super().__init__(b"")
        self.waiting = threading.Event()
        self.go_on = threading.Event()
        self.source = self
        self._parts = iter([b"x" * 1000, b"y" * 1000, b"z" * 1_000_000, b""])

    def read(self, size: int) -> bytes:
        part = next(self._parts)
        if part.startswith(b"y"):
            self.waiting.set()
            self.go_on.wait(20)
        return part


def restic_pid(place: Path) -> int:
    """Wait until restic has taken its lock, and return its process id."""
    locks = place / "repository" / "locks"
    for _ in range(200):
        if any(locks.iterdir()):
            break
        time.sleep(0.05)
    found = subprocess.run(
        ["pgrep", "-f", f"^/usr/bin/restic --repo {place}"], capture_output=True, check=True
    )
    return int(found.stdout.split()[0])


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "small", "4m") as place:
        yield place


def test_a_full_disk_is_said_to_be_full_and_the_older_copy_survives(
    engine: ResticEngine, disk: Path, tmp_path: Path
) -> None:
    access = RepositoryAccess(IDENTITY, disk, "secret")
    engine.create_repository(access)
    first = tmp_path / "first"
    first.write_bytes(os.urandom(500_000))
    stored = engine.back_up_folders(access, (first,), (), silent)
    second = tmp_path / "second"
    second.write_bytes(os.urandom(8_000_000))

    assert refusal(engine.back_up_folders, access, (second,), (), silent) == "disk_full"
    engine.restore(access, stored.snapshot_id, tmp_path / "back", silent)
    assert (tmp_path / "back" / first.relative_to("/")).read_bytes() == first.read_bytes()


def test_a_missing_restic_is_said_to_be_missing(
    access: RepositoryAccess, engine: ResticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veilleur.engines.running.SEARCH_PATH", "/nonexistent")

    assert refusal(engine.version) == "engine_missing"
    assert refusal(engine.snapshots, access) == "engine_missing"
