"""Writes of business activities: what they are, what they rely on, when they are busy, their end."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from veilleur.domains.estate.actions.described import changes_of, record_changes, referent_of
from veilleur.domains.estate.actions.map import end_dependency
from veilleur.domains.estate.actions.needs import settle_needs
from veilleur.domains.estate.facts import (
    ActivityChanged,
    ActivityDeclared,
    ActivityEnded,
    BusyPeriodsSet,
)
from veilleur.domains.estate.models import (
    ActivityBusyPeriod,
    BusinessActivity,
    Dependency,
    Service,
)
from veilleur.domains.estate.rules.activities import ActivityDraft, HourEffects
from veilleur.domains.estate.rules.map import AskedNeeds, DependencyKind, NodeKind
from veilleur.domains.estate.rules.rhythms import BusyPeriod, is_day_of
from veilleur.domains.journal.actions import record, recorded, take_turn
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

# More would be a calendar, and the days on which an activity counts most are few.
MOST_BUSY_PERIODS = 20


@recorded
def declare_activity(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    draft: ActivityDraft,
    services: frozenset[UUID] = frozenset(),
) -> BusinessActivity | Refused:
    """Put a business activity at the top of the map, on the services that it relies on.

    Refused with "name_missing", "activity_name_taken" (a present one has it), "no_such_member" or
    "no_such_service"; nothing is written then.
    """
    take_turn(organisation_id)
    if not _are_there(organisation_id, services):
        return Refused("no_such_service")
    said = _said(organisation_id, draft, now)
    if isinstance(said, Refused):
        return said
    if _is_taken(organisation_id, said["name"], None):
        return Refused("activity_name_taken")
    row = BusinessActivity(
        organisation_id=organisation_id,
        public_id=new_id(now),
        node_kind=NodeKind.ACTIVITY,
        since=now,
        recorded_at=now,
        **said,
    )
    row.save()
    record(ActivityDeclared(name=row.name), subject=row.public_id, organisation_id=organisation_id)
    blank = BusinessActivity(name=row.name)
    record_changes(ActivityChanged, row, changes_of(blank, said))
    needs = AskedNeeds(row.public_id, DependencyKind.RELIES_ON, services, services)
    settle_needs(now=now, actor=actor, organisation_id=organisation_id, needs=needs)
    return row


@recorded
def describe_activity(
    *, now: datetime, actor: Actor, organisation_id: int, activity: UUID, draft: ActivityDraft
) -> BusinessActivity | Refused:
    """Say what an activity is; nothing is recorded of what is so already.

    Refused with "no_such_activity", and as `declare_activity`.
    """
    take_turn(organisation_id)
    row = held_activity(organisation_id, activity)
    if row is None:
        return Refused("no_such_activity")
    said = _said(organisation_id, draft, now, kept=row.referent)
    if isinstance(said, Refused):
        return said
    if _is_taken(organisation_id, said["name"], row.pk):
        return Refused("activity_name_taken")
    changes = changes_of(row, said)
    for name, value in said.items():
        setattr(row, name, value)
    row.save()
    record_changes(ActivityChanged, row, changes)
    return row


@recorded
def settle_services_of_activity(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    activity: UUID,
    needed: frozenset[UUID],
    asked: frozenset[UUID],
) -> Refused | None:
    """Draw and end edges of the map so that of the services `asked` about, the activity relies on `needed`.

    What nobody was asked about stays as it is. Refused with "no_such_activity", "no_such_service" or
    "circular"; nothing is written then.
    """
    take_turn(organisation_id)
    if held_activity(organisation_id, activity) is None:
        return Refused("no_such_activity")
    if not _are_there(organisation_id, needed | asked):
        return Refused("no_such_service")
    settled = settle_needs(
        now=now,
        actor=actor,
        organisation_id=organisation_id,
        needs=AskedNeeds(activity, DependencyKind.RELIES_ON, needed, asked),
    )
    return settled if isinstance(settled, Refused) else None


@recorded
def change_busy_periods(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    activity: UUID,
    added: frozenset[BusyPeriod] = frozenset(),
    removed: frozenset[BusyPeriod] = frozenset(),
) -> Refused | None:
    """Say in which days more an activity is busy, and in which no longer; nothing is recorded of what is so.

    Refused with "no_such_activity", "name_missing", "no_such_day" or "too_many_periods".
    """
    row = held_activity(organisation_id, activity)
    if row is None:
        return Refused("no_such_activity")
    rows = {each.value: each for each in ActivityBusyPeriod.objects.of(organisation_id).filter(activity=row)}
    present = frozenset(rows)
    wanted = (present - removed) | added
    fault = _fault_of(wanted)
    if fault:
        return Refused(fault)
    if wanted == present:
        return None
    for period in sorted(present - wanted):
        rows[period].delete()
    for period in sorted(wanted - present):
        ActivityBusyPeriod(
            organisation_id=organisation_id, public_id=new_id(now), activity=row, **asdict(period)
        ).save()
    told = tuple(f"{each.rhythm} {each.first} {each.last} {each.name}" for each in sorted(wanted))
    record(BusyPeriodsSet(periods=told), subject=activity, organisation_id=organisation_id)
    return None


@recorded
def end_activity(
    *, now: datetime, actor: Actor, organisation_id: int, activity: UUID
) -> BusinessActivity | Refused:
    """Take an activity off the map at `now`, with its edges; the past keeps it. Refused with
    "no_such_activity".
    """
    row = held_activity(organisation_id, activity)
    if row is None:
        return Refused("no_such_activity")
    drawn = Dependency.objects.of(organisation_id).filter(until=None)
    for edge in drawn.filter(Q(dependent_id=row.pk) | Q(dependency_id=row.pk)).order_by("pk"):
        end_dependency(now=now, actor=actor, organisation_id=organisation_id, dependency=edge.public_id)
    row.until = now
    row.save(update_fields=["until"])
    record(ActivityEnded(name=row.name), subject=activity, organisation_id=organisation_id)
    return row


def held_activity(organisation_id: int, activity: UUID) -> BusinessActivity | None:
    """Return a present activity, locked: one person's save is weighed against another's."""
    rows = BusinessActivity.objects.of(organisation_id).filter(public_id=activity, until=None)
    found: BusinessActivity | None = rows.select_for_update(of=("self",)).first()
    return found


def _said(
    organisation_id: int, draft: ActivityDraft, now: datetime, kept: Any = None
) -> dict[str, Any] | Refused:
    """Return the columns that a draft fills. `kept`: a referent who may stay even after leaving."""
    name = draft.name.strip()
    if not name:
        return Refused("name_missing")
    referent = referent_of(organisation_id, draft.referent, now, kept)
    if isinstance(referent, Refused):
        return referent
    effects = {f"hour_{each.name}": getattr(draft.effects, each.name) for each in fields(HourEffects)}
    return {
        "name": name,
        "purpose": draft.purpose.strip(),
        "referent": referent,
        "is_vital": draft.is_vital,
        "hour_turnover_eur": draft.turnover_eur,
        "hour_idle_count": draft.idle_people,
        **effects,
    }


def _are_there(organisation_id: int, services: frozenset[UUID]) -> bool:
    there = Service.objects.of(organisation_id).filter(public_id__in=services, until=None)
    return bool(there.count() == len(services))


def _is_taken(organisation_id: int, name: str, own: int | None) -> bool:
    rows = BusinessActivity.objects.of(organisation_id).filter(name__iexact=name, until=None)
    return bool(rows.exclude(pk=own).exists())


def _fault_of(periods: frozenset[BusyPeriod]) -> str:
    if len(periods) > MOST_BUSY_PERIODS:
        return "too_many_periods"
    if any(not each.name.strip() for each in periods):
        return "name_missing"
    is_sound = all(
        is_day_of(each.rhythm, each.first) and is_day_of(each.rhythm, each.last) for each in periods
    )
    return "" if is_sound else "no_such_day"
