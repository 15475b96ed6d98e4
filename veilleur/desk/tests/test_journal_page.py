"""The journal's page: every kind in words, newest first, page by page, of one subject, of one domain."""

import html
import re
from uuid import UUID

import pytest
from django.urls import reverse

from veilleur.desk.pages import journal
from veilleur.desk.tests.office import Office
from veilleur.domains.backups.actions import note_source_access
from veilleur.domains.backups.rules.plans import NewItem
from veilleur.domains.backups.rules.states import AccessState, SourceKind
from veilleur.domains.estate.actions import propose_service
from veilleur.domains.estate.queries import visible_map
from veilleur.domains.journal.rules.kinds import known_kinds
from veilleur.domains.knowledge.actions import Care, NewDocument, write_document
from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.rules.documents import DocumentKind, Draft, Topic
from veilleur.domains.knowledge.rules.prepared import prepare
from veilleur.domains.organisations.factories import make_mandate, make_organisation, make_person, signed_in
from veilleur.shared.clock import utc_now
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

pytestmark = pytest.mark.django_db


def told(office: Office, **query: str) -> list[str]:
    """Return the lines of the page, tags left out."""
    lines = re.findall(r"<li><time.*?</time><div>(.*?)</div></li>", office.page("journal", **query))
    return [html.unescape(re.sub(r"<[^>]*>", " ", line)).strip() for line in lines]


def test_every_kind_of_fact_has_its_sentence() -> None:
    kinds = {kind.name for kind in known_kinds() if not kind.name.startswith("sample.")}

    assert kinds - journal.SENTENCES.keys() == set()


def test_the_newest_fact_comes_first_with_what_it_is_about_and_who_did_it(office: Office) -> None:
    office.post("plan", office.plan.public_id, name="Payroll")
    office.post("switch_plan", office.plan.public_id, on="0")

    first, second = told(office)[:2]

    assert first.startswith("A backup plan was switched off.")
    assert second.startswith("A backup plan has another name.")
    assert "Payroll" in first
    assert office.person.name in first
    assert reverse("desk:plan", args=[office.plan.public_id]) in office.page("journal")


def test_a_database_that_cannot_be_read_is_named(office: Office) -> None:
    server = NewItem(new_id(utc_now()), SourceKind.POSTGRESQL, "host=db.example dbname=shop")
    note_source_access(
        now=utc_now(),
        actor=SYSTEM,
        organisation_id=office.organisation.pk,
        source=server,
        state=AccessState.UNREACHABLE,
        why=("server_unreachable", ""),
    )

    assert told(office)[0].split()[:7] == [
        *("A", "database", "cannot", "be", "read."),
        *("host=db.example", "dbname=shop"),
    ]


def test_a_page_goes_on_where_the_one_before_ended(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        office.post("plan", office.plan.public_id, name=name)
    everything = told(office)
    monkeypatch.setattr(journal, "PAGE", 2)
    first = office.page("journal")
    older = re.search(r'href="\?before=(\d+)"', first)
    assert older is not None

    assert [*told(office), *told(office, before=older[1])] == everything[:4]
    assert "Older facts" not in office.page("journal", before="1")


def test_one_thing_and_one_domain_can_be_asked_for_alone(office: Office) -> None:
    office.post("plan", office.plan.public_id, name="Payroll")
    plan = str(office.plan.public_id)

    assert [line[:31] for line in told(office, subject=plan)] == ["A backup plan has another name."]
    assert "What happened to Payroll" in office.page("journal", subject=plan)
    assert {line.split(".")[0] for line in told(office, about="backups")} == {
        "A backup plan has another name"
    }
    assert told(office, about="restart") == []
    for page in ("plan", "service", "machine"):
        thing = getattr(office, page).public_id
        assert f"{reverse('desk:journal')}?subject={thing}" in office.page(page, thing)


@pytest.mark.parametrize("query", [{"before": "x"}, {"before": "9" * 30}, {"subject": "x"}, {"about": "x"}])
def test_what_cannot_be_read_is_not_asked_for(office: Office, query: dict[str, str]) -> None:
    assert told(office, **query) == told(office)


def test_another_organisations_subject_has_no_facts_and_no_name(office: Office) -> None:
    office.post("plan", office.plan.public_id, name="Payroll")
    office.client.force_login(make_person(make_organisation("Somebody else"), language="en"))

    text = office.page("journal", subject=str(office.plan.public_id))

    assert "What happened to one thing" in text
    assert "Payroll" not in text


def test_a_service_that_a_person_added_was_declared_not_proposed(office: Office) -> None:
    arguments = {"now": utc_now(), "organisation_id": office.organisation.pk}
    propose_service(actor=Actor(office.person.pseudonym), name="Payroll", **arguments)
    propose_service(actor=SYSTEM, name="Orders", **arguments)

    orders, payroll = told(office, about="estate")[:2]

    assert orders.startswith("A service was proposed.")
    assert payroll.startswith("A service was declared.")


def new_data(office: Office) -> tuple[UUID, UUID, str]:
    """Protect a folder; return its plan, its data set and the name of that."""
    before = {node.id for node in visible_map(office.viewer).nodes}
    office.wish("/srv/letters")
    (made,) = (node for node in visible_map(office.viewer).nodes if node.id not in before)
    return office.plans()["Accounting"].id, made.id, made.name


def test_the_name_of_data_that_is_kept_leads_to_its_copies_and_not_to_giving_it_up(office: Office) -> None:
    _plan, data_set, name = new_data(office)

    page = office.page("journal", subject=str(data_set))

    assert f'<a href="{reverse("desk:protection")}">{name}</a>' in page
    assert reverse("desk:retire_data", args=[data_set]) not in page


def test_a_plan_and_its_data_that_bear_one_name_are_told_apart(office: Office) -> None:
    plan, _data_set, name = new_data(office)
    office.post("plan", plan, name=name)

    made = next(line for line in told(office) if line.startswith("A backup plan was made."))

    assert f"{name} (backup plan)" in made
    assert f"{name} (data set)" in made


def test_the_choice_of_domains_says_whether_all_is_shown_or_one_thing(office: Office) -> None:
    all_of_it = "Everything that happened to it"

    assert all_of_it in office.page("journal", subject=str(office.plan.public_id))
    assert all_of_it not in office.page("journal", subject="xx")


def test_a_provider_sees_that_a_document_for_the_own_team_was_written_and_not_which(office: Office) -> None:
    care = Care(office.person.public_id, None, 6, frozenset({office.service.public_id}), Audience.TEAM)
    draft = prepare(Draft("Who may open the safe", "1. Ask Anna\n"))
    said = {"now": utc_now(), "actor": Actor(office.person.pseudonym)}
    new = NewDocument(Topic.ONE_FILE_RESTORE, DocumentKind.PROCEDURE, draft, care)
    written = write_document(**said, organisation_id=office.organisation.pk, new=new)  # type: ignore[arg-type]
    assert not isinstance(written, Refused)
    provider = make_organisation("Infogérance du Vexin")
    make_mandate(office.organisation, provider)
    own = told(office, about="documents")
    tess = make_person(provider, name="Tess", language="en")

    signed_in(tess, at=office.organisation, client=office.client)
    seen = told(office, about="documents")
    of_one = office.page("journal", subject=str(written.public_id))

    assert len(own) == len(seen) > 1
    assert any("Who may open the safe" in line for line in own)
    assert all("a document for the own team" in line for line in seen)
    assert "safe" not in " ".join(seen) + of_one
    # Nor what it is about.
    assert office.service.name not in " ".join(seen)
    assert "What happened to one thing" in of_one
