"""Readers: every fact once in good times, again after failures, parked when it cannot be handled."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from veilleur.domains.journal.actions import drop_parked, open_epoch, retry_parked
from veilleur.domains.journal.actions.leases import hold
from veilleur.domains.journal.facts import FactParked
from veilleur.domains.journal.jobs import read_news
from veilleur.domains.journal.jobs.reading import HELD_KIND
from veilleur.domains.journal.models import ChainHead, Cursor, Entry, TroubledFact
from veilleur.domains.journal.queries import parked_facts, visible_parked
from veilleur.domains.journal.rules.work import LEASE, Clock, Origin, ReadEntry, Reader
from veilleur.domains.journal.tests.support import (
    ANNA,
    NOW,
    Noted,
    Timepiece,
    make_organisation,
    note,
    note_many,
    public_id_of,
)
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Viewer

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


class Listener:
    """A reader's handler that remembers what it got and fails on texts it was told to fail on."""

    def __init__(self, *failing: str) -> None:
        self.got: list[ReadEntry] = []
        self.failing = set(failing)

    def __call__(self, entry: ReadEntry, clock: Clock) -> None:
        if isinstance(entry.fact, Noted) and entry.fact.text in self.failing:
            raise ValueError(f"cannot take {entry.fact.text}")
        self.got.append(entry)

    @property
    def texts(self) -> list[str]:
        return [entry.fact.text for entry in self.got if isinstance(entry.fact, Noted)]


def make_reader(
    listener: Listener,
    *,
    name: str = "listening",
    start: Literal["beginning", "now"] = "beginning",
    greatest_age: timedelta | None = None,
    kinds: frozenset[str] = frozenset({"sample.noted"}),
) -> Reader:
    return Reader(name, kinds, start, greatest_age, listener)


def write(organisation_id: int | None, *texts: str) -> None:
    for text in texts:
        note(now=NOW, actor=ANNA, organisation_id=organisation_id, text=text)


def read_all(reader: Reader, clock: Timepiece, rounds: int = 10) -> None:
    """Read as the work loop does, with pauses that outlast every wait of a reader."""
    for _ in range(rounds):
        read_news([reader], clock)
        clock.pass_by(timedelta(minutes=3))


def test_a_reader_gets_every_fact_in_order_with_its_organisation() -> None:
    one, other = make_organisation(), make_organisation()
    write(one, "a", "b")
    write(other, "c")
    write(None, "d")
    listener = Listener()

    assert read_news([make_reader(listener)], Timepiece()) == 4

    assert [entry.fact.text for entry in listener.got if entry.organisation_id == one] == ["a", "b"]
    assert sorted(listener.texts) == ["a", "b", "c", "d"]
    first = next(entry for entry in listener.got if entry.organisation_id == one)
    assert (first.organisation, first.sequence, first.actor) == (public_id_of(one), 1, "anna")
    assert {entry.organisation_id for entry in listener.got} == {one, other, None}


def test_a_second_round_brings_nothing_twice() -> None:
    write(make_organisation(), "a")
    listener, clock = Listener(), Timepiece()

    read_all(make_reader(listener), clock)

    assert listener.texts == ["a"]


def test_what_comes_later_is_read_from_where_the_reader_stands() -> None:
    organisation_id = make_organisation()
    listener, clock = Listener(), Timepiece()
    write(organisation_id, "a")
    read_news([make_reader(listener)], clock)
    write(organisation_id, "b")

    read_news([make_reader(listener)], clock)

    assert listener.texts == ["a", "b"]


def test_a_reader_that_starts_now_leaves_history_alone_and_misses_nothing_after() -> None:
    old = make_organisation()
    write(old, "history")
    listener, clock = Listener(), Timepiece()
    reader = make_reader(listener, start="now")
    read_news([reader], clock)

    write(old, "after")
    write(make_organisation(), "of a new organisation")
    read_news([reader], clock)

    assert sorted(listener.texts) == ["after", "of a new organisation"]


def test_a_reader_gets_the_kinds_it_declared_and_passes_the_others() -> None:
    organisation_id = make_organisation()
    write(organisation_id, "a")
    listener, clock = Listener(), Timepiece()
    reader = make_reader(listener, kinds=frozenset({"sample.moved"}))

    read_news([reader], clock)

    assert listener.got == []
    assert Cursor.objects.get(organisation_key=organisation_id).sequence == 1


def test_more_facts_than_one_batch_are_read_round_after_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("veilleur.domains.journal.jobs.reading._BATCH", 3)
    write(make_organisation(), *"abcdefgh")
    listener, clock = Listener(), Timepiece()

    read_all(make_reader(listener), clock, rounds=4)

    assert listener.texts == list("abcdefgh")


