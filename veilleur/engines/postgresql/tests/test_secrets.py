"""Whatever server a member names, no secret of this machine goes there: hostile servers, and real libpq."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from tests.postgresql import ThrowawayPostgres, postgresql_programs
from veilleur.domains.backups.ports import Access, DatabaseSource
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.sources import NamedServer
from veilleur.domains.backups.rules.states import AccessState
from veilleur.engines.postgresql.adapter import PostgresDumper
from veilleur.engines.postgresql.login import login_environment
from veilleur.engines.probe.tests.servers import make_certificate
from veilleur.shared.clock import utc_now

SECRET = "the-ledger-of-others"
CLEAR, MD5 = b"R\0\0\0\x08\0\0\0\x03", b"R\0\0\0\x0c\0\0\0\x05salt"
_TLS_REQUEST = b"\x04\xd2\x16\x2f"


@contextmanager
def hostile(host: str, wish: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Serve the start of PostgreSQL's protocol without TLS, ask for a password, and keep what was said."""
    heard: list[bytes] = []
    with socket.create_server((host, 0)) as door:

        def answer() -> None:
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                with line:
                    line.settimeout(2)
                    try:
                        while said := line.recv(4096):
                            heard.append(said)
                            line.sendall(b"N" if said[4:8] == _TLS_REQUEST else wish)
                    except OSError:
                        continue

        threading.Thread(target=answer, daemon=True).start()
        yield door.getsockname()[1], heard
        door.shutdown(socket.SHUT_RDWR)


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "others.pgpass"
    path.write_text(text)
    path.chmod(mode)
    return path


def tried(passfile: Path | None, *places: Path, host: str = "127.0.0.1", port: int = 1) -> Access:
    source = DatabaseSource(NamedServer(host, port, "shop", "reader").source, passfile)
    return PostgresDumper(passfiles=places).probe(source)


@pytest.mark.parametrize("wish", [CLEAR, MD5])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_a_server_that_asks_for_the_password_itself_does_not_get_it(
    tmp_path: Path, host: str, wish: bytes
) -> None:
    with hostile(host, wish) as (port, heard):
        access = tried(written(tmp_path, f"{host}:*:*:*:{SECRET}\n"), tmp_path, host=host, port=port)

    assert (access.state, access.reason) == (AccessState.NEEDS_CREDENTIALS, "weak_login")
    assert heard
    # The answer to either wish would be a message of the kind "p".
    assert not any(said.startswith(b"p") or SECRET.encode() in said for said in heard)


def test_a_password_for_any_host_goes_to_no_other_machine(tmp_path: Path) -> None:
    passfile = written(tmp_path, f"db.example:*:*:*:one\n*:*:*:*:{SECRET}\n")

    assert tried(passfile, tmp_path, host="127.0.0.2").reason == "passfile_any_host"
    assert tried(passfile, tmp_path, host="127.0.0.1").reason == "server_unreachable"


def test_a_file_outside_of_the_places_allowed_is_not_even_looked_at(tmp_path: Path) -> None:
    allowed, elsewhere = tmp_path / "secrets", tmp_path / "elsewhere"
    allowed.mkdir()
    elsewhere.mkdir()
    inside = allowed / "link.pgpass"
    inside.symlink_to(written(elsewhere, f"*:*:*:*:{SECRET}\n"))
    named = [
        elsewhere / "others.pgpass",
        elsewhere / "missing",
        allowed / "../elsewhere/others.pgpass",
        inside,
    ]

    answers = {tried(path, allowed) for path in named}

    assert answers == {Access(AccessState.NEEDS_CREDENTIALS, "passfile_elsewhere", str(allowed))}


def test_its_databases_are_not_listed_with_a_file_from_elsewhere(tmp_path: Path) -> None:
    source = DatabaseSource("host=127.0.0.1 dbname=shop", written(tmp_path, f"*:*:*:*:{SECRET}\n"))

    with pytest.raises(EngineError) as refused:
        PostgresDumper().databases(source)

    assert refused.value.reason == "passfile_elsewhere"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file away")
def test_another_accounts_file_is_refused(tmp_path: Path) -> None:
    passfile = written(tmp_path, f"*:*:*:*:{SECRET}\n")
    shutil.chown(passfile, "nobody")

    assert tried(passfile, tmp_path).reason == "passfile_foreign"


def test_the_programs_sign_in_on_the_same_terms_and_take_no_password_from_elsewhere() -> None:
    far = login_environment(DatabaseSource("host=db.example dbname=shop"))
    near = login_environment(DatabaseSource("host=/run/postgresql dbname=shop"))

    assert far["PGREQUIREAUTH"] == "scram-sha-256"
    assert (far["PGCHANNELBINDING"], far["PGSSLMODE"], far["PGPASSWORD"]) == ("require", "require", "")
    assert near["PGREQUIREAUTH"] == "scram-sha-256,none"


@pytest.mark.postgresql
def test_another_machine_is_read_over_tls_and_by_no_other_way(tmp_path: Path) -> None:
    passfile = written(tmp_path, "127.0.0.2:*:*:reader:ledger\n")
    programs = postgresql_programs()
    assert programs is not None
    with (
        ThrowawayPostgres(listens=True) as server,
        psycopg.connect(server.url(), autocommit=True) as connection,
    ):
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'ledger'")
        server.let_in("local all all trust", "host all all 127.0.0.0/8 scram-sha-256")
        named = NamedServer("127.0.0.2", server.port, "veilleur", "reader")
        source = DatabaseSource(named.source, passfile)
        without_tls = PostgresDumper(passfiles=[tmp_path]).probe(source)
        _switch_tls_on(connection, server)
        with_tls = PostgresDumper(passfiles=[tmp_path]).probe(source)
        dumped = subprocess.run(
            [programs / "pg_dump", "--no-password", f"--dbname={named.source}"],
            env=login_environment(source),
            capture_output=True,
            check=False,
        )

    assert without_tls.reason == "weak_login"
    assert with_tls == Access(AccessState.READABLE)
    assert (dumped.returncode, dumped.stderr) == (0, b"")


def _switch_tls_on(connection: psycopg.Connection, server: ThrowawayPostgres) -> None:
    data = server.folder / "data"
    made = make_certificate(data, utc_now() + timedelta(days=1))
    made.chmod(0o600)
    owner = data.stat()
    os.chown(made, owner.st_uid, owner.st_gid)
    for setting in ("ssl_cert_file", "ssl_key_file"):
        connection.execute(f"ALTER SYSTEM SET {setting} = '{made}'".encode())
    connection.execute("ALTER SYSTEM SET ssl = on")
    server.let_in("local all all trust", "host all all 127.0.0.0/8 scram-sha-256")
    with psycopg.connect(server.url()) as other:
        for _ in range(50):
            if other.execute("SHOW ssl").fetchone() == ("on",):
                return
            other.execute("SELECT pg_sleep(0.1)")
    raise AssertionError("no TLS")
