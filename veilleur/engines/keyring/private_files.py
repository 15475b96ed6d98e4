"""Files for their owner only: written as a whole, on the disk before anybody is told, overwritten at the end.

Overwriting reaches what the file system keeps in place. A copy elsewhere, a snapshot, or the spare blocks of
a flash disk it does not reach: docs/explanation/keys.md says so.
"""

import os
import secrets
from pathlib import Path

_DROPPED = "dropped"


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file, or leave it as it was."""
    fresh = _written_beside(path, content)
    try:
        fresh.replace(path)
    finally:
        if fresh.exists():
            overwrite(fresh)
    sync_folder(path.parent)


def write_and_overwrite_before(path: Path, content: bytes) -> None:
    """Replace a file and overwrite what was in it. Killed on the way, `overwrite_leftovers` ends it."""
    if not path.exists():
        write_whole(path, content)
        return
    fresh = _written_beside(path, content)
    dropped = path.with_name(f".{path.name}.{_DROPPED}-{secrets.token_hex(4)}")
    try:
        os.link(path, dropped)
        fresh.replace(path)
    except OSError:
        dropped.unlink(missing_ok=True)
        raise
    finally:
        if fresh.exists():
            overwrite(fresh)
    sync_folder(path.parent)
    overwrite(dropped)


def overwrite_leftovers(path: Path) -> None:
    """End what a killed process left half done beside a file: what it wrote or replaced goes for good."""
    for left in path.parent.glob(f".{path.name}.*"):
        if path.exists() and left.samefile(path):
            # A second name of the file in use: killed before the new one took its place.
            left.unlink()
        else:
            overwrite(left)


def overwrite(path: Path) -> None:
    """Overwrite a file in place, and remove it."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        size = os.fstat(descriptor).st_size
        for content in (os.urandom(size), bytes(size)):
            os.pwrite(descriptor, content, 0)
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written_beside(path: Path, content: bytes) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        overwrite(fresh)
        raise
    return fresh
