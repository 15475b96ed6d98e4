"""What backups ask of the outside: an engine that stores and brings back, readers of databases, a folder to
work in, and the keeper of passwords. Every method may raise EngineError(reason, retry).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID

from veilleur.domains.backups.ports.databases import (
    Access,
    ByteStream,
    Capture,
    DatabaseDumper,
    DatabaseSource,
    Rebuilt,
    Snapshotter,
)
from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.domains.backups.rules.states import Medium
from veilleur.shared.binding import Slot
from veilleur.shared.refusal import Refused

__all__ = [
    "ADOPT_KEYS",
    "DATA_DIR",
    "DUMPER",
    "ENGINE",
    "KEY_KEEPER",
    "MANIFESTS",
    "OPEN_ENVELOPE",
    "OWN_DATA",
    "PLACES",
    "SNAPSHOTTER",
    "WORKSHOP",
    "Access",
    "BackupEngine",
    "ByteStream",
    "Capture",
    "DatabaseDumper",
    "DatabaseSource",
    "EnvelopeOpener",
    "FolderSource",
    "KeyAdopter",
    "KeyKeeper",
    "ManifestRecord",
    "Manifests",
    "OwnData",
    "PlaceFacts",
    "Places",
    "Progress",
    "Rebuilt",
    "RepositoryAccess",
    "Snapshotter",
    "StagedOwnData",
    "Stored",
    "StoredSnapshot",
    "Workshop",
]

# Called with (phase code, done from 0 to 1 or None when it cannot be known).
Progress = Callable[[str, float | None], None]


@dataclass(frozen=True)
class RepositoryAccess:
    """How a repository is opened. `folder` is the backup place; the engine lays out what is beneath it."""

    identity: UUID
    folder: Path
    password: str = field(repr=False)


@dataclass(frozen=True)
class StoredSnapshot:
    """What the repository itself lists. `started_us`: when the engine began to read, UTC microseconds."""

    snapshot_id: str
    started_us: int
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Stored:
    """What one backup left. `is_partial`: a snapshot exists, but part of the source is not in it."""

    snapshot_id: str
    total_bytes: int
    file_count: int
    is_partial: bool = False
    problems: tuple[str, ...] = ()


class BackupEngine(Protocol):
    """Stores data in a repository and brings it back. Calls take seconds to hours and never prompt."""

    def version(self) -> str:
        """Return the engine's version, or raise EngineError("engine_missing")."""
        ...

    def create_repository(self, access: RepositoryAccess) -> None:
        """Make the repository; do nothing when it is already there and opens with this password."""
        ...

    def is_there(self, place: Path) -> bool:
        """Return whether a place holds a repository, without opening it."""
        ...

    def back_up_folders(
        self,
        access: RepositoryAccess,
        sources: Sequence[Path],
        labels: Sequence[str],
        progress: Progress,
        left_out: Sequence[Path] = (),
    ) -> Stored:
        """Store what exists, but not `left_out` and below; no source may hold or lie in the repository."""
        ...

    def back_up_stream(
        self, access: RepositoryAccess, stream: ByteStream, labels: Sequence[str], progress: Progress
    ) -> Stored:
        """Store one stream, kept only if its producer ended well and every byte it wrote was stored."""
        ...

    def snapshots(self, access: RepositoryAccess) -> tuple[StoredSnapshot, ...]:
        """Return what the repository lists, oldest first."""
        ...

    def restorable_bytes(self, access: RepositoryAccess, snapshot_id: str) -> int:
        """Return how many bytes the repository itself says a restore would write."""
        ...

    def restore(self, access: RepositoryAccess, snapshot_id: str, into: Path, progress: Progress) -> None:
        """Bring everything of a snapshot back under `into`, at its absolute path below it."""
        ...

    def check(self, access: RepositoryAccess, *, every_byte: bool) -> None:
        """Check the repository's structure or, at the cost of reading it all, every byte."""
        ...

    def forget(self, access: RepositoryAccess, snapshot_ids: Sequence[str], *, free_space: bool) -> None:
        """Remove snapshots; with `free_space` also the bytes nothing else needs (long, exclusive)."""
        ...

    def release_dead_locks(self, access: RepositoryAccess) -> None:
        """Remove what a killed engine left behind; a living one's lock stays."""
        ...


