"""Every cell of the database, and which of them name somebody."""

import unicodedata
from typing import Any

from django.db import connection

# What the database keeps for itself, and the journal's own chains, which only grow.
GROWING = frozenset({"journal_entry", "journal_chainhead", "journal_job"})


def whole_database() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, those of no model included, in a steady order."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def naming(database: dict[str, list[tuple[Any, ...]]], *names: str) -> list[tuple[str, str]]:
    """Return the table and content of each cell that holds one of these, whatever its accents and case."""
    wanted = [_plain(name) for name in names]
    return [
        (table, text[:200])
        for table, rows in database.items()
        for row in rows
        for text in map(_text, row)
        if any(name in _plain(text) for name in wanted)
    ]


def changed_tables(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Return the tables whose rows differ."""
    return {table for table in before | after if before.get(table) != after.get(table)}


def _text(cell: Any) -> str:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).decode("utf-8", "replace")
    return str(cell)


def _plain(text: str) -> str:
    # JSON in a table may write letters as \u00e9.
    if "\\u" in text:
        text = text.encode("ascii", "backslashreplace").decode("unicode_escape", "replace")
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
