"""A database of its own for one test, and processes that work on it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from tests.postgresql import ThrowawayPostgres
from veilleur.config.env import environment

_ROOT = Path(__file__).parents[2]
_PATIENCE_S = 60
_PATTERN = "house_pattern"  # the database that others are copied from


@dataclass
class House:
    """One database and the environment in which processes use it."""

    environment: dict[str, str]
    children: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, *arguments: object) -> list[str]:
        """Run one worker to its end; return the lines it printed."""
        return self.end(self.start(*arguments))

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Start one worker."""
        child = self.popen("-m", "tests.journal.worker", *arguments)
        self.children.append(child)
        return child

    def end(self, child: subprocess.Popen[str]) -> list[str]:
        """Wait until a worker has ended well; return the lines it printed."""
        output, error = child.communicate(timeout=_PATIENCE_S)
        assert child.returncode == 0, error
        return output.splitlines()

    def look(self) -> dict[str, Any]:
        """Return what is in the database now."""
        found: dict[str, Any] = json.loads(self.run("look")[0])
        return found

    def organisations(self, count: int) -> list[int]:
        """Make organisations and return their keys."""
        return [int(line) for line in self.run("prepare", count)]

    def wait_for_queue(self, count: int) -> None:
        """Return once so many writers queue for a head of this database, which must be PostgreSQL's.

        A lock of a row is no queue: whoever comes by when it is let go has it.
        """
        question = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        deadline = time.monotonic() + _PATIENCE_S
        with psycopg.connect(self.environment["JOURNAL_TEST_DATABASE"], autocommit=True) as server:
            while server.execute(question).fetchone() != (count,):
                assert time.monotonic() < deadline, "nobody queues"
                time.sleep(0.01)

    def stop(self) -> None:
        """End what a failed test left running."""
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.communicate()

    def popen(self, *arguments: object) -> subprocess.Popen[str]:
        """Start Python with these arguments, in this house."""
        return subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            cwd=_ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def make_house(kind: str, folder: Path, postgres: ThrowawayPostgres | None) -> House:
    """Return a house with a fresh, migrated database: "sqlite" in turn, "plain" SQLite, or "postgresql".

    Migrating is what takes time: it is done once per run for SQLite and once per server, and copied.
    """
    if kind == "postgresql":
        assert postgres is not None, "this kind needs a server"
        name = f"house_{uuid4().hex}"
        with psycopg.connect(postgres.url(), autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_PATTERN]).fetchone():
                server.execute(f"CREATE DATABASE {_PATTERN}")
                _migrate(kind, postgres.url(_PATTERN))
            server.execute(f"CREATE DATABASE {name} TEMPLATE {_PATTERN}")
        return House(_environment(kind, postgres.url(name)))
    database = folder / "house.sqlite3"
    shutil.copy(_migrated_file(), database)
    return House(_environment(kind, f"sqlite:///{database}"))


@cache
def _migrated_file() -> Path:
    database = Path(tempfile.mkdtemp(prefix="house-", dir=environment().data_dir)) / "pattern.sqlite3"
    # The project's migrate command knows its own SQLite backend only; the file is the same.
    _migrate("sqlite", f"sqlite:///{database}")
    assert not database.with_name(f"{database.name}-wal").exists(), "part of it would not be copied"
    return database


def _migrate(kind: str, database: str) -> None:
    migrating = House(_environment(kind, database))
    migrating.end(migrating.popen("-m", "django", "migrate", "--verbosity", "0"))


def _environment(kind: str, database: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "tests.journal.settings",
        "JOURNAL_TEST_KIND": kind,
        "JOURNAL_TEST_DATABASE": database,
    }
