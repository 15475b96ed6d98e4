"""Recorded actions: one transaction, facts at its end, chains that follow on."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from veilleur.domains.journal.actions import record, recorded, schedule_job
from veilleur.domains.journal.models import ChainHead, Entry, Job
from veilleur.domains.journal.queries.stored import stored_entries
from veilleur.domains.journal.rules.chain import FIRST_HASH, INSTALLATION, entry_hash, to_us
from veilleur.domains.journal.rules.errors import BadFact, NotRecording
from veilleur.domains.journal.rules.verification import StoredEntry
from veilleur.domains.journal.tests.support import (
    ANNA,
    NOW,
    Noted,
    make_organisation,
    note,
    note_many,
    public_id_of,
    run_inside,
)
from veilleur.shared.viewer import DEMO, Actor

pytestmark = pytest.mark.django_db


def entries_of(organisation_id: int) -> list[Entry]:
    return list(Entry.objects.filter(organisation=public_id_of(organisation_id)).order_by("sequence"))


def test_a_fact_becomes_an_entry_that_says_who_what_and_when() -> None:
    organisation_id, subject = make_organisation(), uuid4()
    earlier = NOW - timedelta(hours=3)

    run_inside(
        now=NOW,
        actor=ANNA,
        body=lambda: record(
            Noted("é"), subject=subject, organisation_id=organisation_id, occurred_at=earlier
        ),
    )

    (entry,) = entries_of(organisation_id)
    assert (entry.kind, entry.version, entry.body) == ("sample.noted", 1, '{"text":"é"}')
    assert (entry.actor, entry.subject, entry.origin) == ("anna", subject, "live")
    assert (entry.occurred_at_us, entry.recorded_at_us) == (to_us(earlier), to_us(NOW))
    assert (entry.epoch, entry.sequence, bytes(entry.previous_hash)) == (1, 1, FIRST_HASH)
    assert entry.id.version == 7


def test_each_entry_follows_from_the_one_before_and_the_head_from_the_last() -> None:
    organisation_id = make_organisation()

    note(now=NOW, actor=ANNA, organisation_id=organisation_id)
    note_many(now=NOW, actor=ANNA, organisation_ids=(organisation_id, organisation_id))

    entries = entries_of(organisation_id)
    head = ChainHead.objects.get(key=organisation_id)
    assert [entry.sequence for entry in entries] == [1, 2, 3]
    assert [bytes(entry.previous_hash) for entry in entries[1:]] == [
        bytes(entry.hash) for entry in entries[:-1]
    ]
    stored = list(stored_entries(public_id_of(organisation_id), 0))
    assert [isinstance(row, StoredEntry) and entry_hash(row.header) for row in stored] == [
        bytes(entry.hash) for entry in entries
    ]
    assert (head.sequence, bytes(head.hash)) == (3, bytes(entries[-1].hash))


def test_organisations_have_chains_of_their_own_and_the_installation_has_one() -> None:
    one, other = make_organisation(), make_organisation()

    note_many(now=NOW, actor=ANNA, organisation_ids=(other, None, one, other))

    assert [len(entries_of(one)), len(entries_of(other))] == [1, 2]
    assert Entry.objects.get(organisation=INSTALLATION).sequence == 1
    assert {head.key: head.sequence for head in ChainHead.objects.all()} == {0: 1, one: 1, other: 2}


def test_salts_hide_equal_bodies() -> None:
    organisation_id = make_organisation()

    note_many(now=NOW, actor=ANNA, organisation_ids=(organisation_id, organisation_id))

    first, second = entries_of(organisation_id)
    assert first.body == second.body
    assert bytes(first.body_digest) != bytes(second.body_digest)


def test_now_and_actor_come_from_the_outermost_action() -> None:
    organisation_id = make_organisation()
    later = NOW + timedelta(days=9)

    run_inside(
        now=NOW, actor=ANNA, body=lambda: note(now=later, actor=Actor("ben"), organisation_id=organisation_id)
    )

    (entry,) = entries_of(organisation_id)
    assert (entry.actor, entry.recorded_at_us) == ("anna", to_us(NOW))


def test_what_the_demo_actor_does_is_marked_as_demo() -> None:
    organisation_id = make_organisation()

    note(now=NOW, actor=DEMO, organisation_id=organisation_id)

    assert entries_of(organisation_id)[0].origin == "demo"


def test_an_action_returns_what_it_returns() -> None:
    assert run_inside(now=NOW, actor=ANNA, body=lambda: 42) == 42


def test_an_exception_leaves_neither_change_nor_fact() -> None:
    organisation_id = make_organisation()

    def write_and_fail() -> None:
        note(now=NOW, actor=ANNA, organisation_id=organisation_id)
        schedule_job("sample.work", "x", NOW)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_inside(now=NOW, actor=ANNA, body=write_and_fail)

    assert not Entry.objects.exists()
    assert not Job.objects.exists()
    assert not ChainHead.objects.exists()


def test_a_failure_of_a_nested_action_spoils_the_whole_even_if_caught() -> None:
    organisation_id = make_organisation()

    def swallow() -> None:
        note(now=NOW, actor=ANNA, organisation_id=organisation_id)
        with suppress(ZeroDivisionError):
            run_inside(now=NOW, actor=ANNA, body=lambda: 1 / 0)

    with pytest.raises(transaction.TransactionManagementError):
        run_inside(now=NOW, actor=ANNA, body=swallow)

    assert not Entry.objects.exists()


def test_no_facts_touch_no_head_and_cost_no_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        run_inside(now=NOW, actor=ANNA, body=lambda: None)

    assert [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]] == []
    assert not ChainHead.objects.exists()


def test_heads_are_locked_last_and_in_the_order_of_organisations() -> None:
    one, other = make_organisation(), make_organisation()
    note_many(now=NOW, actor=ANNA, organisation_ids=(one, other))

    with CaptureQueriesContext(connection) as queries:
        run_inside(
            now=NOW,
            actor=ANNA,
            body=lambda: (
                note_many(now=NOW, actor=ANNA, organisation_ids=(other, None, one)),
                schedule_job("sample.work", "x", NOW),
            ),
        )

    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    locks = [place for place, sql in enumerate(statements) if "chainhead" in sql and sql.startswith("SELECT")]
    work = [place for place, sql in enumerate(statements) if "journal_job" in sql]
    assert max(work) < min(locks)
    assert all("ORDER BY key" in statements[place] for place in locks)


def test_one_fact_in_a_known_chain_costs_three_queries_and_one_on_postgresql() -> None:
    organisation_id = make_organisation()
    note(now=NOW, actor=ANNA, organisation_id=organisation_id)

    with CaptureQueriesContext(connection) as queries:
        note(now=NOW, actor=ANNA, organisation_id=organisation_id)

    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == (
        1 if connection.vendor == "postgresql" else 3
    )


class Flaky:
    """A body that fails so many times with one error before it succeeds."""

    def __init__(self, failures: int, error: Exception) -> None:
        self.left = failures
        self.error = error
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        record(Noted(str(self.calls)), subject=None, organisation_id=None)
        if self.left:
            self.left -= 1
            raise self.error


def passing_error(**attributes: object) -> OperationalError:
    """Return an error as Django raises it, caused by a driver's error with these attributes."""
    cause = Exception("from the driver")
    for name, value in attributes.items():
        setattr(cause, name, value)
    error = OperationalError("passing")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "attributes",
    [
        {"sqlstate": "40P01"},  # deadlock detected
        {"sqlstate": "40001"},  # serialisation failure
        {"sqlite_errorcode": 5},  # database is locked
        {"sqlite_errorcode": 517},  # the snapshot is older than the last write
        {"sqlite_errorcode": 6},  # a table is locked
    ],
)
def test_a_passing_failure_runs_the_whole_action_again(attributes: dict[str, object]) -> None:
    body = Flaky(2, passing_error(**attributes))

    run_inside(now=NOW, actor=ANNA, body=body)

    assert body.calls == 3
    assert [entry.body for entry in Entry.objects.all()] == ['{"text":"3"}']


