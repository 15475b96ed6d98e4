"""Reads of on-call rotas for rules, and for later domains: who is on call when."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from veilleur.domains.organisations.models import (
    Membership,
    OnCallAbsence,
    OnCallRota,
    OnCallShift,
    OnCallStandIn,
    OnCallTerms,
    OnCallTurns,
    OnCallTurnTaker,
    Organisation,
    Person,
    TeamMember,
)
from veilleur.domains.organisations.rules.duty import Absence, CoveredHours, Plan, Terms
from veilleur.domains.organisations.rules.rota import Override, Rotation
from veilleur.domains.organisations.rules.rota_words import Cover, ShiftKind
from veilleur.shared.intervals import IntervalSet
from veilleur.shared.models import TenantQuerySet

_OF_ROTAS = "the rotas say for which organisations"


def on_call(organisation_id: int, rota: UUID, start: datetime, end: datetime) -> dict[UUID, IntervalSet]:
    """Return for each person, by public id, when they are on call by a rota in [start, end).

    Of one instant at most one person is on call; whose set is empty never is. Nobody for a rota that is
    none of the organisation's. Nine queries.
    """
    row = OnCallRota.objects.of(organisation_id).filter(public_id=rota).first()
    if row is None:
        return {}
    duty = plan_of(row).duty(start, end)
    return {UUID(person): times for person, times in duty.items()}


def standing(rotas: TenantQuerySet, now: datetime) -> TenantQuerySet:
    """Return those of the rotas that did not end, by name."""
    return rotas.filter(Q(ended_at=None) | Q(ended_at__gt=now)).order_by("name", "pk")


def pool_of(rota: OnCallRota, now: datetime) -> list[Person]:
    """Return who may be on call by a rota at `now`, by name: members, of its team where it has one."""
    members = Membership.objects.of(rota.organisation_id).filter(
        Q(until=None) | Q(until__gt=now), since__lte=now, person__is_active=True
    )
    if rota.team_id is not None:
        team = TeamMember.objects.of(rota.organisation_id).filter(team_id=rota.team_id, until=None)
        members = members.filter(person_id__in=team.values("person_id"))
    rows = members.select_related("person").order_by("person__name", "person_id")
    return [member.person for member in rows]


def plan_of(rota: OnCallRota) -> Plan:
    """Return all that decides who is on call by one rota; people are public ids as text. Eight queries."""
    return plans_of([rota])[rota.pk]


def plans_of(rotas: Sequence[OnCallRota]) -> dict[int, Plan]:
    """Return the plans of rotas by their keys. Eight queries, however many they are."""
    if not rotas:
        return {}
    keys = [rota.pk for rota in rotas]
    organisations = {rota.organisation_id for rota in rotas}
    zones = dict(Organisation.objects.filter(pk__in=organisations).values_list("pk", "time_zone"))
    terms, shifts, left = _terms(rotas, zones), _shifts(keys), _left(organisations)
    turns = OnCallTurns.objects.across_organisations(_OF_ROTAS).filter(rota_id__in=keys).order_by("pk")
    rotations: dict[int, list[Rotation]] = defaultdict(list)
    takers, absences, stand_ins = _takers(keys), _absences(organisations), _stand_ins(keys)
    for row in turns:
        hours = CoveredHours(terms[row.rota_id])
        rotations[row.rota_id].append(_rotation(row, takers[row.pk], zones[row.organisation_id], hours))
    return {
        rota.pk: Plan(
            terms=terms[rota.pk],
            rotations=tuple(rotations[rota.pk]),
            overrides=tuple(_override(row, CoveredHours(terms[rota.pk])) for row in shifts[rota.pk]),
            left=left[rota.organisation_id],
            ended_at=rota.ended_at,
            absences=tuple(
                absence_of(row, stand_ins.get((row.pk, rota.pk))) for row in absences[rota.organisation_id]
            ),
        )
        for rota in rotas
    }


def _terms(rotas: Sequence[OnCallRota], zones: dict[int, str]) -> dict[int, tuple[Terms, ...]]:
    found: dict[int, list[Terms]] = defaultdict(list)
    rows = OnCallTerms.objects.across_organisations(_OF_ROTAS).filter(rota__in=rotas)
    for row in rows.order_by("since", "pk"):
        found[row.rota_id].append(
            Terms(
                since=row.since,
                zone=zones[row.organisation_id],
                cover=Cover(row.cover),
                opens=row.opens,
                closes=row.closes,
                weekdays=tuple(row.weekdays),
                holidays=row.holidays,
            )
        )
    return {key: tuple(terms) for key, terms in found.items()}


def _takers(rotas: list[int]) -> dict[int, list[str]]:
    rows = OnCallTurnTaker.objects.across_organisations(_OF_ROTAS).filter(turns__rota_id__in=rotas)
    found: dict[int, list[str]] = defaultdict(list)
    for key, person in rows.order_by("position").values_list("turns_id", "person__public_id"):
        found[key].append(str(person))
    return found


def _shifts(rotas: list[int]) -> dict[int, list[Any]]:
    rows = OnCallShift.objects.across_organisations(_OF_ROTAS).filter(rota_id__in=rotas)
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows.select_related("person", "instead_of").order_by("decided_at", "pk"):
        found[row.rota_id].append(row)
    return found


def _left(organisations: set[int]) -> dict[int, dict[str, datetime]]:
    """Return when people left, by organisation. An account that was closed left with its membership."""
    rows = Membership.objects.across_organisations(_OF_ROTAS).filter(
        organisation_id__in=organisations, until__isnull=False
    )
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for organisation, person, until in rows.values_list("organisation_id", "person__public_id", "until"):
        found[organisation][str(person)] = until
    return found


def absence_of(row: OnCallAbsence, stand_in: str | None) -> Absence:
    """Return an absence as a plan has it; `stand_in`: the public id of who stands in by that rota."""
    return Absence(
        person=str(row.person.public_id),
        start=row.starts_at,
        end=row.ends_at,
        entered_at=row.entered_at,
        stand_in=stand_in,
        ended_at=row.ended_at,
    )


def _absences(organisations: set[int]) -> dict[int, list[OnCallAbsence]]:
    rows = OnCallAbsence.objects.across_organisations(_OF_ROTAS).filter(organisation_id__in=organisations)
    found: dict[int, list[OnCallAbsence]] = defaultdict(list)
    for row in rows.select_related("person").order_by("entered_at", "pk"):
        found[row.organisation_id].append(row)
    return found


def _stand_ins(rotas: list[int]) -> dict[tuple[int, int], str]:
    """Return who stands in, by absence and rota."""
    rows = OnCallStandIn.objects.across_organisations(_OF_ROTAS).filter(rota_id__in=rotas)
    named = rows.values_list("absence_id", "rota_id", "person__public_id")
    return {(absence, rota): str(person) for absence, rota, person in named}


def _rotation(row: OnCallTurns, people: list[str], zone: str, hours: CoveredHours) -> Rotation:
    return Rotation(
        zone=zone,
        people=tuple(people),
        first_day=row.first_day,
        handover=row.handover,
        days=row.days,
        hours=hours,
        planned_at=row.planned_at,
        ended_at=row.ended_at,
    )


def _override(row: OnCallShift, covered: CoveredHours) -> Override:
    is_taken_over = row.kind == ShiftKind.TAKEN_OVER
    return Override(
        person=None if row.person is None else str(row.person.public_id),
        start=row.starts_at,
        end=row.ends_at,
        recorded_at=row.decided_at,
        of=None if row.instead_of is None else str(row.instead_of.public_id),
        hours=covered if is_taken_over else None,
        is_agreed=row.kind != ShiftKind.PLANNED,
    )
