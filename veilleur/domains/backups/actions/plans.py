"""Writes of places and plans, and the asking for runs and tests."""

from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.backups.actions.rhythm import data_sets_of, renew_rhythm
from veilleur.domains.backups.facts import PlanMade, RepositoryAdded, RepositoryReopened
from veilleur.domains.backups.models import Plan, PlanItem, Repository
from veilleur.domains.backups.queries import to_us
from veilleur.domains.backups.queries.sources import kept_passfile
from veilleur.domains.backups.rules.kinds_of_work import (
    BACK_UP_PLAN,
    PROBE_SOURCES,
    SEAL_ENVELOPES,
    TEST_RESTORE,
)
from veilleur.domains.backups.rules.plans import NewItem, NewPlan, NewRepository, is_whole_path
from veilleur.domains.backups.rules.schedule import interval_for
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate.queries import asset_key, data_set_key
from veilleur.domains.journal.actions import record, recorded, schedule_job, take_turn
from veilleur.domains.journal.rules.canonical import JSON
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def add_repository(
    *, now: datetime, actor: Actor, organisation_id: int, repository: NewRepository
) -> Repository | Refused:
    """Keep a backup place that was just made; the same folder again is the same place, used again.

    Refused with `no_such_asset` or `place_not_absolute`.
    """
    take_turn(organisation_id)
    if not is_whole_path(repository.folder):
        return Refused("place_not_absolute")
    holder = None
    if repository.asset is not None:
        holder = asset_key(organisation_id, repository.asset)
        if holder is None:
            return Refused("no_such_asset")
    places = Repository.objects.of(organisation_id).select_for_update(of=("self",))
    known: Repository | None = places.filter(folder=repository.folder).first()
    if known is not None:
        return _reopened(known, repository.name)
    row = Repository(
        organisation_id=organisation_id,
        public_id=repository.identity,
        name=repository.name,
        folder=repository.folder,
        asset_id=holder,
        medium=repository.medium,
        made_at=now,
    )
    row.save(force_insert=True)
    record(
        RepositoryAdded(row.name, row.engine, row.folder, row.medium, repository.asset),
        subject=row.public_id,
        organisation_id=organisation_id,
    )
    return row


def _reopened(known: Repository, name: str) -> Repository:
    """Return a known place; one that was retired is used again, under the name that was just given."""
    if known.retired_at is not None:
        known.retired_at, known.name = None, name
        known.save(update_fields=["retired_at", "name"])
        record(
            RepositoryReopened(name=known.name, folder=known.folder),
            subject=known.public_id,
            organisation_id=known.organisation_id,
        )
    return known


@recorded
def make_plan(*, now: datetime, actor: Actor, organisation_id: int, plan: NewPlan) -> Plan | Refused:
    """Keep a plan and have it run at once. One that protects the same own data again is the same plan; so is
    one of the same name, place and data: a form that was sent twice.

    Refused with `no_such_repository`, `nothing_to_protect`, `no_such_data_set`, `source_missing` (no whole
    path) or `rpo_too_short`.
    """
    # Locked: nobody retires the place meanwhile, nor makes the same plan.
    places = Repository.objects.of(organisation_id).select_for_update(of=("self",))
    place = places.filter(public_id=plan.repository, retired_at=None).first()
    if place is None:
        return Refused("no_such_repository")
    interval = interval_for(plan.rpo, None)
    if isinstance(interval, Refused):
        return interval
    keys = _data_set_keys(organisation_id, plan)
    if isinstance(keys, Refused):
        return keys
    known = _known_plan(organisation_id, place.pk, plan)
    if known is not None:
        return known
    row = _new_plan(now, organisation_id, place, plan, interval)
    for item in plan.items:
        _new_item(now, row, item, keys[item.data_set])
    record(
        PlanMade(
            name=row.name,
            repository=place.public_id,
            data_sets=tuple(item.data_set for item in plan.items),
            rpo_s=row.rpo_s,
            interval_s=row.interval_s,
        ),
        subject=row.public_id,
        organisation_id=organisation_id,
    )
    ask_run(now=now, actor=actor, organisation_id=organisation_id, plan=row.public_id)
    return row


