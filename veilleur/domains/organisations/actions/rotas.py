"""On-call rotas: which hours they cover, and who takes turns. Managers plan; the past stays what it was."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.authority import has_lost
from veilleur.domains.organisations.actions.memberships import hold_members
from veilleur.domains.organisations.facts.rota import (
    RotaChanged,
    RotaEnded,
    RotaMade,
    TurnsPlanned,
    TurnsStopped,
)
from veilleur.domains.organisations.models import (
    OnCallRota,
    OnCallTerms,
    OnCallTurns,
    OnCallTurnTaker,
    Organisation,
    Team,
)
from veilleur.domains.organisations.queries.rota import pool_of
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.domains.organisations.rules.rota_words import Cover
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

_TERMS = ("cover", "opens", "closes", "weekdays", "holidays")


@dataclass(frozen=True)
class RotaContent:
    """A rota's name, its team by public id (None: all members), and the hours it covers."""

    name: str
    team: UUID | None
    serves_customers: bool
    cover: Cover
    opens: time
    closes: time
    weekdays: Collection[int]
    holidays: str


@dataclass(frozen=True)
class TurnsContent:
    """Who takes turns, by public id in their order; from which day, at which time, for how many days."""

    people: Sequence[UUID]
    first_day: date
    handover: time
    days: int


