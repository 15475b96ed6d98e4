"""Private folders for runs and tests, and the claim that serialises work on one repository."""

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from veilleur.domains.backups.rules.errors import EngineError

_POLL_S = 0.2
# A line of this file in a workplace names a folder elsewhere that belongs to it and is wiped with it.
ELSEWHERE = "elsewhere"
ELSEWHERE_PREFIX = "veilleur-cluster-"


class WorkshopFolder:
    """Implements backups' port Workshop below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def claim(self, repository: UUID, wait_s: float) -> Iterator[None]:
        """Hold a repository alone; the kernel ends the claim with the process, however it dies."""
        locks = self._folder / "locks"
        locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (locks / f"{repository}.lock").open("a") as lock:
            deadline = time.monotonic() + wait_s
            while not _locked(lock.fileno()):
                if time.monotonic() >= deadline:
                    raise EngineError("busy", retry=True, detail=str(repository))
                time.sleep(_POLL_S)
            yield

    @contextmanager
    def workplace(self, name: str) -> Iterator[Path]:
        """Make an empty private folder and wipe it at the end."""
        self.sweep(name)
        folder = self._path(name)
        folder.mkdir(mode=0o700, parents=True)
        try:
            yield folder
        finally:
            self.sweep(name)

    def sweep(self, name: str) -> None:
        """Wipe what is left under that name, and what it says it keeps elsewhere."""
        folder = self._path(name)
        if not folder.exists():
            return
        note = folder / ELSEWHERE
        for line in note.read_text(errors="replace").splitlines() if note.is_file() else ():
            other = Path(line)
            if other.is_absolute() and other.name.startswith(ELSEWHERE_PREFIX):
                wipe(other)
        wipe(folder)

    def free_bytes(self) -> int:
        """Return the free space where workplaces are made."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return shutil.disk_usage(self._folder).free

    def _path(self, name: str) -> Path:
        if "/" in name or name.startswith("."):
            raise ValueError(f"not a name of a workplace: {name}")
        return self._folder / "places" / name


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wipe(folder: Path) -> None:
    """Remove a folder and all below it, also folders that were restored without permission to write."""

    def open_up(function: Callable[..., object], path: str, _error: object) -> None:
        if not os.path.lexists(path):
            return
        entry = Path(path)
        entry.parent.chmod(stat.S_IRWXU)
        if not entry.is_symlink() and entry.is_dir():
            entry.chmod(stat.S_IRWXU)
            shutil.rmtree(entry)
        else:
            function(path)

    if folder.exists():
        shutil.rmtree(folder, onerror=open_up)