@dataclass(frozen=True)
class StagedOwnData:
    """Veilleur's own data, written out in a private folder: database facts, and which files they are of."""

    facts: tuple[DataFact, ...]
    # (path below the folder, name in the facts, "sqlite" or "postgresql" for a dump)
    databases: tuple[tuple[str, str, str], ...]


class OwnData(Protocol):
    """Writes out what a new machine needs to become this Veilleur again, and puts it back."""

    def stage(self, into: Path) -> StagedOwnData:
        """Write snapshots of the databases and what must come with them; never live files, never keys."""
        ...

    def read_staged(self, below: Path) -> tuple[Path, StagedOwnData]:
        """Find staged data below a restored folder: where it is, and what was recorded when it was staged."""
        ...

    def refuse_used(self, data_dir: Path) -> None:
        """Raise place_not_empty where a data folder holds a Veilleur already, folder_not_empty where it holds
        anything else; a missing folder is fine. OSError where it is a file, or lies below one.
        """
        ...

    def put_back(self, staged: Path, data_dir: Path) -> None:
        """Lay staged data out as a data folder, which must hold none yet."""
        ...


@dataclass(frozen=True)
class ManifestRecord:
    """A stored manifest: its SHA-256 and how many facts it holds, unstable ones counted apart.

    `content_count`: facts of what holds content, so without folders.
    """

    digest: str
    fact_count: int
    unstable_count: int
    content_count: int


class Manifests(Protocol):
    """Records facts of files and keeps manifests outside of every repository. Memory stays bounded."""

    def record(
        self,
        run: UUID,
        sources: Sequence[Path],
        facts: Iterable[DataFact],
        progress: Progress,
        left_out: Sequence[Path] = (),
    ) -> ManifestRecord:
        """Hash every file below the sources but at or below `left_out`; store these and the given facts."""
        ...

    def mark_unstable(self, run: UUID) -> ManifestRecord:
        """Look at every file again after the engine read it: what changed since is marked."""
        ...

    def facts(self, run: UUID, digest: str) -> Iterator[DataFact]:
        """Return the recorded facts in order; raise manifest_missing or manifest_altered before the first."""
        ...

    def sources(self, run: UUID) -> tuple[Path, ...]:
        """Return the paths whose files a manifest records; none for a database alone."""
        ...

    def found_under(self, root: Path, sources: Sequence[Path]) -> Iterator[DataFact]:
        """Hash what was restored below `root`, named as it was at the source."""
        ...

    def remove(self, run: UUID) -> None:
        """Remove a manifest, also a half-written one; nothing happens when it is gone."""
        ...


class Workshop(Protocol):
    """Private folders below the data folder, and the lock that serialises work on one repository."""

    def claim(self, repository: UUID, wait_s: float) -> AbstractContextManager[None]:
        """Hold the repository alone among all Veilleur processes; raise EngineError("busy") after the wait.

        The lock ends with the process that holds it, however it dies.
        """
        ...

    def workplace(self, name: str) -> AbstractContextManager[Path]:
        """Make a private empty folder (mode 0700), wiped at the end and, if that was missed, when swept."""
        ...

    def sweep(self, name: str) -> None:
        """Wipe what a killed process left under that name."""
        ...

    def free_bytes(self) -> int:
        """Return the free space where workplaces are made."""
        ...


@dataclass(frozen=True)
class PlaceFacts:
    """What can be seen of a folder meant for backups."""

    folder: Path
    medium: Medium
    file_system: str
    free_bytes: int


@dataclass(frozen=True)
class FolderSource:
    """A file or folder to read, its links followed; nothing at or below `left_out` may be read with it."""

    path: Path
    left_out: tuple[Path, ...] = ()


