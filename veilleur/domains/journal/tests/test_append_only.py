"""The database's own guards: entries cannot be changed or deleted, but for the erasure of a body."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from veilleur.domains.journal.models import Entry
from veilleur.domains.journal.models.append_only import (
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
