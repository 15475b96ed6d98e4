"""A backup run: facts first, then the copy, then what the repository itself says of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from veilleur.domains.backups.actions import (
    begin_run,
    end_run,
    note_retention,
    note_space_freed,
    remove_points,
)
from veilleur.domains.backups.jobs.upkeep import seal_place
from veilleur.domains.backups.jobs.work import (
    Work,
    access_to,
    claimed,
    owner_of,
    past_dead_locks,
    plan_of,
    require_repository,
    silent,
)
from veilleur.domains.backups.ports import (
    DUMPER,
    ENGINE,
    MANIFESTS,
    OWN_DATA,
    PLACES,
    SNAPSHOTTER,
    WORKSHOP,
    ByteStream,
    DatabaseSource,
    ManifestRecord,
    Progress,
    RepositoryAccess,
    Stored,
)
from veilleur.domains.backups.queries import stored_points, whole_plan
from veilleur.domains.backups.queries.work import ItemRow, PlanRow
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.facts_of_data import DataFact, FactKind
from veilleur.domains.backups.rules.plans import (
    NewCopy,
    RunOutcome,
    engine_error_of,
    failed_run,
    labels_of,
)
from veilleur.domains.backups.rules.proof import level_of_run
from veilleur.domains.backups.rules.retention import points_to_remove
from veilleur.domains.backups.rules.schedule import FREE_SPACE_EVERY
from veilleur.domains.backups.rules.states import RunState, SourceKind
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM

ROLES = "roles.sql"

# Of many files that could not be read, so many are named.
_MOST_TOLD = 20


@dataclass(frozen=True)
class Captured:
    """A source held still: what is stored, and the facts of that very instant.

    `moves`: files that others may write while they are read, so that they are looked at again afterwards.
    `left_out`: what lies inside the sources and may not be read.
    """

    sources: tuple[Path, ...]
    facts: tuple[DataFact, ...]
    moves: bool = False
    stream: ByteStream | None = None
    companion: tuple[Path, ...] = ()
    left_out: tuple[Path, ...] = ()


def back_up_plan(ticket: JobTicket, clock: Clock) -> None:
    """Run the plan that the payload names ("organisation", "plan": public ids)."""
    plan = plan_of(ticket)
    if plan is not None and plan.is_on:
        _run_plan(Work(plan, clock, ticket))


def back_up_now(clock: Clock, plan: PlanRow, progress: Progress = silent) -> tuple[UUID, ...]:
    """Run a plan here and now and return its runs; raise EngineError("busy") when somebody else does."""
    return _run_plan(Work(plan, clock, progress=progress))


def _run_plan(work: Work) -> tuple[UUID, ...]:
    with claimed(work):
        ran = [run for item in work.plan.items if (run := _run_item(work, item)) is not None]
        _thin_out(work)
        owner = owner_of(work.plan.organisation)
        if owner is not None:
            seal_place(work.clock, owner, work.plan.place)
    return tuple(ran)


def _run_item(work: Work, item: ItemRow) -> UUID | None:
    organisation_id = work.plan.organisation_id
    run = begin_run(
        now=work.clock(), actor=SYSTEM, organisation_id=organisation_id, item=item.id, ticket=work.ticket
    )
    if isinstance(run, Refused):
        return None
    outcome = _outcome(work, item, run)
    if outcome.copy is None:
        MANIFESTS.get().remove(run)
    end_run(
        now=work.clock(),
        actor=SYSTEM,
        organisation_id=organisation_id,
        run=run,
        outcome=outcome,
        ticket=work.ticket,
    )
    return run


def _outcome(work: Work, item: ItemRow, run: UUID) -> RunOutcome:
    """Return how a run ended, whatever happened: an error of an engine is an outcome, not a crash."""
    try:
        require_repository(work.plan.place)
        access = access_to(work.plan)
        workplace = WORKSHOP.get().workplace(f"run-{item.id}")
        with workplace as folder, _captured(item, access.folder, folder) as captured:
            return _stored(work, item, run, captured, access)
    except EngineError as error:
        return failed_run(error)
    except OSError as error:
        return failed_run(engine_error_of(error))


def _stored(work: Work, item: ItemRow, run: UUID, captured: Captured, access: RepositoryAccess) -> RunOutcome:
    engine, manifests = ENGINE.get(), MANIFESTS.get()
    labels = labels_of(work.plan.id, item.data_set, run)
    work.progress("record", None)
    left_out = captured.left_out
    manifest = manifests.record(run, captured.sources, captured.facts, work.progress, left_out)
    if not manifest.content_count:
        # Most often a share that is not mounted: a copy of nothing must not pass for one.
        raise EngineError("source_empty", retry=True)
    if captured.stream is not None:
        stored = engine.back_up_stream(access, captured.stream, labels, work.progress)
    else:
        stored = engine.back_up_folders(access, captured.sources, labels, work.progress, left_out)
    companion = ""
    if captured.companion:
        companion = engine.back_up_folders(access, captured.companion, labels, silent).snapshot_id
    if captured.moves:
        manifest = manifests.mark_unstable(run)
    listed = engine.restorable_bytes(access, stored.snapshot_id)
    level = level_of_run(listed, stored.total_bytes, is_listed=True)
    return _outcome_of(stored, manifest, captured.facts, NewCopy(stored.snapshot_id, companion, level))


def _some(problems: Sequence[str]) -> str:
    """Return the first problems, a line each, and how many more there are."""
    told, more = problems[:_MOST_TOLD], len(problems) - _MOST_TOLD
    return "\n".join((*told, f"… +{more}") if more > 0 else told)


def _outcome_of(
    stored: Stored, manifest: ManifestRecord, facts: Sequence[DataFact], copy: NewCopy
) -> RunOutcome:
    """Return the state: partial when the engine missed something, or the source itself is damaged. What
    proves nothing, because it was not still, is said of a complete run too.
    """
    damaged = [fact.name for fact in facts if _complains(fact)]
    reason = "source_unreadable" if stored.is_partial else "source_damaged" if damaged else ""
    return RunOutcome(
        state=RunState.PARTIAL if reason else RunState.COMPLETE,
        reason=reason or ("unstable_source" if manifest.unstable_count else ""),
        detail=_some((*stored.problems, *damaged)),
        total_bytes=stored.total_bytes,
        file_count=stored.file_count,
        fact_count=manifest.fact_count,
        unstable_count=manifest.unstable_count,
        manifest_digest=manifest.digest,
        engine_version=ENGINE.get().version(),
        copy=copy,
    )


def _complains(fact: DataFact) -> bool:
    """Return whether a database's own check found damage when it was copied."""
    return fact.kind is FactKind.OBJECTS and fact.name.endswith(":integrity") and fact.digest != "ok"


