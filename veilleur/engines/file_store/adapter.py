"""Contents in a folder: `<organisation>/<two digits>/<sha256>`; what comes in is in `incoming` until kept.

A content is written, synced and renamed, so that its name is never that of a half. Who keeps one holds a lock
that all may share; who removes one holds it alone.
"""

import fcntl
import hashlib
import os
import re
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from veilleur.domains.knowledge.ports import Incoming
from veilleur.domains.knowledge.rules.files import HEAD_BYTES, FileFault

INCOMING, LOCK = "incoming", ".lock"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CHUNK_BYTES = 1 << 18


class IncomingFile:
    """A content that comes in, written as it comes."""

    def __init__(self, folder: Path) -> None:
        descriptor, name = tempfile.mkstemp(dir=folder)
        self.path = Path(name)
        # However its request ends, nothing of it stays; that of a process that was killed is swept.
        self._forget = weakref.finalize(self, self.path.unlink, missing_ok=True)
        self._file = os.fdopen(descriptor, "wb")
        self._hash = hashlib.sha256()
        self.size_bytes = 0
        self.head = b""

    def write(self, part: bytes) -> None:
        """Take the next part."""
        self._file.write(part)
        self._hash.update(part)
        self.size_bytes += len(part)
        if len(self.head) < HEAD_BYTES:
            self.head += part[: HEAD_BYTES - len(self.head)]

    def digest(self) -> str:
        """Return the SHA-256 of what was written so far."""
        return self._hash.hexdigest()

    def finish(self) -> None:
        """Have the disk keep it: from here on a name may be given to it."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Forget it; nothing where it was kept."""
        with suppress(OSError):
            # What a full disk did not take is not wanted any more.
            self._file.close()
        self._forget()


class FolderStore:
    """Implements knowledge's port FileStore for one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def incoming(self) -> IncomingFile:
        """Open a place for a content."""
        return IncomingFile(_made(self._folder / INCOMING))

    @contextmanager
    def keeping(self, organisation: UUID, file: Incoming) -> Iterator[None]:
        """Keep a content, whatever was there under its digest: a damaged one is mended by it."""
        assert isinstance(file, IncomingFile), "made by `incoming`"
        target = self._path(organisation, file.digest())
        with self._locked(fcntl.LOCK_SH):
            file.finish()
            _made(target.parent)
            file.path.replace(target)
            _sync(target.parent)
            _sync(target.parent.parent)
            yield

    def open(self, organisation: UUID, digest: str) -> BinaryIO | FileFault:
        """Return a content read whole and found right, or what is wrong with it."""
        try:
            descriptor = os.open(self._path(organisation, digest), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return FileFault.MISSING
        except OSError:
            return FileFault.DAMAGED
        file = os.fdopen(descriptor, "rb")
        try:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            # A disk that cannot read it any more, or a folder in its place.
            found = ""
        if found != digest:
            file.close()
            return FileFault.DAMAGED
        file.seek(0)
        return file

    def last_put_before(self, instant: datetime) -> Iterator[tuple[UUID, str]]:
        """Yield the contents that nobody has put since."""
        for folder in _entries(self._folder):
            organisation = _uuid(folder.name)
            if organisation is None:
                continue
            for path in (path for part in _entries(folder) for path in _entries(part)):
                if _DIGEST.fullmatch(path.name) and _is_older(path, instant):
                    yield organisation, path.name

    def remove_unless(self, organisation: UUID, digest: str, is_needed: Callable[[], bool]) -> bool:
        """Remove a content that is not needed."""
        with self._locked(fcntl.LOCK_EX):
            path = self._path(organisation, digest)
            if is_needed() or not path.exists():
                return False
            path.unlink()
            return True

    def sweep(self, instant: datetime) -> int:
        """Remove what began to come in before that instant."""
        old = [path for path in _entries(self._folder / INCOMING) if _is_older(path, instant)]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, organisation: UUID, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"not a digest: {digest!r}")
        return self._folder / str(organisation) / digest[:2] / digest

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        lock = os.open(_made(self._folder) / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, how)
            yield
        finally:
            os.close(lock)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _is_older(path: Path, instant: datetime) -> bool:
    try:
        return path.lstat().st_mtime < instant.timestamp()
    except FileNotFoundError:
        return False


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
