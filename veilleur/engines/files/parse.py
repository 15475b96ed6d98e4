"""Manifest lines to facts and back: one JSON object a line, ASCII, whatever the names hold."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind

FORMAT = 1
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "davfs", "ncpfs", "virtiofs"}
)
_NETWORK_FUSE = ("fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.davfs")

_SYSTEM_FOLDERS = (Path("/dev"), Path("/proc"), Path("/sys"), Path("/run"))
_MEMORY_DISK = re.compile(r"z?ram\d+")
# File systems whose files the kernel makes up as they are read.
_DATALESS = frozenset(
    {"proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "pstore", "bpf", "tracefs", "debugfs"}
    | {"securityfs", "configfs", "fusectl", "hugetlbfs", "mqueue", "binfmt_misc", "efivarfs", "autofs"}
    | {"rpc_pipefs", "nsfs", "selinuxfs", "nfsd"}
)


def header_line(sources: tuple[str, ...], left_out: tuple[str, ...] = ()) -> str:
    """Return the first line of a manifest: its format, the paths that were recorded, and those left out."""
    header = {"veilleur_manifest": FORMAT, "sources": list(sources), "left_out": list(left_out)}
    return json.dumps(header, separators=(",", ":"))


def parse_header(line: str) -> tuple[str, ...]:
    """Return the recorded paths; raise ValueError for a format of another version."""
    header = json.loads(line)
    if header.get("veilleur_manifest") != FORMAT:
        raise ValueError("not a manifest of this version")
    return tuple(header["sources"])


def parse_left_out(line: str) -> tuple[str, ...]:
    """Return the paths that a manifest's first line says were left out."""
    return tuple(json.loads(line).get("left_out", ()))


def fact_line(fact: DataFact) -> str:
    """Return one fact as a line. Bytes of a name that are no UTF-8 become lone surrogates, escaped."""
    row: list[Any] = [
        fact.kind.value,
        fact.name,
        fact.size,
        fact.digest,
        fact.mtime_us,
        int(fact.is_unstable),
    ]
    return json.dumps(row, separators=(",", ":"))


def parse_fact(line: str) -> DataFact:
    """Return the fact of a line."""
    kind, name, size, digest, mtime_us, is_unstable = json.loads(line)
    return DataFact(FactKind(kind), name, size, digest, mtime_us, bool(is_unstable))


def disjoint(sources: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the sources in manifest order, without those that lie inside another."""
    kept: list[Path] = []
    for source in sorted(sources, key=lambda path: tuple(str(path).split("/"))):
        if not any(source.is_relative_to(other) for other in kept):
            kept.append(source)
    return tuple(kept)


def file_system_of(mount_table: str, path: Path) -> str:
    """Return the type of the file system that holds a resolved path, from the text of
    /proc/self/mountinfo.
    """
    return _mount_of(mount_table, path)[1]


def is_made_up(mount_table: str, path: Path) -> bool:
    """Return whether what lies at a resolved path is made up by the system, or gone at its next restart: a
    file system without data anywhere, and in the system's own folders whatever is no disk of its own, such
    as one that a desktop mounts below /run.
    """
    point, kind = _mount_of(mount_table, path)
    if kind in _DATALESS:
        return True
    for folder in _SYSTEM_FOLDERS:
        if path.is_relative_to(folder):
            return point == folder or not point.is_relative_to(folder) or is_memory(kind)
    return False


def _mount_of(mount_table: str, path: Path) -> tuple[Path, str]:
    found = (Path("/"), "")
    for mount_point, kind in _mounts(mount_table):
        # The last of two mounts on one point hides the first.
        if path.is_relative_to(mount_point) and len(mount_point.parts) >= len(found[0].parts):
            found = (mount_point, kind)
    return found


def _mounts(mount_table: str) -> Iterator[tuple[Path, str]]:
    for line in mount_table.splitlines():
        before, separator, after = line.partition(" - ")
        if separator:
            point = before.split()[4].encode().decode("unicode_escape")
            yield Path(point), after.split()[0]


def dataless_mounts(mount_table: str) -> tuple[Path, ...]:
    """Return where file systems are mounted that hold no data of their own, such as /proc."""
    return tuple(point for point, kind in _mounts(mount_table) if kind in _DATALESS)


def is_memory(file_system: str) -> bool:
    """Return whether a file system type keeps its files in the machine's memory."""
    return file_system in {"tmpfs", "ramfs"}


def is_memory_disk(device: str) -> bool:
    """Return whether a block device of that name keeps its blocks in the machine's memory."""
    return _MEMORY_DISK.fullmatch(device) is not None


def is_network(file_system: str) -> bool:
    """Return whether a file system type is held by another machine."""
    return file_system in _NETWORK or file_system.startswith(_NETWORK_FUSE)