@recorded
def make_rota(*, now: datetime, actor: Actor, organisation_id: int, content: RotaContent) -> UUID | Refused:
    """Return the public id of a new rota.

    Refuse "no_longer_allowed", "rota_named_already" and "no_such_team".
    """
    hold_members(organisation_id)
    if has_lost(Permission.PLAN_ON_CALL, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    team = _team(organisation_id, content.team)
    if isinstance(team, Refused):
        return team
    if _is_named(organisation_id, content.name, apart_from=None):
        return Refused("rota_named_already")
    rota = OnCallRota(
        organisation_id=organisation_id,
        public_id=new_id(now),
        name=content.name,
        team=team,
        serves_customers=content.serves_customers,
        since=now,
    )
    rota.save(force_insert=True)
    _new_terms(rota, content, now)
    fact = RotaMade(name=content.name, cover=content.cover, holidays=content.holidays)
    record(fact, subject=rota.public_id, organisation_id=organisation_id)
    return rota.public_id


@recorded
def change_rota(
    *, now: datetime, actor: Actor, organisation_id: int, rota: UUID, content: RotaContent
) -> Refused | None:
    """Set a rota; other hours count from `now` on. Nothing for what it has.

    Refuse "no_longer_allowed", "no_such_rota", "rota_named_already", "no_such_team".
    """
    row = held_rota(Permission.PLAN_ON_CALL, actor, organisation_id, rota, now)
    if isinstance(row, Refused):
        return row
    team = _team(organisation_id, content.team)
    if isinstance(team, Refused):
        return team
    if _is_named(organisation_id, content.name, apart_from=row):
        return Refused("rota_named_already")
    terms = OnCallTerms.objects.of(organisation_id).filter(rota=row).order_by("since", "pk").last()
    after = {**_of_terms(content), "name": content.name, "team": team, "serves": content.serves_customers}
    before = {field: getattr(terms, field) for field in _TERMS}
    before |= {"name": row.name, "team": row.team, "serves": row.serves_customers}
    changed = tuple(field for field, value in after.items() if value != before[field])
    if not changed:
        return None
    row.name, row.team, row.serves_customers = content.name, team, content.serves_customers
    row.save(update_fields=["name", "team", "serves_customers"])
    if set(changed) & set(_TERMS):
        _new_terms(row, content, now)
    fact = RotaChanged(name=row.name, cover=content.cover, holidays=content.holidays, changed=changed)
    record(fact, subject=rota, organisation_id=organisation_id)
    return None


@recorded
def end_rota(*, now: datetime, actor: Actor, organisation_id: int, rota: UUID) -> Refused | None:
    """End a rota at `now`; its hours stay for pay. Refuse "no_longer_allowed" and "no_such_rota"."""
    row = held_rota(Permission.PLAN_ON_CALL, actor, organisation_id, rota, now)
    if isinstance(row, Refused):
        return row
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record(RotaEnded(), subject=rota, organisation_id=organisation_id)
    return None


@recorded
def plan_turns(
    *, now: datetime, actor: Actor, organisation_id: int, rota: UUID, content: TurnsContent
) -> Refused | None:
    """Let people take turns from the first handover on, from `now` where that is past, instead of before.

    Refuse "no_longer_allowed", "no_such_rota", "nobody_takes_turns", and "not_in_pool" where one of them may
    not be on call by this rota.
    """
    row = held_rota(Permission.PLAN_ON_CALL, actor, organisation_id, rota, now)
    if isinstance(row, Refused):
        return row
    pool = {person.public_id: person for person in pool_of(row, now)}
    if not content.people:
        return Refused("nobody_takes_turns")
    if not set(content.people) <= set(pool):
        return Refused("not_in_pool")
    zone = ZoneInfo(Organisation.objects.get(pk=organisation_id).time_zone)
    first = datetime.combine(content.first_day, content.handover, zone).astimezone(UTC)
    begins = max(now, first)
    _end_turns(row, begins)
    turns = OnCallTurns(
        organisation_id=organisation_id,
        public_id=new_id(now),
        rota=row,
        first_day=content.first_day,
        handover=content.handover,
        days=content.days,
        planned_at=now,
    )
    turns.save(force_insert=True)
    people = [pool[key] for key in content.people]
    for position, person in enumerate(people):
        OnCallTurnTaker(
            organisation_id=organisation_id,
            public_id=new_id(now),
            turns=turns,
            person=person,
            position=position,
        ).save(force_insert=True)
    fact = TurnsPlanned(people=tuple(person.pseudonym for person in people), begins=begins, days=content.days)
    record(fact, subject=rota, organisation_id=organisation_id)
    return None


@recorded
def stop_turns(*, now: datetime, actor: Actor, organisation_id: int, rota: UUID) -> Refused | None:
    """End the turns of a rota at `now`; nothing where nobody takes any.

    Refuse "no_longer_allowed" and "no_such_rota".
    """
    row = held_rota(Permission.PLAN_ON_CALL, actor, organisation_id, rota, now)
    if isinstance(row, Refused):
        return row
    if _end_turns(row, now):
        record(TurnsStopped(), subject=rota, organisation_id=organisation_id)
    return None


def held_rota(
    permission: Permission, actor: Actor, organisation_id: int, rota: UUID, now: datetime
) -> OnCallRota | Refused:
    """Lock the organisation's people until the commit, and return a rota that did not end.

    A refusal, "no_longer_allowed" or "no_such_rota", where whoever acts may not, or there is none.
    """
    hold_members(organisation_id)
    if has_lost(permission, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    rows = OnCallRota.objects.of(organisation_id).filter(public_id=rota).select_related("team")
    row: OnCallRota | None = rows.filter(ended_at=None).first()
    return Refused("no_such_rota") if row is None else row


def _end_turns(rota: OnCallRota, at: datetime) -> int:
    """Let no turns count from an instant on; return how many did."""
    rows = OnCallTurns.objects.of(rota.organisation_id).filter(rota=rota)
    return int(rows.filter(Q(ended_at=None) | Q(ended_at__gt=at)).update(ended_at=at))


def _new_terms(rota: OnCallRota, content: RotaContent, now: datetime) -> None:
    OnCallTerms(
        organisation_id=rota.organisation_id,
        public_id=new_id(now),
        rota=rota,
        since=now,
        **_of_terms(content),
    ).save(force_insert=True)


def _of_terms(content: RotaContent) -> dict[str, object]:
    return {
        "cover": content.cover,
        "opens": content.opens,
        "closes": content.closes,
        "weekdays": sorted(content.weekdays),
        "holidays": content.holidays,
    }


def _team(organisation_id: int, team: UUID | None) -> Team | Refused | None:
    if team is None:
        return None
    row: Team | None = Team.objects.of(organisation_id).filter(public_id=team, until=None).first()
    return Refused("no_such_team") if row is None else row


def _is_named(organisation_id: int, name: str, *, apart_from: OnCallRota | None) -> bool:
    others = OnCallRota.objects.of(organisation_id).filter(name__iexact=name, ended_at=None)
    return bool(others.exclude(pk=None if apart_from is None else apart_from.pk).exists())
