"""Entries as pages show them: newest first, one organisation's, whatever their kind's fate."""

from uuid import uuid4

import pytest

from veilleur.domains.journal.actions import erase_bodies
from veilleur.domains.journal.models import ChainHead, Entry
from veilleur.domains.journal.queries import visible_entry, visible_timeline
from veilleur.domains.journal.tests.support import ANNA, NOW, Noted, make_organisation, note
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Viewer

pytestmark = pytest.mark.django_db


def looking_at(organisation_id: int, *others: int) -> Viewer:
    return Viewer(1, organisation_id, frozenset({organisation_id, *others}))


@pytest.fixture
def organisation_id() -> int:
    return make_organisation()


def test_a_timeline_is_newest_first_and_goes_on_page_by_page(organisation_id: int) -> None:
    for text in "abcde":
        note(now=NOW, actor=ANNA, organisation_id=organisation_id, text=text)
    viewer = looking_at(organisation_id)

    first = visible_timeline(viewer, limit=2)
    second = visible_timeline(viewer, limit=2, before_sequence=first[-1].sequence)

    assert [entry.fact.text for entry in (*first, *second) if entry.fact] == ["e", "d", "c", "b"]


def test_a_timeline_may_be_of_one_subject_or_of_some_kinds(organisation_id: int) -> None:
    subject = uuid4()
    note(now=NOW, actor=ANNA, organisation_id=organisation_id, subject=subject)
    note(now=NOW, actor=ANNA, organisation_id=organisation_id, subject=uuid4())
    viewer = looking_at(organisation_id)

    assert [entry.sequence for entry in visible_timeline(viewer, subject=subject)] == [1]
    assert visible_timeline(viewer, kinds=["sample.moved"]) == ()
    assert len(visible_timeline(viewer, kinds=["sample.noted"])) == 2


def test_a_stranger_sees_nothing_of_another_organisation(organisation_id: int) -> None:
    subject = uuid4()
    note(now=NOW, actor=ANNA, organisation_id=organisation_id, subject=subject)
    entry_id = Entry.objects.get().pk
    stranger = looking_at(make_organisation())
    intruder = Viewer(1, organisation_id, frozenset({stranger.organisation_id}))

    for viewer in (stranger, intruder):
        assert visible_timeline(viewer, subject=subject) == ()
        assert visible_entry(viewer, entry_id) is None
    assert visible_entry(looking_at(organisation_id), entry_id) is not None


def test_the_installations_own_chain_is_on_nobodys_timeline(organisation_id: int) -> None:
    note(now=NOW, actor=ANNA, organisation_id=None)

    assert visible_timeline(looking_at(organisation_id)) == ()


def test_an_entry_of_a_kind_not_known_here_shows_its_raw_body(organisation_id: int) -> None:
    note(now=NOW, actor=ANNA, organisation_id=organisation_id)
    _append_raw(kind="sample.from_the_future", version=1, body='{"a":[1]}')
    _append_raw(kind="sample.noted", version=1, body='{"unexpected":true}')

    newest, unknown, known = visible_timeline(looking_at(organisation_id))

    assert (unknown.fact, unknown.body) == (None, {"a": [1]})
    assert (newest.fact, newest.body) == (None, {"unexpected": True})
    assert known.fact == Noted("hello")


def _append_raw(**changes: object) -> None:
    entry = Entry.objects.order_by("-sequence")[0]
    entry.pk, entry.sequence = uuid4(), entry.sequence + 1
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.save(force_insert=True)


def test_an_erased_entry_shows_that_it_was_without_what_it_said(organisation_id: int) -> None:
    note(now=NOW, actor=ANNA, organisation_id=organisation_id, text="Anna Martin, 12 rue des Lilas")
    entry_id = Entry.objects.get().pk

    erase_bodies(
        now=NOW, actor=ANNA, organisation_id=organisation_id, entries=[entry_id], reason="asked by herself"
    )

    entry = visible_entry(looking_at(organisation_id), entry_id)
    assert entry is not None
    assert (entry.kind, entry.fact, entry.body) == ("sample.noted", None, None)
    assert not Entry.objects.filter(body__contains="Lilas").exists()


def test_only_bodies_of_the_chain_named_and_of_no_journal_kind_can_be_erased(organisation_id: int) -> None:
    note(now=NOW, actor=ANNA, organisation_id=organisation_id)
    entry_id = Entry.objects.get().pk
    stranger = make_organisation()
    note(now=NOW, actor=ANNA, organisation_id=stranger)

    refused = erase_bodies(now=NOW, actor=ANNA, organisation_id=stranger, entries=[entry_id], reason="x")
    erase_bodies(now=NOW, actor=ANNA, organisation_id=organisation_id, entries=[entry_id], reason="x")
    act = Entry.objects.get(kind="journal.bodies_erased").pk
    also = erase_bodies(now=NOW, actor=ANNA, organisation_id=organisation_id, entries=[act], reason="x")

    assert refused == also == Refused("not_erasable")
    assert ChainHead.objects.get(key=organisation_id).sequence == 2
