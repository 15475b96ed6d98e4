"""What changed since somebody last looked: each person has a mark of their own."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client

from veilleur.domains.knowledge import actions, queries
from veilleur.domains.knowledge.models import LastLook
from veilleur.domains.knowledge.queries import ChangeKind
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
from veilleur.domains.organisations.factories import SINCE, make_mandate, make_organisation, make_person
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.rules.roles import Permission, Role
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation) -> Person:
    return make_person(organisation, name="Anna", language="en")


@pytest.fixture
def ben(organisation: Organisation) -> Person:
    return make_person(organisation, name="Ben", role=Role.AUDITOR, language="en")


def look(organisation: Organisation, person: Person, until: datetime, now: datetime) -> None:
    actions.keep_look(
        now=now,
        actor=Actor(person.pseudonym),
        organisation_id=organisation.pk,
        person_id=person.pk,
        until=until,
    )


def seen_by(person: Person, now: datetime) -> list[tuple[str, str, int, tuple[str, ...]]]:
    who = viewer(person, now)
    changes = queries.visible_changes(who, queries.visible_last_look(who, now), now)
    return [(each.row.title, each.kind.value, each.before, each.by) for each in changes]


def test_new_changed_and_retired_documents_are_shown_once_each_with_what_was_seen_before(
    organisation: Organisation, anna: Person, ben: Person
) -> None:
    changed = write(organisation, anna, replace(DRAFT, title="Changed"))
    retired = write(organisation, anna, replace(DRAFT, title="Retired"))
    write(organisation, anna, replace(DRAFT, title="As before"))
    look(organisation, ben, NOW + HOUR, NOW + HOUR)
    for number, writer in ((1, anna), (2, ben), (3, anna)):
        draft = replace(DRAFT, title="Changed", text=f"1. Number {number}")
        save(changed, draft, seen=number, by=writer, now=NOW + (number + 1) * HOUR)
    actions.retire_document(
        now=NOW + 6 * HOUR,
        actor=Actor(anna.pseudonym),
        organisation_id=organisation.pk,
        document=retired.public_id,
    )

    assert seen_by(ben, NOW + 9 * HOUR) == [
        ("Retired", ChangeKind.RETIRED, 1, ()),
        ("Changed", ChangeKind.CHANGED, 1, ("Anna", "Ben")),
    ]


def test_each_person_has_a_mark_of_their_own_that_never_goes_back(
    organisation: Organisation, anna: Person, ben: Person
) -> None:
    write(organisation, anna)

    look(organisation, ben, NOW + HOUR, NOW + HOUR)
    look(organisation, ben, NOW - HOUR, NOW + 2 * HOUR)

    assert seen_by(ben, NOW + 2 * HOUR) == []
    assert [kind for _title, kind, _before, _by in seen_by(anna, NOW + 2 * HOUR)] == [ChangeKind.WRITTEN]
    assert LastLook.objects.of(organisation.pk).count() == 1


def test_a_look_into_the_future_counts_as_now(organisation: Organisation, anna: Person, ben: Person) -> None:
    look(organisation, ben, NOW + 1000 * HOUR, NOW)
    write(organisation, anna, DRAFT)

    assert queries.visible_last_look(viewer(ben), NOW) == NOW
    assert len(seen_by(ben, NOW)) == 1


def test_whoever_never_looked_sees_what_changed_since_joining(
    organisation: Organisation, ben: Person
) -> None:
    assert queries.visible_last_look(viewer(ben), NOW) == SINCE


def test_a_look_is_no_fact(organisation: Organisation, ben: Person) -> None:
    look(organisation, ben, NOW, NOW)

    assert facts(organisation) == []


def test_a_providers_people_have_a_mark_at_each_customer(organisation: Organisation, anna: Person) -> None:
    provider = make_organisation("Provider")
    clara = make_person(provider, role=Role.TECHNICIAN)
    make_mandate(organisation, provider)
    write(organisation, anna)
    there = viewer_of(clara.pk, NOW, chosen=organisation.public_id)
    assert there is not None
    assert there.may(Permission.RUN_PROCEDURES)
    assert queries.visible_last_look(there, NOW) is None
    assert len(queries.visible_changes(there, None, NOW)) == 1

    look(organisation, clara, NOW + HOUR, NOW + HOUR)

    assert queries.visible_last_look(there, NOW + HOUR) == NOW + HOUR
    assert queries.visible_last_look(viewer(clara), NOW) == SINCE


def test_the_page_says_what_changed_until_its_reader_has_seen_it(
    organisation: Organisation, anna: Person, ben: Person, client: Client
) -> None:
    document = write(organisation, anna)
    client.force_login(ben)
    page = client.get("/documents/changes/").content.decode()
    assert "One document changed since you last looked" in page
    assert "One change since you last looked" in client.get("/documents/").content.decode()
    until = re.search(r'name="until" value="(\d+)"', page)
    assert until is not None

    for junk in ("", "x", "-1", "9" * 40):
        client.post("/documents/changes/", {"until": junk})
    assert "One document changed" in client.get("/documents/changes/").content.decode()
    client.post("/documents/changes/", {"until": until[1]})

    assert "No document changed" in client.get("/documents/changes/").content.decode()
    assert "since you last looked" not in client.get("/documents/").content.decode()
    assert document.number == 1
