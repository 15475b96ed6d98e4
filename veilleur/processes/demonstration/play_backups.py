"""Third act: backup places, plans, thirteen months of runs and restore tests, a recovery key that is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from uuid import UUID

from veilleur.domains.backups.actions import (
    add_repository,
    begin_run,
    begin_test,
    end_run,
    end_test,
    issue_recovery_key,
    make_plan,
    note_envelope,
    record_typed_back,
    remove_points,
)
from veilleur.domains.backups.queries import newest_copy, stored_points, whole_plan
from veilleur.domains.backups.rules.comparison import Comparison, Difference
from veilleur.domains.backups.rules.facts_of_data import FactKind
from veilleur.domains.backups.rules.plans import (
    NewCopy,
    NewItem,
    NewPlan,
    NewRepository,
    RestoreOutcome,
    RunOutcome,
)
from veilleur.domains.backups.rules.proof import ProofLevel
from veilleur.domains.backups.rules.retention import Retention, points_to_remove
from veilleur.domains.backups.rules.states import Medium, RunState, SourceKind, TestState
from veilleur.domains.journal.actions import recorded
from veilleur.processes.demonstration.company import FAR, REPOSITORIES, SERVICES, Data
from veilleur.processes.demonstration.copies import DatedRun, DatedTest, PlannedCopy, runs_of, tests_of
from veilleur.processes.demonstration.stage import Played, done
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import DEMO, Actor

_ENGINE = "restic 0.14.0"
_KINDS = {"postgresql": SourceKind.POSTGRESQL, "sqlite": SourceKind.SQLITE}


@dataclass(frozen=True)
class _Plan:
    """A plan that was made: its copy, its only item, its place."""

    copy: PlannedCopy
    retention: Retention
    item: UUID
    place: UUID
    data_set: UUID


def play_backups(played: Played) -> None:
    """Make places, key and plans, then play what happened day by day; at the end, what retention removed."""
    places = {name: _add_place(played, name, asset) for name, asset in REPOSITORIES.items()}
    _keep_key(played, places)
    plans = {}
    for rank, (data, place, rpo) in enumerate(_wanted()):
        plan = _make_plan(played, rank, data, places[place], place, rpo)
        plans[plan.copy.key] = plan
    for _day, events in groupby(_events(played.end, plans), key=_day_of):
        today = tuple(events)
        play_day(now=today[-1].end, actor=DEMO, played=played, plans=plans, events=today)
    for plan in plans.values():
        _remove_old_points(played, plan)


def _wanted() -> Iterator[tuple[Data, str, timedelta]]:
    for service in SERVICES:
        for data in service.data:
            for place in data.copies:
                yield data, place, timedelta(hours=service.rpo_h or 24)


def _add_place(played: Played, name: str, asset: str) -> UUID:
    place = NewRepository(
        new_id(played.start), name, f"/srv/copies/{asset}", Medium.NETWORK, played.nodes[asset]
    )
    row = done(
        add_repository(now=played.start, actor=DEMO, organisation_id=played.organisation_id, repository=place)
    )
    return row.public_id


def _keep_key(played: Played, places: dict[str, UUID]) -> None:
    issued = played.start + timedelta(days=2)
    key = played.organisation_id
    issue_recovery_key(now=issued, actor=DEMO, organisation_id=key, organisation=played.company)
    done(record_typed_back(now=issued + timedelta(hours=3), actor=DEMO, organisation_id=key))
    for place in places.values():
        sealed = issued + timedelta(minutes=4)
        note_envelope(
            now=sealed, actor=DEMO, organisation_id=key, repository=place, is_sealed=True, failure=""
        )


def _make_plan(played: Played, rank: int, data: Data, place: UUID, name: str, rpo: timedelta) -> _Plan:
    data_set = played.nodes[data.name]
    kind = _KINDS.get(data.kind, SourceKind.FILES)
    source = f"dbname={data.locator}" if kind is SourceKind.POSTGRESQL else f"/{data.locator.lstrip('/')}"
    # Where copies go stands beside the name on every page.
    called = f"{data.name}, hors site" if name == FAR else data.name
    wanted = NewPlan(called, place, (NewItem(data_set, kind, source),), rpo)
    made = done(make_plan(now=played.start, actor=DEMO, organisation_id=played.organisation_id, plan=wanted))
    row = whole_plan(played.organisation_id, made.public_id)
    assert row is not None, "the plan was made just now"
    copy = PlannedCopy(data, name, row.interval, rank)
    return _Plan(copy, row.retention, row.items[0].id, place, data_set)


Event = DatedRun | DatedTest


def _events(end: datetime, plans: dict[str, _Plan]) -> list[Event]:
    """Return all runs and tests by the instant they ended: a test takes the newest copy there is then."""
    events: list[Event] = []
    for plan in plans.values():
        events.extend(runs_of(plan.copy, end))
        events.extend(tests_of(plan.copy, end))
    return sorted((event for event in events if event.end < end), key=lambda event: event.end)


def _day_of(event: Event) -> date:
    return event.end.date()


@recorded
def play_day(
    *,
    now: datetime,  # noqa: ARG001 - the instant of the whole transaction
    actor: Actor,
    played: Played,
    plans: dict[str, _Plan],
    events: tuple[Event, ...],
) -> None:
    """Play what ended on one day, in one transaction: thirteen months are ready within a minute."""
    for event in events:
        plan = plans[event.copy.key]
        if isinstance(event, DatedRun):
            _run(played, plan, event, actor)
        else:
            _test(played, plan, event, actor)


def _run(played: Played, plan: _Plan, event: DatedRun, actor: Actor) -> None:
    scope = played.organisation_id
    run = done(begin_run(now=event.start, actor=actor, organisation_id=scope, item=plan.item, ticket=None))
    end_run(
        now=event.end,
        actor=actor,
        organisation_id=scope,
        run=run,
        outcome=_run_outcome(event, run),
        ticket=None,
    )


def _run_outcome(event: DatedRun, run: UUID) -> RunOutcome:
    if event.failure:
        return RunOutcome(RunState.FAILED, event.failure)
    files = max(1, event.total_bytes // 900_000) if event.copy.data.kind == "files" else 1
    return RunOutcome(
        RunState.COMPLETE,
        total_bytes=event.total_bytes,
        file_count=files,
        fact_count=files,
        manifest_digest=sha256(f"manifest {run}".encode()).hexdigest(),
        engine_version=_ENGINE,
        copy=NewCopy(sha256(f"snapshot {run}".encode()).hexdigest(), "", ProofLevel.PRESENT),
    )


def _test(played: Played, plan: _Plan, event: DatedTest, actor: Actor) -> None:
    scope = played.organisation_id
    newest = newest_copy(scope, plan.place, plan.data_set, event.start)
    if newest is None:
        return
    test = begin_test(
        now=event.start,
        actor=actor,
        organisation_id=scope,
        copy=newest.id,
        with_recovery_key_alone=event.with_recovery_key_alone,
        ticket=None,
    )
    end_test(
        now=event.end,
        actor=actor,
        organisation_id=scope,
        test=test,
        outcome=_test_outcome(event),
        ticket=None,
    )


def _test_outcome(event: DatedTest) -> RestoreOutcome:
    is_database = event.copy.data.kind != "files"
    proven = ProofLevel.STARTED_AND_EQUAL if is_database else ProofLevel.RESTORED_AND_HASHED
    compared = 140 if is_database else max(1, event.total_bytes // 900_000)
    differences = tuple(
        Difference("changed", FactKind.TABLE, f"etiquettes:public.envoi_{number}", "48210", "39358")
        for number in range(1, event.differences + 1)
    )
    return RestoreOutcome(
        TestState.FAILED if differences else TestState.PASSED,
        reason="facts_differ" if differences else "",
        level=ProofLevel.SAID_OK if differences else proven,
        phases=event.phases,
        total_bytes=event.total_bytes,
        comparison=Comparison(compared, 0, len(differences), differences),
        isolation="sandbox" if is_database else "",
        engine_version=_ENGINE,
    )


def _remove_old_points(played: Played, plan: _Plan) -> None:
    stored = stored_points(played.organisation_id, plan.place, plan.data_set).values()
    old = points_to_remove([point for point, _snapshots in stored], plan.retention, played.end)
    remove_points(
        now=played.end,
        actor=DEMO,
        organisation_id=played.organisation_id,
        repository=plan.place,
        runs=tuple(point.identity for point in old),
    )
