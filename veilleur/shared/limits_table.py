"""The table behind the limits on guessing: what it holds goes when its time is over, never before.

Django's own counts its rows instead: a stranger who makes enough of them pushes out those that hold somebody
back. Here a row lives as long as its limit, five minutes at most, so that the table is bounded by what can be
asked of the pages in that time: each guess costs them the hashing of a password.

Values are JSON. Django's own would unpickle them: whoever writes to the database would run code as Veilleur.
"""

import json
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router

from veilleur.shared.clock import utc_now

_SWEEP_EVERY_S = 10.0
_FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)
_WRITE = """
    INSERT INTO {table} (cache_key, value, expires) VALUES (%s, %s, %s)
    ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
    WHERE {table}.expires <= %s
"""
_READ = "SELECT cache_key, value FROM {table} WHERE expires > %s AND cache_key IN ({places})"
_TOUCH = "UPDATE {table} SET expires = %s WHERE cache_key = %s"
_SWEEP = "DELETE FROM {table} WHERE expires < %s"


class LimitsTable(DatabaseCache):
    """Keeps each row until it expires. A database that fails is told, and is no limit that was reached."""

    # Of the process, not of a thread: each has its own instance. By the monotonic clock; None: never yet.
    _swept_at: float | None = None

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(table, params)
        self._name = table

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        """Return what is kept under these keys and lives; what is no JSON, as earlier rows are, is absent."""
        asked = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not asked:
            return {}
        connection = connections[router.db_for_read(self.cache_model_class)]
        now = connection.ops.adapt_datetimefield_value(utc_now())
        statement = _READ.format(table=self._name, places=", ".join(["%s"] * len(asked)))
        found: dict[str, Any] = {}
        with connection.cursor() as cursor:
            cursor.execute(statement, [now, *asked])
            for key, content in cursor.fetchall():
                with suppress(ValueError):
                    found[asked[key]] = json.loads(content)
        return found

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """Write a row in one statement; return False where `add` finds a living one, or `touch` none.

        Raise DatabaseError where Django's own returns False, as if somebody else had been faster.
        """
        connection = connections[router.db_for_write(self.cache_model_class)]
        expires_s = self.get_backend_timeout(timeout)
        expires = _FOR_EVER if expires_s is None else datetime.fromtimestamp(expires_s, tz=UTC)
        adapt = connection.ops.adapt_datetimefield_value
        now = utc_now()
        with connection.cursor() as cursor:
            self._sweep(cursor, adapt(now))
            if mode == "touch":
                cursor.execute(self._sql(_TOUCH), [adapt(expires), key])
                return bool(cursor.rowcount)
            replaced_before = adapt(now if mode == "add" else _FOR_EVER)
            cursor.execute(self._sql(_WRITE), [key, json.dumps(value), adapt(expires), replaced_before])
            return bool(cursor.rowcount > 0)

    def _sweep(self, cursor: Any, now: Any) -> None:
        """Remove what has expired, now and then."""
        swept_at, clock_s = LimitsTable._swept_at, time.monotonic()
        if swept_at is None or clock_s - swept_at >= _SWEEP_EVERY_S:
            LimitsTable._swept_at = clock_s
            cursor.execute(self._sql(_SWEEP), [now])

    def _sql(self, statement: str) -> str:
        return statement.format(table=self._name)