def test_a_failure_that_does_not_pass_is_raised_after_three_reruns() -> None:
    body = Flaky(9, passing_error(sqlite_errorcode=5))

    with pytest.raises(OperationalError):
        run_inside(now=NOW, actor=ANNA, body=body)

    assert body.calls == 4
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "error", [OperationalError("disk I/O error"), IntegrityError("twice"), ValueError("wrong")]
)
def test_any_other_failure_is_not_tried_again(error: Exception) -> None:
    body = Flaky(1, error)

    with pytest.raises(type(error)):
        run_inside(now=NOW, actor=ANNA, body=body)

    assert body.calls == 1


def test_only_the_outermost_action_runs_again() -> None:
    body = Flaky(1, passing_error(sqlstate="40P01"))

    run_inside(now=NOW, actor=ANNA, body=lambda: run_inside(now=NOW, actor=ANNA, body=body))

    assert body.calls == 2
    assert Entry.objects.count() == 1


def test_recording_outside_an_action_is_refused() -> None:
    with pytest.raises(NotRecording):
        record(Noted("x"), subject=None, organisation_id=None)
    with pytest.raises(NotRecording):
        schedule_job("sample.work", "x", NOW)


def test_a_fact_of_no_registered_kind_is_refused_at_once() -> None:
    with pytest.raises(BadFact):
        run_inside(now=NOW, actor=ANNA, body=lambda: record(object(), subject=None, organisation_id=None))


def test_positional_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="keyword"):
        note(NOW, ANNA, None)  # type: ignore[misc]


def takes_position(now: datetime, actor: Actor) -> None: ...


def lacks_actor(*, now: datetime) -> None: ...


def lacks_now(*, actor: Actor) -> None: ...


def takes_anything(*, now: datetime, actor: Actor, **others: Any) -> None: ...


async def is_a_coroutine(*, now: datetime, actor: Actor) -> None: ...


@pytest.mark.parametrize("action", [takes_position, lacks_actor, lacks_now, takes_anything, is_a_coroutine])
def test_an_action_of_another_signature_is_refused_at_import(action: Callable[..., object]) -> None:
    with pytest.raises(TypeError, match="recorded action"):
        recorded(action)


@pytest.mark.parametrize("change", [{"now": datetime(2026, 1, 1)}, {"now": None}, {"actor": "anna"}])
def test_an_action_needs_an_aware_instant_and_an_actor(change: dict[str, object]) -> None:
    with pytest.raises(TypeError, match="aware"):
        note(**{"now": NOW, "actor": ANNA, "organisation_id": None, **change})  # type: ignore[arg-type]


def test_an_unknown_organisation_gets_no_chain() -> None:
    with pytest.raises(KeyError):
        note(now=NOW, actor=ANNA, organisation_id=987654)
    assert not ChainHead.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_action_refuses_to_run_in_a_foreign_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        note(now=NOW, actor=ANNA, organisation_id=None)


def test_many_facts_of_one_action_are_appended_together() -> None:
    organisation_id = make_organisation()

    note_many(now=NOW, actor=ANNA, organisation_ids=(organisation_id,) * 1200)

    assert ChainHead.objects.get(key=organisation_id).sequence == 1200
