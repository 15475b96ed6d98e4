"""Absences by actions and pages: who may enter whose, what it makes at once, and who sees why."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from veilleur.domains.organisations.actions import TeamContent, make_team
from veilleur.domains.organisations.actions import absences as actions
from veilleur.domains.organisations.factories import (
    make_absence,
    make_organisation,
    make_person,
    make_rota,
    make_turns,
    signed_in,
)
from veilleur.domains.organisations.models import OnCallAbsence, OnCallRota, Organisation, Person, Team
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.queries.absences import visible_absences
from veilleur.domains.organisations.queries.rota import plan_of
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.rules.rota_words import AbsenceKind, Cover
from veilleur.domains.organisations.tests.journal_reading import everything_written, facts
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

# A Monday at 9 h in Paris, when turns of a week are handed over.
NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(company: Organisation) -> Person:
    return make_person(company, name="Anna", language="en")


@pytest.fixture
def ben(company: Organisation) -> Person:
    return make_person(company, name="Ben", role=Role.TECHNICIAN, language="en")


@pytest.fixture
def rota(company: Organisation, ben: Person) -> OnCallRota:
    rota = make_rota(company, cover=Cover.ALWAYS)
    make_turns(rota, [ben])
    return rota


def enter(by: Person, whose: Person, company: Organisation, **changes: Any) -> UUID | Refused:
    known = {"start": NOW + DAY, "end": NOW + 3 * DAY, "kind": AbsenceKind.ILLNESS}
    absence = actions.NewAbsence(whose.public_id, **{**known, **changes})
    return actions.enter_absence(
        now=NOW, actor=Actor(by.pseudonym), organisation_id=company.pk, absence=absence
    )


def duty(rota: OnCallRota, person: Person, days: int = 7) -> timedelta:
    times = plan_of(rota).duty(NOW, NOW + days * DAY).get(str(person.public_id))
    return timedelta() if times is None else times.duration()


def test_an_absence_makes_a_gap_and_its_fact_does_not_say_why(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    entered = enter(anna, ben, company)

    assert isinstance(entered, UUID)
    assert duty(rota, ben) == 5 * DAY
    assert plan_of(rota).gaps(NOW, NOW + 7 * DAY).duration() == 2 * DAY
    [entry] = facts("absence_entered")
    assert ben.pseudonym in str(entry.body)
    assert "illness" not in everything_written()


def test_who_stands_in_does_by_the_rotas_that_have_them_in_their_pool(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    named = TeamContent("Systems", "", [ben.public_id])
    team = make_team(now=NOW, actor=Actor(anna.pseudonym), organisation_id=company.pk, content=named)
    closed = make_rota(
        company, "Closed", cover=Cover.ALWAYS, team=Team.objects.of(company.pk).get(public_id=team)
    )
    make_turns(closed, [ben])

    enter(anna, ben, company, stand_in=anna.public_id)

    assert (duty(rota, ben), duty(rota, anna)) == (5 * DAY, 2 * DAY)
    assert (duty(closed, ben), duty(closed, anna)) == (5 * DAY, timedelta())


def test_everybody_enters_their_own_from_now_on_and_puts_nobody_on_call(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    entered = enter(ben, ben, company, start=NOW - DAY)

    row = OnCallAbsence.objects.of(company.pk).get(public_id=entered)
    assert row.starts_at == NOW
    assert enter(ben, anna, company) == Refused("no_longer_allowed")
    assert enter(ben, ben, company, stand_in=anna.public_id) == Refused("no_longer_allowed")
    assert enter(ben, ben, company, start=NOW - 2 * DAY, end=NOW) == Refused("shift_past")
    # A manager corrects the past.
    assert isinstance(enter(anna, ben, company, start=NOW - 2 * DAY, end=NOW), UUID)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"end": NOW + DAY}, "shift_reversed"),
        ({"end": NOW + 400 * DAY}, "shift_too_long"),
        ({"start": NOW - 63 * DAY}, "shift_too_old"),
        ({"stand_in": "ben"}, "stand_in_themselves"),
        ({"stand_in": "stranger"}, "stand_in_unknown"),
        ({"stand_in": "away"}, "stand_in_away"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person, changes: dict[str, Any], reason: str
) -> None:
    away = make_person(company)
    make_absence(away, company, NOW, NOW + 2 * DAY)
    people = {"ben": ben.public_id, "stranger": make_person(make_organisation()).public_id}
    people["away"] = away.public_id
    known = {key: people.get(value, value) if key == "stand_in" else value for key, value in changes.items()}

    assert enter(anna, ben, company, **known) == Refused(reason)


def test_somebody_who_left_or_of_another_organisation_is_nobody_here(
    company: Organisation, anna: Person
) -> None:
    stranger = make_person(make_organisation())

    assert enter(anna, stranger, company) == Refused("no_such_member")


def test_whoever_is_back_has_their_hours_and_nobody_else_may_say_so(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    carla = make_person(company, role=Role.TECHNICIAN)
    entered = enter(anna, ben, company)
    assert isinstance(entered, UUID)

    def end(by: Person, absence: UUID = entered) -> Refused | None:
        return actions.end_absence(
            now=NOW + 2 * DAY, actor=Actor(by.pseudonym), organisation_id=company.pk, absence=absence
        )

    assert end(carla) == Refused("no_longer_allowed")
    assert end(ben, uuid4()) == Refused("no_such_absence")
    assert end(ben) is None
    assert end(ben) == Refused("no_such_absence")
    assert duty(rota, ben) == 6 * DAY


def test_why_is_for_managers_and_the_person_and_everybody_else_sees_that_they_are_away(
    company: Organisation, anna: Person, ben: Person
) -> None:
    carla = make_person(company, name="Carla", role=Role.AUDITOR, language="en")
    now = utc_now()
    absence = make_absence(ben, company, now, now + 3 * DAY, kind=AbsenceKind.ILLNESS)
    make_absence(make_person(make_organisation(), name="Zoe"), company, now - 3 * DAY, now - DAY)

    def kinds(person: Person) -> list[str]:
        viewer = viewer_of(person.pk, now)
        assert viewer is not None
        return [row.kind for row in visible_absences(viewer, now)]

    assert [kinds(person) for person in (anna, ben, carla)] == [["illness"], ["illness"], [""]]
    page = f"/people/on-call/absences/{absence.public_id}/"
    for person, is_told in ((anna, True), (ben, True), (carla, False)):
        client = signed_in(person)
        text = client.get(page).content.decode() + client.get("/people/on-call/").content.decode()
        assert ("Illness" in text) is is_told
        assert "Ben" in text
    stranger = signed_in(make_person(make_organisation(), language="en"))
    assert stranger.get(page).status_code == stranger.get(page.replace("0", "1")).status_code == 404


def test_a_manager_enters_it_by_the_form_and_sees_its_gaps_at_once(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    client, local = signed_in(anna), timezone.localtime(utc_now())
    span = {
        "start": f"{local + DAY:%Y-%m-%dT12:00}",
        "end": f"{local + 2 * DAY:%Y-%m-%dT12:00}",
    }
    form = {"person": str(ben.public_id), "kind": "leave", "stand_in": "", **span}

    wrong = client.post("/people/on-call/absences/new/", {**form, "stand_in": str(ben.public_id)})
    answer = client.post("/people/on-call/absences/new/", form, follow=True)

    assert wrong.status_code == 422
    assert "Nobody stands in for themselves" in wrong.content.decode()
    page = answer.content.decode()
    assert "It leaves one gap in which nobody answers." in page
    assert f"/people/on-call/{rota.public_id}/take-over/" in page
    absence = OnCallAbsence.objects.of(company.pk).get()
    client.post(f"/people/on-call/absences/{absence.public_id}/end/")
    assert not plan_of(rota).gaps(utc_now(), utc_now() + 7 * DAY)


def test_a_technician_is_asked_for_nobody_else(company: Organisation, rota: OnCallRota, ben: Person) -> None:
    client, local = signed_in(ben), timezone.localtime(utc_now())

    form = client.get("/people/on-call/absences/new/").content.decode()
    client.post(
        "/people/on-call/absences/new/",
        {
            "start": f"{local:%Y-%m-%dT%H:%M}",
            "end": f"{local + DAY:%Y-%m-%dT%H:%M}",
            "kind": "other",
            # What the form does not ask for is not read.
            "person": str(uuid4()),
        },
    )

    assert 'name="person"' not in form
    assert OnCallAbsence.objects.of(company.pk).get().person == ben
