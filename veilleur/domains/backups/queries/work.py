"""What jobs, commands and actions need to know: plans with their items, what is due, what may be removed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from veilleur.domains.backups.models import Copy, Plan, PlanItem, Repository, RestoreTest, Run
from veilleur.domains.backups.queries.instants import from_us, to_us
from veilleur.domains.backups.queries.protection import points_of
from veilleur.domains.backups.rules.retention import Retention, StoredPoint
from veilleur.domains.backups.rules.schedule import DEFAULT_RPO, interval_for, next_run_due, next_test_due
from veilleur.domains.backups.rules.states import RunState, TestState
from veilleur.domains.estate.queries import whole_services
from veilleur.shared.refusal import Refused

_MEASURED_RUNS = 10


@dataclass(frozen=True)
class PlaceRow:
    """A backup place. `asset`: the machine that holds it, None: elsewhere."""

    id: UUID
    name: str
    folder: str
    medium: str
    asset: UUID | None
    is_sealed: bool
    envelope_failure: str
    space_freed_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True)
class ItemRow:
    """One data set of a plan and how it is read. `key` and `data_set_key` are database keys."""

    id: UUID
    data_set: UUID
    data_set_key: int
    name: str
    kind: str
    source: str
    passfile: str


@dataclass(frozen=True)
class PlanRow:
    """A plan as its jobs need it. `organisation` is the public id, `organisation_id` the database key."""

    id: UUID
    key: int
    organisation: UUID
    organisation_id: int
    language: str
    name: str
    place: PlaceRow
    items: tuple[ItemRow, ...]
    is_on: bool
    is_own_data: bool
    rpo: timedelta
    interval: timedelta
    test_every: timedelta
    retention: Retention
    retention_failure: str
    ended_at: datetime | None


@dataclass(frozen=True)
class CopyRow:
    """One copy and the run it came from."""

    id: UUID
    run: UUID
    snapshot_id: str
    companion_snapshot_id: str
    started_at: datetime
    total_bytes: int
    manifest_digest: str


def place_row(repository: Repository) -> PlaceRow:
    """Return a repository's row, read with its asset."""
    return PlaceRow(
        id=repository.public_id,
        name=repository.name,
        folder=repository.folder,
        medium=repository.medium,
        asset=repository.asset.public_id if repository.asset else None,
        is_sealed=repository.envelope_written_at is not None,
        envelope_failure=repository.envelope_failure,
        space_freed_at=repository.space_freed_at,
        retired_at=repository.retired_at,
    )


def plan_row(plan: Plan) -> PlanRow:
    """Return a plan's row with its items, read with repository, its asset and organisation. One query."""
    items = PlanItem.objects.of(plan.organisation_id).filter(plan=plan).select_related("data_set")
    return PlanRow(
        id=plan.public_id,
        key=plan.pk,
        organisation=plan.organisation.public_id,
        organisation_id=plan.organisation_id,
        language=plan.organisation.language,
        name=plan.name,
        place=place_row(plan.repository),
        items=tuple(_item_row(item) for item in items.order_by("pk")),
        is_on=plan.is_on,
        is_own_data=plan.is_own_data,
        rpo=timedelta(seconds=plan.rpo_s),
        interval=timedelta(seconds=plan.interval_s),
        test_every=timedelta(seconds=plan.test_every_s),
        retention=Retention(
            timedelta(seconds=plan.keep_everything_s), plan.keep_days, plan.keep_weeks, plan.keep_months
        ),
        retention_failure=plan.retention_failure,
        ended_at=plan.ended_at,
    )


def _item_row(item: PlanItem) -> ItemRow:
    return ItemRow(
        id=item.public_id,
        data_set=item.data_set.public_id,
        data_set_key=item.data_set_id,
        name=item.data_set.name,
        kind=item.source_kind,
        source=item.source,
        passfile=item.passfile,
    )


def _plans(organisation_id: int) -> Any:
    return Plan.objects.of(organisation_id).select_related("repository__asset", "organisation")