def _data_set_keys(organisation_id: int, plan: NewPlan) -> dict[UUID, int] | Refused:
    if not plan.items:
        return Refused("nothing_to_protect")
    keys: dict[UUID, int] = {}
    for item in plan.items:
        key = data_set_key(organisation_id, item.data_set)
        if key is None:
            return Refused("no_such_data_set")
        if item.kind in (SourceKind.FILES, SourceKind.SQLITE) and not is_whole_path(item.source):
            return Refused("source_missing", item.source)
        keys[item.data_set] = key
    return keys


def _known_plan(organisation_id: int, repository_id: int, plan: NewPlan) -> Plan | None:
    rows = Plan.objects.of(organisation_id).filter(repository_id=repository_id, ended_at=None)
    found: Plan | None
    if plan.is_own_data:
        found = rows.filter(is_own_data=True).first()
        return found
    wanted = {item.data_set for item in plan.items}
    same = (row for row in rows.filter(name=plan.name).order_by("pk") if data_sets_of(row) == wanted)
    return next(same, None)


def _new_plan(
    now: datetime, organisation_id: int, place: Repository, plan: NewPlan, interval: timedelta
) -> Plan:
    row = Plan(
        organisation_id=organisation_id,
        public_id=new_id(now),
        name=plan.name,
        repository=place,
        is_own_data=plan.is_own_data,
        rpo_s=int(plan.rpo.total_seconds()),
        interval_s=int(interval.total_seconds()),
        test_every_s=int(plan.test_every.total_seconds()),
        made_at=now,
    )
    row.save(force_insert=True)
    return row


def _new_item(now: datetime, plan: Plan, item: NewItem, data_set_id: int) -> None:
    row = PlanItem(
        organisation_id=plan.organisation_id,
        public_id=new_id(now),
        plan=plan,
        data_set_id=data_set_id,
        source_kind=item.kind,
        source=item.source,
        passfile=item.passfile or kept_passfile(plan.organisation_id, item.source),
    )
    row.save(force_insert=True)


@recorded
def ask_run(*, now: datetime, actor: Actor, organisation_id: int, plan: UUID) -> Refused | None:
    """Put a run of a plan into the job table, due at once, on a schedule that fits what it measured.

    Asked twice while it waits, it runs once. Refused with `no_such_plan` or `plan_off`; with
    `rpo_too_short` it runs all the same.
    """
    row = _plan_to_ask(organisation_id, plan)
    if row is None:
        return Refused("no_such_plan")
    if not row.is_on:
        return Refused("plan_off")
    is_kept = renew_rhythm(row)
    schedule_job(BACK_UP_PLAN, str(plan), now, _payload_of(row))
    return None if is_kept else Refused("rpo_too_short")


def _plan_to_ask(organisation_id: int, plan: UUID) -> Plan | None:
    rows = Plan.objects.of(organisation_id).select_for_update(of=("self",)).select_related("organisation")
    found: Plan | None = rows.filter(public_id=plan, ended_at=None).first()
    return found


def _payload_of(plan: Plan) -> dict[str, JSON]:
    return {"organisation": str(plan.organisation.public_id), "plan": str(plan.public_id)}


@recorded
def ask_test(
    *, now: datetime, actor: Actor, organisation_id: int, plan: UUID, words_handle: str = ""
) -> Refused | None:
    """Put a restore test of a plan's newest copies into the job table, due at once.

    With `words_handle` (from KeyKeeper.stage_words, good for an hour) the test uses the recovery key and
    the envelope alone. Without, a copy whose test begins between now and the job's turn is not tested again.
    Refused with `no_such_plan`.
    """
    row = _plan_to_ask(organisation_id, plan)
    if row is None:
        return Refused("no_such_plan")
    payload = _payload_of(row)
    if words_handle:
        payload["words_handle"] = words_handle
    else:
        payload["asked_us"] = to_us(now)
    # A key of its own: a routine test that waits must not swallow the one with the typed key.
    schedule_job(TEST_RESTORE, f"{plan}:key" if words_handle else str(plan), now, payload)
    return None


@recorded
def ask_sealing(*, now: datetime, actor: Actor, organisation: UUID) -> None:
    """Have the envelopes beside all places of an organisation written anew."""
    schedule_job(SEAL_ENVELOPES, str(organisation), now, {"organisation": str(organisation)})


@recorded
def ask_probing(*, now: datetime, actor: Actor) -> None:
    """Have the database servers found on this machine tried, to see whether they can be read."""
    schedule_job(PROBE_SOURCES, "", now)
