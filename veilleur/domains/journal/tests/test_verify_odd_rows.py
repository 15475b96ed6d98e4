"""Rows that no writer of ours could have made: each is named, none ends the verification or escapes it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from veilleur.domains.journal.models import ChainHead, Entry, HeadExport
from veilleur.domains.journal.queries import Outcome, Report, last_export, verify
from veilleur.domains.journal.rules.verification import Damage
from veilleur.domains.journal.tests.support import ANNA, NOW, Drawer, Keys, make_organisation, note
from veilleur.domains.journal.tests.tampering import behind_the_guards, entries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys", "drawer")]


def check(keys: Keys, drawer: Drawer, *, is_full: bool = True) -> Report:
    return verify(public_keys=[keys.public_key()], elsewhere=drawer.sent(), is_full=is_full)


def damages(report: Report) -> list[tuple[Damage, int]]:
    return [(finding.damage, finding.sequence) for finding in report.findings]


def forge(sequence: int) -> None:
    forged = entries().get(sequence=8)
    forged.pk, forged.sequence, forged.actor = uuid4(), sequence, "forged"
    forged.save(force_insert=True)


def set_cell(column: str, value: Any, *, sequence: int = 8, table: str = "journal_entry") -> None:
    """Write a cell as somebody does who has the file: of any type, past every check."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = 1")
        place = " WHERE sequence = %s" if table == "journal_entry" else ""
        written = value if not isinstance(value, tuple) else value[0]
        question = f"UPDATE {table} SET {column} = {'CAST(%s AS TEXT)' if value != written else '%s'}{place}"
        cursor.execute(question, [written, sequence] if place else [written])
        cursor.execute("PRAGMA ignore_check_constraints = 0")


@pytest.mark.parametrize("is_full", [True, False])
def test_an_entry_before_the_first_place_is_named(
    is_full: bool, organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    behind_the_guards(lambda: forge(0))

    report = check(keys, drawer, is_full=is_full)

    assert (report.outcome, damages(report)) == (Outcome.BROKEN, [(Damage.STRAY, 0)])


def test_the_database_refuses_an_entry_before_the_first_place(organisation_id: int) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        forge(0)


@pytest.mark.parametrize("is_full", [True, False])
def test_heads_that_changed_owners_are_named(
    is_full: bool, organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    other = make_organisation("Bakery")
    note(now=NOW, actor=ANNA, organisation_id=other)
    for old, new in ((organisation_id, 9999), (other, organisation_id), (9999, other)):
        ChainHead.objects.filter(key=old).update(key=new)

    assert sorted(damages(check(keys, drawer, is_full=is_full))) == [(Damage.OWNER, 1), (Damage.OWNER, 10)]


def test_the_installations_chain_belongs_to_nobody_else(keys: Keys, drawer: Drawer) -> None:
    note(now=NOW, actor=ANNA, organisation_id=None)
    ChainHead.objects.filter(organisation=UUID(int=0)).update(key=make_organisation())

    assert damages(check(keys, drawer)) == [(Damage.OWNER, 1)]


ODD_CELLS = [
    ("body", b"\xff\xfe", [(Damage.BODY_CHANGED, 8)]),
    ("body", (b"\xff\xfe",), [(Damage.BODY_CHANGED, 8)]),  # text that is none
    ("body", 5, [(Damage.BODY_CHANGED, 8)]),  # kept as the text 5
    ("salt", "x", [(Damage.BODY_CHANGED, 8)]),
    ("actor", b"\xff", [(Damage.CHANGED, 8)]),
    ("actor", (b"\xff",), [(Damage.CHANGED, 8)]),
    ("kind", b"sample.noted", [(Damage.CHANGED, 8)]),
    ("epoch", "first", [(Damage.CHANGED, 8)]),
    ("version", -1, [(Damage.CHANGED, 8)]),
    ("occurred_at_us", 1.5, [(Damage.CHANGED, 8)]),
    ("subject", "zz", [(Damage.CHANGED, 8)]),
    ("subject", b"zz", [(Damage.CHANGED, 8)]),
    ("id", "zz", [(Damage.CHANGED, 8)]),
    ("previous_hash", "x", [(Damage.CHANGED, 8)]),
    ("body_digest", 1, [(Damage.CHANGED, 8)]),
    ("hash", "x", [(Damage.CHANGED, 8), (Damage.UNLINKED, 9)]),
    ("sequence", "abc", [(Damage.STRAY, 0), (Damage.REMOVED, 8)]),
    ("sequence", -3, [(Damage.STRAY, -3), (Damage.REMOVED, 8)]),
    ("sequence", 10.5, [(Damage.STRAY, 0), (Damage.REMOVED, 8)]),
]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps to the types of its columns")
@pytest.mark.parametrize(("column", "value", "expected"), ODD_CELLS)
def test_a_cell_of_an_odd_type_is_named_and_the_rest_still_read(
    column: str,
    value: Any,
    expected: list[tuple[Damage, int]],
    organisation_id: int,
    keys: Keys,
    drawer: Drawer,
) -> None:
    behind_the_guards(
        lambda: set_cell(column, value), lambda: entries().filter(sequence=10).update(actor="ben")
    )

    for is_full in (True, False):
        assert damages(check(keys, drawer, is_full=is_full)) == [*expected, (Damage.CHANGED, 10)]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps to the types of its columns")
def test_an_organisation_that_is_none_is_named(organisation_id: int, keys: Keys, drawer: Drawer) -> None:
    behind_the_guards(lambda: set_cell("organisation", "zz"))

    assert damages(check(keys, drawer)) == [(Damage.STRAY, 0), (Damage.REMOVED, 8)]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps to the types of its columns")
@pytest.mark.parametrize(("column", "value"), [("hash", "x"), ("epoch", "x"), ("sequence", 1.5)])
def test_a_head_that_cannot_be_read_is_named(
    column: str, value: Any, organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    set_cell(column, value, table="journal_chainhead")

    assert damages(check(keys, drawer)) == [(Damage.HEAD, 10)]


def test_a_kept_proof_that_cannot_be_read_is_named_and_stops_nobody(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    kept = HeadExport.objects.get()
    HeadExport.objects.create(
        exported_at_us=kept.exported_at_us + 1, document="[]", signature=b"x", public_key=kept.public_key
    )
    if connection.vendor == "sqlite":
        set_cell("signature", "x", table="journal_headexport")

    assert {damage for damage, _ in damages(check(keys, drawer))} == {Damage.FORGED}
    found = last_export()
    assert found is not None
    assert found.exported_at == NOW


def test_rows_are_not_read_for_ever_where_a_head_lies_beyond_them(
    organisation_id: int, keys: Keys, drawer: Drawer
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps to the types of its columns")
    behind_the_guards(lambda: set_cell("sequence", 10.5), lambda: ChainHead.objects.update(sequence=12))

    assert (Damage.TRUNCATED, 11) in damages(check(keys, drawer))
    assert Entry.objects.count() == 10