def test_a_failed_fact_is_tried_again_before_what_follows_it() -> None:
    write(make_organisation(), "a", "b", "c")
    listener, clock = Listener("b"), Timepiece()
    reader = make_reader(listener)

    read_news([reader], clock)
    assert listener.texts == ["a"]
    listener.failing.clear()
    read_news([reader], clock)
    assert listener.texts == ["a"], "the reader waits a second first"

    clock.pass_by(timedelta(seconds=1))
    read_news([reader], clock)

    assert listener.texts == ["a", "b", "c"]
    assert not TroubledFact.objects.exists()


def test_one_organisations_trouble_does_not_hold_up_another() -> None:
    one, other = make_organisation(), make_organisation()
    write(one, "bad", "after bad")
    write(other, "good")
    listener = Listener("bad")

    read_news([make_reader(listener)], Timepiece())

    assert listener.texts == ["good"]


def test_a_fact_that_fails_five_times_is_parked_and_the_reader_goes_on() -> None:
    organisation_id = make_organisation()
    write(organisation_id, "bad", "good")
    listener, clock = Listener("bad"), Timepiece()

    read_all(make_reader(listener), clock, rounds=5)

    assert listener.texts == ["good"]
    (parked,) = parked_facts(organisation_id)
    assert (parked.reader, parked.kind, parked.failures) == ("listening", "sample.noted", 5)
    assert parked.last_error == "ValueError: cannot take bad"
    assert parked_facts(make_organisation()) == ()


def test_parking_is_itself_a_fact_of_the_organisation() -> None:
    organisation_id = make_organisation()
    write(organisation_id, "bad")
    listener, clock = Listener("bad"), Timepiece()
    parkings = Listener()
    read_all(make_reader(listener), clock, rounds=5)

    read_news([make_reader(parkings, name="banner", kinds=frozenset({"journal.fact_parked"}))], clock)

    (told,) = parkings.got
    assert told.fact == FactParked(reader="listening", kind="sample.noted", failures=5)
    assert (told.organisation_id, told.subject) == (organisation_id, Entry.objects.get(sequence=1).pk)


def test_a_reader_that_fails_on_everything_makes_no_endless_parkings() -> None:
    organisation_id = make_organisation()
    write(organisation_id, "a")

    def fail(entry: ReadEntry, clock: Clock) -> None:
        raise ValueError("always")

    reader = Reader("failing", frozenset({"sample.noted", "journal.fact_parked"}), "beginning", None, fail)
    read_all(reader, Timepiece(), rounds=30)

    assert len(parked_facts(organisation_id)) == 2
    assert Entry.objects.count() == 2


def test_a_fact_that_cannot_be_read_any_more_is_parked_like_one_that_fails() -> None:
    organisation_id = make_organisation()
    write(organisation_id, "good")
    entry = Entry.objects.get()
    Entry.objects.bulk_create([_damaged_copy(entry)])
    _set_head(organisation_id, 2)
    listener, clock = Listener(), Timepiece()

    read_all(make_reader(listener), clock, rounds=6)

    assert listener.texts == ["good"]
    (parked,) = parked_facts(organisation_id)
    assert "BadFact" in parked.last_error


def _damaged_copy(entry: Entry) -> Entry:
    entry.pk, entry.sequence, entry.body = UUID(int=77), 2, '{"nothing":"known"}'
    return entry


def _set_head(organisation_id: int, sequence: int) -> None:
    ChainHead.objects.filter(key=organisation_id).update(sequence=sequence)


@pytest.fixture
def parked() -> tuple[int, UUID, Listener, Timepiece]:
    """Return an organisation with one parked fact, its entry, the listener and the clock."""
    organisation_id = make_organisation()
    write(organisation_id, "bad", "good")
    listener, clock = Listener("bad"), Timepiece()
    read_all(make_reader(listener), clock, rounds=6)
    return organisation_id, parked_facts(organisation_id)[0].entry_id, listener, clock


def test_a_parked_fact_is_given_again_when_a_person_asks(
    parked: tuple[int, UUID, Listener, Timepiece],
) -> None:
    organisation_id, entry_id, listener, clock = parked
    listener.failing.clear()
    read_all(make_reader(listener), clock, rounds=2)
    assert listener.texts == ["good"], "not by itself"

    retry_parked(
        now=clock(), actor=ANNA, organisation_id=organisation_id, reader="listening", entry_id=entry_id
    )
    read_all(make_reader(listener), clock, rounds=3)

    assert listener.texts == ["good", "bad"]
    assert parked_facts(organisation_id) == ()
    assert Entry.objects.filter(kind="journal.parked_fact_retried", subject=entry_id).count() == 1


