"""Why a server does not let a login in, told apart on a real one: by the password, the database, the rule."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.postgresql import ThrowawayPostgres
from veilleur.domains.backups.ports import Access, DatabaseSource
from veilleur.domains.backups.rules.sources import NamedServer
from veilleur.domains.backups.rules.states import AccessState
from veilleur.engines.postgresql.adapter import PostgresDumper

pytestmark = [pytest.mark.postgresql]


@pytest.fixture(scope="module")
def server() -> Iterator[ThrowawayPostgres]:
    with ThrowawayPostgres(listens=True) as running:
        with psycopg.connect(running.url(), autocommit=True) as connection:
            connection.execute("CREATE ROLE reader LOGIN PASSWORD 'ledger'")
            connection.execute("GRANT pg_read_all_data TO reader")
            connection.execute("CREATE ROLE turned_away LOGIN")
            connection.execute("CREATE TABLE invoice (id int)")
        running.let_in(
            "local all all trust",
            "host all turned_away 127.0.0.1/32 reject",
            "host all all 127.0.0.0/8 scram-sha-256",
        )
        yield running


@pytest.fixture
def passfile(tmp_path: Path) -> Path:
    path = tmp_path / "shop.pgpass"
    path.write_text("127.0.0.1:*:*:reader:ledger\n127.0.0.2:*:*:reader:ledger\n")
    path.chmod(0o600)
    return path


def tried(
    server: ThrowawayPostgres,
    passfile: Path | None = None,
    *,
    database: str = "veilleur",
    login: str = "reader",
    host: str = "127.0.0.1",
) -> Access:
    named = NamedServer(host, server.port, database, login)
    places = [passfile.parent] if passfile is not None else []
    return PostgresDumper(passfiles=places).probe(DatabaseSource(named.source, passfile))


def test_a_login_with_its_password_file_is_let_in_by_tcp(server: ThrowawayPostgres, passfile: Path) -> None:
    assert tried(server, passfile).state is AccessState.READABLE


def test_without_a_password_the_server_wants_one(server: ThrowawayPostgres) -> None:
    assert tried(server).reason == "password_wanted"


def test_a_file_without_a_line_that_fits_is_like_none(server: ThrowawayPostgres, passfile: Path) -> None:
    passfile.write_text("db.example:5432:*:reader:ledger\n")

    assert tried(server, passfile).reason == "password_wanted"


def test_another_password_is_refused(server: ThrowawayPostgres, passfile: Path) -> None:
    passfile.write_text("*:*:*:*:guessed\n")

    assert tried(server, passfile).reason == "password_refused"


def test_a_database_that_is_not_there_is_told_from_a_wrong_password(
    server: ThrowawayPostgres, passfile: Path
) -> None:
    assert tried(server, passfile, database="nowhere").reason == "no_such_database"


def test_a_rule_of_the_server_turns_a_login_away(server: ThrowawayPostgres) -> None:
    assert tried(server, login="turned_away").reason == "login_refused"


def test_a_login_that_may_not_read_a_table_is_told_which(server: ThrowawayPostgres, tmp_path: Path) -> None:
    named = NamedServer(str(server.folder), server.port, "veilleur", "turned_away")

    access = PostgresDumper().probe(DatabaseSource(named.source))

    assert (access.reason, access.detail) == ("rights_missing", "public.invoice")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_may_read_would_be_ignored_and_is_refused(
    server: ThrowawayPostgres, passfile: Path, mode: int
) -> None:
    passfile.chmod(mode)

    access = tried(server, passfile)

    assert (access.state, access.reason) == (AccessState.NEEDS_CREDENTIALS, "passfile_open")


@pytest.mark.parametrize(
    ("name", "reason"), [("not-there.pgpass", "passfile_missing"), (".", "passfile_is_a_folder")]
)
def test_a_file_that_is_none_is_missing_or_a_folder(
    server: ThrowawayPostgres, tmp_path: Path, name: str, reason: str
) -> None:
    assert tried(server, tmp_path / name).reason == reason


def test_a_file_behind_links_that_lead_in_a_circle_is_missing(
    server: ThrowawayPostgres, tmp_path: Path
) -> None:
    (tmp_path / "round.pgpass").symlink_to(tmp_path / "round.pgpass")

    assert tried(server, tmp_path / "round.pgpass").reason == "passfile_missing"


def test_where_nothing_answers_the_address_is_named(server: ThrowawayPostgres) -> None:
    source = DatabaseSource(f"host=127.0.0.1 port={server.port + 1} dbname=shop")

    access = PostgresDumper().probe(source)

    assert access == Access(AccessState.UNREACHABLE, "server_unreachable", f"127.0.0.1:{server.port + 1}")


def test_where_somebody_waits_a_silent_server_is_left_in_their_time(
    server: ThrowawayPostgres, passfile: Path
) -> None:
    dumper = PostgresDumper(passfiles=[passfile.parent])
    source = DatabaseSource(NamedServer("127.0.0.1", server.port, "veilleur", "reader").source, passfile)
    began = time.monotonic()
    with psycopg.connect(server.url()) as other:
        other.execute("LOCK TABLE pg_class IN ACCESS EXCLUSIVE MODE")
        silent = dumper.probe(source, 1.0)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        source = DatabaseSource(NamedServer("127.0.0.1", mute.getsockname()[1], "shop").source)
        never = dumper.probe(source, 1.0)

    assert {silent.state, never.state} == {AccessState.UNREACHABLE}
    assert time.monotonic() - began < 8


def test_a_server_that_lets_us_in_and_then_falls_silent_is_not_waited_for(
    server: ThrowawayPostgres, passfile: Path
) -> None:
    patience = PostgresDumper(silence_s=0.5, passfiles=[passfile.parent])
    source = DatabaseSource(NamedServer("127.0.0.1", server.port, "veilleur", "reader").source, passfile)
    with psycopg.connect(server.url()) as other:
        other.execute("LOCK TABLE pg_class IN ACCESS EXCLUSIVE MODE")

        access = patience.probe(source)

    assert (access.state, access.reason) == (AccessState.UNREACHABLE, "server_unreachable")
    assert patience.probe(source).state is AccessState.READABLE
