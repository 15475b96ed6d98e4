"""PostgreSQL behind backups' port DatabaseDumper: one snapshot for facts and dump, and a full rebuild."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import psycopg
from psycopg import sql

from veilleur.domains.backups.ports import Access, ByteStream, Capture, DatabaseSource, Rebuilt
from veilleur.domains.backups.rules.errors import EngineError, ProducerFailed
from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.domains.backups.rules.states import AccessState
from veilleur.engines.postgresql import commands, parse
from veilleur.engines.postgresql.cluster import Cluster, throwaway_cluster
from veilleur.engines.postgresql.login import (
    Countdown,
    connection_string,
    hurried,
    login_environment,
    passfile_problem,
    refusal_of,
)
from veilleur.engines.postgresql.reading import (
    Connection,
    database_name,
    hold,
    not_waited_for,
    read_as_text,
    read_facts,
    unreadable_tables,
)
from veilleur.engines.running import Command, ProgramMissing, run, started

_LONG_S = 12 * 3600.0
_QUICK_S = 300.0
DUMP_NAME = "database.dump"


class PostgresDumper:
    """Uses the installed PostgreSQL programs; `homes` are globbed for folders like 15/bin.

    A trial is given up when the server leaves its few short questions unanswered for `silence_s`. No password
    file is read that is neither one of `passfiles` nor below one of them.
    """

    def __init__(
        self,
        homes: Path = Path("/usr/lib/postgresql"),
        silence_s: float = 20.0,
        passfiles: Sequence[Path] = (),
    ) -> None:
        self._homes = homes
        self._silence_s = silence_s
        self._passfiles = passfiles

    def probe(self, source: DatabaseSource, patience_s: float | None = None) -> Access:
        """Return whether every table can be read; a server that answers but refuses wants credentials."""
        left = Countdown(patience_s)
        try:
            text = connection_string(source)
            problem, detail = passfile_problem(source, self._passfiles)
            if problem:
                return Access(AccessState.NEEDS_CREDENTIALS, problem, detail)
            if not self._answers(source, left):
                address = parse.address_in_words(source.conninfo)
                return Access(AccessState.UNREACHABLE, "server_unreachable", address)
        except EngineError as error:
            return Access(AccessState.NEEDS_CREDENTIALS, error.reason, error.detail)
        return self._tried(text, left)

    def _answers(self, source: DatabaseSource, left: Countdown) -> bool:
        """Return whether a server takes connections. A program asks: libpq's own ping, called from here,
        would hold up every other thread of this process for as long as nobody answers.
        """
        programs = self._programs(0, exact=False)
        greeting = Command(commands.make_greeting(programs, source.conninfo), left.at_most(_QUICK_S))
        return run(greeting).code == 0

    def _tried(self, text: str, left: Countdown) -> Access:
        try:
            connection = psycopg.connect(hurried(text, left))
        except psycopg.errors.ConnectionTimeout as error:
            return Access(AccessState.UNREACHABLE, "server_unreachable", str(error).strip())
        except psycopg.Error as error:
            reason = refusal_of(error, hurried(text, left))
            return Access(AccessState.NEEDS_CREDENTIALS, reason, str(error).strip())
        try:
            with connection, not_waited_for(connection, left.at_most(self._silence_s)):
                read_as_text(connection)
                unreadable = unreadable_tables(connection)
        except psycopg.Error as error:
            return Access(AccessState.UNREACHABLE, "server_unreachable", str(error).strip())
        if unreadable:
            return Access(AccessState.NEEDS_CREDENTIALS, "rights_missing", ", ".join(unreadable))
        return Access(AccessState.READABLE)

    def databases(self, source: DatabaseSource, patience_s: float | None = None) -> tuple[str, ...]:
        """Return the names of the server's databases that take connections, templates left out."""
        problem, detail = passfile_problem(source, self._passfiles)
        if problem:
            raise EngineError(problem, retry=False, detail=detail)
        left = Countdown(patience_s)
        try:
            with (
                psycopg.connect(hurried(connection_string(source), left)) as connection,
                not_waited_for(connection, left.at_most(self._silence_s)),
            ):
                rows = connection.execute(commands.DATABASES.encode()).fetchall()
        except psycopg.Error as error:
            raise EngineError("needs_credentials", retry=False, detail=str(error).strip()) from error
        return tuple(database_name(row[0]) for row in rows)

    @contextmanager
    def capture(self, source: DatabaseSource) -> Iterator[Capture]:
        """Hold the database in one repeatable-read, read-only transaction until the context ends."""
        access = self.probe(source)
        if access.state is not AccessState.READABLE:
            retry = access.state is AccessState.UNREACHABLE
            raise EngineError(access.reason, retry=retry, detail=access.detail)
        try:
            with psycopg.connect(connection_string(source)) as connection:
                hold(connection)
                programs = self._programs(parse.major_of_server(connection.info.server_version), exact=False)
                yield _HeldDatabase(connection, source, programs)
        except psycopg.Error as error:
            raise EngineError("source_unreadable", retry=True, detail=str(error).strip()) from error

    def rebuild(self, dump: Path, server_globals: Path | None, workplace: Path) -> Rebuilt:
        """Load a dump into a fresh cluster of the same major version, read its facts, stop and wipe it."""
        programs = self._programs(self._major_of(dump), exact=True)
        clock = _Stopwatch()
        with throwaway_cluster(programs, workplace) as cluster:
            start_s = clock.lap()
            has_roles = _load_roles(cluster, server_globals)
            _create_database(cluster, dump)
            _load(cluster, dump, with_owners=has_roles)
            restore_s = clock.lap()
            facts = _facts_of(cluster)
            remarks = (_check_indexes(cluster), "roles_restored" if has_roles else "roles_not_restored")
            return Rebuilt(facts, start_s, restore_s, clock.lap(), "sandbox", remarks)

    def _major_of(self, dump: Path) -> int:
        newest = self._programs(0, exact=False)
        listed = run(Command(commands.make_list(newest), _QUICK_S, input_file=dump))
        major = parse.major_of_dump(listed.output.decode("utf-8", "replace"))
        if listed.code or major is None:
            raise EngineError("restore_failed", retry=False, detail=parse.last_words(listed.errors))
        return major

    def _programs(self, major: int, *, exact: bool) -> Path:
        """Return the programs of that major version, or (unless exact) the oldest newer ones."""
        found = parse.programs_by_major(
            path for path in self._homes.glob("*/bin") if (path / ("initdb" if exact else "pg_dump")).exists()
        )
        fitting = [
            version for version in sorted(found) if version == major or (not exact and version > major)
        ]
        if not fitting:
            reason = "no_matching_postgresql" if exact else "engine_missing"
            raise EngineError(reason, retry=False, detail=f"PostgreSQL {major}")
        return found[fitting[0] if major else fitting[-1]]


