"""A real PostgreSQL server: facts and dump of one instant, and rebuilding in a throw-away cluster."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgresql import ThrowawayPostgres, postgresql_programs
from veilleur.domains.backups.ports import DatabaseSource, Rebuilt
from veilleur.domains.backups.rules.comparison import compare
from veilleur.domains.backups.rules.errors import EngineError, ProducerFailed
from veilleur.domains.backups.rules.states import AccessState
from veilleur.engines.files.workshop import ELSEWHERE
from veilleur.engines.postgresql.adapter import PostgresDumper

pytestmark = [
    pytest.mark.postgresql,
]
DUMPER = PostgresDumper()
CONTENT = """
CREATE SCHEMA odd;
CREATE TABLE customer (id bigserial PRIMARY KEY, name text NOT NULL, born date, balance numeric(12,2),
    ratio double precision, raw bytea, tags text[], seen timestamptz, details jsonb);
INSERT INTO customer (name, born, balance, ratio, raw, tags, seen, details)
    SELECT 'client ' || n, date '1950-01-01' + n, n / 3.0, n / 7.0, decode(md5(n::text), 'hex'),
    ARRAY['a', 'b' || n], timestamptz '2026-01-01 12:00+02' + n * interval '1 hour',
    jsonb_build_object('n', n)
    FROM generate_series(1, 2000) n;
CREATE INDEX by_name ON customer (name);
CREATE TABLE odd."veilleur row" ("veilleur row" int, "with "" quote" text);
INSERT INTO odd."veilleur row" VALUES (1, 'x'), (1, 'x'), (NULL, NULL);
CREATE TABLE part (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE part_2026 PARTITION OF part FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO part VALUES (1, '2026-05-05');
CREATE TABLE empty (id int);
CREATE VIEW rich AS SELECT name FROM customer WHERE balance > 100 AND name IN ('client 1', 'client 2');
ALTER TABLE customer ADD CONSTRAINT known CHECK (name::varchar IN ('x') OR name LIKE 'client%');
ALTER TABLE customer DROP COLUMN tags;
CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';
CREATE ROLE bookkeeper LOGIN PASSWORD 'ledger';
GRANT SELECT ON customer TO bookkeeper;
SELECT lo_from_bytea(0, decode('00ff10', 'hex'));
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowawayPostgres]:
    with ThrowawayPostgres() as running:
        with psycopg.connect(running.url(), autocommit=True) as connection:
            connection.execute(CONTENT)
        yield running


@pytest.fixture
def source(server: ThrowawayPostgres) -> DatabaseSource:
    return DatabaseSource(server.url())


@pytest.fixture(scope="module")
def dumped(server: ThrowawayPostgres, tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple, Path, Path]:
    folder = tmp_path_factory.mktemp("dump")
    with DUMPER.capture(DatabaseSource(server.url())) as capture:
        facts = capture.facts
        (folder / "dump").write_bytes(read(capture.dump()))
        (folder / "roles").write_bytes(capture.server_globals())
    return facts, folder / "dump", folder / "roles"


def read(stream: object) -> bytes:
    content = stream.source.read()
    stream.finish()
    stream.abort()
    return content


def sizes(facts: tuple) -> dict[str, int]:
    return {fact.name: fact.size for fact in facts}


def rebuild(dump: Path, roles: Path | None, tmp_path: Path) -> Rebuilt:
    workplace = tmp_path / "workplace"
    workplace.mkdir()
    return DUMPER.rebuild(dump, roles, workplace)


def left_of_cluster(tmp_path: Path) -> list[Path]:
    """Return what is there still of the cluster that `rebuild` made: here, or where a note says."""
    workplace = tmp_path / "workplace"
    note = workplace / ELSEWHERE
    homes = [Path(line) for line in note.read_text().splitlines()] if note.exists() else []
    assert homes or os.geteuid() != 0  # as root it always lies elsewhere
    return [home for home in (workplace / "cluster", *homes) if home.exists()]


@pytest.mark.sandbox
def test_a_rebuilt_database_has_every_fact_of_the_source(dumped: tuple, tmp_path: Path) -> None:
    facts, dump, roles = dumped

    rebuilt = rebuild(dump, roles, tmp_path)

    result = compare(facts, rebuilt.facts)
    assert result.differences == ()
    assert result.is_equal
    assert sizes(facts)["public.customer"] == 2000
    assert sizes(facts)["odd.veilleur row"] == 3
    assert sizes(facts)["public.part_2026"] == 1
    assert sizes(facts)["pg_catalog.large objects"] == 1
    assert rebuilt.remarks == ("amcheck_passed", "roles_restored")
    assert min(rebuilt.start_s, rebuilt.restore_s, rebuilt.verify_s) > 0
    assert rebuilt.isolation == "sandbox"
    assert left_of_cluster(tmp_path) == []
    assert not (tmp_path / "workplace" / "cluster").exists()


