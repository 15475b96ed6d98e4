"""A dump runs what its owner wrote into it: that must reach nothing but the throw-away cluster."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.postgresql import ThrowawayPostgres
from veilleur.domains.backups.ports import DatabaseSource
from veilleur.engines.postgresql.adapter import PostgresDumper
from veilleur.engines.postgresql.cluster import ACCOUNTS

pytestmark = pytest.mark.postgresql

# The owner of one table needs no more than this: its check is called for every row that is loaded.
HOSTILE = """
CREATE FUNCTION looks_harmless(n int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    EXECUTE $q$COPY (SELECT current_user) TO PROGRAM 'id -un > {witness}'$q$;
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  RETURN true;
END $$;
CREATE TABLE trap (n int CHECK (looks_harmless(n)));
ALTER FUNCTION looks_harmless OWNER TO web;
ALTER TABLE trap OWNER TO web;
"""


@pytest.fixture
def witness() -> Iterator[Path]:
    """A file that any account may write: pytest's own folders are closed to all but one."""
    with TemporaryDirectory(prefix="veilleur-witness-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder) / "ran-as"


@pytest.fixture
def dump(witness: Path, tmp_path: Path) -> Iterator[Path]:
    with ThrowawayPostgres() as running:
        with psycopg.connect(running.url(), autocommit=True) as connection:
            connection.execute("CREATE ROLE web LOGIN")
            connection.execute("GRANT ALL ON SCHEMA public TO web")
            connection.execute(HOSTILE.format(witness=witness).encode())
            connection.execute("INSERT INTO trap VALUES (1)")
        with PostgresDumper().capture(DatabaseSource(running.url())) as capture:
            stream = capture.dump()
            (tmp_path / "dump").write_bytes(stream.source.read())
            stream.finish()
            stream.abort()
            (tmp_path / "roles").write_bytes(capture.server_globals())
        witness.unlink(missing_ok=True)
        yield tmp_path / "dump"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root chooses the account of the cluster")
def test_what_a_dump_runs_has_no_rights_elsewhere(dump: Path, witness: Path, tmp_path: Path) -> None:
    rebuilt = PostgresDumper().rebuild(dump, dump.with_name("roles"), tmp_path)

    assert "public.trap" in {fact.name for fact in rebuilt.facts}
    # It did run, which nothing can prevent; but as somebody who owns nothing.
    assert witness.read_text().strip() in ACCOUNTS


def test_the_account_of_real_servers_is_never_chosen() -> None:
    assert "postgres" not in ACCOUNTS
