"""What the pages of on-call rotas show: the list, one rota as a calendar, one's own shifts and swaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from veilleur.domains.organisations.models import (
    OnCallIntervention,
    OnCallRota,
    OnCallSwap,
    OnCallTurns,
    OnCallTurnTaker,
    Person,
)
from veilleur.domains.organisations.queries.erasures import erased_in, shown_name
from veilleur.domains.organisations.queries.rota import plan_of, plans_of, pool_of, standing
from veilleur.domains.organisations.rules.duty import Piece, Plan, Run, Terms, day_bounds, pieces_of_day, runs
from veilleur.domains.organisations.rules.rota_warnings import HORIZON, LOOK_BACK, Warned, warnings
from veilleur.domains.organisations.rules.rota_words import SwapOutcome
from veilleur.shared.holidays import public_holidays
from veilleur.shared.intervals import IntervalSet
from veilleur.shared.viewer import Viewer

# How far ahead one's own shifts, and those to swap with, are shown.
SHIFTS_AHEAD = timedelta(days=84)
# How long the list names a rota that ended, for the hours that are still to be paid.
PAID_WITHIN = timedelta(days=92)


@dataclass(frozen=True)
class RotaRow:
    """What the list shows of a rota: the hours of the next four weeks in which nobody is on call."""

    id: UUID
    name: str
    team: str
    cover: str
    open_hours: timedelta
    first_gap: datetime | None


@dataclass(frozen=True)
class EndedRow:
    """A rota that ended, excluded: its hours stay for pay."""

    id: UUID
    name: str
    ended_at: datetime


@dataclass(frozen=True)
class RotaDetail:
    """One rota: what it covers now, who may be on call by it, and what is to be said about it.

    `pool`: public ids and names. `gaps`: of the next four weeks. `takers`: who takes turns at present, in
    their order, and for how many days each.
    """

    id: UUID
    name: str
    team_id: UUID | None
    team: str
    serves_customers: bool
    terms: Terms
    pool: tuple[tuple[UUID, str], ...]
    takers: tuple[tuple[UUID, str], ...]
    turn_days: int
    handover: datetime | None
    gaps: tuple[tuple[datetime, datetime], ...]
    warned: tuple[tuple[Warned, str], ...]


@dataclass(frozen=True)
class PieceRow:
    """What a calendar shows of one day. `is_whole`: from midnight to midnight. Empty `name`: a gap."""

    name: str
    start: datetime
    end: datetime
    is_whole: bool
    is_own: bool
    to_midnight: bool


@dataclass(frozen=True)
class DayRow:
    """One day on the wall of the organisation's zone; `start` is its first instant."""

    start: datetime
    is_today: bool
    is_past: bool
    is_holiday: bool
    pieces: tuple[PieceRow, ...]


@dataclass(frozen=True)
class WeekRow:
    """A week from Monday to Sunday, with its ISO number."""

    number: int
    days: tuple[DayRow, ...]


@dataclass(frozen=True)
class ShiftRow:
    """Somebody is on call by a rota from `start` to `end`; `on_call` is how long that counts."""

    rota_id: UUID
    rota: str
    person: UUID
    name: str
    start: datetime
    end: datetime
    on_call: timedelta


@dataclass(frozen=True)
class SwapRow:
    """A swap that waits for an answer. `is_own`: the viewer asked; else the viewer is asked."""

    id: UUID
    rota: str
    asked_by: str
    asked_of: str
    is_own: bool
    gives_from: datetime
    gives_until: datetime
    takes_from: datetime
    takes_until: datetime


def visible_rotas(viewer: Viewer, now: datetime) -> list[RotaRow]:
    """Return the rotas of the viewer's organisation that did not end, by name."""
    rotas = list(standing(OnCallRota.objects.visible_to(viewer), now).select_related("team"))
    plans = plans_of(rotas)
    found = []
    for rota in rotas:
        missing = plans[rota.pk].gaps(now, now + HORIZON)
        found.append(
            RotaRow(
                id=rota.public_id,
                name=rota.name,
                team="" if rota.team is None else rota.team.name,
                cover=plans[rota.pk].terms_at(now).cover,
                open_hours=missing.duration(),
                first_gap=next((start for start, _end in missing), None),
            )
        )
    return found


