"""Reads facts of one PostgreSQL database inside one transaction."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import psycopg
from psycopg import sql

from veilleur.domains.backups.rules.facts_of_data import DataFact
from veilleur.engines.postgresql import commands, parse

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def not_waited_for(connection: Connection, seconds: float) -> Iterator[None]:
    """Hang up after that time: a frozen server answers neither a question nor the wish to cancel it, and
    whoever asked would wait for ever.
    """
    with closing(socket.socket(fileno=os.dup(connection.fileno()))) as line:
        timer = threading.Timer(seconds, _hang_up, (line,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # the server was faster
        line.shutdown(socket.SHUT_RDWR)


def read_as_text(connection: Connection) -> None:
    """Have names of a database without an encoding (SQL_ASCII) come as text too, a character a byte."""
    if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
        connection.execute("SET client_encoding TO 'LATIN1'")


def database_name(raw: str | bytes) -> str:
    """Return the name of a database; from one without an encoding names come as bytes, most often UTF-8."""
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw


def hold(connection: Connection) -> None:
    """Start the one transaction: repeatable read, read only, texts written the fixed way."""
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    read_as_text(connection)
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
    row = connection.execute(statement.encode(connection.info.encoding)).fetchone()
    assert row is not None
    return row