class Places(Protocol):
    """Looks at folders that hold data or are to hold copies, and keeps the envelope beside repositories."""

    def look(
        self, folder: Path, *, in_use: Sequence[Path] = (), retired: Sequence[Path] = ()
    ) -> PlaceFacts | Refused:
        """Return what the folder is (made if missing), or why it cannot be used.

        It may neither hold nor lie in another place `in_use`; one of these may be looked at again. What a
        `retired` one left in its folder counts no more.
        """
        ...

    def would_make(self, folder: Path) -> bool:
        """Return whether `look` would make the folder: all but its last part is there."""
        ...

    def source(self, source: Path, place: Path) -> FolderSource:
        """Return what of a source may be read into a place: neither Veilleur's own data folder, which holds
        that of every organisation and the keys, nor file systems without data (`/proc`).
        Raise source_missing, source_unreadable, source_empty, own_data_inside_source or
        repository_inside_source.
        """
        ...

    def write_beside(
        self, folder: Path, envelopes: Sequence[bytes], card: dict[str, str], read_me: str
    ) -> None:
        """Write envelopes, identity card and read-me beside the repository, each whole or not at all.

        Without envelopes those that lie there stay; otherwise one that is not given goes. The first one is
        the present key's; at no moment is none of those that stay readable.
        """
        ...

    def read_envelopes(self, folder: Path) -> tuple[bytes, ...]:
        """Return the envelopes, the present key's first; raise envelope_missing, or envelope_damaged for what
        is no file to be read: nothing is waited for.
        """
        ...

    def write_erasures(self, folder: Path, content: bytes) -> None:
        """Write the list of erasures into a folder, whole or not at all."""
        ...

    def read_erasures(self, folder: Path) -> bytes | None:
        """Return the list of erasures of a folder, None where there is none."""
        ...

    def forget_erasures(self, folder: Path) -> None:
        """Remove the list of erasures of a folder."""
        ...

    def read_card(self, folder: Path) -> dict[str, str]:
        """Return the identity card: repository, organisation, engine; envelope_missing without it, and
        card_damaged for what is none.
        """
        ...


class KeyKeeper(Protocol):
    """The process that holds repository passwords. Nothing it returns may be stored or logged."""

    def create_repository_password(self, repository: UUID, organisation: UUID) -> None:
        """Make and keep a password; nothing happens when there is one."""
        ...

    def repository_password(self, repository: UUID) -> str:
        """Return the password of a repository."""
        ...

    def recovery_key_mark(self, organisation: UUID) -> str:
        """Return what tells the present recovery key from every other; empty before one was issued."""
        ...

    def issue_recovery_key(
        self, organisation: UUID, language: str, replaces: str
    ) -> tuple[str, ...] | Refused:
        """Return twelve fresh words, shown once; those before go on opening until `forget_older_keys`,
        the last few and the oldest of them.

        `replaces`: what `recovery_key_mark` returned. Refused("key_made_since") where that is not the present
        key any more.
        """
        ...

    def envelopes(self, organisation: UUID) -> tuple[bytes, ...]:
        """Return all passwords of the organisation sealed to its recovery key, then, while that one has not
        been tried alone, to each one before it.
        """
        ...

    def forget_older_keys(self, handle: str) -> None:
        """Seal to no key but the present one any more; raise words_refused when the handle is of another."""
        ...

    def stage_words(self, organisation: UUID, words: str) -> str | Refused:
        """Check typed words against the issued key and return a handle valid for one hour."""
        ...

    def password_from_words(self, handle: str, envelope: bytes, repository: UUID) -> str:
        """Return a repository's password from the typed words and the envelope, and from nothing else; raise
        words_forgotten when the handle is of no words that are known now.
        """
        ...


ENGINE: Slot[BackupEngine] = Slot("backups.engine")
DUMPER: Slot[DatabaseDumper] = Slot("backups.dumper")
SNAPSHOTTER: Slot[Snapshotter] = Slot("backups.snapshotter")
OWN_DATA: Slot[OwnData] = Slot("backups.own_data")
MANIFESTS: Slot[Manifests] = Slot("backups.manifests")
WORKSHOP: Slot[Workshop] = Slot("backups.workshop")
PLACES: Slot[Places] = Slot("backups.places")
# Opens a sealed envelope with typed words alone: passwords by repository, or why the words do not fit.
EnvelopeOpener = Callable[[bytes, str], dict[UUID, str] | Refused]

OPEN_ENVELOPE: Slot[EnvelopeOpener] = Slot("backups.open_envelope")
# Puts passwords and recovery key of an envelope into a new data folder's keys; returns how many passwords.
KeyAdopter = Callable[[Path, bytes, str], int | Refused]

ADOPT_KEYS: Slot[KeyAdopter] = Slot("backups.adopt_keys")
DATA_DIR: Slot[Path] = Slot("backups.data_dir")
KEY_KEEPER: Slot[KeyKeeper] = Slot("backups.key_keeper")
