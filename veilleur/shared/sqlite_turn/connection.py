"""The SQLite connection and cursor that take the turn: below Django, so that nothing writes around them."""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from veilleur.shared.sqlite_turn.statements import may_write
from veilleur.shared.sqlite_turn.turn import TIMEOUT_S, FairTurn, TurnTimeout

log = logging.getLogger("veilleur.sqlite_turn")

READ_LIMIT_S = 2.0  # no read should hold the write-ahead log back for longer

Result = TypeVar("Result")


class TurnConnection(sqlite3.Connection):
    """A connection whose writes queue. `turn` is None for a database in memory: it has no other writers."""

    turn: FairTurn | None = None
    turn_timeout_s: float = TIMEOUT_S
    is_read_only: bool = False
    last_statement: str = ""

    def commit(self) -> None:
        """Commit, then give the turn back."""
        try:
            super().commit()
        finally:
            self.settle()

    def rollback(self) -> None:
        """Roll back, then give the turn back."""
        try:
            super().rollback()
        finally:
            self.settle()

    def close(self) -> None:
        """Close, which rolls back what is open, then give the turn back."""
        try:
            super().close()
        finally:
            if self.turn is not None:
                self.turn.close()

    def settle(self) -> None:
        """Give the turn back unless a transaction is still open."""
        if self.turn is not None and self.turn.is_held and not self.in_transaction:
            self.turn.release()

    @contextmanager
    def in_turn(self, statement: str) -> Iterator[None]:
        """Have the turn for one statement; an open transaction has it already and keeps it."""
        self.last_statement = statement[:200]
        if may_write(statement):
            if self.is_read_only:
                raise sqlite3.OperationalError("this block only reads; write after it")
            if self.turn is not None and not self.turn.is_held:
                self._queue(self.turn)
        try:
            yield
        finally:
            self.settle()

    def _queue(self, turn: FairTurn) -> None:
        try:
            turn.take(self.turn_timeout_s)
        except TurnTimeout as error:
            raise sqlite3.OperationalError(f"database is locked: {error}") from error


class TurnCursor(SQLiteCursorWrapper):
    """A cursor that is done with its statement when `execute` returns: all rows are fetched at once.

    A row left unfetched would keep a read transaction open, or, after `INSERT ... RETURNING`, the write.
    """

    connection: TurnConnection
    _rows: Iterator[Any] = iter(())

    def execute(self, query: str, params: Any = None) -> "TurnCursor":
        """Run one statement, in turn if it may write, and fetch what it returns."""
        self._run(query, lambda: super(TurnCursor, self).execute(query, params))
        return self

    def executemany(self, query: str, param_list: Any) -> "TurnCursor":
        """Run one statement for each set of parameters, in one turn."""
        self._run(query, lambda: super(TurnCursor, self).executemany(query, param_list))
        return self

    def executescript(self, sql_script: str) -> "TurnCursor":
        """Run several statements in one turn."""
        self._run("SCRIPT", lambda: super(TurnCursor, self).executescript(sql_script))
        return self

    def fetchone(self) -> Any:
        """Return the next row, None after the last."""
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return up to `size` further rows (the cursor's `arraysize` when left out)."""
        wanted = self.arraysize if size is None else size
        return [row for _, row in zip(range(wanted), self._rows, strict=False)]

    def fetchall(self) -> list[Any]:
        """Return the remaining rows."""
        return list(self._rows)

    def __iter__(self) -> "TurnCursor":
        return self

    def __next__(self) -> Any:
        return next(self._rows)

    def _run(self, query: str, statement: Callable[[], object]) -> None:
        with self.connection.in_turn(query):
            began = time.monotonic()
            statement()
            self._rows = iter(super().fetchall())
            took_s = time.monotonic() - began
        if took_s > READ_LIMIT_S and not self.connection.in_transaction and not may_write(query):
            log.warning("A read took %.1f s; the limit is %.0f s: %.200s", took_s, READ_LIMIT_S, query)
