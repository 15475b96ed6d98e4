"""A BundleShelf of folders: written under another name, forced to the disk, then named for good.

A kill or a full disk at any moment leaves the former bundle whole: it goes only after the newer one has its
name. A folder and the same as ZIP, both named by the instant: `20261128T060000Z` and `….zip`.
"""

import io
import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from veilleur.domains.backups.rules.states import Medium
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

    def put(self, owner: str, stamp: str, files: Mapping[str, bytes]) -> None:
        """Keep a bundle beside Veilleur; raise OSError, the former bundle whole, when that fails."""
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep(self._home / owner, stamp, files)

    def spread(self, owner: str, stamp: str) -> tuple[PlaceState, ...]:
        """Copy a bundle to each place that lacks it or has it otherwise, and tell each one's state."""
        files = _read(self._home / owner / stamp)
        home = PlaceState(str(self._home), _state_at_home(files), is_home=True)
        return (home, *(self._settle(place, owner, stamp, files) for place in self._places))

    def packed(self, owner: str, stamp: str) -> bytes | None:
        """Return the ZIP that lies beside Veilleur; None where it is not there."""
        if not (is_plain_name(owner) and is_plain_name(stamp)):
            return None
        try:
            return (self._home / owner / f"{stamp}.zip").read_bytes()
        except FileNotFoundError:
            return None

    def _settle(self, place: Path, owner: str, stamp: str, files: Mapping[str, bytes] | None) -> PlaceState:
        try:
            if not place.is_dir():
                return PlaceState(str(place), PlaceCode.AWAY, is_home=False)
            if files is not None and _read(place / owner / stamp) != files:
                _keep(place / owner, stamp, files)
            if _read(place / owner / stamp) is None:
                return PlaceState(str(place), PlaceCode.MISSING, is_home=False)
            medium = medium_of(place, self._data_dir, self._mount_table.read_text())
        except OSError as error:
            return PlaceState(str(place), PlaceCode.FAILED, is_home=False, detail=error.strerror or "")
        is_near = medium in {Medium.SAME_DISK, Medium.MEMORY}
        return PlaceState(str(place), PlaceCode.SAME_DISK if is_near else PlaceCode.KEPT, is_home=False)


def _state_at_home(files: Mapping[str, bytes] | None) -> PlaceCode:
    return PlaceCode.KEPT if files is not None else PlaceCode.DAMAGED


def _keep(shelf: Path, stamp: str, files: Mapping[str, bytes]) -> None:
    """Write a bundle and its ZIP, name both, then let the older ones go."""
    shelf.mkdir(mode=0o700, exist_ok=True)
    for left in shelf.glob(f"{_NEW}*"):
        _remove(left)
    fresh, packed = shelf / f"{_NEW}{stamp}", shelf / f"{_NEW}{stamp}.zip"
    try:
        for name, content in files.items():
            _write(fresh / name, content)
        for folder in {fresh / Path(name).parent for name in files} | {fresh}:
            _sync(folder)
        _write(packed, _zip(stamp, files))
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


def _read(folder: Path) -> dict[str, bytes] | None:
    """Return the files of a bundle, its manifest included; None where it is not there, or not whole."""
    try:
        manifest = (folder / MANIFEST).read_bytes()
        named = read_manifest(manifest.decode())
        files = {name: (folder / name).read_bytes() for name in named}
    except (OSError, ValueError):
        return None
    if any(sha256(content).hexdigest() != named[name] for name, content in files.items()):
        return None
    return {**files, MANIFEST: manifest}


def _zip(stamp: str, files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(f"{stamp}/{name}", files[name])
    return out.getvalue()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
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
