"""The database's own guards: entries cannot be changed or deleted, but for the erasure of a body."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from veilleur.domains.journal.models import Entry
from veilleur.domains.journal.models.append_only import (
    _SQLITE,
    GUARDS,
    guard_statements,
    missing_guards,
    unguard_statements,
)
from veilleur.domains.journal.tests.support import ANNA, NOW, note

pytestmark = pytest.mark.django_db

CHANGES = {
    "id": uuid4(),
    "organisation": uuid4(),
    "epoch": 9,
    "sequence": 9,
    "occurred_at_us": 9,
    "recorded_at_us": 9,
    "actor": "ben",
    "origin": "demo",
    "kind": "sample.moved",
    "version": 9,
    "subject": uuid4(),
    "body": "{}",
    "salt": b"9",
    "body_digest": b"9",
    "previous_hash": b"9",
    "hash": b"9",
}


@pytest.fixture(autouse=True)
def _one_entry(db: None) -> None:
    note(now=NOW, actor=ANNA, organisation_id=None)


def test_every_column_of_an_entry_is_tried_below() -> None:
    assert set(CHANGES) == {field.name for field in Entry._meta.concrete_fields}


@pytest.mark.parametrize("column", CHANGES)
def test_no_column_of_an_entry_can_be_changed(column: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.update(**{column: CHANGES[column]})


@pytest.mark.parametrize("column", sorted(set(CHANGES) - {"body", "salt"}))
def test_nothing_can_be_changed_under_cover_of_an_erasure(column: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.update(**{column: CHANGES[column], "body": None, "salt": None})


@pytest.mark.parametrize("column", ["body", "salt"])
def test_a_body_is_erased_with_its_salt_or_not_at_all(column: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.update(**{column: None})


def test_an_entry_cannot_be_deleted() -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.all().delete()


def test_a_body_can_be_erased() -> None:
    assert Entry.objects.update(body=None, salt=None) == 1


def test_an_erased_body_cannot_come_back() -> None:
    Entry.objects.update(body=None, salt=None)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.update(body="{}", salt=b"x")


def test_the_table_cannot_be_truncated() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has TRUNCATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("TRUNCATE journal_entry")


def test_missing_guards_are_noticed_and_can_be_put_back() -> None:
    assert missing_guards(connection) == ()

    with connection.cursor() as cursor:
        for statement in unguard_statements(connection.vendor):
            cursor.execute(statement)
    assert set(GUARDS) <= set(missing_guards(connection))

    with connection.cursor() as cursor:
        for statement in guard_statements(connection.vendor):
            cursor.execute(statement)
    assert missing_guards(connection) == ()


ON_SQLITE = [
    (
        "journal_entry_no_update",
        "DROP TRIGGER journal_entry_no_update",
        "CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry WHEN 0 BEGIN SELECT 1; END",
    ),
    (
        "journal_entry_no_delete",
        "DROP TRIGGER journal_entry_no_delete",
        "CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry WHEN 0 BEGIN SELECT 1; END",
    ),
]
_TURNED = _SQLITE[0].replace("NOT (NEW.body IS NULL AND", "(NOT NEW.body IS NULL AND")
ON_SQLITE.append(("journal_entry_no_update", "DROP TRIGGER journal_entry_no_update", _TURNED))
ON_POSTGRESQL = [
    ("journal_entry_no_update", "ALTER TABLE journal_entry DISABLE TRIGGER journal_entry_no_update"),
    ("journal_entry_no_delete", "ALTER TABLE journal_entry ENABLE REPLICA TRIGGER journal_entry_no_delete"),
    (
        "journal_entry_no_truncate",
        "CREATE OR REPLACE FUNCTION journal_entry_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN COALESCE(NEW, OLD); END $$",
    ),
    (
        "journal_entry_no_update",
        "DROP TRIGGER journal_entry_no_update ON journal_entry",
        "CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry FOR EACH ROW"
        " WHEN (NEW.body IS NOT NULL AND NEW.sequence < 0) EXECUTE FUNCTION journal_entry_refuse()",
    ),
    ("journal_entry_no_delete", "SET LOCAL session_replication_role = replica"),
]


@pytest.mark.parametrize(
    ("name", "changes"),
    [(name, changes) for name, *changes in (ON_SQLITE if connection.vendor == "sqlite" else ON_POSTGRESQL)],
)
def test_a_guard_of_the_right_name_that_refuses_nothing_is_missing(name: str, changes: list[str]) -> None:
    with connection.cursor() as cursor:
        for change in changes:
            cursor.execute(change)

    assert name in missing_guards(connection)


def test_a_guard_that_is_switched_on_for_replicas_too_is_not_missing() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has replicas")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry ENABLE ALWAYS TRIGGER journal_entry_no_update")

    assert missing_guards(connection) == ()
