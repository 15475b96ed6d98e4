"""Manifest lines to facts and back: one JSON object a line, ASCII, whatever the names hold."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind

FORMAT = 1
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "davfs", "ncpfs", "virtiofs"}
)
_NETWORK_FUSE = ("fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.davfs")


def header_line(sources: tuple[str, ...]) -> str:
    """Return the first line of a manifest: its format and the paths that were recorded."""
    return json.dumps({"veilleur_manifest": FORMAT, "sources": list(sources)}, separators=(",", ":"))


def parse_header(line: str) -> tuple[str, ...]:
    """Return the recorded paths; raise ValueError for a format of another version."""
    header = json.loads(line)
    if header.get("veilleur_manifest") != FORMAT:
        raise ValueError("not a manifest of this version")
    return tuple(header["sources"])


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
    best, found = -1, ""
    for mount_point, kind in _mounts(mount_table):
        # The last of two mounts on one point hides the first.
        if path.is_relative_to(mount_point) and len(mount_point.parts) >= best:
            best, found = len(mount_point.parts), kind
    return found


def _mounts(mount_table: str) -> Iterator[tuple[Path, str]]:
    for line in mount_table.splitlines():
        before, separator, after = line.partition(" - ")
        if separator:
            point = before.split()[4].encode().decode("unicode_escape")
            yield Path(point), after.split()[0]


def is_network(file_system: str) -> bool:
    """Return whether a file system type is held by another machine."""
    return file_system in _NETWORK or file_system.startswith(_NETWORK_FUSE)
