"""Who reads a document: its own people, a provider with a mandate, those who only ask."""

import pytest

from veilleur.domains.knowledge import queries
from veilleur.domains.knowledge.actions import Care, settle_document
from veilleur.domains.knowledge.factories import make_attachment, make_document, make_sheet
from veilleur.domains.knowledge.rules.audience import Audience, readable_with
from veilleur.domains.knowledge.tests.support import NOW, Organisation, facts, viewer
from veilleur.domains.organisations.factories import make_mandate, make_organisation, make_person
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.rules.mandates import Scope, permissions_by_mandate
from veilleur.domains.organisations.rules.roles import PERMISSIONS, Role
from veilleur.shared.viewer import Actor, Viewer

TEAM, PROVIDER, EVERYBODY = Audience.TEAM, Audience.TEAM_AND_PROVIDER, Audience.EVERYBODY


def test_each_role_reads_its_levels_and_a_mandate_never_opens_what_is_the_teams() -> None:
    for role in (Role.MANAGER, Role.TECHNICIAN, Role.REFERENT, Role.AUDITOR):
        assert readable_with(PERMISSIONS[role]) == {TEAM, PROVIDER, EVERYBODY}
    assert readable_with(PERMISSIONS[Role.REQUESTER]) == {EVERYBODY}
    for role in (Role.MANAGER, Role.TECHNICIAN, Role.AUDITOR):
        assert readable_with(permissions_by_mandate(role, tuple(Scope))) == {PROVIDER, EVERYBODY}
    assert readable_with(frozenset()) == frozenset()


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation()


@pytest.fixture
def provider(organisation: Organisation) -> Viewer:
    house = make_organisation("Provider")
    make_mandate(organisation, house)
    person = make_person(house, role=Role.TECHNICIAN)
    found = viewer_of(person.pk, NOW, chosen=organisation.public_id)
    assert found is not None
    assert found.organisation_id == organisation.pk
    return found


@pytest.mark.django_db
def test_a_provider_finds_no_trace_of_what_is_not_written_for_it(
    organisation: Organisation, provider: Viewer
) -> None:
    anna = viewer(make_person(organisation, role=Role.TECHNICIAN))
    ours = make_document(organisation, "Ours", audience=TEAM)
    make_document(organisation, "Shared")
    sheet = make_sheet(ours, ticked=1)

    assert {row.title for row in queries.visible_documents(anna, NOW)} == {"Ours", "Shared"}
    assert [row.title for row in queries.visible_documents(provider, NOW)] == ["Shared"]
    assert queries.visible_document(provider, ours.public_id, NOW) is None
    assert queries.visible_version(provider, ours.public_id, 1) is None
    assert queries.visible_versions(provider, ours.public_id) == []
    assert list(queries.visible_titles(provider).values()) == ["Shared"]
    assert queries.visible_sheet(provider, sheet.public_id) is None
    assert queries.visible_open_runs(provider) == []
    assert queries.visible_runs(provider, ours.public_id) == []
    assert [change.row.title for change in queries.visible_changes(provider, None, NOW)] == ["Shared"]
    assert queries.visible_sheet(anna, sheet.public_id) is not None


@pytest.mark.django_db
def test_what_everybody_reads_is_in_use_and_filled_in(organisation: Organisation) -> None:
    asking = viewer(make_person(organisation, role=Role.REQUESTER))
    make_person(organisation, role=Role.MANAGER)
    make_document(organisation, "Ask for a file", audience=EVERYBODY)
    make_document(organisation, "Half", text="[? who]", audience=EVERYBODY)
    make_document(organisation, "Old", audience=EVERYBODY, retired_at=NOW)
    make_document(organisation, "Not theirs")

    assert [row.title for row in queries.visible_instructions(asking, NOW)] == ["Ask for a file"]


@pytest.mark.django_db
def test_whoever_only_asks_is_handed_the_files_of_what_they_read_and_none_of_before(
    organisation: Organisation, provider: Viewer
) -> None:
    asking = viewer(make_person(organisation, role=Role.REQUESTER))
    document = make_document(organisation, audience=EVERYBODY)
    kept, removed = make_attachment(document, "now.pdf"), make_attachment(document, "before.pdf")
    type(removed).objects.of(organisation.pk).filter(pk=removed.pk).update(until=2)
    retired = make_attachment(make_document(organisation, "Old", audience=EVERYBODY, retired_at=NOW))
    half = make_attachment(make_document(organisation, "Half", text="[? who]", audience=EVERYBODY))
    before = (removed, retired, half)

    assert queries.visible_file(asking, kept.public_id) is not None
    assert [queries.visible_file(asking, each.public_id) for each in before] == [None, None, None]
    assert all(queries.visible_file(provider, each.public_id) for each in (kept, *before))


@pytest.mark.django_db
def test_opening_a_document_to_others_is_a_fact_once(organisation: Organisation) -> None:
    anna = make_person(organisation, role=Role.TECHNICIAN)
    document = make_document(organisation, owner=None)
    care = Care(anna.public_id, None, 6, audience=EVERYBODY)
    gesture = {"now": NOW, "actor": Actor(anna.pseudonym), "organisation_id": organisation.pk}

    for _ in range(2):
        assert settle_document(**gesture, document=document.public_id, care=care) is None  # type: ignore[arg-type]

    bodies = [fact.body for fact in facts(organisation, "document_opened")]
    assert bodies == ['{"audience":"everybody"}']
