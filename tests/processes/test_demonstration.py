"""The demonstration company as its pages show it: played through the product's own actions, believable."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from veilleur.domains.estate.queries import visible_asset_rows
from veilleur.domains.knowledge import queries as knowledge
from veilleur.domains.knowledge.queries.reliance import whole_reliance
from veilleur.domains.knowledge.rules.care import Need, needs_of
from veilleur.domains.knowledge.rules.reliance import ON_CALL, Code
from veilleur.domains.knowledge.templatetags.knowledge import document_text
from veilleur.domains.monitoring.actions import resume_check, retire_check
from veilleur.domains.monitoring.queries import CheckRow, visible_checks
from veilleur.domains.organisations.factories import make_person
from veilleur.domains.organisations.models import Membership, Organisation, Person
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.queries.rota_hours import visible_pay_month
from veilleur.domains.organisations.queries.rota_pages import visible_rotas, visible_shifts
from veilleur.domains.organisations.rules.roles import Role
from veilleur.processes.demonstration.play import play_company, read_machines
from veilleur.processes.demonstration.play_activities import play_activities
from veilleur.processes.demonstration.play_documents import join_people, play_documents
from veilleur.processes.demonstration.play_on_call import play_on_call
from veilleur.processes.demonstration.play_watch import keep_watching, play_watch
from veilleur.processes.demonstration.show import find_checks
from veilleur.processes.demonstration.stage import Played
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import DEMO, Viewer

END = datetime(2026, 11, 27, 10, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def played() -> Played:
    played = play_company(END)
    play_watch(played)
    return played


@pytest.fixture
def viewer(played: Played) -> Viewer:
    person = make_person(Organisation.objects.get(pk=played.organisation_id))
    return Viewer(person.pk, played.organisation_id, frozenset({played.organisation_id}))


def values(rows: list[CheckRow]) -> list[int]:
    return [row.value for row in rows if row.value is not None]


def test_thirteen_months_end_in_a_present_that_is_fresh_varied_and_in_trouble_at_one_place(
    played: Played, viewer: Viewer
) -> None:
    rows = visible_checks(viewer, END + timedelta(seconds=5))

    assert {row.verdict for row in rows} == {Verdict.GOOD, Verdict.WATCH}
    assert [row.target for row in rows if row.verdict is Verdict.WATCH] == ["/srv/plans"]
    assert len(values(rows)) == len(rows)
    assert max(Counter((row.kind, row.value) for row in rows).values()) <= 2
    assert max(Counter(row.since for row in rows).values()) <= len(rows) / 8
    assert all(row.since < END for row in rows)

    keep_watching(played, END + timedelta(minutes=5))

    later = visible_checks(viewer, END + timedelta(minutes=5, seconds=5))
    moved = sum(before != after for before, after in zip(values(rows), values(later), strict=True))
    assert moved > 0.7 * len(rows)
    assert [row.verdict for row in later] == [row.verdict for row in rows]


def test_a_check_that_a_person_ends_stays_ended_and_one_taken_up_again_is_fresh(
    played: Played, viewer: Viewer
) -> None:
    first, second = visible_checks(viewer, END)[:2]
    gesture = {"now": END, "actor": DEMO, "organisation_id": played.organisation_id}
    retire_check(**gesture, check=first.id, reason="gone")
    retire_check(**gesture, check=second.id, reason="gone")
    resume_check(**gesture, check=second.id)

    find_checks(played, END + timedelta(minutes=1))
    keep_watching(played, END + timedelta(minutes=1))

    rows = {
        (row.asset_name, row.kind, row.target): row
        for row in visible_checks(viewer, END + timedelta(minutes=1))
    }
    assert (first.asset_name, first.kind, first.target) not in rows
    assert rows[second.asset_name, second.kind, second.target].verdict is Verdict.GOOD


def test_a_machine_that_tells_about_itself_again_tells_the_same(played: Played, viewer: Viewer) -> None:
    def told() -> list[tuple[str, int, str]]:
        return [(row.name, row.memory_bytes, row.cpu_model) for row in visible_asset_rows(viewer)]

    before = told()

    read_machines(played, END + timedelta(hours=1))

    assert told() == before
    assert len({memory for _name, memory, _cpu in before}) > 60


def test_the_company_has_written_down_what_is_stale_known_by_one_person_shared_and_missing(
    played: Played,
) -> None:
    people = join_people(played)
    play_activities(played, people)
    play_documents(played, people)
    manager = Membership.objects.of(played.organisation_id).filter(role=Role.MANAGER).first().person
    viewer = viewer_of(manager.pk, END)
    assert viewer is not None

    rows = {row.title: row for row in knowledge.visible_documents(viewer, END)}
    needs = {title: set(needs_of(row.cared, END)) for title, row in rows.items()}
    assert [title for title, lacking in needs.items() if Need.REVIEW in lacking] == [
        "Restaurer la base de l’ERP"
    ]
    assert [title for title, lacking in needs.items() if Need.SECOND_PERSON in lacking] == [
        "Les étiquettes ne s’impriment plus"
    ]
    assert [row.title for row in knowledge.visible_instructions(viewer, END)] == [
        "Retrouver un fichier perdu"
    ]
    required = knowledge.visible_required_documents(viewer, END)
    assert required.freshness is not None
    assert 0 < required.freshness < 1
    network = knowledge.visible_document(viewer, rows["Schéma du réseau"].id, END)
    assert network is not None
    assert [file.name for file in network.version.files] == ["vlans-pontoise.txt"]
    assert "<svg" in document_text(network.version.draft.text)
    practice = knowledge.visible_practice(viewer, rows["Retrouver un fichier perdu"].id)
    assert [times for _name, times in practice.people] == [3, 1]


def test_three_people_take_turns_at_night_and_one_evening_ahead_nobody_answers(played: Played) -> None:
    people = join_people(played)
    play_activities(played, people)
    play_documents(played, people)
    play_on_call(played, people)

    viewer = viewer_of(Person.objects.get(public_id=people["Responsable informatique"][0]).pk, END)
    assert viewer is not None
    [row] = visible_rotas(viewer, END)
    found = {each.code for each in whole_reliance(played.organisation_id, END).to_do}
    month = visible_pay_month(viewer, row.id, date(2026, 10, 1), END)

    assert row.first_gap == datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert row.open_hours == timedelta(hours=14)
    assert {Code.ROTA_GAP} == found.intersection(ON_CALL)
    assert len({shift.name for shift in visible_shifts(viewer, END)}) == 3
    assert month is not None
    assert sum((each.worked for each in month.rows), timedelta()) == timedelta(minutes=55)
