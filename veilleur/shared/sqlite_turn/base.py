"""Django's door to the backend: settings of each connection, transactions that start with a turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base, features, schema

from veilleur.shared.sqlite_turn.connection import TurnConnection, TurnCursor
from veilleur.shared.sqlite_turn.turn import BUDGET_S, TIMEOUT_S, FairTurn

# Waits for locks that no turn protects against: another program that reads the file, recovery after a crash.
_BUSY_TIMEOUT_S = 10.0


class DatabaseFeatures(features.DatabaseFeatures):
    """SQLite's features, less reading in chunks: it would keep a read transaction open during the loop."""

    can_use_chunked_reads = False


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Changes of tables may take longer than a turn's budget: nobody works meanwhile."""

    connection: "DatabaseWrapper"

    def __enter__(self) -> "DatabaseSchemaEditor":
        self._offline = self.connection.offline()
        self._offline.__enter__()
        super().__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        try:
            super().__exit__(*exception)
        finally:
            self._offline.__exit__(None, None, None)


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite in write-ahead mode, durable, checkpointed by nobody but `upkeep.py`, one writer in turn.

    OPTIONS of its own: `turn_budget_s` and `turn_timeout_s` (seconds).
    """

    features_class = DatabaseFeatures
    SchemaEditorClass = DatabaseSchemaEditor
    is_offline = False

    def get_connection_params(self) -> dict[str, Any]:
        """Return what opens a connection; a transaction is always one that writes."""
        params: dict[str, Any] = super().get_connection_params()
        self._budget_s = float(params.pop("turn_budget_s", BUDGET_S))
        self._timeout_s = float(params.pop("turn_timeout_s", TIMEOUT_S))
        self.transaction_mode = "IMMEDIATE"
        return {"timeout": _BUSY_TIMEOUT_S, **params, "factory": TurnConnection}

    def get_new_connection(self, conn_params: dict[str, Any]) -> TurnConnection:
        """Return an open connection with its place at the queue."""
        connection: TurnConnection = super().get_new_connection(conn_params)
        if not self.is_in_memory_db():
            connection.turn_timeout_s = self._timeout_s
            connection.turn = FairTurn(
                self._turn_file(),
                budget_s=self._budget_s,
                describe=lambda: connection.last_statement,
                is_exempt=lambda: self.is_offline,
            )
            _prepare(connection)
        return connection

    def create_cursor(self, name: str | None = None) -> TurnCursor:  # noqa: ARG002
        """Return a cursor that takes the turn."""
        return cast(TurnCursor, self.connection.cursor(factory=TurnCursor))

    def _set_autocommit(self, autocommit: bool) -> None:
        # Without autocommit the driver would open transactions by itself, and without a turn.
        if not autocommit:
            raise ImproperlyConfigured("this database has no manual transactions: use a recorded action")
        super()._set_autocommit(autocommit)  # type: ignore[misc]

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Exempt this connection's turns from the budget: migrations, and what goes with them."""
        before, self.is_offline = self.is_offline, True
        try:
            yield
        finally:
            self.is_offline = before

    def _turn_file(self) -> Path:
        name = str(self.settings_dict["NAME"])
        if name.startswith("file:"):
            raise ImproperlyConfigured("give the database as a path, not as a URI")
        return Path(f"{name}-turn")


def _prepare(connection: TurnConnection) -> None:
    """Set what SQLite forgets with each connection; the mode of the file only once."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        with connection.in_turn("PRAGMA journal_mode = WAL"):
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
