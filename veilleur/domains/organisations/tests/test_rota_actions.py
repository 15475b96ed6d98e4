"""What is planned, swapped and taken over: who is on call then, who may, and what the journal says."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from veilleur.domains.organisations import actions as people_actions
from veilleur.domains.organisations.actions import rotas, shifts
from veilleur.domains.organisations.actions.shifts import Stretch
from veilleur.domains.organisations.factories import make_organisation, make_person, make_rota, make_turns
from veilleur.domains.organisations.models import OnCallRota, OnCallSwap, Organisation, Person
from veilleur.domains.organisations.queries.rota import on_call
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.rules.rota_words import Cover, SwapOutcome
from veilleur.domains.organisations.tests.journal_reading import facts
from veilleur.shared.intervals import IntervalSet
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

# A Friday, 9:00 in Paris.
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Organisation:
    return make_organisation()


@pytest.fixture
def anna(company: Organisation) -> Person:
    return make_person(company, name="Anna")


@pytest.fixture
def ben(company: Organisation) -> Person:
    return make_person(company, name="Ben", role=Role.TECHNICIAN)


@pytest.fixture
def rota(company: Organisation, anna: Person, ben: Person) -> OnCallRota:
    """Return a rota for day and night; from 23 November on, Anna has even weeks and Ben odd ones."""
    rota = make_rota(company, cover=Cover.ALWAYS)
    make_turns(rota, [anna, ben], first_day=date(2026, 11, 23))
    return rota


def by(person: Person, company: Organisation, now: datetime = NOW) -> dict[str, Any]:
    return {"now": now, "actor": Actor(person.pseudonym), "organisation_id": company.pk}


def content(**fields: Any) -> rotas.RotaContent:
    hours = {"cover": Cover.OUTSIDE, "opens": time(8), "closes": time(18), "weekdays": (0, 1, 2, 3, 4)}
    return rotas.RotaContent(
        **{"name": "Nights", "team": None, "serves_customers": False, "holidays": "FR", **hours, **fields}
    )


def duty(
    rota: OnCallRota, person: Person, start: datetime = MONDAY, end: datetime = MONDAY + 4 * WEEK
) -> Any:
    return list(on_call(rota.organisation_id, rota.public_id, start, end).get(person.public_id, ()))


def test_a_rota_is_made_planned_and_ended(company: Organisation, anna: Person, ben: Person) -> None:
    made = rotas.make_rota(**by(anna, company), content=content(cover=Cover.ALWAYS))
    assert isinstance(made, UUID)
    turns = rotas.TurnsContent([ben.public_id, anna.public_id], date(2026, 11, 23), time(9), 7)

    assert rotas.plan_turns(**by(anna, company), rota=made, content=turns) is None
    row = OnCallRota.objects.of(company.pk).get()
    assert duty(row, ben)[0] == (MONDAY, MONDAY + WEEK)
    assert rotas.end_rota(**by(anna, company, MONDAY + WEEK / 2), rota=made) is None

    assert duty(row, ben) == [(MONDAY, MONDAY + WEEK / 2)]
    assert duty(row, anna) == []
    planned = json.loads(facts("turns_planned")[0].body)
    assert planned["people"] == [ben.pseudonym, anna.pseudonym]
    assert len(facts("rota_made")) == len(facts("rota_ended")) == 1


def test_new_turns_replace_what_was_planned_from_then_on_and_nothing_before(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    turns = rotas.TurnsContent([ben.public_id], date(2026, 12, 7), time(9), 7)
    rotas.plan_turns(**by(anna, company, MONDAY + timedelta(days=1)), rota=rota.public_id, content=turns)

    assert duty(rota, anna) == [(MONDAY, MONDAY + WEEK)]
    assert duty(rota, ben) == [(MONDAY + WEEK, MONDAY + 4 * WEEK)]


def test_turns_that_should_have_begun_count_from_now_on(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    wednesday = MONDAY + timedelta(days=2)
    turns = rotas.TurnsContent([ben.public_id], date(2026, 11, 23), time(9), 7)
    rotas.plan_turns(**by(anna, company, wednesday), rota=rota.public_id, content=turns)

    assert duty(rota, anna) == [(MONDAY, wednesday)]
    rotas.stop_turns(**by(anna, company, wednesday + WEEK), rota=rota.public_id)
    assert duty(rota, ben) == [(wednesday, wednesday + WEEK)]


def test_other_hours_count_from_now_on(company: Organisation, rota: OnCallRota, anna: Person) -> None:
    later = MONDAY + timedelta(days=1)
    changed = content(name=rota.name)

    assert rotas.change_rota(**by(anna, company, later), rota=rota.public_id, content=changed) is None

    # Tuesday from 9:00 to 18:00 is work, and covered by nobody from then on.
    assert duty(rota, anna, MONDAY, later + timedelta(hours=12)) == [
        (MONDAY, later),
        (datetime(2026, 11, 24, 17, tzinfo=UTC), later + timedelta(hours=12)),
    ]


def test_a_shift_by_hand_counts_whatever_the_turns_say_and_may_leave_a_gap(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    day = timedelta(days=1)
    given = Stretch(ben.public_id, MONDAY + day, MONDAY + 2 * day)
    nobody = Stretch(None, MONDAY + 3 * day, MONDAY + 4 * day)

    for shift in (given, nobody):
        assert shifts.plan_shift(**by(anna, company), rota=rota.public_id, shift=shift) is None

    end = MONDAY + WEEK
    assert duty(rota, ben, MONDAY, end) == [(given.start, given.end)]
    assert duty(rota, anna, MONDAY, end) == [
        (MONDAY, given.start),
        (given.end, nobody.start),
        (nobody.end, end),
    ]


def test_whoever_takes_over_is_on_call_from_now_on_at_the_earliest(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    now = MONDAY + timedelta(days=1)
    end = now + timedelta(hours=6)

    refused = shifts.take_over(**by(ben, company, now), rota=rota.public_id, start=MONDAY, end=end)

    assert refused is None
    assert duty(rota, ben, MONDAY, MONDAY + WEEK) == [(now, end)]


def ask(company: Organisation, rota: OnCallRota, anna: Person, ben: Person) -> Refused | None:
    gives = Stretch(anna.public_id, MONDAY, MONDAY + WEEK)
    takes = Stretch(ben.public_id, MONDAY + WEEK, MONDAY + 2 * WEEK)
    return shifts.ask_swap(**by(anna, company), rota=rota.public_id, gives=gives, takes=takes)


def answer(
    person: Person, company: Organisation, outcome: SwapOutcome, now: datetime = NOW
) -> Refused | None:
    swap = OnCallSwap.objects.of(company.pk).get()
    return shifts.answer_swap(**by(person, company, now), swap=swap.public_id, outcome=outcome)


def test_a_swap_changes_nothing_before_the_other_agrees(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    assert ask(company, rota, anna, ben) is None
    assert duty(rota, anna)[0] == (MONDAY, MONDAY + WEEK)

    assert answer(anna, company, SwapOutcome.AGREED) == Refused("no_such_swap")
    assert answer(ben, company, SwapOutcome.WITHDRAWN) == Refused("no_such_swap")
    assert answer(ben, company, SwapOutcome.AGREED) is None

    assert duty(rota, ben)[0] == (MONDAY, MONDAY + WEEK)
    assert duty(rota, anna)[0] == (MONDAY + WEEK, MONDAY + 3 * WEEK)
    assert answer(ben, company, SwapOutcome.AGREED) == Refused("no_such_swap")


@pytest.mark.parametrize("outcome", [SwapOutcome.DECLINED, SwapOutcome.WITHDRAWN])
def test_a_swap_that_is_declined_or_withdrawn_changes_nothing(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person, outcome: SwapOutcome
) -> None:
    ask(company, rota, anna, ben)

    assert answer(ben if outcome == SwapOutcome.DECLINED else anna, company, outcome) is None

    assert duty(rota, anna)[0] == (MONDAY, MONDAY + WEEK)


def test_a_swap_that_began_or_whose_shift_is_somebody_elses_by_now_is_refused(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    ask(company, rota, anna, ben)
    overtaken = Refused("swap_overtaken")
    assert answer(ben, company, SwapOutcome.AGREED, MONDAY + timedelta(hours=1)) == overtaken

    whole = Stretch(ben.public_id, MONDAY, MONDAY + WEEK)
    shifts.plan_shift(**by(anna, company), rota=rota.public_id, shift=whole)
    assert answer(ben, company, SwapOutcome.AGREED) == overtaken
    assert ask(company, rota, anna, ben) == overtaken


def test_whoever_leaves_leaves_a_gap(
    company: Organisation, rota: OnCallRota, anna: Person, ben: Person
) -> None:
    left = MONDAY + WEEK + timedelta(days=1)
    people_actions.end_membership(**by(anna, company, left), person=ben.public_id)

    assert duty(rota, ben) == [(MONDAY + WEEK, left)]


def test_who_may_not_is_refused(company: Organisation, rota: OnCallRota, anna: Person, ben: Person) -> None:
    stranger = make_person(make_organisation("Elsewhere"))
    auditor = make_person(company, role=Role.AUDITOR)
    whole = {"rota": rota.public_id, "start": MONDAY, "end": MONDAY + WEEK}
    theirs = Stretch(stranger.public_id, MONDAY, MONDAY + WEEK)

    lost = Refused("no_longer_allowed")
    assert shifts.plan_shift(**by(ben, company), rota=rota.public_id, shift=theirs) == lost
    assert rotas.end_rota(**by(ben, company), rota=rota.public_id) == lost
    assert shifts.take_over(**by(auditor, company), **whole) == lost
    assert shifts.take_over(**by(stranger, company), **whole) == lost
    assert shifts.plan_shift(**by(anna, company), rota=rota.public_id, shift=theirs) == Refused("not_in_pool")
    assert rotas.end_rota(**by(anna, company), rota=uuid4()) == Refused("no_such_rota")


def test_only_the_team_of_a_rota_is_its_pool(company: Organisation, anna: Person, ben: Person) -> None:
    named = people_actions.TeamContent("Systems", "", [ben.public_id])
    team = people_actions.make_team(**by(anna, company), content=named)
    assert isinstance(team, UUID)
    made = rotas.make_rota(**by(anna, company), content=content(team=team))
    assert isinstance(made, UUID)

    turns = rotas.TurnsContent([anna.public_id], date(2026, 11, 23), time(9), 7)
    assert rotas.plan_turns(**by(anna, company), rota=made, content=turns) == Refused("not_in_pool")
    assert rotas.make_rota(**by(anna, company), content=content()) == Refused("rota_named_already")
    elsewhere = content(name="Other", team=uuid4())
    assert rotas.make_rota(**by(anna, company), content=elsewhere) == Refused("no_such_team")


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (timedelta(hours=2), timedelta(hours=1), "shift_reversed"),
        (timedelta(), timedelta(days=32), "shift_too_long"),
        (-timedelta(days=63), -timedelta(days=62), "shift_too_old"),
    ],
)
def test_a_stretch_that_cannot_be_is_refused(
    company: Organisation, rota: OnCallRota, anna: Person, start: timedelta, end: timedelta, reason: str
) -> None:
    shift = Stretch(anna.public_id, NOW + start, NOW + end)

    assert shifts.plan_shift(**by(anna, company), rota=rota.public_id, shift=shift) == Refused(reason)


def test_the_door_of_later_domains_knows_no_rota_of_another_organisation(rota: OnCallRota) -> None:
    other = make_organisation("Elsewhere")

    assert on_call(other.pk, rota.public_id, MONDAY, MONDAY + WEEK) == {}
    mine = on_call(rota.organisation_id, rota.public_id, MONDAY, MONDAY + WEEK)
    assert {type(times) for times in mine.values()} == {IntervalSet}