def test_a_parked_fact_that_fails_again_stays_parked(
    parked: tuple[int, UUID, Listener, Timepiece],
) -> None:
    organisation_id, entry_id, listener, clock = parked

    for _ in range(2):
        retry_parked(
            now=clock(), actor=ANNA, organisation_id=organisation_id, reader="listening", entry_id=entry_id
        )
    assert parked_facts(organisation_id)[0].is_to_be_retried
    read_all(make_reader(listener), clock, rounds=3)

    (still,) = parked_facts(organisation_id)
    assert (still.failures, still.is_to_be_retried) == (6, False)
    assert Entry.objects.filter(kind="journal.parked_fact_retried").count() == 1, "asked for once"
    assert Entry.objects.filter(kind="journal.fact_parked").count() == 1, "told once"


def test_a_parked_fact_can_be_dropped_for_good_with_a_reason(
    parked: tuple[int, UUID, Listener, Timepiece],
) -> None:
    organisation_id, entry_id, _, clock = parked

    drop_parked(
        now=clock(),
        actor=ANNA,
        organisation_id=organisation_id,
        reader="listening",
        entry_id=entry_id,
        reason="sent by hand",
    )

    assert parked_facts(organisation_id) == ()
    dropped = Entry.objects.get(kind="journal.parked_fact_dropped")
    assert (dropped.subject, dropped.actor) == (entry_id, "anna")


def test_a_stranger_can_neither_see_nor_touch_a_parked_fact(
    parked: tuple[int, UUID, Listener, Timepiece],
) -> None:
    organisation_id, entry_id, _, _ = parked
    stranger = make_organisation()
    named = {"reader": "listening", "entry_id": entry_id}

    refused = retry_parked(now=NOW, actor=ANNA, organisation_id=stranger, **named)
    also = drop_parked(now=NOW, actor=ANNA, organisation_id=stranger, reason="x", **named)

    assert refused == also == Refused("not_parked")
    assert len(visible_parked(Viewer(1, organisation_id, frozenset({organisation_id})))) == 1
    assert visible_parked(Viewer(1, organisation_id, frozenset({stranger}))) == ()
    assert visible_parked(Viewer(1, stranger, frozenset({stranger}))) == ()


def test_a_reader_that_acts_on_the_world_passes_over_what_is_old_demo_or_imported() -> None:
    organisation_id = make_organisation()
    note(now=NOW - 2 * HOUR, actor=ANNA, organisation_id=organisation_id, text="old")
    note(now=NOW, actor=ANNA, organisation_id=organisation_id, text="demo", origin=Origin.DEMO)
    note(now=NOW, actor=ANNA, organisation_id=organisation_id, text="import", origin=Origin.IMPORTED)
    note(now=NOW, actor=ANNA, organisation_id=organisation_id, text="live")
    acting, keeping = Listener(), Listener()

    readers = [make_reader(acting, name="acting", greatest_age=HOUR), make_reader(keeping, name="keeping")]
    read_news(readers, Timepiece())

    assert acting.texts == ["live"]
    assert keeping.texts == ["old", "demo", "import", "live"]


def test_nothing_restored_is_acted_upon() -> None:
    organisation_id = make_organisation()
    write(organisation_id, "before the restore")
    open_epoch(now=NOW, actor=ANNA, organisation_id=organisation_id, reason="disk lost", last_exported=None)
    write(organisation_id, "after the restore")
    acting = Listener()

    read_news([make_reader(acting, greatest_age=HOUR)], Timepiece())

    assert acting.texts == ["after the restore"]


def test_two_workers_do_not_read_for_one_reader_at_once() -> None:
    write(make_organisation(), "a")
    listener, clock = Listener(), Timepiece()
    assert hold(now=NOW, actor=SYSTEM, kind=HELD_KIND, key="listening") is not None

    assert read_news([make_reader(listener)], clock) == 0
    clock.pass_by(2 * LEASE)
    assert read_news([make_reader(listener)], clock) == 1


def test_a_worker_that_lost_its_lease_moves_no_cursor() -> None:
    organisation_id = make_organisation()
    write(organisation_id, "a", "b")
    listener, clock = Listener(), Timepiece()

    def lose_lease(entry: ReadEntry, clock_: Clock) -> None:
        listener(entry, clock_)
        clock.pass_by(2 * LEASE)
        assert hold(now=clock(), actor=SYSTEM, kind=HELD_KIND, key="listening") is not None

    read_news([Reader("listening", frozenset({"sample.noted"}), "beginning", None, lose_lease)], clock)

    assert listener.texts == ["a"]
    assert not Cursor.objects.exists()


def test_looking_for_news_costs_the_same_for_one_organisation_and_for_many() -> None:
    listener, clock = Listener(), Timepiece()
    reader = make_reader(listener)
    write(make_organisation(), "a")
    read_news([reader], clock)
    with CaptureQueriesContext(connection) as for_one:
        read_news([reader], clock)
    note_many(now=NOW, actor=ANNA, organisation_ids=tuple(make_organisation() for _ in range(30)))
    read_news([reader], clock)

    with CaptureQueriesContext(connection) as for_many:
        read_news([reader], clock)

    assert len(for_many) == len(for_one) == 3
