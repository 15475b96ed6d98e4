"""Documents are written, saved in versions that are never written over, looked after and taken out of use."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from veilleur.domains.estate.actions import retire_data_set
from veilleur.domains.estate.factories import make_data_set, make_service
from veilleur.domains.knowledge import actions, queries
from veilleur.domains.knowledge.factories import make_document
from veilleur.domains.knowledge.models import Document, DocumentSubject, DocumentVersion
from veilleur.domains.knowledge.rules.documents import DocumentKind, Draft, Topic
from veilleur.domains.knowledge.rules.prepared import prepare
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
from veilleur.domains.organisations.factories import make_membership, make_organisation, make_person
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db
OTHER_TEXT = replace(DRAFT, text="1. Call Anna\n")


@pytest.fixture
def house() -> tuple[Organisation, Person, Person]:
    organisation = make_organisation()
    return organisation, make_person(organisation, name="Anna"), make_person(organisation, name="Ben")


def settle(document: Document, care: actions.Care, now: datetime = NOW) -> Refused | None:
    return actions.settle_document(
        now=now,
        actor=Actor("p-1"),
        organisation_id=document.organisation_id,
        document=document.public_id,
        care=care,
    )


def test_a_document_begins_with_its_first_version_its_people_and_what_it_is_about(
    house: tuple[Organisation, Person, Person],
) -> None:
    organisation, anna, ben = house
    service = make_service(organisation, "ERP")

    document = write(organisation, anna, deputy=ben, about=frozenset({service.public_id}))

    view = queries.visible_document(viewer(anna), document.public_id, NOW)
    assert view is not None
    assert (view.row.number, view.version.draft, view.version.author) == (1, DRAFT, "Anna")
    assert (view.row.owner.name, view.row.deputy and view.row.deputy.name) == ("Anna", "Ben")
    assert [(row.kind, row.node and row.node.name, row.route) for row in view.subjects] == [
        ("service", "ERP", "desk:service")
    ]
    written, entrusted, tied = facts(organisation)
    assert {each.subject for each in (written, entrusted, tied)} == {document.public_id}
    assert json.loads(entrusted.body) == {
        "owner": anna.pseudonym,
        "deputy": ben.pseudonym,
        "review_months": 6,
    }
    assert json.loads(tied.body) == {"tied": [str(service.public_id)], "untied": []}


def test_each_save_is_a_version_with_author_and_time_and_none_is_written_over(
    house: tuple[Organisation, Person, Person],
) -> None:
    organisation, anna, ben = house
    document = write(organisation, anna)
    later = NOW + timedelta(days=1)

    done = save(document, OTHER_TEXT, seen=1, by=ben, now=later)

    assert isinstance(done, Document)
    newest, first = queries.visible_versions(viewer(anna), document.public_id)
    assert (first.number, first.draft, first.author, first.made_at) == (1, DRAFT, "Anna", NOW)
    assert (newest.number, newest.draft, newest.author, newest.made_at) == (2, OTHER_TEXT, "Ben", later)
    digests = {json.loads(fact.body)["text_digest"] for fact in facts(organisation, "document_written")}
    assert len(digests) == 2
    assert all("Call Anna" not in fact.body for fact in facts(organisation))


def test_a_save_that_changes_nothing_is_no_version(house: tuple[Organisation, Person, Person]) -> None:
    organisation, anna, _ben = house
    document = write(organisation, anna)

    done = save(document, DRAFT, seen=1, by=anna)

    assert isinstance(done, Document)
    assert done.number == 1
    assert len(facts(organisation, "document_written")) == 1


def test_a_save_over_somebody_elses_is_refused_and_loses_nothing(
    house: tuple[Organisation, Person, Person],
) -> None:
    organisation, anna, ben = house
    document = write(organisation, anna)
    save(document, OTHER_TEXT, seen=1, by=ben)
    mine = replace(DRAFT, text="1. Mine\n")

    assert save(document, mine, seen=1, by=anna) == Refused("saved_meanwhile")
    assert save(document, mine, seen=3, by=anna) == Refused("saved_meanwhile")
    again = save(document, mine, seen=2, by=anna)

    assert isinstance(again, Document)
    texts = [row.draft.text for row in queries.visible_versions(viewer(anna), document.public_id)]
    assert texts == ["1. Mine\n", "1. Call Anna\n", DRAFT.text]


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (Draft(" ", "text"), "title_missing"),
        (Draft("Title", "x" * 200_001), "text_too_long"),
        (Draft("Title", "a\x00b"), "unfit_signs"),
    ],
)
def test_what_cannot_be_shown_is_not_saved(
    house: tuple[Organisation, Person, Person], draft: Draft, reason: str
) -> None:
    organisation, anna, _ben = house
    document = write(organisation, anna)
    new = actions.NewDocument(
        Topic.START, DocumentKind.PAGE, prepare(draft), actions.Care(anna.public_id, None, 6)
    )

    assert save(document, draft, seen=1, by=anna) == Refused(reason)
    assert actions.write_document(
        now=NOW, actor=Actor("p-1"), organisation_id=organisation.pk, new=new
    ) == Refused(reason)

    assert DocumentVersion.objects.of(organisation.pk).count() == 1


def test_places_to_fill_in_are_counted_with_each_version(house: tuple[Organisation, Person, Person]) -> None:
    organisation, anna, _ben = house
    document = write(organisation, anna, replace(DRAFT, text="Call [? whom] at [? number]"))
    assert document.blanks == 2

    done = save(document, replace(DRAFT, text="Call Anna at [? number]"), seen=1, by=anna)

    assert isinstance(done, Document)
    assert done.blanks == 1


def test_owner_and_deputy_are_two_present_members(house: tuple[Organisation, Person, Person]) -> None:
    organisation, anna, ben = house
    document = write(organisation, anna)
    stranger, left = make_person(make_organisation()), make_person()
    make_membership(organisation, left, until=NOW)

    def care(owner: Person, deputy: Person | None, months: int = 6) -> Refused | None:
        return settle(document, actions.Care(owner.public_id, deputy and deputy.public_id, months))

    assert care(anna, anna) == Refused("one_person_twice")
    assert care(stranger, None) == Refused("no_such_member")
    assert care(anna, stranger) == Refused("no_such_member")
    assert care(left, None) == Refused("no_such_member")
    assert care(anna, ben, months=7) == Refused("review_unknown")
    assert len(facts(organisation, "document_entrusted")) == 1

    assert care(ben, anna, months=12) is None
    assert care(ben, anna, months=12) is None

    document.refresh_from_db()
    assert document.owner.person == ben
    assert (document.deputy and document.deputy.person, document.review_months) == (anna, 12)
    assert len(facts(organisation, "document_entrusted")) == 2


def test_a_document_is_about_what_is_on_the_map_of_its_own_organisation(
    house: tuple[Organisation, Person, Person],
) -> None:
    organisation, anna, _ben = house
    service, data_set = make_service(organisation), make_data_set(organisation)
    foreign = make_service(make_organisation())
    document = write(organisation, anna, about=frozenset({service.public_id}))

    def about(*things: object) -> Refused | None:
        return settle(document, actions.Care(anna.public_id, None, 6, frozenset(things)))  # type: ignore[arg-type]

    assert about(foreign.public_id) == Refused("no_such_subject")
    assert about(uuid4()) == Refused("no_such_subject")
    assert about(data_set.public_id) is None

    rows = DocumentSubject.objects.of(organisation.pk)
    assert list(rows.values_list("kind", "subject")) == [("data_set", data_set.public_id)]
    assert json.loads(facts(organisation, "document_tied")[-1].body) == {
        "tied": [str(data_set.public_id)],
        "untied": [str(service.public_id)],
    }


def test_what_left_the_map_stays_tied_though_nobody_can_choose_it_any_more(
    house: tuple[Organisation, Person, Person],
) -> None:
    organisation, anna, _ben = house
    data_set = make_data_set(organisation)
    document = write(organisation, anna, about=frozenset({data_set.public_id}))
    retire_data_set(now=NOW, actor=Actor("p-1"), organisation_id=organisation.pk, data_set=data_set.public_id)

    assert settle(document, actions.Care(anna.public_id, None, 12), NOW + timedelta(hours=1)) is None

    view = queries.visible_document(viewer(anna), document.public_id, NOW)
    assert view is not None
    assert [(row.id, row.node) for row in view.subjects] == [(data_set.public_id, None)]


def test_somebody_says_of_the_version_that_was_read_that_it_is_still_right(
    house: tuple[Organisation, Person, Person],
) -> None:
    organisation, anna, ben = house
    document = write(organisation, anna)
    later = NOW + timedelta(days=100)

    def confirm(number: int) -> Refused | None:
        return actions.confirm_document(
            now=later,
            actor=Actor(ben.pseudonym),
            organisation_id=organisation.pk,
            document=document.public_id,
            number=number,
        )

    assert confirm(2) == Refused("saved_meanwhile")
    assert confirm(1) is None

    document.refresh_from_db()
    assert document.reviewed_at == later
    (fact,) = facts(organisation, "document_confirmed")
    assert (fact.actor, json.loads(fact.body)) == (ben.pseudonym, {"number": 1})


def test_saving_is_no_review(house: tuple[Organisation, Person, Person]) -> None:
    organisation, anna, _ben = house
    document = write(organisation, anna)

    save(document, OTHER_TEXT, seen=1, by=anna, now=NOW + timedelta(days=100))

    document.refresh_from_db()
    assert document.reviewed_at == NOW


def test_a_document_out_of_use_is_read_but_not_changed(house: tuple[Organisation, Person, Person]) -> None:
    organisation, anna, _ben = house
    document = write(organisation, anna)

    def retire() -> Document | Refused:
        return actions.retire_document(
            now=NOW, actor=Actor("p-1"), organisation_id=organisation.pk, document=document.public_id
        )

    assert isinstance(retire(), Document)

    assert retire() == Refused("no_such_document")
    assert save(document, OTHER_TEXT, seen=1, by=anna) == Refused("no_such_document")
    assert settle(document, actions.Care(anna.public_id, None, 12)) == Refused("no_such_document")
    assert queries.visible_documents(viewer(anna), NOW) == []
    assert [row.title for row in queries.visible_documents(viewer(anna), NOW, retired=True)] == [DRAFT.title]
    assert queries.visible_document(viewer(anna), document.public_id, NOW) is not None


def test_a_document_of_another_organisation_is_none(house: tuple[Organisation, Person, Person]) -> None:
    organisation, anna, _ben = house
    other = make_organisation()
    make_person(other)
    theirs = make_document(other)

    done = actions.save_document(
        now=NOW,
        actor=Actor(anna.pseudonym),
        organisation_id=organisation.pk,
        document=theirs.public_id,
        prepared=prepare(OTHER_TEXT),
        seen=1,
    )

    assert done == Refused("no_such_document")
    assert queries.visible_document(viewer(anna), theirs.public_id, NOW) is None
    assert queries.visible_version(viewer(anna), theirs.public_id, 1) is None
    assert queries.visible_versions(viewer(anna), theirs.public_id) == []
    assert queries.visible_titles(viewer(anna)) == {}