def whole_plan(organisation_id: int, public_id: UUID) -> PlanRow | None:
    """Return one plan, None when the organisation has none of that identity that has not ended."""
    plan = _plans(organisation_id).filter(public_id=public_id, ended_at=None).first()
    return None if plan is None else plan_row(plan)


def whole_plans(organisation_id: int) -> tuple[PlanRow, ...]:
    """Return all plans that have not ended, by name. One query per plan for its items."""
    plans = _plans(organisation_id).filter(ended_at=None)
    return tuple(plan_row(plan) for plan in plans.order_by("name", "pk"))


def item_ids(organisation_id: int, repository: UUID) -> tuple[UUID, ...]:
    """Return what plans ever put into a repository, also those that are off or have ended."""
    items = PlanItem.objects.of(organisation_id).filter(plan__repository__public_id=repository)
    return tuple(items.order_by("pk").values_list("public_id", flat=True))


def unended_plans(organisation_id: int) -> tuple[PlanRow, ...]:
    """Return one plan, also off or ended, of each repository where work runs, or was killed and never ended.
    Three queries where there is none.
    """
    runs = Run.objects.of(organisation_id).filter(state=RunState.RUNNING)
    tests = RestoreTest.objects.of(organisation_id).filter(state=TestState.RUNNING)
    left = {*runs.values_list("plan__repository", flat=True), *tests.values_list("repository", flat=True)}
    plans = _plans(organisation_id).filter(repository__in=left).order_by("pk")
    return tuple(plan_row(plan) for plan in {plan.repository_id: plan for plan in plans}.values())


def whole_repositories(organisation_id: int) -> tuple[PlaceRow, ...]:
    """Return all backup places by name, retired ones included."""
    rows = Repository.objects.of(organisation_id).select_related("asset").order_by("name", "pk")
    return tuple(place_row(row) for row in rows)


def is_own_plan_ended(organisation_id: int, folder: str) -> bool:
    """Return whether Veilleur's own data went into that folder once, and a person ended every such plan."""
    plans = Plan.objects.of(organisation_id).filter(is_own_data=True, repository__folder=folder)
    ends = list(plans.values_list("ended_at", flat=True))
    return bool(ends) and None not in ends


def promised_rpo(organisation_id: int, data_sets: frozenset[UUID]) -> timedelta:
    """Return the strictest RPO of the services that need any of these data sets, 24 h when none does."""
    promises = [
        row.rpo_s for row in whole_services(organisation_id) if not data_sets.isdisjoint(row.data_set_ids)
    ]
    return timedelta(seconds=min(promises)) if promises else DEFAULT_RPO


def measured_duration(organisation_id: int, plan_key: int) -> timedelta | None:
    """Return how long a whole run of a plan takes: the longest of late, for each data set; None before
    one.
    """
    ended = Run.objects.of(organisation_id).filter(
        plan_id=plan_key, state__in=(RunState.COMPLETE, RunState.PARTIAL)
    )
    longest: dict[int, int] = {}
    rows = ended.order_by("-started_us").values_list("data_set_id", "started_us", "ended_us")
    for data_set, started, stopped in rows[:_MEASURED_RUNS]:
        longest[data_set] = max(longest.get(data_set, 0), stopped - started)
    return timedelta(microseconds=sum(longest.values())) if longest else None


def due_runs(organisation_id: int, now: datetime) -> tuple[UUID, ...]:
    """Return the plans that are switched on and whose next run is due."""
    plans = running_plans(organisation_id).order_by("pk")
    return tuple(plan.public_id for plan in plans if _run_due(plan, now) <= now)


def is_promise_kept(organisation_id: int, plan: PlanRow) -> bool:
    """Return whether some schedule keeps what the plan's services promise. One query."""
    return not isinstance(interval_for(plan.rpo, measured_duration(organisation_id, plan.key)), Refused)


def running_plans(organisation_id: int) -> Any:
    """Return the plans that make copies now: switched on, and not ended."""
    return Plan.objects.of(organisation_id).filter(is_on=True, ended_at=None)


