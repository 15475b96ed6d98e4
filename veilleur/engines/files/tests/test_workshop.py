"""Claims and private folders."""

import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest

from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.files.workshop import ELSEWHERE, WorkshopFolder

REPOSITORY = UUID(int=3)
HOLDER = """
import sys, time
from pathlib import Path
from uuid import UUID
from veilleur.engines.files.workshop import WorkshopFolder
with WorkshopFolder(Path(sys.argv[1])).claim(UUID(int=3), 0):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def workshop(tmp_path: Path) -> WorkshopFolder:
    return WorkshopFolder(tmp_path / "work")


def test_a_second_claim_waits_and_is_then_refused(workshop: WorkshopFolder) -> None:
    with (
        workshop.claim(REPOSITORY, 0),
        pytest.raises(EngineError, match="busy"),
        workshop.claim(REPOSITORY, 0.3),
    ):
        pass

    with workshop.claim(REPOSITORY, 0), workshop.claim(UUID(int=4), 0):
        pass  # free again, and another repository never was taken


def test_a_claim_ends_with_the_killed_process_that_held_it(workshop: WorkshopFolder, tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path / "work"], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(EngineError, match="busy"), workshop.claim(REPOSITORY, 0):
        pass

    holder.kill()
    holder.wait()
    holder.stdout.close()
    started = time.monotonic()
    with workshop.claim(REPOSITORY, 5):
        assert time.monotonic() - started < 5


def test_a_workplace_is_private_empty_and_gone_afterwards(workshop: WorkshopFolder) -> None:
    with workshop.workplace("test-1") as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "read only").mkdir()
        (folder / "read only" / "file").touch()
        (folder / "read only").chmod(0o500)

    assert not folder.exists()


def test_a_workplace_is_wiped_also_after_a_failure(workshop: WorkshopFolder) -> None:
    with pytest.raises(EngineError), workshop.workplace("test-1") as folder:
        raise EngineError("disk_full", retry=True)

    assert not folder.exists()


def test_sweeping_wipes_what_a_killed_process_left_here_and_elsewhere(
    workshop: WorkshopFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "veilleur-cluster-1"
    stranger = tmp_path / "precious"
    for folder in (elsewhere, stranger):
        folder.mkdir()
        (folder / "file").touch()
    left = tmp_path / "work" / "places" / "test-1"
    left.mkdir(parents=True)
    (left / ELSEWHERE).write_text(f"{elsewhere}\n{stranger}\nrelative\n")

    workshop.sweep("test-1")
    workshop.sweep("test-1")

    assert not left.exists()
    assert not elsewhere.exists()
    assert (stranger / "file").exists()


@pytest.mark.parametrize("name", ["../escape", "a/b", ".hidden"])
def test_names_of_workplaces_cannot_leave_the_folder(workshop: WorkshopFolder, name: str) -> None:
    with pytest.raises(ValueError, match="not a name"):
        workshop.sweep(name)


def test_free_space_is_known_before_the_first_use(workshop: WorkshopFolder) -> None:
    assert workshop.free_bytes() > 0
