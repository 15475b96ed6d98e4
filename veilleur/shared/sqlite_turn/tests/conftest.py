"""A SQLite file of its own for each test, reached by the backend under test as the alias "turn"."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from veilleur.shared.sqlite_turn import turn

ALIAS = "turn"


def settings_of(path: Path, **options: Any) -> dict[str, Any]:
    """Return Django's settings for one file."""
    return {"ENGINE": "veilleur.shared.sqlite_turn", "NAME": str(path), "OPTIONS": options}


@pytest.fixture
def database(tmp_path: Path, django_db_blocker: Any) -> Iterator[Any]:
    """Return a connection to a fresh file with one table `note(id, text)`."""
    settings = settings_of(tmp_path / "test.sqlite3", turn_timeout_s=0.5)
    connections.settings[ALIAS] = connections.configure_settings({"default": {}, ALIAS: settings})[ALIAS]
    with django_db_blocker.unblock():
        connection = connections[ALIAS]
        execute(connection, "CREATE TABLE note (id integer PRIMARY KEY, text varchar(20) NOT NULL UNIQUE)")
        yield connection
        connection.close()
        del connections[ALIAS]
        del connections.settings[ALIAS]


@pytest.fixture
def warnings_of(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> pytest.LogCaptureFixture:
    """Return what the backend has reported, as if it had reported nothing for long."""
    monkeypatch.setattr(turn, "_reported_at", float("-inf"))
    caplog.set_level(logging.WARNING, logger="veilleur.sqlite_turn")
    return caplog


def execute(connection: Any, statement: str, *parameters: object) -> list[Any]:
    """Run one statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall()


def is_held(connection: Any) -> bool:
    """Return whether this connection has the turn."""
    return connection.connection.turn.is_held
