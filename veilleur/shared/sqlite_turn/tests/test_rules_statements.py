"""Which statements queue for the turn."""

import pytest

from veilleur.shared.sqlite_turn.statements import may_write


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "  select * from t",
        "\n\tSELECT 'DELETE FROM t'",
        "VALUES (1)",
        "EXPLAIN QUERY PLAN DELETE FROM t",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        # a function's name, not the statement REPLACE INTO
        "WITH a AS (SELECT replace(x, 'a', 'b') FROM t) SELECT * FROM a",
        "PRAGMA table_info('t')",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA busy_timeout = 0",
        "PRAGMA journal_mode",
        # whoever ends a transaction has the turn already
        "COMMIT",
        "ROLLBACK TO SAVEPOINT s1",
        "RELEASE SAVEPOINT s1",
    ],
)
def test_a_statement_that_reads_does_not_queue(statement: str) -> None:
    assert not may_write(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES (1)",
        "insert into t values (1) returning id",
        "UPDATE t SET a = 1",
        "DELETE FROM t",
        "REPLACE INTO t VALUES (1)",
        "CREATE TABLE t (a)",
        "DROP TABLE t",
        "BEGIN",
        "BEGIN IMMEDIATE",
        "SAVEPOINT s1",
        "VACUUM",
        "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
        "with a as (select 1) replace  into t select * from a",
        "PRAGMA wal_checkpoint(PASSIVE)",
        "PRAGMA main.wal_checkpoint",
        "PRAGMA journal_mode = WAL",
        "PRAGMA user_version(3)",
        # not understood: better once too often than once too little
        "/* hello */ SELECT 1",
        "-- hello\nDELETE FROM t",
        "",
    ],
)
def test_a_statement_that_may_write_queues(statement: str) -> None:
    assert may_write(statement)
