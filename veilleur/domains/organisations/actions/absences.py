"""Who is away from on-call duty: entered by a manager, or by the person; and that they are back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.authority import has_lost, person_acting
from veilleur.domains.organisations.actions.memberships import hold_members
from veilleur.domains.organisations.actions.shifts import Stretch, fault_of
from veilleur.domains.organisations.facts.absences import AbsenceEnded, AbsenceEntered
from veilleur.domains.organisations.models import OnCallAbsence, OnCallRota, OnCallStandIn, Person
from veilleur.domains.organisations.queries import list_current_members
from veilleur.domains.organisations.queries.rota import pool_of, standing
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.domains.organisations.rules.rota_words import AbsenceKind
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

LONGEST_ABSENCE = timedelta(days=366)


@dataclass(frozen=True)
class NewAbsence:
    """Who is away from when until when (excluded), and why. `stand_in`: who is on call instead; or nobody."""

    person: UUID
    start: datetime
    end: datetime
    kind: AbsenceKind
    stand_in: UUID | None = None


@recorded
def enter_absence(
    *, now: datetime, actor: Actor, organisation_id: int, absence: NewAbsence
) -> UUID | Refused:
    """Have somebody away from all rotas, and return the public id of the absence.

    A manager enters anybody's, two months back at most, and may name who stands in by each rota that has them
    in its pool. Everybody else enters their own, from `now` on, and puts nobody on call.

    Refuse "no_longer_allowed", "no_such_member", "shift_past", "stand_in_themselves", "stand_in_away",
    "stand_in_unknown", and as `fault_of` says.
    """
    hold_members(organisation_id)
    may_plan = not has_lost(Permission.PLAN_ON_CALL, actor, organisation_id, now)
    person = _member(organisation_id, absence.person, now)
    if not may_plan and not _is_own(absence.person, absence.stand_in, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    if person is None:
        return Refused("no_such_member")
    start = absence.start if may_plan else max(absence.start, now)
    if not may_plan and absence.end <= now:
        return Refused("shift_past")
    if fault := fault_of(Stretch(absence.person, start, absence.end), LONGEST_ABSENCE, now):
        return Refused(fault)
    rotas = _stood_in(organisation_id, absence, now)
    if isinstance(rotas, Refused):
        return rotas
    row = OnCallAbsence(
        organisation_id=organisation_id,
        public_id=new_id(now),
        person=person,
        kind=absence.kind,
        starts_at=start,
        ends_at=absence.end,
        entered_at=now,
    )
    row.save(force_insert=True)
    pseudonym = _stand_in(row, rotas, now)
    keys = tuple(rota.public_id for rota, _person in rotas)
    fact = AbsenceEntered(person.pseudonym, start, absence.end, pseudonym, keys)
    record(fact, subject=row.public_id, organisation_id=organisation_id)
    return row.public_id


@recorded
def end_absence(*, now: datetime, actor: Actor, organisation_id: int, absence: UUID) -> Refused | None:
    """Let an absence count no longer from `now` on: whoever was away has their hours again.

    Refuse "no_longer_allowed", and "no_such_absence" for one that is over.
    """
    hold_members(organisation_id)
    rows = OnCallAbsence.objects.of(organisation_id).select_related("person")
    row = rows.filter(public_id=absence, ended_at=None, ends_at__gt=now).first()
    if row is None:
        return Refused("no_such_absence")
    may_plan = not has_lost(Permission.PLAN_ON_CALL, actor, organisation_id, now)
    if not may_plan and not _is_own(row.person.public_id, None, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record(AbsenceEnded(row.person.pseudonym), subject=absence, organisation_id=organisation_id)
    return None


def _is_own(person: UUID, stand_in: UUID | None, actor: Actor, organisation_id: int, now: datetime) -> bool:
    """Return whether whoever acts may be on call, speaks of themselves, and puts nobody else on call."""
    if has_lost(Permission.STAND_ON_CALL, actor, organisation_id, now) or stand_in is not None:
        return False
    acting = person_acting(actor)
    return acting is not None and acting.public_id == person


def _member(organisation_id: int, person: UUID, now: datetime) -> Person | None:
    members = list_current_members(organisation_id, now).select_related("person")
    member = members.filter(person__public_id=person, person__is_active=True).first()
    found: Person | None = None if member is None else member.person
    return found


def _stood_in(
    organisation_id: int, absence: NewAbsence, now: datetime
) -> list[tuple[OnCallRota, Person]] | Refused:
    """Return the rotas by which the stand-in may be on call, each with that person; none without one."""
    if absence.stand_in is None:
        return []
    if absence.stand_in == absence.person:
        return Refused("stand_in_themselves")
    theirs = OnCallAbsence.objects.of(organisation_id).filter(person__public_id=absence.stand_in)
    if theirs.filter(ended_at=None, starts_at__lt=absence.end, ends_at__gt=absence.start).exists():
        return Refused("stand_in_away")
    rotas = standing(OnCallRota.objects.of(organisation_id), now)
    found = [
        (rota, person)
        for rota in rotas
        for person in pool_of(rota, now)
        if person.public_id == absence.stand_in
    ]
    return found or Refused("stand_in_unknown")


def _stand_in(row: OnCallAbsence, rotas: list[tuple[OnCallRota, Person]], now: datetime) -> str:
    """Write down by which rotas somebody stands in, and return their pseudonym; "" for nobody."""
    for rota, person in rotas:
        OnCallStandIn(
            organisation_id=row.organisation_id,
            public_id=new_id(now),
            absence=row,
            rota=rota,
            person=person,
        ).save(force_insert=True)
    return rotas[0][1].pseudonym if rotas else ""
