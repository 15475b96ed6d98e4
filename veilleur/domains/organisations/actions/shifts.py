"""What changes who is on call by hand: shifts a manager plans, duty somebody takes over, swaps of two people
who both agree; and the interventions that people note.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.authority import has_lost, person_acting
from veilleur.domains.organisations.actions.memberships import hold_members
from veilleur.domains.organisations.actions.rotas import held_rota
from veilleur.domains.organisations.facts.rota import (
    DutyTakenOver,
    InterventionNoted,
    ShiftPlanned,
    SwapAsked,
    SwapClosed,
)
from veilleur.domains.organisations.models import (
    OnCallIntervention,
    OnCallRota,
    OnCallShift,
    OnCallSwap,
    Person,
)
from veilleur.domains.organisations.queries.rota import plan_of, pool_of
from veilleur.domains.organisations.rules.duty import Run
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.domains.organisations.rules.rota_words import ShiftKind, SwapOutcome
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

LONGEST_SHIFT, LONGEST_INTERVENTION = timedelta(days=31), timedelta(days=1)
# How long after it somebody may still correct who was on call, or note an intervention.
CORRECTED_WITHIN = timedelta(days=62)


@dataclass(frozen=True)
class Stretch:
    """A stretch of time, its end excluded, and whose it is to be: a public id, or None for nobody."""

    person: UUID | None
    start: datetime
    end: datetime


@recorded
def plan_shift(
    *, now: datetime, actor: Actor, organisation_id: int, rota: UUID, shift: Stretch
) -> Refused | None:
    """Give a stretch to somebody, or leave it open, whatever the turns say; the past is corrected by it.

    Refuse "no_longer_allowed", "no_such_rota", "not_in_pool", and as `fault_of` says.
    """
    row = held_rota(Permission.PLAN_ON_CALL, actor, organisation_id, rota, now)
    if isinstance(row, Refused):
        return row
    person = None if shift.person is None else _in_pool(row, shift.person, now)
    if person is None and shift.person is not None:
        return Refused("not_in_pool")
    if fault := fault_of(shift, LONGEST_SHIFT, now):
        return Refused(fault)
    _add_shift(row, ShiftKind.PLANNED, person, None, shift, now)
    fact = ShiftPlanned("" if person is None else person.pseudonym, shift.start, shift.end)
    record(fact, subject=rota, organisation_id=organisation_id)
    return None


@recorded
def take_over(
    *, now: datetime, actor: Actor, organisation_id: int, rota: UUID, start: datetime, end: datetime
) -> Refused | None:
    """Put whoever acts on call in a stretch, from `now` on at the earliest, instead of whoever had it.

    Refuse "no_longer_allowed", "no_such_rota", "not_in_pool", "shift_past" for a stretch that is over, and as
    `fault_of` says.
    """
    found = _own_place(actor, organisation_id, rota, now)
    if isinstance(found, Refused):
        return found
    row, person = found
    stretch = Stretch(person.public_id, max(start, now), end)
    if end <= now:
        return Refused("shift_past")
    if fault := fault_of(stretch, LONGEST_SHIFT, now):
        return Refused(fault)
    _add_shift(row, ShiftKind.TAKEN_OVER, person, None, stretch, now)
    fact = DutyTakenOver(person.pseudonym, stretch.start, stretch.end)
    record(fact, subject=rota, organisation_id=organisation_id)
    return None


@recorded
def ask_swap(
    *, now: datetime, actor: Actor, organisation_id: int, rota: UUID, gives: Stretch, takes: Stretch
) -> Refused | None:
    """Offer a stretch of one's own duty for one of somebody else's: nothing changes before they agree.

    Refuse "no_longer_allowed", "no_such_rota", "not_in_pool", "swap_with_oneself", and "swap_overtaken" where
    either is not on call then, or it began already.
    """
    found = _own_place(actor, organisation_id, rota, now)
    if isinstance(found, Refused):
        return found
    row, person = found
    other = None if takes.person is None else _in_pool(row, takes.person, now)
    if other is None:
        return Refused("not_in_pool")
    if other.pk == person.pk:
        return Refused("swap_with_oneself")
    swap = OnCallSwap(
        organisation_id=organisation_id,
        public_id=new_id(now),
        rota=row,
        asked_by=person,
        asked_of=other,
        gives_from=gives.start,
        gives_until=gives.end,
        takes_from=takes.start,
        takes_until=takes.end,
        asked_at=now,
        outcome=SwapOutcome.OPEN,
    )
    if not _still_stands(swap, now):
        return Refused("swap_overtaken")
    swap.save(force_insert=True)
    fact = SwapAsked(rota=rota, asked_by=person.pseudonym, asked_of=other.pseudonym)
    record(fact, subject=swap.public_id, organisation_id=organisation_id)
    return None


@recorded
def answer_swap(
    *, now: datetime, actor: Actor, organisation_id: int, swap: UUID, outcome: SwapOutcome
) -> Refused | None:
    """Agree to a swap or decline it, as the one who was asked; withdraw it, as the one who asked.

    Refuse "no_longer_allowed", "no_such_swap" for one that is closed or somebody else's affair, and
    "swap_overtaken" where one of both is no longer on call then, or it began already.
    """
    hold_members(organisation_id)
    if has_lost(Permission.STAND_ON_CALL, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    rows = OnCallSwap.objects.of(organisation_id).select_related("rota", "asked_by", "asked_of")
    row = rows.filter(public_id=swap, outcome=SwapOutcome.OPEN).first()
    person = person_acting(actor)
    if row is None or person is None or not _may_answer(row, person, outcome):
        return Refused("no_such_swap")
    if outcome == SwapOutcome.AGREED:
        if not _still_stands(row, now):
            return Refused("swap_overtaken")
        gives = Stretch(None, row.gives_from, row.gives_until)
        takes = Stretch(None, row.takes_from, row.takes_until)
        _add_shift(row.rota, ShiftKind.SWAPPED, row.asked_of, row.asked_by, gives, now)
        _add_shift(row.rota, ShiftKind.SWAPPED, row.asked_by, row.asked_of, takes, now)
    row.outcome, row.closed_at = outcome, now
    row.save(update_fields=["outcome", "closed_at"])
    fact = SwapClosed(rota=row.rota.public_id, outcome=outcome)
    record(fact, subject=swap, organisation_id=organisation_id)
    return None


@recorded
def note_intervention(
    *, now: datetime, actor: Actor, organisation_id: int, rota: UUID, start: datetime, end: datetime
) -> Refused | None:
    """Note when whoever acts was called and worked. What was noted already is not counted twice.

    Refuse "no_longer_allowed", "no_such_rota", "not_in_pool", "intervention_ahead", and as `fault_of` says.
    """
    found = _own_place(actor, organisation_id, rota, now)
    if isinstance(found, Refused):
        return found
    row, person = found
    if end > now:
        return Refused("intervention_ahead")
    if fault := fault_of(Stretch(person.public_id, start, end), LONGEST_INTERVENTION, now):
        return Refused(fault)
    OnCallIntervention(
        organisation_id=organisation_id,
        public_id=new_id(now),
        rota=row,
        person=person,
        starts_at=start,
        ends_at=end,
        noted_at=now,
    ).save(force_insert=True)
    record(InterventionNoted(person.pseudonym, start, end), subject=rota, organisation_id=organisation_id)
    return None


def fault_of(stretch: Stretch, longest: timedelta, now: datetime) -> str:
    """Return why a stretch cannot be: "shift_reversed", "shift_too_long", "shift_too_old"; or nothing."""
    if stretch.end <= stretch.start:
        return "shift_reversed"
    if stretch.end - stretch.start > longest:
        return "shift_too_long"
    return "shift_too_old" if stretch.start < now - CORRECTED_WITHIN else ""


def _own_place(
    actor: Actor, organisation_id: int, rota: UUID, now: datetime
) -> tuple[OnCallRota, Person] | Refused:
    """Return a rota and whoever acts, who may be on call by it; else the refusal."""
    row = held_rota(Permission.STAND_ON_CALL, actor, organisation_id, rota, now)
    if isinstance(row, Refused):
        return row
    acting = person_acting(actor)
    person = None if acting is None else _in_pool(row, acting.public_id, now)
    return Refused("not_in_pool") if person is None else (row, person)


def _in_pool(rota: OnCallRota, person: UUID, now: datetime) -> Person | None:
    return next((one for one in pool_of(rota, now) if one.public_id == person), None)


def _may_answer(swap: OnCallSwap, person: Person, outcome: SwapOutcome) -> bool:
    if outcome == SwapOutcome.WITHDRAWN:
        return swap.asked_by_id == person.pk
    return outcome in {SwapOutcome.AGREED, SwapOutcome.DECLINED} and swap.asked_of_id == person.pk


def _still_stands(swap: OnCallSwap, now: datetime) -> bool:
    """Return whether both are on call in what they give away, none of which began or lasts too long."""
    runs = (
        Run(str(swap.asked_by.public_id), swap.gives_from, swap.gives_until),
        Run(str(swap.asked_of.public_id), swap.takes_from, swap.takes_until),
    )
    if any(not now < run.start < run.end <= run.start + LONGEST_SHIFT for run in runs):
        return False
    plan = plan_of(swap.rota)
    return all(plan.duty(run.start, run.end).get(run.person) for run in runs)


def _add_shift(
    rota: OnCallRota,
    kind: ShiftKind,
    person: Person | None,
    instead_of: Person | None,
    stretch: Stretch,
    now: datetime,
) -> None:
    OnCallShift(
        organisation_id=rota.organisation_id,
        public_id=new_id(now),
        rota=rota,
        person=person,
        instead_of=instead_of,
        kind=kind,
        starts_at=stretch.start,
        ends_at=stretch.end,
        decided_at=now,
    ).save(force_insert=True)
