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
from veilleur.engines.restic import commands, making
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


def kill_before_config(place: Path) -> None:
    """Let restic make a repository, and kill it between its key and its config."""
    making.begin(place)
    repository = commands.unfinished_folder(place)
    process = subprocess.Popen(
        commands.make_init(place),
        env={"PATH": SEARCH_PATH, "RESTIC_PASSWORD": PASSWORD},
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not (repository / "keys").exists() and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (repository / "config").unlink(missing_ok=True)  # where the kill came a moment too late


def names_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_one_that_was_killed_before_it_was_whole_is_made_anew(
    engine: ResticEngine, access: RepositoryAccess
) -> None:
    kill_before_config(access.folder)

    engine.create_repository(access)

    assert engine.snapshots(access) == ()
    assert len(list((access.folder / "repository" / "keys").iterdir())) == 1
    assert [path.name for path in access.folder.iterdir()] == ["repository"]
    assert making.MARK not in names_below(access.folder / "repository")


@pytest.mark.parametrize(
    "left", [(), ("data/00",), ("keys/" + "a" * 64 + "-tmp-12", "config-tmp-3", "locks/")]
)
def test_what_a_killed_one_leaves_at_any_moment_is_cleared(
    access: RepositoryAccess, left: tuple[str]
) -> None:
    making.begin(access.folder)
    for name in left:
        path = commands.unfinished_folder(access.folder) / name
        path.parent.mkdir(exist_ok=True)
        path.mkdir() if name.endswith(("/", "/00")) else path.touch()

    making.begin(access.folder)

    assert names_below(access.folder) == {"repository.new", f"repository.new/{making.MARK}"}


def test_a_folder_that_was_made_and_not_yet_marked_is_taken(access: RepositoryAccess) -> None:
    commands.unfinished_folder(access.folder).mkdir()
    commands.repository_folder(access.folder).mkdir()

    making.begin(access.folder)

    assert (commands.unfinished_folder(access.folder) / making.MARK).exists()


def test_one_that_was_whole_but_not_named_yet_is_made_anew(
    engine: ResticEngine, access: RepositoryAccess
) -> None:
    making.begin(access.folder)
    make_light_repository(commands.unfinished_folder(access.folder), "the password of another try")

    engine.create_repository(access)

    assert engine.snapshots(access) == ()


def test_one_that_was_named_and_still_marked_loses_its_mark(
    engine: ResticEngine, access: RepositoryAccess
) -> None:
    making.begin(access.folder)
    make_light_repository(commands.unfinished_folder(access.folder), PASSWORD)
    commands.unfinished_folder(access.folder).rename(commands.repository_folder(access.folder))

    engine.create_repository(access)

    assert making.MARK not in names_below(access.folder / "repository")


@pytest.mark.parametrize(
    "name",
    [
        "repository.new/mydocs/thesis.txt",
        "repository.new/config",  # somebody's own repository, not marked
        "repository.new",
        "repository/mydocs/thesis.txt",
        "repository/keys/id_rsa",
        "repository",
    ],
)
def test_what_others_keep_under_its_names_is_never_touched(access: RepositoryAccess, name: str) -> None:
    file = access.folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine")
    before = names_below(access.folder)

    with pytest.raises(EngineError, match="place_has_others"):
        making.begin(access.folder)

    assert file.read_text() == "mine"
    assert names_below(access.folder) == before


@pytest.mark.parametrize(
    "name", ["thesis.txt", "data/00/" + "a" * 64, "keys/id_rsa", "mydocs/", "locks/kept"]
)
def test_what_others_put_among_a_half_made_one_is_never_touched(access: RepositoryAccess, name: str) -> None:
    making.begin(access.folder)
    unfinished = commands.unfinished_folder(access.folder)
    (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
    (unfinished / name).mkdir() if name.endswith("/") else (unfinished / name).write_text("mine")

    with pytest.raises(EngineError, match="place_has_others"):
        making.begin(access.folder)

    assert (unfinished / name).exists()


def test_a_lone_key_under_the_name_of_a_repository_is_damage_and_stays(access: RepositoryAccess) -> None:
    """It may be what is left of somebody's own: without it their data would be lost for good."""
    key = access.folder / "repository" / "keys" / ("a" * 64)
    key.parent.mkdir(parents=True)
    key.touch()

    with pytest.raises(EngineError, match="repository_damaged"):
        making.begin(access.folder)

    assert key.exists()


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
