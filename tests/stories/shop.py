"""A small shop's server for the stories: a database that matters, a program that listens, and Veilleur."""

import getpass
import json
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.postgresql import ThrowawayPostgres
from tests.processes.installation import Installation, free_port, veilleur, wait_for

# One of the two places where PostgreSQL's own clients look for a server.
SOCKETS = Path("/tmp")
# Below the range from which the system hands out ports by itself: such a port is expected to stay.
LASTING_PORTS = range(18100, 18400)


@contextmanager
def database() -> Iterator[int]:
    """Run a PostgreSQL server that this account may read, holding an accounts database; yield its port."""
    port = free_port()
    with ThrowawayPostgres(port=port, also_at=SOCKETS) as server:
        account = getpass.getuser()
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            if account != "veilleur":
                connection.execute(f'CREATE ROLE "{account}" LOGIN SUPERUSER')
            connection.execute("CREATE DATABASE accounts")
        with psycopg.connect(server.url("accounts")) as connection:
            connection.execute("CREATE TABLE invoice (id bigint PRIMARY KEY, customer text, cents bigint)")
            connection.execute(
                "INSERT INTO invoice SELECT n, 'customer ' || n % 97, n * 37 FROM generate_series(1, 5000) n"
            )
        yield port


@contextmanager
def program() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Run a program that listens on loopback, the kind of service a watch is there for."""
    port = next(port for port in LASTING_PORTS if is_free(port))
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield port, process
    finally:
        process.kill()
        process.wait()


def is_free(port: int) -> bool:
    """Return whether nothing listens on this port of loopback."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) != 0


def facts(installation: Installation, kind: str) -> list[dict[str, Any]]:
    """Return the bodies of one kind of fact, oldest first, read beside the running processes."""
    path = installation.data_dir / "veilleur.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)) as connection:
        rows = connection.execute("SELECT body FROM journal_entry WHERE kind = ? ORDER BY sequence", (kind,))
        return [json.loads(body) for (body,) in rows]


def restores_passed(installation: Installation, count: int) -> list[dict[str, Any]] | None:
    """Return the ended restore tests once there are so many, all of which must have passed."""
    ended = facts(installation, "backups.restore_test_ended")
    assert all(test["state"] == "passed" for test in ended), ended
    return ended if len(ended) >= count else None


def restart_time(installation: Installation) -> tuple[int, dict[str, Any]]:
    """Return the exit code of `veilleur restart-time --json` and what it says."""
    told = veilleur("restart-time", "--json", data_dir=installation.data_dir)
    return told.returncode, json.loads(told.stdout)


def setup_link(installation: Installation) -> str:
    """Return the one-time link that `up` prints."""
    printed = wait_for("the link", lambda: "/setup/" in installation.output() and installation.output())
    return next(word for word in printed.split() if "/setup/" in word)