@contextmanager
def _captured(item: ItemRow, place: Path, folder: Path) -> Iterator[Captured]:
    """Hold an item's source still, by what it is; what has to be written out is written below `folder`."""
    if item.kind == SourceKind.OWN_DATA:
        staged = OWN_DATA.get().stage(folder)
        yield Captured((folder,), staged.facts)
    elif item.kind == SourceKind.SQLITE:
        # In a folder of its own: a database may have the name of anything that a workplace holds.
        (folder / "database").mkdir(mode=0o700)
        copy = folder / "database" / Path(item.source).name
        facts = SNAPSHOTTER.get().capture(Path(item.source), copy, copy.name)
        yield Captured((copy.parent,), facts)
    elif item.kind == SourceKind.POSTGRESQL:
        with DUMPER.get().capture(database_source(item)) as capture:
            (folder / ROLES).write_bytes(capture.server_globals())
            yield Captured((), capture.facts, stream=capture.dump(), companion=(folder / ROLES,))
    else:
        source = PLACES.get().source(Path(item.source), place)
        yield Captured((source.path,), (), moves=True, left_out=source.left_out)


def database_source(item: ItemRow) -> DatabaseSource:
    """Return how an item's database is reached."""
    return DatabaseSource(item.source, Path(item.passfile) if item.passfile else None)


def _thin_out(work: Work) -> None:
    """Remove the points the promised history does not need; a failure is kept, and told by pages.

    Nothing is removed for a plan that was ended while it ran.
    """
    if whole_plan(work.plan.organisation_id, work.plan.id) is None:
        return
    try:
        failure = ""
        _remove_points(work)
    except EngineError as error:
        failure = error.reason
    note_retention(
        now=work.clock(),
        actor=SYSTEM,
        organisation_id=work.plan.organisation_id,
        plan=work.plan.id,
        failure=failure,
    )


def removable_points(plan: PlanRow, clock: Clock) -> dict[UUID, tuple[str, ...]]:
    """Return what the next thinning out would remove: runs with the engine's identities. A preview."""
    going: dict[UUID, tuple[str, ...]] = {}
    for item in plan.items:
        stored = stored_points(plan.organisation_id, plan.place.id, item.data_set)
        points = tuple(point for point, _ids in stored.values())
        for point in points_to_remove(points, plan.retention, clock()):
            going[point.identity] = stored[point.identity][1]
    return going


def _remove_points(work: Work) -> None:
    going = removable_points(work.plan, work.clock)
    freed = work.plan.place.space_freed_at
    is_time = freed is None or work.clock() - freed >= FREE_SPACE_EVERY
    if not going:
        return
    snapshots = tuple(snapshot for identities in going.values() for snapshot in identities)
    access = access_to(work.plan)
    past_dead_locks(access, lambda: ENGINE.get().forget(access, snapshots, free_space=is_time))
    organisation_id, place = work.plan.organisation_id, work.plan.place.id
    remove_points(
        now=work.clock(),
        actor=SYSTEM,
        organisation_id=organisation_id,
        repository=place,
        runs=tuple(going),
    )
    if is_time:
        note_space_freed(now=work.clock(), actor=SYSTEM, organisation_id=organisation_id, repository=place)
    for run in going:
        MANIFESTS.get().remove(run)