@pytest.mark.sandbox
def test_without_roles_the_data_comes_back_all_the_same(dumped: tuple, tmp_path: Path) -> None:
    facts, dump, _roles = dumped

    rebuilt = rebuild(dump, None, tmp_path)

    assert compare(facts, rebuilt.facts).is_equal
    assert "roles_not_restored" in rebuilt.remarks


@pytest.mark.sandbox
def test_rows_committed_meanwhile_are_in_neither_facts_nor_dump(
    source: DatabaseSource, server: ThrowawayPostgres, tmp_path: Path
) -> None:
    with DUMPER.capture(source) as capture:
        with psycopg.connect(server.url(), autocommit=True) as other:
            other.execute("INSERT INTO empty VALUES (1)")
        try:
            facts, dump = capture.facts, tmp_path / "dump"
            dump.write_bytes(read(capture.dump()))
        finally:
            with psycopg.connect(server.url(), autocommit=True) as other:
                other.execute("DELETE FROM empty")

    assert sizes(facts)["public.empty"] == 0
    assert compare(facts, rebuild(dump, None, tmp_path).facts).is_equal


OBJECTS = {("changed", "relations"), ("changed", "columns")}


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("DELETE FROM customer WHERE id = 77", {("changed", "public.customer")}),
        ("UPDATE customer SET balance = 0 WHERE id = 77", {("changed", "public.customer")}),
        ("INSERT INTO odd.\"veilleur row\" VALUES (1, 'x')", {("changed", "odd.veilleur row")}),
        ("DROP TABLE empty", {("missing", "public.empty"), *OBJECTS}),
        ("CREATE TABLE extra (id int)", {("unexpected", "public.extra"), *OBJECTS}),
        ("DROP INDEX by_name", {("changed", "relations")}),
        ("DROP FUNCTION twice(int)", {("changed", "functions")}),
        ("ALTER TABLE customer ALTER name DROP NOT NULL", {("changed", "columns")}),
        ("ALTER TABLE customer DROP CONSTRAINT known", {("changed", "constraints")}),
        ("SELECT lo_create(0)", {("changed", "pg_catalog.large objects")}),
    ],
)
def test_each_difference_of_a_database_is_named(
    dumped: tuple, server: ThrowawayPostgres, damage: str, expected: set[tuple[str, str]]
) -> None:
    facts, _dump, _roles = dumped
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE damaged TEMPLATE veilleur")
    try:
        with psycopg.connect(server.url("damaged"), autocommit=True) as connection:
            connection.execute(damage)
        with DUMPER.capture(DatabaseSource(server.url("damaged"))) as capture:
            found = capture.facts
    finally:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE damaged WITH (FORCE)")

    names = {(one.problem, one.name) for one in compare(facts, found).differences}
    assert names == expected


@pytest.mark.sandbox
@pytest.mark.parametrize("kept", [0.5, 0.97])
def test_a_truncated_dump_cannot_be_rebuilt_and_leaves_nothing_behind(
    dumped: tuple, tmp_path: Path, kept: float
) -> None:
    _facts, dump, _roles = dumped
    content = dump.read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(content[: int(len(content) * kept)])

    with pytest.raises(EngineError) as caught:
        rebuild(cut, None, tmp_path)

    assert caught.value.reason == "restore_failed"
    assert left_of_cluster(tmp_path) == []


def test_text_that_is_no_dump_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no dump")

    with pytest.raises(EngineError, match="restore_failed"):
        rebuild(tmp_path / "text", None, tmp_path)


def test_a_dump_of_another_major_version_is_not_tried(dumped: tuple, tmp_path: Path) -> None:
    programs = postgresql_programs()
    assert programs is not None
    (tmp_path / "homes" / "99").mkdir(parents=True)
    (tmp_path / "homes" / "99" / "bin").symlink_to(programs)
    (tmp_path / "workplace").mkdir()

    with pytest.raises(EngineError) as caught:
        PostgresDumper(tmp_path / "homes").rebuild(dumped[1], None, tmp_path / "workplace")
    assert caught.value.reason == "no_matching_postgresql"


def test_a_pg_dump_that_loses_its_server_process_is_a_failed_producer(
    source: DatabaseSource, server: ThrowawayPostgres
) -> None:
    with psycopg.connect(server.url(), autocommit=True) as other:
        other.execute("CREATE TABLE big AS SELECT repeat('x', 1000) AS text FROM generate_series(1, 5000)")
        try:
            with DUMPER.capture(source) as capture:
                stream = capture.dump()
                stream.source.read(100_000)
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'pg_dump'"
                )
                stream.source.read()

                with pytest.raises(ProducerFailed):
                    stream.finish()
                stream.abort()
        finally:
            other.execute("DROP TABLE big")


