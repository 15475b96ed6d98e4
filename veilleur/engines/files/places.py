"""Looks at folders that are to hold copies, and keeps the envelope and its card beside the repository."""

import errno
import json
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from veilleur.domains.backups.ports import FolderSource, PlaceFacts
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.states import Medium
from veilleur.engines.files import parse
from veilleur.engines.files.small_files import read_small
from veilleur.shared.refusal import Refused

CARD = "veilleur-place.json"
# Who was erased, by public ids: done again after a restore.
ERASURES = "veilleur-erasures.txt"
# Of some 200,000 people.
MOST_ERASURES_BYTES = 32_000_000
ENVELOPE = "veilleur-passwords.sealed"
# Those of the keys before, until the present one has been tried alone.
OLDER_ENVELOPE = "veilleur-passwords.older-{number}.sealed"
# The second where somebody else's file has the first name.
READ_MES = ("READ-ME.txt", "READ-ME.veilleur.txt")
# The one folder of the data folder that may hold places.
OWN_PLACES = "backups"
MOUNT_TABLE = Path("/proc/self/mountinfo")
_BLOCK_DEVICES = Path("/sys/dev/block")
_WHY_NOT = {errno.ENAMETOOLONG: "path_too_long", errno.ELOOP: "link_loop"}


class LocalPlaces:
    """Implements backups' port Places for folders that this machine can mount."""

    def __init__(
        self, data_dir: Path, mount_table: Path = MOUNT_TABLE, *, secrets: Sequence[Path] = ()
    ) -> None:
        """Know a data folder; what is secret and lies elsewhere, keys first of all, is no source either."""
        self._data_dir = data_dir
        self._secrets = tuple(secrets)
        self._mount_table = mount_table

    def look(
        self, folder: Path, *, in_use: Sequence[Path] = (), retired: Sequence[Path] = ()
    ) -> PlaceFacts | Refused:
        """Return what the folder is, made (mode 0700) if only its last part is missing; else why not."""
        mounts = self._mount_table.read_text()
        try:
            if reason := self._in_the_way(folder, mounts, in_use, retired):
                return Refused(reason, str(folder))
            _follow(folder)
            if folder.exists() and not folder.is_dir():
                return Refused("place_is_a_file", str(folder))
            folder.mkdir(mode=0o700, exist_ok=True)
            _try_writing(folder)
            free = shutil.disk_usage(folder).free
        except (FileNotFoundError, NotADirectoryError, FileExistsError):
            return Refused("place_missing", str(folder))
        except OSError as error:
            return Refused(_WHY_NOT.get(error.errno or 0, "place_not_writable"), str(error))
        file_system = parse.file_system_of(mounts, real_path(folder))
        return PlaceFacts(folder, medium_of(folder, self._data_dir, mounts), file_system, free)

    def _in_the_way(self, folder: Path, mounts: str, in_use: Sequence[Path], retired: Sequence[Path]) -> str:
        """Return why nothing may even be made there, empty if it may."""
        if not folder.is_absolute():
            return "place_not_absolute"
        real = real_path(folder)
        if parse.is_made_up(mounts, real):
            return "place_made_up"
        return "place_taken" if self._is_taken(real, _resolved(in_use), _resolved(retired)) else ""

    def would_make(self, folder: Path) -> bool:
        """Return whether `look` would make the folder: all but its last part is there."""
        try:
            if not folder.is_absolute() or parse.is_made_up(self._mount_table.read_text(), real_path(folder)):
                return False
            return folder.parent.is_dir() and not os.path.lexists(folder)
        except (OSError, ValueError):
            return False  # `look` says what is wrong with it

    def _is_taken(self, folder: Path, in_use: frozenset[Path], retired: frozenset[Path]) -> bool:
        """Return whether a folder lies in a place that is there already, or in the data folder: only below
        `backups` does nothing else live. One that holds the data folder or a place, `/` first of all, would
        take everything below it for its own. A place in use is not in its own way.
        """
        data_dir = real_path(self._data_dir)
        if data_dir.is_relative_to(folder):
            return True
        if folder.is_relative_to(data_dir) and not folder.is_relative_to(data_dir / OWN_PLACES):
            return True
        if folder in in_use:
            return False
        if any(folder.is_relative_to(place) or place.is_relative_to(folder) for place in in_use):
            return True
        # What holds the data folder was a place by mistake, and is none: its card stands in nobody's way.
        above = [one for one in folder.parents if one not in retired and not data_dir.is_relative_to(one)]
        return any((one / CARD).exists() for one in above)

    def source(self, source: Path, place: Path) -> FolderSource:
        """Return what of a source may be read into a place; see the port."""
        _require_readable(source)
        real, data_dir = real_path(source), real_path(self._data_dir)
        dataless = parse.dataless_mounts(self._mount_table.read_text())
        own = (data_dir, *(real_path(path) for path in self._secrets))
        if any(real.is_relative_to(path) for path in own):
            raise EngineError("own_data_inside_source", retry=False, detail=str(source))
        if not (real.is_dir() or real.is_file()) or any(real.is_relative_to(mount) for mount in dataless):
            raise EngineError("source_empty", retry=False, detail=str(source))
        inside = sorted({path for path in (*own, *dataless) if path.is_relative_to(real)})
        refuse_nested((real,), place, inside)
        return FolderSource(real, tuple(inside))

    def write_beside(
        self, folder: Path, envelopes: Sequence[bytes], card: dict[str, str], read_me: str
    ) -> None:
        """Write what a person needs to open the repository. An envelope that is not given goes; where none
        is, those that lie there may be the last way in, and stay.
        """
        names = [ENVELOPE, *(OLDER_ENVELOPE.format(number=n) for n in range(1, len(envelopes)))]
        try:
            _write(folder / CARD, json.dumps(card, indent=1, sort_keys=True).encode() + b"\n")
            _write_read_me(folder, read_me)
            # The older ones first: the present key's takes the place of one that then lies beside it.
            for name, envelope in reversed(list(zip(names, envelopes, strict=False))):
                _write(folder / name, envelope)
            for path in _envelopes_in(folder):
                if envelopes and path.name not in names:
                    path.unlink(missing_ok=True)
        except FileNotFoundError as error:
            raise EngineError("place_missing", retry=True, detail=str(error)) from error
        except OSError as error:
            reason = "disk_full" if error.errno == 28 else "place_not_writable"
            raise EngineError(reason, retry=True, detail=str(error)) from error

    def read_envelopes(self, folder: Path) -> tuple[bytes, ...]:
        """Return the sealed envelopes beside the repository, the present key's first."""
        try:
            found = tuple(read_small(path) for path in _envelopes_in(folder))
        except (FileNotFoundError, PermissionError) as error:
            raise EngineError("envelope_missing", retry=False, detail=str(error)) from error
        except OSError as error:
            raise EngineError("envelope_damaged", retry=False, detail=str(error)) from error
        if not found:
            raise EngineError("envelope_missing", retry=False, detail=str(folder / ENVELOPE))
        return found

    def write_erasures(self, folder: Path, content: bytes) -> None:
        """Write the list of erasures into a folder."""
        try:
            _write(folder / ERASURES, content)
        except FileNotFoundError as error:
            raise EngineError("place_missing", retry=True, detail=str(error)) from error
        except OSError as error:
            reason = "disk_full" if error.errno == errno.ENOSPC else "place_not_writable"
            raise EngineError(reason, retry=True, detail=str(error)) from error

    def read_erasures(self, folder: Path) -> bytes | None:
        """Return the list of erasures of a folder; what is no file to be read is an empty one."""
        try:
            return read_small(folder / ERASURES, MOST_ERASURES_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            # Nobody vouches for it: whoever reads it says so.
            return b""

    def forget_erasures(self, folder: Path) -> None:
        """Remove the list of erasures of a folder."""
        (folder / ERASURES).unlink(missing_ok=True)

    def read_card(self, folder: Path) -> dict[str, str]:
        """Return the identity card of a place."""
        try:
            card = json.loads(read_small(folder / CARD))
            return {str(key): str(value) for key, value in card.items()}
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            raise EngineError("envelope_missing", retry=False, detail=str(error)) from error
        except (OSError, ValueError, AttributeError, RecursionError) as error:
            detail = f"{folder / CARD}: {error}"
            raise EngineError("card_damaged", retry=False, detail=detail) from error


def real_path(path: Path) -> Path:
    """Return where a path leads. A link that leads in a circle is left as it is; whoever opens it is told."""
    return Path(os.path.realpath(path))


def _follow(path: Path) -> None:
    """Raise OSError for links that lead in a circle, which look as if nothing was there."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise


def _resolved(folders: Sequence[Path]) -> frozenset[Path]:
    return frozenset(real_path(folder) for folder in folders)


def _envelopes_in(folder: Path) -> list[Path]:
    """Return the envelopes that lie in a folder, the present key's first."""
    older = sorted(folder.glob(OLDER_ENVELOPE.format(number="*")))
    return [path for path in (folder / ENVELOPE, *older) if os.path.lexists(path)]


def _require_readable(source: Path) -> None:
    """Raise source_missing or source_unreadable for what is not there, or may not be opened and listed."""
    try:
        mode = source.stat().st_mode
    except PermissionError as error:
        raise EngineError("source_unreadable", retry=True, detail=str(error)) from error
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            raise EngineError("path_too_long", retry=False, detail=str(error)) from error
        raise EngineError("source_missing", retry=True, detail=f"{source}: {error}") from error
    needed = os.R_OK | os.X_OK if stat.S_ISDIR(mode) else os.R_OK
    if not os.access(source, needed, effective_ids=True):
        raise EngineError("source_unreadable", retry=True, detail=str(source))


def refuse_nested(sources: Sequence[Path], place: Path, left_out: Sequence[Path] = ()) -> None:
    """Raise repository_inside_source when a source holds the place, unless that is left out, or lies inside
    it; links followed.
    """
    real_place = real_path(place)
    is_left_out = any(real_place.is_relative_to(path) for path in left_out)
    for source in sources:
        real = real_path(source)
        holds_it = real_place.is_relative_to(real) and not is_left_out
        if holds_it or real.is_relative_to(real_place):
            raise EngineError("repository_inside_source", retry=False, detail=str(source))


def medium_of(folder: Path, data_dir: Path, mounts: str) -> Medium:
    """Return how far a folder lies from the data folder; `mounts` is the kernel's table of mounts."""
    kind = parse.file_system_of(mounts, real_path(folder))
    if parse.is_network(kind):
        return Medium.NETWORK
    here, there = disks_of(data_dir), disks_of(folder)
    if parse.is_memory(kind) or any(parse.is_memory_disk(disk) for disk in there):
        return Medium.MEMORY
    # A disk that cannot be told is counted as the same one: never promise more than is known.
    return Medium.OTHER_DISK if here and there and here.isdisjoint(there) else Medium.SAME_DISK


def disks_of(path: Path) -> frozenset[str]:
    """Return the physical disks below a path, through partitions, RAID, encryption and files that are mounted
    as disks; empty if one is unknown.
    """
    device = path.stat().st_dev
    entry = _BLOCK_DEVICES / f"{os.major(device)}:{os.minor(device)}"
    return disks_below(real_path(entry)) if entry.exists() else frozenset()


def disks_below(device: Path) -> frozenset[str]:
    """Return the physical disks below a block device, given its folder in `/sys`; empty if one is unknown."""
    whole = device.parent if (device / "partition").exists() else device
    mounted_file = whole / "loop" / "backing_file"
    if mounted_file.exists():
        # A file that was removed since, or lies in another mount namespace, lies on an unknown disk.
        file = Path(mounted_file.read_text().rstrip("\n"))
        return disks_of(file) if file.exists() else frozenset()
    slaves = device / "slaves"
    below = sorted(slaves.iterdir()) if slaves.is_dir() else []
    found = [disks_below(real_path(one)) for one in below]
    if not found:
        return frozenset({whole.name})
    return frozenset().union(*found) if all(found) else frozenset()


def _try_writing(folder: Path) -> None:
    probe = folder / f".veilleur-{os.getpid()}"
    os.close(_open_new(probe))
    probe.unlink()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    with os.fdopen(_open_new(fresh), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _write_read_me(folder: Path, text: str) -> None:
    """Write the read-me under the first name that is free, or is that of an earlier one; else not at all."""
    name = next((name for name in READ_MES if _is_ours_or_free(folder / name)), None)
    if name is not None:
        _write(folder / name, text.encode())


def _is_ours_or_free(path: Path) -> bool:
    """Return whether nothing has this name, or a read-me of Veilleur: in every language, each has named the
    card and the envelope.
    """
    if not os.path.lexists(path):
        return True
    try:
        content = read_small(path)
    except OSError:
        return False
    return all(name.encode() in content for name in ("Veilleur", CARD, ENVELOPE))


def _open_new(path: Path) -> int:
    """Open a private file that was not there. Others may write into a place: what they put under this name,
    such as a link to a file of this machine, is removed and never followed.
    """
    path.unlink(missing_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
