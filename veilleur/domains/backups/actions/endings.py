"""What a person changes of a plan, a place or data after it was made: its name, on or off, its end.

Nothing here removes a copy: what was made stays where it is.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from veilleur.domains.backups.actions.rhythm import data_sets_of
from veilleur.domains.backups.facts import PlanEnded, PlanRenamed, PlanSwitched, RepositoryRetired
from veilleur.domains.backups.models import Plan, PlanItem, Repository
from veilleur.domains.estate import actions as estate
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


def _present(organisation_id: int, plan: UUID) -> Any:
    """Return the locked plan that has not ended, with its repository; None without one."""
    rows = Plan.objects.of(organisation_id).select_for_update(of=("self",)).select_related("repository")
    return rows.filter(public_id=plan, ended_at=None).first()


@recorded
def switch_plan(*, now: datetime, actor: Actor, organisation_id: int, plan: UUID, on: bool) -> Refused | None:
    """Switch a plan on or off; copies stay, and a run that has begun ends. Refused with `no_such_plan`."""
    row = _present(organisation_id, plan)
    if row is None:
        return Refused("no_such_plan")
    if row.is_on != on:
        row.is_on = on
        row.save(update_fields=["is_on"])
        record(PlanSwitched(is_on=on), subject=plan, organisation_id=organisation_id)
    return None


@recorded
def rename_plan(
    *, now: datetime, actor: Actor, organisation_id: int, plan: UUID, name: str
) -> Refused | None:
    """Give a plan another name. Refused with `no_such_plan` or `name_missing`."""
    if not name.strip():
        return Refused("name_missing")
    row = _present(organisation_id, plan)
    if row is None:
        return Refused("no_such_plan")
    before, row.name = row.name, name.strip()
    if row.name != before:
        row.save(update_fields=["name"])
        fact = PlanRenamed(name=row.name, name_before=before)
        record(fact, subject=plan, organisation_id=organisation_id)
    return None


@recorded
def end_plan(*, now: datetime, actor: Actor, organisation_id: int, plan: UUID) -> Refused | None:
    """End a plan for good: it makes no copy any more, and nothing is removed. Refused with `no_such_plan`."""
    row = _present(organisation_id, plan)
    if row is None:
        return Refused("no_such_plan")
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    fact = PlanEnded(
        name=row.name, repository=row.repository.public_id, data_sets=tuple(sorted(data_sets_of(row)))
    )
    record(fact, subject=plan, organisation_id=organisation_id)
    return None


@recorded
def retire_repository(
    *, now: datetime, actor: Actor, organisation_id: int, repository: UUID
) -> Refused | None:
    """Count a backup place no more; its folder stays as it is. Refused with `no_such_repository`, or with
    `place_in_use` (detail: the name of a plan) while a plan that has not ended, off ones included, uses it.
    """
    rows = Repository.objects.of(organisation_id).select_for_update(of=("self",))
    row = rows.filter(public_id=repository, retired_at=None).first()
    if row is None:
        return Refused("no_such_repository")
    using = Plan.objects.of(organisation_id).filter(repository=row, ended_at=None).order_by("name").first()
    if using is not None:
        return Refused("place_in_use", using.name)
    row.retired_at = now
    row.save(update_fields=["retired_at"])
    fact = RepositoryRetired(name=row.name, folder=row.folder)
    record(fact, subject=repository, organisation_id=organisation_id)
    return None


@recorded
def retire_data_set(*, now: datetime, actor: Actor, organisation_id: int, data_set: UUID) -> Refused | None:
    """Count data no more, anywhere; its copies stay where they are. Refused with `no_such_data_set`, or with
    `data_in_plan` (detail: the name of a plan) while a plan that has not ended, off ones included, has it.
    """
    # Locked as plans lock them when they are made: none is made for it meanwhile.
    places = Repository.objects.of(organisation_id).select_for_update(of=("self",)).order_by("pk")
    list(places.values_list("pk"))
    items = PlanItem.objects.of(organisation_id).filter(data_set__public_id=data_set, plan__ended_at=None)
    using = items.select_related("plan").order_by("plan__name").first()
    if using is not None:
        return Refused("data_in_plan", using.plan.name)
    done = estate.retire_data_set(now=now, actor=actor, organisation_id=organisation_id, data_set=data_set)
    return done if isinstance(done, Refused) else None
