"""What rests on one person, from the tables: kept by a job, renewed by facts, the same after a rebuild."""

from collections.abc import Iterator
from datetime import time, timedelta
from importlib import import_module
from typing import Any

import pytest

from veilleur.domains.estate.factories import make_asset
from veilleur.domains.journal.jobs import read_news, rebuild, refresh_answers, run_one_job
from veilleur.domains.journal.ports import FORMULAS
from veilleur.domains.journal.queries import whole_answers
from veilleur.domains.journal.rules.kinds import known_kinds
from veilleur.domains.journal.rules.work import JobTicket
from veilleur.domains.knowledge.factories import make_document, make_sheet
from veilleur.domains.knowledge.jobs import HANDLERS, READERS
from veilleur.domains.knowledge.jobs.reliance import FOLLOWED, RECOMPUTE_ALL, recompute_all
from veilleur.domains.knowledge.models import RunSheet
from veilleur.domains.knowledge.queries.reliance import FORMULA, RELIANCE, visible_reliance, whole_reliance
from veilleur.domains.knowledge.rules.documents import Topic
from veilleur.domains.knowledge.rules.reliance import ON_CALL, Code
from veilleur.domains.knowledge.tests.support import NOW, Organisation, Person, viewer, write
from veilleur.domains.organisations.actions.rotas import TurnsContent, plan_turns
from veilleur.domains.organisations.factories import (
    make_mandate,
    make_membership,
    make_organisation,
    make_person,
    make_rota,
    make_turns,
)
from veilleur.domains.organisations.rules.profiles import Profile
from veilleur.domains.organisations.rules.roles import Role
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def organisation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Organisation]:
    monkeypatch.setattr(FORMULAS, "_engine", (RELIANCE,))
    return make_organisation()


@pytest.fixture
def anna(organisation: Organisation) -> Person:
    return make_person(organisation, name="Anna")


def codes(organisation: Organisation) -> set[Code]:
    return {each.code for each in whole_reliance(organisation.pk, NOW).to_do}


def seen(person: Person, at: Any = NOW) -> set[Code]:
    found = visible_reliance(viewer(person, at), at)
    assert found is not None
    return {each.code for each in found[0].to_do}


def run_jobs() -> int:
    ran = 0
    while run_one_job(HANDLERS, lambda: SOON):
        ran += 1
    return ran


def test_a_server_documents_runs_and_people_are_weighed_as_the_tables_have_them(
    organisation: Organisation, anna: Person
) -> None:
    server = make_asset(organisation)
    restore = make_document(
        organisation, topic=Topic.FULL_RESTORE, about={server.public_id: "asset"}, reviewed_at=NOW
    )
    sheet = make_sheet(restore, ticked=3)
    RunSheet.objects.of(organisation.pk).filter(pk=sheet.pk).update(ended_at=NOW, outcome="finished")

    assert codes(organisation) == {
        Code.ONE_WHO_ACTS,
        Code.SECOND_FACTOR,
        Code.DONE_BY_ONE,
        Code.SECOND_PERSON,
        Code.MISSING,
        Code.BUNDLE_NONE,
    }


def test_a_providers_people_act_too_while_the_mandate_runs(organisation: Organisation, anna: Person) -> None:
    provider = make_organisation("Infogérance")
    ben = make_person(provider, role=Role.TECHNICIAN)
    make_person(provider, role=Role.REQUESTER)
    mandate = make_mandate(organisation, provider)
    assert Code.ONE_WHO_ACTS not in codes(organisation)
    assert whole_reliance(organisation.pk, NOW).acting == 2

    mandate.until = NOW
    mandate.save()

    assert Code.ONE_WHO_ACTS in codes(organisation)
    assert ben.is_active


def test_somebody_who_left_or_was_shut_out_does_not_act(organisation: Organisation, anna: Person) -> None:
    make_membership(organisation, make_person(), until=NOW)
    make_person(organisation, is_active=False)

    assert whole_reliance(organisation.pk, NOW).acting == 1


def test_another_organisation_counts_for_nothing(organisation: Organisation, anna: Person) -> None:
    other = make_organisation()
    stranger = make_person(other)
    make_document(other, topic=Topic.FULL_RESTORE)
    make_asset(other)

    found = whole_reliance(organisation.pk, NOW)

    assert (found.acting, found.procedures, found.required) == (1, 0, 0)
    assert visible_reliance(viewer(stranger), NOW) != visible_reliance(viewer(anna), NOW)


