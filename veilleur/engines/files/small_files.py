"""Files of folders that others may write into: found and read never through a link, never waiting."""

import errno
import os
import stat
from pathlib import Path, PurePosixPath

MOST_BYTES = 1_000_000


def read_small(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the content of a regular file; OSError for anything else under that name: a link, a pipe that
    nobody writes into, a device, a folder, a file that is larger.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def is_reached_plainly(folder: Path, below: PurePosixPath) -> bool:
    """Return whether what lies at a path below a folder is reached through folders only: no link on the way,
    no way out. Of the last part, only that it is there is said.
    """
    if below.is_absolute() or ".." in below.parts:
        return False
    at = folder
    try:
        for part in below.parts:
            if not stat.S_ISDIR(at.lstat().st_mode):
                return False
            at /= part
        at.lstat()
    except (OSError, ValueError):
        return False
    return True


def is_plain_file(path: Path) -> bool:
    """Return whether a path is a regular file, and no link to one."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False
