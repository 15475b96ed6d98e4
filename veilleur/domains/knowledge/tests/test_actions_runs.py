"""A procedure is done: steps are ticked by whoever does them, and the record shows who, when, how long."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection

from veilleur.domains.knowledge import actions, queries
from veilleur.domains.knowledge.models import Document, RunNote, RunSheet
from veilleur.domains.knowledge.queries import SheetView
from veilleur.domains.knowledge.rules.documents import DocumentKind
from veilleur.domains.knowledge.rules.runs import Outcome
from veilleur.domains.knowledge.tests.support import (
    DRAFT,
    NOW,
    Organisation,
    Person,
    facts,
    save,
    viewer,
    write,
)
from veilleur.domains.organisations.factories import make_organisation, make_person
from veilleur.shared.markdown import items_of_first_list
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db
STEPS = items_of_first_list(DRAFT.text)


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation) -> Person:
    return make_person(organisation, name="Anna")


@pytest.fixture
def ben(organisation: Organisation) -> Person:
    return make_person(organisation, name="Ben")


@pytest.fixture
def document(organisation: Organisation, anna: Person) -> Document:
    return write(organisation, anna)


def start(
    document: Document, by: Person, *, number: int = 1, steps: tuple[str, ...] = STEPS, at: datetime = NOW
) -> RunSheet | Refused:
    return actions.start_run(
        now=at,
        actor=Actor(by.pseudonym),
        organisation_id=document.organisation_id,
        document=document.public_id,
        number=number,
        steps=steps,
    )


def started(document: Document, by: Person, at: datetime = NOW) -> RunSheet:
    sheet = start(document, by, at=at)
    assert isinstance(sheet, RunSheet)
    return sheet


def tick(sheet: RunSheet, number: int, by: Person, minutes: int = 0, *, done: bool = True) -> Refused | None:
    return actions.tick_step(
        now=sheet.started_at + timedelta(minutes=minutes),
        actor=Actor(by.pseudonym),
        organisation_id=sheet.organisation_id,
        sheet=sheet.public_id,
        number=number,
        done=done,
    )


def end(
    sheet: RunSheet, by: Person, outcome: Outcome = Outcome.FINISHED, *, minutes: int = 30, reason: str = ""
) -> Refused | None:
    return actions.end_run(
        now=sheet.started_at + timedelta(minutes=minutes),
        actor=Actor(by.pseudonym),
        organisation_id=sheet.organisation_id,
        sheet=sheet.public_id,
        outcome=outcome,
        reason=reason,
    )


def note(sheet: RunSheet, by: Person, text: str) -> Refused | None:
    return actions.note_on_run(
        now=NOW,
        actor=Actor(by.pseudonym),
        organisation_id=sheet.organisation_id,
        sheet=sheet.public_id,
        text=text,
    )


def looked_at(sheet: RunSheet, by: Person) -> SheetView:
    view = queries.visible_sheet(viewer(by), sheet.public_id)
    assert view is not None
    return view


def test_a_run_shows_who_did_each_step_when_and_how_long_it_took(
    organisation: Organisation, document: Document, anna: Person, ben: Person
) -> None:
    sheet = started(document, anna)
    assert tick(sheet, 1, anna, 5) is None
    assert tick(sheet, 2, ben, 20) is None
    assert end(sheet, ben, minutes=30) is None

    view = looked_at(sheet, anna)
    assert [(step.text, step.by, step.ticked_at) for step in view.steps] == [
        ("Open it", "Anna", NOW + timedelta(minutes=5)),
        ("Put it back", "Ben", NOW + timedelta(minutes=20)),
    ]
    assert (view.row.people, view.row.lasted) == (("Anna", "Ben"), timedelta(minutes=30))
    (ended,) = facts(organisation, "run_ended")
    assert json.loads(ended.body) == {
        "sheet": str(sheet.public_id),
        "outcome": "finished",
        "lasted_s": 1800,
        "doers": sorted([anna.pseudonym, ben.pseudonym]),
    }
    assert ended.subject == document.public_id
    practice = queries.visible_practice(viewer(anna), document.public_id)
    assert dict(practice.people) == {"Anna": 1, "Ben": 1}
    assert practice.usual == timedelta(minutes=30)


def test_of_two_people_who_tick_at_once_the_first_has_done_it(
    organisation: Organisation, document: Document, anna: Person, ben: Person
) -> None:
    sheet = started(document, anna)
    tick(sheet, 1, anna, 5)

    assert tick(sheet, 1, ben, 6) is None

    assert [step.by for step in looked_at(sheet, anna).steps] == ["Anna", ""]
    assert len(facts(organisation, "step_ticked")) == 1


def test_a_tick_by_mistake_is_taken_back_and_the_record_says_so(
    organisation: Organisation, document: Document, anna: Person, ben: Person
) -> None:
    sheet = started(document, anna)
    tick(sheet, 1, anna)

    assert tick(sheet, 1, ben, 1, done=False) is None
    assert tick(sheet, 1, ben, 1, done=False) is None

    assert looked_at(sheet, anna).done == 0
    (fact,) = facts(organisation, "step_unticked")
    assert (fact.actor, json.loads(fact.body)["ticked_by"]) == (ben.pseudonym, anna.pseudonym)


def test_a_run_with_steps_left_is_not_finished_but_may_be_given_up_for_a_reason(
    organisation: Organisation, document: Document, anna: Person
) -> None:
    sheet = started(document, anna)
    tick(sheet, 1, anna)

    assert end(sheet, anna) == Refused("steps_left")
    assert end(sheet, anna, Outcome.GIVEN_UP) == Refused("reason_missing")
    assert end(sheet, anna, Outcome.GIVEN_UP, reason="x" * 2_001) == Refused("note_too_long")
    assert end(sheet, anna, Outcome.GIVEN_UP, reason="The power is away") is None

    view = looked_at(sheet, anna)
    assert (view.row.outcome, [each.text for each in view.notes]) == ("given_up", ["The power is away"])
    # Given up, it was not really done by anybody.
    assert queries.visible_practice(viewer(anna), document.public_id).people == ()


def test_a_run_that_is_over_stays_as_it_is(
    organisation: Organisation, document: Document, anna: Person, ben: Person
) -> None:
    sheet = started(document, anna)
    for number in (1, 2):
        tick(sheet, number, anna)
    end(sheet, anna)
    before = looked_at(sheet, anna)

    assert tick(sheet, 1, ben, done=False) == Refused("no_such_sheet")
    assert note(sheet, ben, "late") == Refused("no_such_sheet")
    assert end(sheet, ben) == Refused("no_such_sheet")

    assert looked_at(sheet, anna) == before


def test_notes_are_kept_with_name_and_hour_and_not_in_the_journal(
    organisation: Organisation, document: Document, anna: Person
) -> None:
    sheet = started(document, anna)

    assert note(sheet, anna, "It beeps\ntwice") is None
    for text, reason in ((" ", "note_missing"), ("x" * 2_001, "note_too_long"), ("a\x00", "unfit_signs")):
        assert note(sheet, anna, text) == Refused(reason)

    (kept,) = looked_at(sheet, anna).notes
    assert (kept.text, kept.by, kept.written_at) == ("It beeps\ntwice", "Anna", NOW)
    assert all("beeps" not in fact.body for fact in facts(organisation))


def test_a_run_keeps_its_steps_when_the_procedure_changes(
    document: Document, anna: Person, ben: Person
) -> None:
    sheet = started(document, anna)
    save(document, replace(DRAFT, text="1. Another way\n"), seen=1, by=ben)

    assert [step.text for step in looked_at(sheet, anna).steps] == ["Open it", "Put it back"]
    assert start(document, anna, number=1) == Refused("saved_meanwhile")


def test_a_page_and_a_procedure_without_steps_are_not_run(
    organisation: Organisation, document: Document, anna: Person
) -> None:
    page = write(organisation, anna, kind=DocumentKind.PAGE)

    assert start(page, anna) == Refused("no_such_document")
    assert start(document, anna, steps=()) == Refused("no_steps")
    assert start(document, anna, steps=("x",) * 201) == Refused("too_many_steps")

    assert RunSheet.objects.of(organisation.pk).count() == 0


def test_what_is_ticked_is_in_the_database_at_once(document: Document, anna: Person) -> None:
    sheet = started(document, anna)
    tick(sheet, 1, anna)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM knowledge_runstep WHERE ticked_at IS NOT NULL")
        assert cursor.fetchone()[0] == 1
    assert [row.id for row, _title in queries.visible_open_runs(viewer(anna))] == [sheet.public_id]


def test_a_run_of_another_organisation_is_none(document: Document, anna: Person) -> None:
    sheet = started(document, anna)
    other = make_organisation()
    stranger = make_person(other)
    by = {"now": NOW, "actor": Actor(stranger.pseudonym), "organisation_id": other.pk}

    assert actions.tick_step(**by, sheet=sheet.public_id, number=1, done=True) == Refused("no_such_sheet")
    assert actions.note_on_run(**by, sheet=sheet.public_id, text="x") == Refused("no_such_sheet")
    own = started(write(other, stranger), stranger)
    assert actions.tick_step(**by, sheet=own.public_id, number=3, done=True) == Refused("no_such_step")
    assert queries.visible_sheet(viewer(stranger), sheet.public_id) is None
    assert queries.visible_runs(viewer(stranger), document.public_id) == []
    assert not RunNote.objects.of(document.organisation_id).exists()