def visible_ended_rotas(viewer: Viewer, now: datetime) -> list[EndedRow]:
    """Return the rotas of the viewer's organisation that ended within three months, the last one first."""
    rows = OnCallRota.objects.visible_to(viewer).filter(ended_at__lte=now, ended_at__gt=now - PAID_WITHIN)
    return [EndedRow(row.public_id, row.name, row.ended_at) for row in rows.order_by("-ended_at", "pk")]


def visible_rota(viewer: Viewer, public_id: UUID, now: datetime) -> RotaDetail | None:
    """Return one rota of the viewer's organisation that did not end."""
    rota = _rota(viewer, public_id, now)
    if rota is None:
        return None
    plan, pool = plan_of(rota), pool_of(rota, now)
    keys = {str(person.public_id) for person in pool}
    said = warnings(plan, keys, _interventions(rota, now), now)
    names = _names(rota.organisation_id, {one.person for one in said})
    turns = OnCallTurns.objects.of(rota.organisation_id).filter(rota=rota)
    last = turns.filter(Q(ended_at=None) | Q(ended_at__gt=now)).order_by("pk").last()
    takers = OnCallTurnTaker.objects.of(rota.organisation_id).filter(turns=last).select_related("person")
    terms, erased = plan.terms_at(now), erased_in([rota.organisation_id])
    return RotaDetail(
        id=rota.public_id,
        name=rota.name,
        team_id=None if rota.team is None else rota.team.public_id,
        team="" if rota.team is None else rota.team.name,
        serves_customers=rota.serves_customers,
        terms=terms,
        pool=tuple((person.public_id, person.name) for person in pool),
        takers=tuple(
            (row.person.public_id, shown_name(row.person, rota.organisation_id, erased))
            for row in takers.order_by("position")
        ),
        turn_days=0 if last is None else last.days,
        handover=None
        if last is None
        else datetime.combine(last.first_day, last.handover, ZoneInfo(terms.zone)),
        gaps=tuple(plan.gaps(now, now + HORIZON)),
        warned=tuple((one, names.get(one.person, "")) for one in said),
    )


def visible_calendar(
    viewer: Viewer, public_id: UUID, monday: date, weeks: int, now: datetime
) -> list[WeekRow]:
    """Return weeks of a rota's calendar from a Monday on; none for a rota that cannot be seen."""
    rota = _rota(viewer, public_id, now)
    if rota is None:
        return []
    plan = plan_of(rota)
    zone = plan.terms_at(now).zone
    start, _ = day_bounds(monday, zone)
    _, end = day_bounds(monday + timedelta(days=7 * weeks - 1), zone)
    duty, missing = plan.duty(start, end), plan.gaps(start, end)
    names = _names(rota.organisation_id, set(duty))
    own = _own_key(viewer)
    drawn = _Drawn(plan, duty, missing, names, own, now)
    firsts = [monday + timedelta(days=7 * week) for week in range(weeks)]
    return [
        WeekRow(first.isocalendar().week, tuple(drawn.day(first + timedelta(days=at)) for at in range(7)))
        for first in firsts
    ]


def visible_shifts(viewer: Viewer, now: datetime, rota: UUID | None = None) -> list[ShiftRow]:
    """Return who is on call in the next twelve weeks, by all rotas or one, in order: from `now` on."""
    rows = standing(OnCallRota.objects.visible_to(viewer), now)
    rotas = list(rows if rota is None else rows.filter(public_id=rota))
    plans = plans_of(rotas)
    duties = {one.pk: plans[one.pk].duty(now, now + SHIFTS_AHEAD) for one in rotas}
    names = _names(viewer.organisation_id, {person for duty in duties.values() for person in duty})
    found = [
        _shift_row(one, run, duties[one.pk][run.person], names)
        for one in rotas
        for run in runs(duties[one.pk])
    ]
    return sorted(found, key=lambda row: row.start)


def visible_own_shifts(viewer: Viewer, now: datetime) -> list[ShiftRow]:
    """Return when the viewer is on call in the next twelve weeks, by all rotas of the organisation."""
    own = _own_key(viewer)
    return [row for row in visible_shifts(viewer, now) if str(row.person) == own]


