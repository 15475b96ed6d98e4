"""The backend on a real file: what takes the turn, when it is given back, and how each connection is set."""

import sqlite3
import threading
import time
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, OperationalError, connections, transaction

from veilleur.shared.sqlite_turn.tests.conftest import ALIAS, execute, is_held
from veilleur.shared.sqlite_turn.turn import FIGURES


def add(connection: Any, text: str) -> None:
    execute(connection, "INSERT INTO note (text) VALUES (%s)", text)


def texts(connection: Any) -> list[str]:
    return [text for (text,) in execute(connection, "SELECT text FROM note ORDER BY id")]


def elsewhere(work: Any) -> Any:
    """Run `work` in another thread, which has its own connection, and return or raise what it does."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append((work(connections[ALIAS]), None))
        except Exception as error:  # noqa: BLE001 - handed to the test
            outcome.append((None, error))
        finally:
            connections[ALIAS].close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


def test_each_connection_is_durable_checks_references_and_never_checkpoints_by_itself(database: Any) -> None:
    def pragma(name: str) -> Any:
        return execute(database, f"PRAGMA {name}")[0][0]

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2  # FULL
    assert pragma("foreign_keys") == 1
    assert pragma("wal_autocheckpoint") == 0
    assert pragma("busy_timeout") == 10_000


def test_a_read_takes_no_turn_even_while_another_writes(database: Any) -> None:
    add(database, "before")
    turns = FIGURES.turns

    with transaction.atomic(using=ALIAS):
        add(database, "not committed yet")
        seen = elsewhere(texts)

    assert seen == ["before"]
    assert FIGURES.turns == turns + 1


def test_a_write_outside_a_transaction_has_the_turn_for_one_statement(database: Any) -> None:
    turns = FIGURES.turns

    add(database, "a")
    add(database, "b")

    assert FIGURES.turns == turns + 2
    assert not is_held(database)


def test_an_insert_that_returns_rows_is_committed_and_its_turn_over_when_it_returns(database: Any) -> None:
    with database.cursor() as cursor:
        cursor.execute("INSERT INTO note (text) VALUES ('a'), ('b') RETURNING id")

        assert not is_held(database)
        assert elsewhere(texts) == ["a", "b"]
        assert cursor.fetchone() == (1,)
        assert cursor.fetchmany(5) == [(2,)]
        assert cursor.fetchone() is None


def test_a_transaction_has_the_turn_from_its_start_to_its_commit(database: Any) -> None:
    with transaction.atomic(using=ALIAS):
        assert is_held(database)
        with transaction.atomic(using=ALIAS):
            add(database, "inner")
        assert is_held(database)
        with pytest.raises(IntegrityError), transaction.atomic(using=ALIAS):
            add(database, "inner")
        assert is_held(database)

    assert not is_held(database)
    assert texts(database) == ["inner"]


def test_an_exception_gives_the_turn_back_and_undoes_the_work(database: Any) -> None:
    def fail(connection: Any) -> None:
        with transaction.atomic(using=ALIAS):
            add(connection, "lost")
            raise KeyError

    with pytest.raises(KeyError):
        fail(database)

    assert not is_held(database)
    assert texts(database) == []


def test_closing_in_the_middle_of_a_transaction_gives_the_turn_back(database: Any) -> None:
    def leave(connection: Any) -> None:
        connection.cursor().execute("BEGIN IMMEDIATE")
        add(connection, "lost")

    elsewhere(leave)
    add(database, "kept")

    assert texts(database) == ["kept"]


def test_a_writer_who_waits_too_long_gets_a_locked_database_and_may_try_again(database: Any) -> None:
    with transaction.atomic(using=ALIAS), pytest.raises(OperationalError, match="database is locked"):
        elsewhere(lambda connection: add(connection, "too late"))

    elsewhere(lambda connection: add(connection, "in time"))
    assert texts(database) == ["in time"]


def test_several_statements_and_many_rows_take_one_turn(database: Any) -> None:
    turns = FIGURES.turns

    with database.cursor() as cursor:
        cursor.executemany("INSERT INTO note (text) VALUES (%s)", [(str(number),) for number in range(50)])

    assert FIGURES.turns == turns + 1
    assert len(texts(database)) == 50


def test_a_transaction_written_by_hand_is_in_turn_as_well(database: Any) -> None:
    execute(database, "BEGIN")
    assert is_held(database)
    add(database, "a")
    execute(database, "COMMIT")

    assert not is_held(database)


def test_manual_transactions_of_the_driver_are_refused(database: Any) -> None:
    with pytest.raises(ImproperlyConfigured):
        database.set_autocommit(False)


def test_a_loop_over_rows_does_not_hold_a_read_open_while_others_write(database: Any) -> None:
    for text in "abc":
        add(database, text)
    with database.cursor() as cursor:
        cursor.execute("SELECT id FROM note")
        cursor.fetchone()
        elsewhere(lambda connection: add(connection, "d"))

        # With a row pending this would fail at once: its view of the database would be out of date.
        add(database, "e")

    assert texts(database) == ["a", "b", "c", "d", "e"]


def test_changes_of_tables_are_exempt_from_the_budget(
    database: Any, warnings_of: pytest.LogCaptureFixture
) -> None:
    with database.schema_editor() as editor:
        editor.execute("ALTER TABLE note ADD COLUMN extra integer")
        time.sleep(0.06)
    assert not warnings_of.records

    with transaction.atomic(using=ALIAS):
        add(database, "slow")
        time.sleep(0.06)
    assert "held" in warnings_of.text


def test_a_program_outside_the_turn_is_still_kept_apart_by_sqlite(database: Any) -> None:
    stranger = sqlite3.connect(database.settings_dict["NAME"], isolation_level=None, timeout=0.05)
    with transaction.atomic(using=ALIAS):
        add(database, "a")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            stranger.execute("BEGIN IMMEDIATE")
    stranger.close()


def test_a_database_in_memory_needs_no_turn() -> None:
    settings = connections.configure_settings(
        {"default": {}, "memory": {"ENGINE": "veilleur.shared.sqlite_turn", "NAME": ":memory:"}}
    )["memory"]
    wrapper = type(connections.create_connection("default"))(settings, "memory")

    raw = wrapper.get_new_connection(wrapper.get_connection_params())

    assert raw.turn is None
    raw.close()