@pytest.mark.django_db(transaction=True)
def test_a_fact_renews_the_kept_answer_once_and_pages_read_it(
    organisation: Organisation, anna: Person
) -> None:
    read_news(READERS, lambda: NOW)
    write(organisation, anna)

    read_news(READERS, lambda: NOW)
    ran = run_jobs()

    found = visible_reliance(viewer(anna), SOON)
    assert ran == 1
    assert found is not None
    assert found[1] == SOON
    assert found[0] == whole_reliance(organisation.pk, SOON)


def test_a_kept_answer_says_what_it_said_until_it_changes_by_itself(
    organisation: Organisation, anna: Person
) -> None:
    make_document(organisation, reviewed_at=NOW, topic=Topic.FULL_RESTORE)
    rebuild(now=NOW, organisation_ids=[organisation.pk])
    make_person(organisation)

    assert Code.ONE_WHO_ACTS in seen(anna)
    later = NOW + timedelta(days=190)
    assert Code.REVIEW not in seen(anna)
    assert seen(anna, later) == {Code.SECOND_FACTOR, Code.NEVER_DONE, Code.REVIEW, Code.BUNDLE_NONE}
    refresh_answers(JobTicket("journal.refresh_answers", "", {}, 1, organisation.public_id), lambda: later)
    kept = whole_answers(organisation.pk, FORMULA)[0]
    assert "one_who_acts" not in str(kept.value)


def test_answers_rebuilt_from_nothing_are_equal(organisation: Organisation, anna: Person) -> None:
    make_document(organisation, about={make_asset(organisation).public_id: "asset"})

    def rows() -> list[Any]:
        rebuild(now=NOW, organisation_ids=[organisation.pk])
        return [
            (row.public_id, row.value, row.next_change_at_us)
            for row in whole_answers(organisation.pk, FORMULA)
        ]

    assert rows() == rows()
    assert len(rows()) == 1


@pytest.mark.django_db(transaction=True)
def test_every_hour_the_answer_of_each_organisation_is_asked_for(
    organisation: Organisation, anna: Person
) -> None:
    recompute_all(JobTicket(RECOMPUTE_ALL, "", {}, 1, organisation.public_id), lambda: NOW)

    assert run_jobs() == 1
    assert whole_answers(organisation.pk, FORMULA)


def test_every_kind_that_is_followed_exists() -> None:
    for domain in ("estate", "organisations", "knowledge"):
        import_module(f"veilleur.domains.{domain}.facts")

    assert {kind.name for kind in known_kinds()} >= FOLLOWED


def test_the_number_of_queries_does_not_grow_with_what_there_is(
    organisation: Organisation, anna: Person, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        make_person(organisation)
        make_document(organisation, about={make_asset(organisation).public_id: "asset"})

    with django_assert_max_num_queries(26):
        whole_reliance(organisation.pk, NOW)


def test_the_rota_of_the_organisation_and_its_profile_are_weighed_and_a_change_asks_for_the_answer(
    organisation: Organisation, anna: Person
) -> None:
    ben = make_person(organisation, name="Ben", role=Role.TECHNICIAN)
    make_turns(make_rota(make_organisation("Autre")), [make_person(make_organisation("Autre"))])
    assert not codes(organisation).intersection(ON_CALL)
    organisation.profile = Profile.STRUCTURED
    organisation.save()
    assert Code.NO_ROTA in codes(organisation)

    rota = make_rota(organisation)
    make_turns(rota, [anna], ended_at=NOW + timedelta(days=2))

    assert {Code.ROTA_GAP, Code.ROTA_OF_ONE} == codes(organisation).intersection(ON_CALL)
    content = TurnsContent([anna.public_id, ben.public_id], NOW.date(), time(9), 7)
    said = {"now": NOW, "actor": Actor(anna.pseudonym), "organisation_id": organisation.pk}
    plan_turns(**said, rota=rota.public_id, content=content)
    assert codes(organisation).intersection(ON_CALL) == set()
    assert "organisations.turns_planned" in FOLLOWED
