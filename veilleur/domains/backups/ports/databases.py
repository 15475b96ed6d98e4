"""What backups ask of those who read databases: whether they may, a held instant, a rebuilt copy."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.domains.backups.rules.states import AccessState


class ByteStream(Protocol):
    """Bytes that a program is writing right now."""

    @property
    def name(self) -> str:
        """Return the file name under which the bytes are stored."""
        ...

    @property
    def source(self) -> BinaryIO:
        """Return the open pipe to read to its end."""
        ...

    def finish(self) -> None:
        """Wait for the program; raise ProducerFailed unless it ended well. Call it after the last byte."""
        ...

    def abort(self) -> None:
        """Stop the program if it still runs and close the pipe; harmless after `finish`."""
        ...


@dataclass(frozen=True)
class DatabaseSource:
    """How a database server's database is reached. `conninfo`: a connection string without password.

    `is_operators`: it stands in the settings, so whoever runs Veilleur answers for it; any other may have
    been named by a member to get hold of a secret.
    """

    conninfo: str
    passfile: Path | None = None
    password: str = field(default="", repr=False)
    is_operators: bool = False


@dataclass(frozen=True)
class Access:
    """Whether a source can be read; `reason` and `detail` say why not."""

    state: AccessState
    reason: str = ""
    detail: str = ""


class Capture(Protocol):
    """A database held still: facts and dump are of the same instant. Closes with its context."""

    @property
    def facts(self) -> tuple[DataFact, ...]:
        """Return row counts and digests, sorted by `DataFact.order`."""
        ...

    def dump(self) -> ByteStream:
        """Start writing out the database as it was at that instant."""
        ...

    def server_globals(self) -> bytes:
        """Return what belongs to the server and not to one database (roles), without passwords' loss.

        Empty when the login may not read it: then a restore makes plain roles of the same names.
        """
        ...


@dataclass(frozen=True)
class Rebuilt:
    """A database brought back and read again, with the seconds each step took and remarks (codes)."""

    facts: tuple[DataFact, ...]
    start_s: float
    restore_s: float
    verify_s: float
    isolation: str
    remarks: tuple[str, ...] = ()


class DatabaseDumper(Protocol):
    """Reads a database server (PostgreSQL) and rebuilds one of its databases in a throw-away cluster."""

    def probe(self, source: DatabaseSource, patience_s: float | None = None) -> Access:
        """Try to read; never raise for what a person has to mend.

        `patience_s`: give up after that many seconds in all, because somebody waits.
        """
        ...

    def databases(self, source: DatabaseSource, patience_s: float | None = None) -> tuple[str, ...]:
        """Return the names of the databases that the server behind `source` holds, templates left out."""
        ...

    def capture(self, source: DatabaseSource) -> AbstractContextManager[Capture]:
        """Hold the database still in one read-only transaction until the context ends."""
        ...

    def rebuild(self, dump: Path, server_globals: Path | None, workplace: Path) -> Rebuilt:
        """Load a dump into a fresh cluster that nothing else can reach, read its facts, stop and wipe it."""
        ...


class Snapshotter(Protocol):
    """Takes consistent copies of SQLite files while they are in use."""

    def is_database(self, path: Path) -> bool:
        """Return whether a path is a SQLite database; raise EngineError if it is one that cannot be read."""
        ...

    def capture(self, database: Path, into: Path, name: str) -> tuple[DataFact, ...]:
        """Write a consistent copy to the new file `into`; return its facts, named `name:table`, sorted."""
        ...

    def read_back(self, database: Path, name: str) -> tuple[DataFact, ...]:
        """Check a restored file's integrity and return its facts; raise EngineError if it is damaged."""
        ...