def visible_swaps(viewer: Viewer) -> list[SwapRow]:
    """Return the swaps that wait for an answer of the viewer's, or that the viewer asked for."""
    rows = OnCallSwap.objects.visible_to(viewer).select_related("rota", "asked_by", "asked_of")
    rows = rows.filter(Q(asked_by=viewer.person_id) | Q(asked_of=viewer.person_id), outcome=SwapOutcome.OPEN)
    here, erased = viewer.organisation_id, erased_in([viewer.organisation_id])
    return [
        SwapRow(
            id=row.public_id,
            rota=row.rota.name,
            asked_by=shown_name(row.asked_by, here, erased),
            asked_of=shown_name(row.asked_of, here, erased),
            is_own=row.asked_by_id == viewer.person_id,
            gives_from=row.gives_from,
            gives_until=row.gives_until,
            takes_from=row.takes_from,
            takes_until=row.takes_until,
        )
        for row in rows.filter(rota__ended_at=None).order_by("asked_at", "pk")
    ]


def is_visible_swap(viewer: Viewer, public_id: UUID) -> bool:
    """Return whether a swap is, or was, of the viewer's organisation."""
    return bool(OnCallSwap.objects.visible_to(viewer).filter(public_id=public_id).exists())


@dataclass(frozen=True)
class _Drawn:
    """What every day of a calendar is drawn from."""

    plan: Plan
    duty: Mapping[str, IntervalSet]
    missing: IntervalSet
    names: Mapping[str, str]
    own: str
    now: datetime

    def day(self, day: date) -> DayRow:
        """Return one day of the calendar."""
        start, end = day_bounds(day, self.plan.terms[0].zone)
        terms = self.plan.terms_at(start)
        pieces = pieces_of_day(self.duty, self.missing, day, terms.zone)
        return DayRow(
            start=start,
            is_today=start <= self.now < end,
            is_past=end <= self.now,
            is_holiday=day in public_holidays(terms.holidays, day.year),
            pieces=tuple(self._piece(piece, start, end) for piece in pieces),
        )

    def _piece(self, piece: Piece, start: datetime, end: datetime) -> PieceRow:
        return PieceRow(
            name=self.names.get(piece.person or "", ""),
            start=piece.start,
            end=piece.end,
            is_whole=piece.start == start and piece.end == end,
            is_own=piece.person == self.own,
            to_midnight=piece.end == end,
        )


def _rota(viewer: Viewer, public_id: UUID, now: datetime) -> OnCallRota | None:
    rows = standing(OnCallRota.objects.visible_to(viewer), now).select_related("team")
    row: OnCallRota | None = rows.filter(public_id=public_id).first()
    return row


def _interventions(rota: OnCallRota, now: datetime) -> dict[str, IntervalSet]:
    """Return the interventions of late of everybody who noted one, by whichever rota of the organisation."""
    rows = OnCallIntervention.objects.of(rota.organisation_id).filter(ends_at__gt=now - LOOK_BACK)
    people = {str(row.person.public_id) for row in rows.filter(rota=rota).select_related("person")}
    spans: dict[str, list[tuple[datetime, datetime]]] = {person: [] for person in people}
    for row in rows.select_related("person"):
        if str(row.person.public_id) in people:
            spans[str(row.person.public_id)].append((row.starts_at, row.ends_at))
    return {person: IntervalSet.of(own) for person, own in spans.items()}


def _names(organisation_id: int, persons: set[str]) -> dict[str, str]:
    """Return names by public id; whoever was erased is said to be, so that their duty is no gap."""
    rows, erased = Person.objects.filter(public_id__in=persons), erased_in([organisation_id])
    return {str(person.public_id): shown_name(person, organisation_id, erased) for person in rows}


def _own_key(viewer: Viewer) -> str:
    return str(Person.objects.values_list("public_id", flat=True).get(pk=viewer.person_id))


def _shift_row(rota: OnCallRota, run: Run, times: IntervalSet, names: Mapping[str, str]) -> ShiftRow:
    return ShiftRow(
        rota_id=rota.public_id,
        rota=rota.name,
        person=UUID(run.person),
        name=names.get(run.person, ""),
        start=run.start,
        end=run.end,
        on_call=times.clip(run.start, run.end).duration(),
    )
