"""Reads facts of one PostgreSQL database inside one transaction."""

from typing import Any

import psycopg
from psycopg import sql

from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.engines.postgresql import commands, parse

Connection = psycopg.Connection[tuple[Any, ...]]


def hold(connection: Connection) -> None:
    """Start the one transaction: repeatable read, read only, texts written the fixed way."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    for name, value in commands.SETTINGS:
        connection.execute(commands.SET, (name, value))


def read_facts(connection: Connection) -> tuple[DataFact, ...]:
    """Return all facts in the present transaction, sorted; one pass over every table."""
    facts = [
        parse.objects_fact(kind, connection.execute(statement.encode()).fetchall())
        for kind, statement in commands.OBJECTS.items()
    ]
    for schema, table in connection.execute(commands.TABLES).fetchall():
        name = sql.Identifier(schema, table).as_string(connection)
        rows, total = _one(connection, commands.table_facts(name))
        facts.append(parse.table_fact(schema, table, rows, total))
    count, total = _one(connection, commands.LARGE_OBJECTS)
    facts.append(parse.table_fact("pg_catalog", "large objects", count, total))
    return tuple(sorted(facts, key=lambda fact: fact.order))


def unreadable_tables(connection: Connection) -> tuple[str, ...]:
    """Return some tables and sequences this login may not read; none means that all can be read."""
    return tuple(f"{schema}.{name}" for schema, name in connection.execute(commands.UNREADABLE).fetchall())


def _one(connection: Connection, statement: str) -> tuple[Any, ...]:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row
