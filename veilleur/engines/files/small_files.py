"""Reads the small files of a folder that others may write into: never through a link, never waiting."""

import errno
import os
import stat
from pathlib import Path

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
