"""Who answers at night and at the week-end: three people who take turns, one who was called, and one who is
away for an evening of the coming days, which leaves a gap for whoever looks.
"""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from veilleur.domains.organisations.actions import TeamContent, choose_profile, make_team
from veilleur.domains.organisations.actions.absences import NewAbsence, enter_absence
from veilleur.domains.organisations.actions.rotas import RotaContent, TurnsContent, make_rota, plan_turns
from veilleur.domains.organisations.actions.shifts import note_intervention
from veilleur.domains.organisations.queries.rota import on_call
from veilleur.domains.organisations.rules.profiles import Profile
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.rules.rota import person_at
from veilleur.domains.organisations.rules.rota_words import AbsenceKind, Cover
from veilleur.processes.demonstration.play_documents import PEOPLE
from veilleur.processes.demonstration.stage import Played, done
from veilleur.shared.viewer import DEMO, Actor

_ACTING = (Role.MANAGER, Role.TECHNICIAN)
_PARIS = ZoneInfo("Europe/Paris")
_MADE_DAYS_AGO = 182
_NIGHT = timedelta(hours=14)


def play_on_call(played: Played, people: dict[str, tuple[UUID, Actor]]) -> None:
    """Let those who act on the servers take turns of a week since half a year, as the manager planned it."""
    takers = {key: actor for name, (key, actor) in people.items() if PEOPLE[name] in _ACTING}
    manager = next(actor for name, (_key, actor) in people.items() if PEOPLE[name] is Role.MANAGER)
    made_at = played.end - timedelta(days=_MADE_DAYS_AGO)
    scope: dict[str, Any] = {"actor": manager, "organisation_id": played.organisation_id}
    choose_profile(
        now=made_at, actor=DEMO, organisation_id=played.organisation_id, profile=Profile.STRUCTURED
    )
    team = TeamContent("Informatique", "informatique@vexin.example", list(takers))
    rota = done(
        make_rota(now=made_at, content=_rota(done(make_team(now=made_at, content=team, **scope))), **scope)
    )
    monday = (made_at.astimezone(_PARIS) + timedelta(days=21)).date()
    first = monday - timedelta(days=monday.weekday())
    turns = TurnsContent(list(takers), first, time(9), 7)
    done(plan_turns(now=made_at, rota=rota, content=turns, **scope))
    for days_ago, minutes in ((47, 55), (12, 35)):
        _called(played, rota, takers, _evening(played.end - timedelta(days=days_ago)), minutes)
    gap = _evening(played.end + timedelta(days=2))
    person = _who(played, rota, gap)
    absence = NewAbsence(person, gap - timedelta(hours=2), gap + _NIGHT, AbsenceKind.OTHER)
    done(enter_absence(now=played.end - timedelta(hours=5), absence=absence, **scope))


def _rota(team: UUID) -> RotaContent:
    return RotaContent(
        name="Nuits et week-ends",
        team=team,
        serves_customers=False,
        cover=Cover.OUTSIDE,
        opens=time(8),
        closes=time(18),
        weekdays=range(5),
        holidays="FR",
    )


def _called(played: Played, rota: UUID, takers: dict[UUID, Actor], at: datetime, minutes: int) -> None:
    """Have whoever was on call work for some minutes, and note it the next morning."""
    scope: dict[str, Any] = {
        "actor": takers[_who(played, rota, at)],
        "organisation_id": played.organisation_id,
    }
    end = at + timedelta(minutes=minutes)
    done(note_intervention(now=end + _NIGHT, rota=rota, start=at, end=end, **scope))


def _who(played: Played, rota: UUID, at: datetime) -> UUID:
    duty = on_call(played.organisation_id, rota, at, at + timedelta(hours=1))
    person = person_at({str(key): times for key, times in duty.items()}, at)
    assert person is not None, "the turns cover every evening"
    return UUID(person)


def _evening(at: datetime) -> datetime:
    """Return eight o'clock in the evening of that day, on the wall in Paris."""
    return datetime.combine(at.astimezone(_PARIS).date(), time(20), _PARIS)
