"""Walks folders in manifest order, folder by folder, and hashes files without ever following a link."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind

_CHUNK_BYTES = 1 << 20
_SQLITE = b"SQLite format 3\x00"
_SIDE_FILES = ("-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Found:
    """One thing met by the walk: its path, and what `lstat` says of it."""

    path: str
    status: os.stat_result

    @property
    def mtime_us(self) -> int:
        """Return the modification time in UTC microseconds."""
        return self.status.st_mtime_ns // 1000

    @property
    def kind(self) -> FactKind | None:
        """Return file, link or folder; None for sockets, pipes and devices, which hold no data."""
        for test, kind in (
            (stat.S_ISREG, FactKind.FILE),
            (stat.S_ISLNK, FactKind.LINK),
            (stat.S_ISDIR, FactKind.FOLDER),
        ):
            if test(self.status.st_mode):
                return kind
        return None


def walk(top: Path, left_out: frozenset[str] = frozenset()) -> Iterator[Found]:
    """Yield what lies at and below a path, in the order of manifests; what vanishes meanwhile is left out,
    and so is all at and below the paths `left_out`.

    Memory: the names of one folder per level.
    """
    waiting = [str(top)]
    while waiting:
        path = waiting.pop()
        if path in left_out:
            continue
        try:
            found = Found(path, os.lstat(path))
            names = os.listdir(path) if found.kind is FactKind.FOLDER else []  # noqa: PTH208 - millions of names
        except FileNotFoundError:
            continue
        except PermissionError:
            names = []
        yield found
        waiting.extend(f"{path.rstrip('/')}/{name}" for name in sorted(names, reverse=True))


def fact_of(found: Found) -> DataFact | None:
    """Return the fact of one thing, hashing a file's bytes; None for what holds no data.

    A file that changed while it was read, or cannot be read, is unstable: nothing is known of its content. So
    is a SQLite database in use: it and the journal beside it are read at two instants, and may not fit.
    """
    kind = found.kind
    if kind is None:
        return None
    if kind is FactKind.FOLDER:
        return DataFact(kind, found.path, 0, "", None)
    try:
        if kind is FactKind.LINK:
            target = os.fsencode(os.readlink(found.path))  # noqa: PTH115 - bytes, not a Path
            return DataFact(kind, found.path, len(target), hashlib.sha256(target).hexdigest())
        return _file_fact(found)
    except OSError:
        return DataFact(kind, found.path, found.status.st_size, "", found.mtime_us, is_unstable=True)


def _is_database_in_use(path: str, start: bytes) -> bool:
    """Return whether a file begins as SQLite databases do and one of the journals of an open one is there."""
    return start.startswith(_SQLITE) and any(os.path.lexists(path + side) for side in _SIDE_FILES)


def _file_fact(found: Found) -> DataFact:
    descriptor = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        before = os.fstat(descriptor)
        digest, size, is_in_use = hashlib.sha256(), 0, False
        while chunk := file.read(_CHUNK_BYTES):
            is_in_use = is_in_use or (not size and _is_database_in_use(found.path, chunk))
            digest.update(chunk)
            size += len(chunk)
        after = os.fstat(descriptor)
    is_unstable = (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or (
        size != after.st_size
    )
    is_unstable = is_unstable or is_in_use
    mtime_us = after.st_mtime_ns // 1000
    return DataFact(FactKind.FILE, found.path, size, digest.hexdigest(), mtime_us, is_unstable)


def has_changed(fact: DataFact, found: Found) -> bool:
    """Return whether a thing is visibly another than when its fact was taken."""
    if found.kind is not fact.kind:
        return True
    if fact.kind is not FactKind.FILE:
        return False
    return (fact.size, fact.mtime_us) != (found.status.st_size, found.mtime_us)
