"""restic's command lines, as pure tuples. The password never stands in one."""

import re
from collections.abc import Sequence
from pathlib import Path

HOST = "veilleur"  # fixed, so that a repository moved to a new machine goes on as one history


def repository_folder(place: Path) -> Path:
    """Return where the repository lies in a backup place; beside it stand the envelope and the read-me."""
    return place / "repository"


def unfinished_folder(place: Path) -> Path:
    """Return where a repository is made, until it is whole."""
    return place / "repository.new"


def make_command(place: Path, *words: str) -> tuple[str, ...]:
    """Return `restic --repo PLACE/repository WORDS`."""
    return ("restic", "--repo", str(repository_folder(place)), *words)


def make_version() -> tuple[str, ...]:
    """Return the command that tells the version."""
    return ("restic", "version")


def make_init(place: Path) -> tuple[str, ...]:
    """Return the command that makes a repository, under the name of an unfinished one."""
    return ("restic", "--repo", str(unfinished_folder(place)), "init")


def make_backup(
    place: Path, sources: Sequence[Path], labels: Sequence[str], left_out: Sequence[Path] = ()
) -> tuple[str, ...]:
    """Return the command that stores files and folders, progress and summary as JSON lines."""
    paths = tuple(str(source) for source in sources)
    without = tuple(f"--exclude={_literally(path)}" for path in left_out)
    return make_command(place, "backup", "--json", "--host", HOST, *_tags(labels), *without, "--", *paths)


def _literally(path: Path) -> str:
    """Return a pattern that means this path and no other: a name may hold what patterns are made of."""
    return re.sub(r"([\\*?\[])", r"\\\1", str(path))


def make_backup_stream(place: Path, name: str, labels: Sequence[str]) -> tuple[str, ...]:
    """Return the command that stores its standard input as one file of that name."""
    return make_command(
        place, "backup", "--json", "--host", HOST, *_tags(labels), "--stdin", "--stdin-filename", name
    )


def _tags(labels: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for label in labels for word in ("--tag", label))


def make_snapshots(place: Path) -> tuple[str, ...]:
    """Return the command that lists all snapshots; without a lock, since it only reads."""
    return make_command(place, "snapshots", "--json", "--no-lock")


def make_stats(place: Path, snapshot_id: str) -> tuple[str, ...]:
    """Return the command that tells how many bytes a restore of the snapshot would write."""
    return make_command(place, "stats", "--json", "--no-lock", "--mode", "restore-size", snapshot_id)


def make_restore(place: Path, snapshot_id: str, into: Path) -> tuple[str, ...]:
    """Return the command that restores a whole snapshot, from the repository itself and not from the
    cache.
    """
    return make_command(place, "restore", "--no-cache", snapshot_id, "--target", str(into))


def make_check(place: Path, *, every_byte: bool) -> tuple[str, ...]:
    """Return the command that checks the structure, with `every_byte` also all contents."""
    return make_command(place, "check", "--no-cache", *(("--read-data",) if every_byte else ()))


def make_forget(place: Path, snapshot_ids: Sequence[str], *, free_space: bool) -> tuple[str, ...]:
    """Return the command that removes the named snapshots, and with `free_space` their bytes."""
    return make_command(place, "forget", *(("--prune",) if free_space else ()), *snapshot_ids)


def make_prune(place: Path) -> tuple[str, ...]:
    """Return the command that frees the bytes no snapshot needs."""
    return make_command(place, "prune")


def make_unlock(place: Path) -> tuple[str, ...]:
    """Return the command that removes stale locks only; never `--remove-all`, which breaks living work."""
    return make_command(place, "unlock")


def make_list_locks(place: Path) -> tuple[str, ...]:
    """Return the command that lists the locks that are left."""
    return make_command(place, "list", "locks", "--no-lock")