def _run_due(plan: Plan, now: datetime) -> datetime:
    # What is dated later than now was made before the clock was set back: nobody waits until it is as late.
    runs = Run.objects.of(plan.organisation_id).filter(plan=plan, started_us__lte=to_us(now))
    newest = runs.order_by("-started_us").first()
    failed = newest is not None and newest.state in (RunState.FAILED, RunState.INTERRUPTED)
    started = None if newest is None else from_us(newest.started_us)
    return next_run_due(started, failed, timedelta(seconds=plan.interval_s), min(plan.made_at, now))


def due_tests(organisation_id: int, now: datetime) -> tuple[UUID, ...]:
    """Return the plans that are switched on and whose next restore test is due."""
    plans = running_plans(organisation_id).order_by("pk")
    return tuple(plan.public_id for plan in plans if any(due <= now for due in _tests_due(plan, now)))


def _tests_due(plan: Plan, now: datetime) -> Iterator[datetime]:
    for data_set in (
        PlanItem.objects.of(plan.organisation_id).filter(plan=plan).values_list("data_set", flat=True)
    ):
        here = {"data_set_id": data_set, "repository_id": plan.repository_id}
        copy = (
            Copy.objects.of(plan.organisation_id)
            .filter(removed_us=None, stored_us__lte=to_us(now), **here)
            .order_by("started_us")
            .first()
        )
        test = (
            RestoreTest.objects.of(plan.organisation_id)
            .filter(with_recovery_key_alone=False, started_us__lte=to_us(now), **here)
            .order_by("-started_us")
            .first()
        )
        due = next_test_due(
            None if test is None else min(from_us(test.ended_us or test.started_us), now),
            test is not None and test.state == TestState.PASSED,
            timedelta(seconds=plan.test_every_s),
            None if copy is None else from_us(copy.stored_us),
        )
        if due is not None:
            yield due


def copies_tested_since(organisation_id: int, instant_us: int) -> frozenset[UUID]:
    """Return the copies of which a routine test began at that instant or later and came to a result."""
    tests = RestoreTest.objects.of(organisation_id).filter(
        with_recovery_key_alone=False,
        started_us__gte=instant_us,
        state__in=(TestState.PASSED, TestState.FAILED),
    )
    return frozenset(tests.values_list("copy__public_id", flat=True))


def newest_copy(organisation_id: int, repository: UUID, data_set: UUID, now: datetime) -> CopyRow | None:
    """Return the newest copy of a data set that is still in a repository, whole or partial; none of later
    than now.
    """
    here = {"repository__public_id": repository, "data_set__public_id": data_set}
    rows = Copy.objects.of(organisation_id).filter(removed_us=None, started_us__lte=to_us(now), **here)
    copy = rows.select_related("run").order_by("-started_us").first()
    if copy is None:
        return None
    return CopyRow(
        id=copy.public_id,
        run=copy.run.public_id,
        snapshot_id=copy.snapshot_id,
        companion_snapshot_id=copy.companion_snapshot_id,
        started_at=from_us(copy.started_us),
        total_bytes=copy.total_bytes,
        manifest_digest=copy.run.manifest_digest,
    )


def stored_points(
    organisation_id: int, repository: UUID, data_set: UUID
) -> dict[UUID, tuple[StoredPoint, tuple[str, ...]]]:
    """Return the points of a data set in a repository by run, each with the engine's identities of it."""
    here = {"repository__public_id": repository, "data_set__public_id": data_set}
    copies = list(
        Copy.objects.of(organisation_id)
        .filter(removed_us=None, **here)
        .select_related("run")
        .order_by("-started_us")
    )
    tests = RestoreTest.objects.of(organisation_id).filter(**here).order_by("-started_us")
    return {
        copy.run.public_id: (
            StoredPoint(copy.run.public_id, point.started_at, point.is_complete, point.is_verified),
            tuple(one for one in (copy.snapshot_id, copy.companion_snapshot_id) if one),
        )
        for copy, point in zip(copies, points_of(copies, tests), strict=True)
    }
