"""Looks for SQLite databases in folders where services keep their data, within stated bounds."""

import os
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from veilleur.domains.estate.rules.machine import FoundDatabase, Unread

DATABASE_SUFFIXES = (".db", ".db3", ".sqlite", ".sqlite3")
DATABASE_MAGIC = b"SQLite format 3\0"
# Folders that hold copies, caches or layers of images rather than somebody's data.
PASSED_OVER = frozenset(
    {".git", "node_modules", "overlay2", "containerd", "snapd", "__pycache__", "apt", "dpkg"}
)


@dataclass(frozen=True)
class Bounds:
    """How far a search goes. Beyond `entries` it stops where it is; beyond `seconds` it tells nothing."""

    entries: int = 100_000
    found: int = 200
    depth: int = 6
    seconds: float = 20.0


DEFAULT_BOUNDS = Bounds()


class SqliteSearch:
    """Searches folder by folder, nearest first and by name, so that two searches give the same answer."""

    def __init__(self, folders: Iterable[Path], *, leave_out: Iterable[Path], bounds: Bounds) -> None:
        self._folders = tuple(folders)
        self._leave_out = frozenset(leave_out)
        self._bounds = bounds

    def run(self, monotonic: Callable[[], float]) -> tuple[FoundDatabase, ...] | Unread:
        """Return the databases found, or `timed_out`: half a search would make the rest look gone."""
        deadline = monotonic() + self._bounds.seconds
        waiting = deque((folder, 0) for folder in self._folders)
        found: list[FoundDatabase] = []
        entries = 0
        while waiting and entries < self._bounds.entries and len(found) < self._bounds.found:
            if monotonic() > deadline:
                return Unread("timed_out")
            folder, depth = waiting.popleft()
            for entry in _entries_of(folder):
                entries += 1
                if entry.is_dir(follow_symlinks=False):
                    if depth < self._bounds.depth and self._is_searched(entry):
                        waiting.append((Path(entry.path), depth + 1))
                elif entry.name.endswith(DATABASE_SUFFIXES) and entry.is_file(follow_symlinks=False):
                    found.extend(_database_at(Path(entry.path)))
        return tuple(sorted(found[: self._bounds.found]))

    def _is_searched(self, entry: os.DirEntry[str]) -> bool:
        return entry.name not in PASSED_OVER and Path(entry.path) not in self._leave_out


def _entries_of(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        # Not there, or not ours to read: what a service hides is named by its credentials, not by a search.
        return []


def _database_at(path: Path) -> list[FoundDatabase]:
    try:
        with path.open("rb") as file:
            is_database = file.read(len(DATABASE_MAGIC)) == DATABASE_MAGIC
    except PermissionError:
        return [FoundDatabase("sqlite", str(path), readable="no")]
    except OSError:
        return []
    return [FoundDatabase("sqlite", str(path), readable="yes")] if is_database else []
