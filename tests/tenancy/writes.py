"""What a visit writes: counted, compared, and undone."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from veilleur.shared.sqlite_turn.statements import may_write

# Written by merely visiting: sessions and rate limits. See docs/decisions/0007.
_VISITS = frozenset({"django_session", "veilleur_cache"})
_NAMED = re.compile(r'"(\w+)"')
_VISIT = re.compile(rf'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(?:{"|".join(_VISITS)})"')


@contextmanager
def undone() -> Iterator[None]:
    """Undo what the block writes."""
    block = transaction.atomic()
    # Recorded actions insist on being outermost, except in a test's own transaction.
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def counting_writes() -> Iterator[list[str]]:
    """Give a list that fills with the statements that may write, visits' and transactions' own apart."""
    writes: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if may_write(sql) and not sql.startswith("SAVEPOINT") and not _VISIT.match(sql):
            writes.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield writes


@contextmanager
def noting_conditions() -> Iterator[dict[str, set[str]]]:
    """Give what statements look for, in which statements: parameters of all but insertions, no hyphens."""
    looked_for: dict[str, set[str]] = {}

    def note(execute: Callable[..., Any], sql: str, params: Any, *rest: Any) -> Any:
        if not sql.lstrip().upper().startswith("INSERT"):
            for value in params or ():
                looked_for.setdefault(str(value).replace("-", ""), set()).add(sql)
        return execute(sql, params, *rest)

    with connection.execute_wrapper(note):
        yield looked_for


def tables_asked(looked_for: dict[str, set[str]], public_id: str) -> set[str]:
    """Return the tables that are named where statements look for an id; one of another table is in none."""
    bare = public_id.replace("-", "")
    statements = [sql for value, found in looked_for.items() if bare in value for sql in found]
    return {table for sql in statements for table in _NAMED.findall(sql)}


def contents() -> dict[str, str]:
    """Return a digest of the rows of every table but those that visits write."""
    quote = connection.ops.quote_name
    digests = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - _VISITS):
            cursor.execute(f"SELECT * FROM {quote(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            digests[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return digests


def changed_since(before: dict[str, str]) -> set[str]:
    """Return the tables whose rows are others than those of `contents` before."""
    after = contents()
    return {table for table in before.keys() | after.keys() if before.get(table) != after.get(table)}
