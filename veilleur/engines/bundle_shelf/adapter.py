"""A BundleShelf of folders: written under another name, forced to the disk, then named for good.

A kill or a full disk at any moment leaves the former bundle whole: it goes only after the newer one has its
name. A folder and the same as ZIP, both named by the instant: `20261128T060000Z` and `….zip`.
"""

import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from veilleur.domains.backups.rules.states import Medium
from veilleur.domains.knowledge.ports import BundlePart
from veilleur.domains.knowledge.rules.bundle import (
    MANIFEST,
    PlaceCode,
    PlaceState,
    is_plain_name,
    read_manifest,
)
from veilleur.engines.files.places import MOUNT_TABLE, medium_of

_KEPT_BUNDLES = 2
_NEW = ".new-"
_BUNDLE = re.compile(r"[0-9]{8}T[0-9]{6}Z(\.zip)?")


class FolderShelf:
    """A BundleShelf. `home` lies beside Veilleur; `places` are folders elsewhere, never made by us.

    A place that is not there is a disk that is unplugged or a share that is not mounted: to make its folder
    would put the copy on this very disk.
    """

    def __init__(
        self, home: Path, places: Sequence[Path], data_dir: Path, mount_table: Path = MOUNT_TABLE
    ) -> None:
        self._home = home
        self._places = tuple(places)
        self._data_dir = data_dir
        self._mount_table = mount_table

    def put(self, owner: str, stamp: str, files: Mapping[str, BundlePart]) -> None:
        """Keep a bundle beside Veilleur; raise OSError, the former bundle whole, when that fails."""
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _follow_name(self._home, owner)
        _keep(self._home / owner, stamp, files)

    def spread(self, owner: str, stamp: str) -> tuple[PlaceState, ...]:
        """Copy a bundle to each place that lacks it or has it otherwise, and tell each one's state."""
        with suppress(OSError):
            # A folder that cannot be named anew is told of as what is missing under the new name.
            _follow_name(self._home, owner)
        whole = self._home / owner / stamp
        manifest = _whole(whole)
        code = PlaceCode.DAMAGED if manifest is None else PlaceCode.KEPT
        home = PlaceState(str(self._home), code, is_home=True)
        return (home, *(self._settle(place, owner, whole, manifest) for place in self._places))

    def packed(self, owner: str, stamp: str) -> BinaryIO | None:
        """Return the ZIP that lies beside Veilleur, open; None where it is not there."""
        if not (is_plain_name(owner) and is_plain_name(stamp)):
            return None
        for folder in (self._home / owner, *_called_otherwise(self._home, owner)):
            with suppress(FileNotFoundError):
                return (folder / f"{stamp}.zip").open("rb")
        return None

    def _settle(self, place: Path, owner: str, whole: Path, manifest: bytes | None) -> PlaceState:
        """Look at a place; copy the bundle of `whole` there, where its manifest is another."""
        try:
            if not place.is_dir():
                return PlaceState(str(place), PlaceCode.AWAY, is_home=False)
            _follow_name(place, owner)
            found = _whole(place / owner / whole.name)
            if manifest is not None and found != manifest:
                _keep(place / owner, whole.name, _parts(whole, manifest))
                found = _whole(place / owner / whole.name)
            if found is None:
                return PlaceState(str(place), PlaceCode.MISSING, is_home=False)
            medium = medium_of(place, self._data_dir, self._mount_table.read_text())
        except OSError as error:
            return PlaceState(str(place), PlaceCode.FAILED, is_home=False, detail=error.strerror or "")
        is_near = medium in {Medium.SAME_DISK, Medium.MEMORY}
        return PlaceState(str(place), PlaceCode.SAME_DISK if is_near else PlaceCode.KEPT, is_home=False)


def _follow_name(place: Path, owner: str) -> None:
    """Name an organisation's folder anew where it was called otherwise when the last bundle was made: else
    nobody would ever remove what lies there, with the names of people.
    """
    for folder in _called_otherwise(place, owner):
        if (place / owner).exists():
            _remove_bundles(folder)
        else:
            folder.rename(place / owner)


def _called_otherwise(place: Path, owner: str) -> list[Path]:
    """Return the folders of the same organisation under other names: the last part of each is its own."""
    own = owner.rpartition("-")[2]
    return sorted(path for path in place.glob(f"*-{own}") if path.is_dir() and path.name != owner)


def _remove_bundles(folder: Path) -> None:
    """Remove what was put there, and the folder unless something else lies in it."""
    for path in folder.iterdir():
        if _BUNDLE.fullmatch(path.name) or path.name.startswith(_NEW):
            _remove(path)
    with suppress(OSError):
        folder.rmdir()


def _keep(shelf: Path, stamp: str, files: Mapping[str, BundlePart]) -> None:
    """Write a bundle and its ZIP, name both, then let the older ones go."""
    shelf.mkdir(mode=0o700, exist_ok=True)
    for left in shelf.glob(f"{_NEW}*"):
        _remove(left)
    fresh, packed = shelf / f"{_NEW}{stamp}", shelf / f"{_NEW}{stamp}.zip"
    try:
        for name, part in files.items():
            _write(fresh / name, part)
        folders = {fresh / parent for name in files for parent in Path(name).parents}
        for folder in sorted(folders, reverse=True):
            _sync(folder)
        _pack(packed, stamp, fresh, files)
        # The folder last: where it is, all is there. One that was damaged is in the way of its own repair.
        packed.replace(shelf / f"{stamp}.zip")
        _remove(shelf / stamp)
        fresh.rename(shelf / stamp)
        _sync(shelf)
    except OSError:
        _remove(fresh)
        _remove(packed)
        raise
    older = sorted(path for path in shelf.iterdir() if path.is_dir() and path.name < stamp)
    for folder in older[: -(_KEPT_BUNDLES - 1)]:
        _remove(folder)
        _remove(folder.with_name(f"{folder.name}.zip"))


def _whole(folder: Path) -> bytes | None:
    """Return the manifest of a bundle whose files are all as it says; None where one is not, or not there."""
    try:
        manifest = (folder / MANIFEST).read_bytes()
        is_whole = all(
            _digest(folder / name) == digest for name, digest in read_manifest(manifest.decode()).items()
        )
    except (OSError, ValueError):
        return None
    return manifest if is_whole else None


def _parts(folder: Path, manifest: bytes) -> dict[str, BundlePart]:
    """Return the files of a whole bundle, to be copied."""
    named = read_manifest(manifest.decode())
    opened: dict[str, BundlePart] = {name: partial(_opened, folder / name) for name in named}
    return {**opened, MANIFEST: manifest}


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(path: Path, stamp: str, folder: Path, names: Iterable[str]) -> None:
    """Write the files of a folder as ZIP, without holding one of them."""
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in sorted(names):
                packed.write(folder / name, f"{stamp}/{name}")
        file.flush()
        os.fsync(file.fileno())


def _write(path: Path, part: BundlePart) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        if isinstance(part, bytes):
            file.write(part)
        else:
            with closing(part()) as source:
                shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