class _HeldDatabase:
    """Implements the port Capture on an open transaction."""

    def __init__(self, connection: Connection, source: DatabaseSource, programs: Path) -> None:
        self._connection = connection
        self._source = source
        self._programs = programs
        exported = connection.execute(commands.EXPORT).fetchone()
        assert exported is not None
        self._snapshot: str = exported[0]
        self._facts: tuple[DataFact, ...] | None = None

    @property
    def facts(self) -> tuple[DataFact, ...]:
        """Return the facts of the held instant, read once."""
        if self._facts is None:
            self._facts = read_facts(self._connection)
        return self._facts

    def dump(self) -> ByteStream:
        """Start pg_dump on the same instant."""
        arguments = commands.make_dump(self._programs, self._source.conninfo, self._snapshot)
        return _DumpStream(Command(arguments, _LONG_S, login_environment(self._source)))

    def server_globals(self) -> bytes:
        """Return the roles with their password hashes; without those where the login may not read them."""
        for with_passwords in (True, False):
            arguments = commands.make_globals(
                self._programs, self._source.conninfo, with_passwords=with_passwords
            )
            finished = run(Command(arguments, _QUICK_S, login_environment(self._source)))
            if finished.code == 0:
                return finished.output
        return b""


class _DumpStream:
    """A pg_dump that is writing."""

    name = DUMP_NAME

    def __init__(self, command: Command) -> None:
        self._open = ExitStack()
        try:
            self._child = self._open.enter_context(started(command))
        except ProgramMissing as missing:
            raise EngineError("engine_missing", retry=False, detail=str(missing)) from missing

    @property
    def source(self) -> BinaryIO:
        """Return the pipe to read."""
        return self._child.stdout

    def finish(self) -> None:
        """Wait for the end; anything but success means that what was read is not a dump."""
        finished = self._child.wait()
        if finished.code:
            detail = parse.last_words(finished.errors) or f"exit code {finished.code}"
            raise ProducerFailed("producer_failed", retry=True, detail=detail)

    def abort(self) -> None:
        """Stop it if it still runs."""
        self._open.close()


class _Stopwatch:
    """Measures one step after the other by the monotonic clock."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def lap(self) -> float:
        """Return the seconds since the last call."""
        now = time.monotonic()
        passed, self._last = now - self._last, now
        return passed


def _load_roles(cluster: Cluster, server_globals: Path | None) -> bool:
    """Make the roles; return False when none were kept, so that owners cannot be restored."""
    if server_globals is None or server_globals.stat().st_size == 0:
        return False
    loaded = cluster.run(
        commands.make_load_globals(cluster.programs, cluster.conninfo("postgres")), server_globals
    )
    return loaded.code == 0


def _create_database(cluster: Cluster, dump: Path) -> None:
    """Make an empty database with the encoding and locale of the dumped one."""
    shown = cluster.run(commands.make_definition(cluster.programs), dump)
    options = parse.database_options(shown.output.decode("utf-8", "replace"))
    try:
        with cluster.connect("postgres", autocommit=True) as connection:
            name = sql.Identifier(commands.RESTORED).as_string(connection)
            connection.execute(f"CREATE DATABASE {name} {options}".encode())
    except psycopg.Error as error:
        raise EngineError("restore_failed", retry=False, detail=str(error).strip()) from error


def _load(cluster: Cluster, dump: Path, *, with_owners: bool) -> None:
    conninfo = cluster.conninfo(commands.RESTORED)
    loaded = cluster.run(commands.make_restore(cluster.programs, conninfo, with_owners=with_owners), dump)
    if loaded.code:
        raise EngineError("restore_failed", retry=False, detail=parse.last_words(loaded.errors))


def _facts_of(cluster: Cluster) -> tuple[DataFact, ...]:
    try:
        with cluster.connect(commands.RESTORED) as connection:
            hold(connection)
            return read_facts(connection)
    except psycopg.Error as error:
        raise EngineError("restore_failed", retry=False, detail=str(error).strip()) from error


def _check_indexes(cluster: Cluster) -> str:
    """Compare every index with its table; return a remark, raise when one is wrong."""
    if not (cluster.programs / "pg_amcheck").exists():
        return "amcheck_unavailable"
    checked = cluster.run(commands.make_index_check(cluster.programs, cluster.home))
    if checked.code == 0:
        return "amcheck_passed"
    if parse.is_extension_missing(checked.errors):
        return "amcheck_unavailable"
    raise EngineError(
        "restore_failed",
        retry=False,
        detail=parse.last_words(checked.output.decode("utf-8", "replace") + checked.errors),
    )
