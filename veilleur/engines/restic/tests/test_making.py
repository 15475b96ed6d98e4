"""A repository is there whole or not at all, wherever the one who makes it is killed."""

import signal
import subprocess
import time
from pathlib import Path
from uuid import UUID

import pytest

from tests.light_repository import make_light_repository
from veilleur.domains.backups.ports import RepositoryAccess
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.restic import commands
from veilleur.engines.restic.adapter import ResticEngine
from veilleur.engines.running import SEARCH_PATH

pytestmark = pytest.mark.restic
PASSWORD = "a secret"


@pytest.fixture
def engine(tmp_path: Path) -> ResticEngine:
    return ResticEngine(tmp_path / "cache")


@pytest.fixture
def access(tmp_path: Path) -> RepositoryAccess:
    (tmp_path / "place").mkdir()
    return RepositoryAccess(UUID(int=1), tmp_path / "place", PASSWORD)


def kill_before_config(repository: Path) -> None:
    """Let restic make a repository, and kill it between its key and its config."""
    repository.parent.mkdir(exist_ok=True)
    command = ("restic", "--repo", str(repository), "init")
    process = subprocess.Popen(
        command, env={"PATH": SEARCH_PATH, "RESTIC_PASSWORD": PASSWORD}, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not (repository / "keys").exists() and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (repository / "config").unlink(missing_ok=True)  # where the kill came a moment too late


@pytest.mark.parametrize("folder", [commands.unfinished_folder, commands.repository_folder])
def test_one_that_was_killed_before_it_was_whole_is_made_anew(
    folder: object, engine: ResticEngine, access: RepositoryAccess
) -> None:
    assert callable(folder)
    kill_before_config(folder(access.folder))

    engine.create_repository(access)

    assert engine.snapshots(access) == ()
    assert len(list((access.folder / "repository" / "keys").iterdir())) == 1
    assert [path.name for path in access.folder.iterdir()] == ["repository"]


def test_one_that_was_whole_but_not_named_yet_is_made_anew(
    engine: ResticEngine, access: RepositoryAccess
) -> None:
    make_light_repository(commands.unfinished_folder(access.folder), "the password of another try")

    engine.create_repository(access)

    assert engine.snapshots(access) == ()


def test_one_that_lost_its_config_is_damaged_and_nothing_of_it_is_removed(
    engine: ResticEngine, access: RepositoryAccess
) -> None:
    repository = commands.repository_folder(access.folder)
    make_light_repository(repository, PASSWORD)
    (repository / "config").unlink()
    snapshot = repository / "snapshots" / "0123"
    snapshot.write_bytes(b"content")

    with pytest.raises(EngineError) as caught:
        engine.create_repository(access)

    assert caught.value.reason == "repository_damaged"
    assert snapshot.read_bytes() == b"content"


def test_a_link_under_the_name_of_an_unfinished_one_is_not_followed(
    engine: ResticEngine, access: RepositoryAccess, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("kept")
    commands.unfinished_folder(access.folder).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(EngineError):
        engine.create_repository(access)

    assert (tmp_path / "elsewhere" / "kept").read_text() == "kept"
