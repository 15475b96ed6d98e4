"""A dump runs what its owner wrote into it: that must reach nothing but the throw-away cluster."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest

from tests.postgresql import ThrowawayPostgres
from veilleur.domains.backups.ports import DatabaseSource
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.engines.postgresql.adapter import PostgresDumper
from veilleur.engines.postgresql.cluster import ACCOUNTS

pytestmark = [pytest.mark.postgresql, pytest.mark.sandbox]

# The owner of one table needs no more than this: its check is called for every row that is loaded.
HOSTILE = """
CREATE TABLE seen (line text);
CREATE FUNCTION looks_harmless(n int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  BEGIN
    EXECUTE $q$COPY public.seen FROM PROGRAM '{program}'$q$;
  EXCEPTION WHEN OTHERS THEN NULL;
  END;
  RETURN true;
END $$;
CREATE TABLE trap (n int CHECK (looks_harmless(n)));
ALTER FUNCTION looks_harmless OWNER TO web;
ALTER TABLE trap OWNER TO web;
"""
OUTLIVES = "veilleur-outlives-4711"


@pytest.fixture
def witness() -> Iterator[Path]:
    """A file that any account may write: pytest's own folders are closed to all but one."""
    with TemporaryDirectory(prefix="veilleur-witness-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder) / "was-here"


@pytest.fixture
def dump(witness: Path, tmp_path: Path) -> Iterator[Path]:
    program = f"touch {witness}; (exec -a {OUTLIVES} sleep 600) >/dev/null 2>&1 & echo ran"
    with ThrowawayPostgres() as running:
        with psycopg.connect(running.url(), autocommit=True) as connection:
            connection.execute("CREATE ROLE web LOGIN")
            connection.execute("GRANT ALL ON SCHEMA public TO web")
            connection.execute(HOSTILE.format(program=f'bash -c "{program}"').encode())
            connection.execute("INSERT INTO trap VALUES (1)")
            connection.execute("TRUNCATE seen")
        with PostgresDumper().capture(DatabaseSource(running.url())) as capture:
            stream = capture.dump()
            (tmp_path / "dump").write_bytes(stream.source.read())
            stream.finish()
            stream.abort()
            (tmp_path / "roles").write_bytes(capture.server_globals())
        _end_what_outlives()  # there it may: the server that is backed up is its owner's own
        witness.unlink(missing_ok=True)
        yield tmp_path / "dump"


def _outliving() -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cmdline"]) if OUTLIVES in (one.info["cmdline"] or ())]


def _end_what_outlives() -> None:
    for one in _outliving():
        one.kill()


def test_what_a_dump_runs_reaches_nothing_and_ends_with_the_test(
    dump: Path, witness: Path, tmp_path: Path
) -> None:
    rebuilt = PostgresDumper().rebuild(dump, dump.with_name("roles"), tmp_path)

    rows = {fact.name: fact.size for fact in rebuilt.facts}
    assert rows["public.seen"] == 1  # it did run, which nothing can prevent
    assert rebuilt.isolation == "sandbox"
    assert not witness.exists()
    assert _outliving() == []


def test_without_a_sandbox_nothing_is_restored(
    dump: Path, witness: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("veilleur.engines.sandbox._PROGRAM", "no-such-program")

    with pytest.raises(EngineError) as caught:
        PostgresDumper().rebuild(dump, dump.with_name("roles"), tmp_path)

    assert caught.value.reason == "isolation_missing"
    assert not witness.exists()


def test_the_account_of_real_servers_is_never_chosen() -> None:
    assert "postgres" not in ACCOUNTS
