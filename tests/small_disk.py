"""Disks as they fail: a small one that fills up, a place where nothing can be written.

Mounting is root's affair, and a container may take it from root as well: such a test is skipped and says why.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Hold a file system of its own at this folder, which is made; `size` as mount reads it: 1m, 256k."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    place.mkdir(exist_ok=True)
    words = ("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place)
    mounted = subprocess.run(words, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield place
    finally:
        _unmount(place)


def remount(place: Path, *options: str) -> None:
    """Give a mounted file system other options: another size, or "ro"."""
    subprocess.run(("mount", "-o", ",".join(("remount", *options)), place), check=True)


@contextmanager
def unwritable(path: Path) -> Iterator[None]:
    """Have nobody write to a file or folder: by its mode, for root by a mount."""
    mode = path.stat().st_mode
    path.chmod(mode & ~0o222)
    try:
        if os.geteuid() != 0:
            yield
            return
        subprocess.run(("mount", "--bind", path, path), check=True)
        try:
            remount(path, "bind", "ro")
            yield
        finally:
            _unmount(path)
    finally:
        path.chmod(mode)


def _unmount(place: Path) -> None:
    # Lazy: a process that was killed on it may still hold a file.
    subprocess.run(("umount", "--lazy", place), check=True)