def test_a_readable_database_is_readable(source: DatabaseSource) -> None:
    assert DUMPER.probe(source).state is AccessState.READABLE


def test_a_login_that_may_not_read_every_table_needs_credentials(
    server: ThrowawayPostgres, source: DatabaseSource
) -> None:
    limited = DatabaseSource(server.url().replace("veilleur@", "bookkeeper@"))

    access = DUMPER.probe(limited)

    assert access.state is AccessState.NEEDS_CREDENTIALS
    assert "veilleur row" in access.detail
    with pytest.raises(EngineError, match="rights_missing"), DUMPER.capture(limited):
        pass


@pytest.mark.sandbox
def test_a_login_that_may_read_all_data_and_write_nothing_is_enough(
    server: ThrowawayPostgres, dumped: tuple, tmp_path: Path
) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("SELECT lo_unlink(oid) FROM pg_largeobject_metadata")
        connection.execute("CREATE ROLE reader LOGIN")
        connection.execute("GRANT pg_read_all_data TO reader")
    source = DatabaseSource(server.url().replace("veilleur@", "reader@"))
    assert DUMPER.probe(source).state is AccessState.READABLE
    with DUMPER.capture(source) as capture:
        facts, roles = capture.facts, capture.server_globals()
        (tmp_path / "dump").write_bytes(read(capture.dump()))
        (tmp_path / "roles").write_bytes(roles)

    rebuilt = rebuild(tmp_path / "dump", tmp_path / "roles", tmp_path)

    assert compare(facts, rebuilt.facts).is_equal
    assert b"CREATE ROLE reader" in roles


@pytest.mark.sandbox
def test_a_database_without_an_encoding_comes_back_whatever_bytes_its_names_are(
    server: ThrowawayPostgres, tmp_path: Path
) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE old ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'")
    source = DatabaseSource(psycopg.conninfo.make_conninfo(server.url(), dbname="old"))
    with psycopg.connect(source.conninfo, autocommit=True) as connection:
        connection.execute(b"CREATE TABLE caf\xe9 AS SELECT 'cr\xe8me'::text AS milk")
        connection.execute(b"REVOKE ALL ON caf\xe9 FROM PUBLIC")

    limited = DUMPER.probe(DatabaseSource(source.conninfo.replace("user=veilleur", "user=bookkeeper")))
    with DUMPER.capture(source) as capture:
        facts = capture.facts
        (tmp_path / "dump").write_bytes(read(capture.dump()))

    assert set(DUMPER.databases(source)) == {"old", "postgres", "veilleur"}
    assert (limited.reason, limited.detail) == ("rights_missing", "public.café")
    assert compare(facts, rebuild(tmp_path / "dump", None, tmp_path).facts).is_equal
    assert sizes(facts)["public.café"] == 1


def test_an_unknown_login_needs_credentials_and_a_silent_server_is_unreachable(
    server: ThrowawayPostgres, tmp_path: Path
) -> None:
    unknown = DatabaseSource(server.url().replace("veilleur@", "nobody_here@"))
    silent = DatabaseSource(f"host={tmp_path} dbname=x")

    assert DUMPER.probe(unknown).state is AccessState.NEEDS_CREDENTIALS
    assert DUMPER.probe(silent).state is AccessState.UNREACHABLE


def test_a_password_in_the_connection_string_is_refused() -> None:
    access = DUMPER.probe(DatabaseSource("host=/tmp dbname=x password=secret"))

    assert (access.state, access.reason) == (AccessState.NEEDS_CREDENTIALS, "password_in_source")


def test_passwords_and_password_files_do_not_show() -> None:
    assert "secret" not in repr(DatabaseSource("dbname=x", password="secret"))


@pytest.mark.sandbox
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to give up its rights")
def test_root_never_runs_the_throw_away_server(dumped: tuple, tmp_path: Path) -> None:
    owners: set[int] = set()
    watcher = threading.Thread(target=_note_owners, args=(owners,))
    watcher.start()
    rebuild(dumped[1], None, tmp_path)
    watcher.join()

    assert owners
    assert 0 not in owners


def _note_owners(owners: set[int]) -> None:
    deadline = time.monotonic() + 20
    while not owners and time.monotonic() < deadline:
        for path in Path("/var/tmp").glob("veilleur-cluster-*/data/postmaster.pid"):
            try:
                owners.add(path.stat().st_uid)
            except FileNotFoundError:
                continue
        time.sleep(0.02)
