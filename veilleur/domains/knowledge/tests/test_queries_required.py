"""Required documents as the tables have them, and the page that shows them."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from veilleur.domains.estate.factories import make_asset
from veilleur.domains.knowledge import queries
from veilleur.domains.knowledge.factories import make_document, make_sheet
from veilleur.domains.knowledge.models import RunSheet
from veilleur.domains.knowledge.rules.documents import DocumentKind, Topic
from veilleur.domains.knowledge.rules.required import Gap, Practised
from veilleur.domains.knowledge.tests.support import NOW, Membership, Organisation, Person, viewer
from veilleur.domains.organisations.factories import make_membership, make_organisation, make_person
from veilleur.domains.organisations.rules.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation) -> Person:
    return make_person(organisation, name="Anna", language="en")


def deputy_of(organisation: Organisation, **ends: object) -> Membership:
    return make_membership(organisation, make_person(name="Ben"), **ends)  # type: ignore[arg-type]


def test_what_a_server_must_have_is_read_with_its_people_and_its_runs(
    organisation: Organisation, anna: Person
) -> None:
    server = make_asset(organisation, "erp-01")
    kept = {"about": {server.public_id: "asset"}, "reviewed_at": NOW, "deputy": deputy_of(organisation)}
    restore = make_document(organisation, "One file", **kept)  # type: ignore[arg-type]
    make_document(organisation, "Network", kind=DocumentKind.PAGE, topic=Topic.NETWORK_DIAGRAM, **kept)  # type: ignore[arg-type]
    sheet = make_sheet(restore, ticked=3)
    RunSheet.objects.of(organisation.pk).filter(pk=sheet.pk).update(ended_at=NOW, outcome="finished")

    found = queries.visible_required_documents(viewer(anna), NOW)

    states = {each.topic: (each.gaps, each.practised) for each in found.requirements}
    assert states == {
        Topic.NETWORK_DIAGRAM: ((), Practised.NOT_DONE),
        Topic.SERVER_CONFIGURATION: ((Gap.MISSING,), Practised.NOT_DONE),
        Topic.BACKUP: ((Gap.MISSING,), Practised.NOT_DONE),
        Topic.ONE_FILE_RESTORE: ((), Practised.BY_ONE),
        Topic.FULL_RESTORE: ((Gap.MISSING,), Practised.NOT_DONE),
    }
    assert found.freshness == 2 / 5
    assert found.titles[restore.public_id] == "One file"


def test_a_deputy_who_left_leaves_the_owner_alone_and_time_makes_it_stale(
    organisation: Organisation, anna: Person
) -> None:
    server = make_asset(organisation)
    about = {server.public_id: "asset"}
    left = deputy_of(organisation, until=NOW)
    make_document(organisation, about=about, reviewed_at=NOW, deputy=left)

    def gaps(days: int) -> tuple[Gap, ...]:
        at = NOW + timedelta(days=days)
        found = queries.visible_required_documents(viewer(anna, at), at).requirements
        return next(each.gaps for each in found if each.topic == Topic.ONE_FILE_RESTORE)

    assert gaps(0) == (Gap.SECOND_PERSON,)
    assert gaps(180) == (Gap.SECOND_PERSON,)
    assert gaps(182) == (Gap.REVIEW, Gap.SECOND_PERSON)


def test_documents_out_of_use_and_of_others_do_not_count(organisation: Organisation, anna: Person) -> None:
    server = make_asset(organisation)
    about = {server.public_id: "asset"}
    make_document(organisation, about=about, reviewed_at=NOW, retired_at=NOW)
    other = make_organisation()
    make_person(other)
    make_document(other, about=about, reviewed_at=NOW)

    found = queries.visible_required_documents(viewer(anna), NOW)

    assert {each.gaps for each in found.requirements} == {(Gap.MISSING,)}


def test_the_number_of_queries_does_not_grow_with_what_there_is(
    organisation: Organisation, anna: Person, django_assert_max_num_queries: object
) -> None:
    for _ in range(5):
        server = make_asset(organisation)
        make_document(organisation, about={server.public_id: "asset"})

    with django_assert_max_num_queries(9):  # type: ignore[operator]
        queries.visible_required_documents(viewer(anna), NOW)


def test_the_page_shows_the_share_and_leads_to_what_is_missing(
    organisation: Organisation, anna: Person, client: Client
) -> None:
    server = make_asset(organisation, "erp-01")
    make_document(
        organisation, "One <b>file</b>", about={server.public_id: "asset"}, deputy=deputy_of(organisation)
    )
    client.force_login(anna)

    page = re.sub(r"\s+", " ", client.get("/documents/required/").content.decode())

    assert "0 of 5 count" in page or "0 of 5" in page
    assert "One &lt;b&gt;file" in page
    assert "By nobody yet" in page
    assert f'href="/documents/new/backup/?about={server.public_id}"' in page
    auditor = make_person(organisation, role=Role.AUDITOR)
    client.force_login(auditor)
    assert "/documents/new/" not in client.get("/documents/required/").content.decode()


def test_without_a_server_nothing_is_asked_for(anna: Person, client: Client) -> None:
    client.force_login(anna)

    page = client.get("/documents/required/").content.decode()

    assert "Nothing must be written down yet." in page
    assert "%" not in re.sub(r"<[^>]*>", "", page)
