"""What pages show of the backups: each row as a value, for one viewer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from veilleur.domains.backups.models import Plan, PlanItem, Repository, RestoreTest, Run, SourceAccess
from veilleur.domains.backups.queries.instants import from_us
from veilleur.domains.backups.queries.protection import whole_protection
from veilleur.domains.backups.queries.work import PlaceRow, PlanRow, place_row, plan_row
from veilleur.domains.backups.rules.protection import Phases, Protection
from veilleur.domains.backups.rules.sources import server_prefix, server_source
from veilleur.domains.backups.rules.states import AccessState, SourceKind
from veilleur.domains.estate.queries import visible_asset
from veilleur.domains.estate.rules.machine import FoundDatabase
from veilleur.shared.viewer import Viewer

_SHOWN = 50
_KINDS = {"sqlite": SourceKind.SQLITE, "postgresql": SourceKind.POSTGRESQL}


@dataclass(frozen=True)
class RunRow:
    """A run as pages show it; `reason` is a code of labels.py."""

    id: UUID
    plan_name: str
    data_set: UUID
    data_set_name: str
    state: str
    reason: str
    detail: str
    started_at: datetime
    ended_at: datetime | None
    total_bytes: int
    file_count: int
    fact_count: int
    unstable_count: int
    manifest_digest: str


@dataclass(frozen=True)
class TestRow:
    """A restore test as pages show it; `differences` holds the first ones, `difference_count` all."""

    __test__ = False

    id: UUID
    data_set: UUID
    data_set_name: str
    repository_name: str
    state: str
    reason: str
    detail: str
    level: int
    started_at: datetime
    ended_at: datetime | None
    point_at: datetime
    phases: Phases
    total_bytes: int
    compared_count: int
    tolerated_count: int
    difference_count: int
    differences: tuple[dict[str, str], ...]
    remarks: tuple[str, ...]
    isolation: str
    with_recovery_key_alone: bool


@dataclass(frozen=True)
class SourceRow:
    """A database that was found, whether it can be read, and whether a plan has it."""

    kind: str
    source: str
    version: str
    access: AccessState
    reason: str
    detail: str
    is_protected: bool


def visible_plans(viewer: Viewer) -> tuple[PlanRow, ...]:
    """Return the plans the viewer may see, by name."""
    plans = Plan.objects.visible_to(viewer).select_related("repository__asset", "organisation")
    return tuple(plan_row(plan) for plan in plans.order_by("name", "pk"))


def visible_repositories(viewer: Viewer) -> tuple[PlaceRow, ...]:
    """Return the backup places the viewer may see, by name."""
    rows = Repository.objects.visible_to(viewer).select_related("asset").order_by("name", "pk")
    return tuple(place_row(row) for row in rows)


def visible_protection(viewer: Viewer, now: datetime) -> tuple[Protection, ...]:
    """Return how the data of the viewer's organisation is protected; nothing when it may not be seen."""
    if not viewer.may_see(viewer.organisation_id):
        return ()
    return whole_protection(viewer.organisation_id, now)


def whole_runs(organisation_id: int, ids: set[UUID]) -> tuple[RunRow, ...]:
    """Return these runs, oldest first: for commands, where the operator sees everything."""
    rows = Run.objects.of(organisation_id).filter(public_id__in=ids).select_related("plan", "data_set")
    return tuple(_run_row(run) for run in rows.order_by("pk"))


def whole_tests(organisation_id: int, ids: set[UUID]) -> tuple[TestRow, ...]:
    """Return these restore tests, oldest first: for commands, where the operator sees everything."""
    rows = RestoreTest.objects.of(organisation_id).filter(public_id__in=ids)
    return tuple(
        _test_row(test) for test in rows.select_related("copy", "data_set", "repository").order_by("pk")
    )


def visible_runs(viewer: Viewer, data_set: UUID | None = None) -> tuple[RunRow, ...]:
    """Return the last 50 runs the viewer may see, newest first; of one data set if one is named."""
    rows = Run.objects.visible_to(viewer).select_related("plan", "data_set").order_by("-started_us")
    if data_set is not None:
        rows = rows.filter(data_set__public_id=data_set)
    return tuple(_run_row(run) for run in rows[:_SHOWN])


def _run_row(run: Run) -> RunRow:
    return RunRow(
        id=run.public_id,
        plan_name=run.plan.name,
        data_set=run.data_set.public_id,
        data_set_name=run.data_set.name,
        state=run.state,
        reason=run.reason,
        detail=run.detail,
        started_at=from_us(run.started_us),
        ended_at=None if run.ended_us is None else from_us(run.ended_us),
        total_bytes=run.total_bytes,
        file_count=run.file_count,
        fact_count=run.fact_count,
        unstable_count=run.unstable_count,
        manifest_digest=run.manifest_digest,
    )


def visible_tests(viewer: Viewer, data_set: UUID | None = None) -> tuple[TestRow, ...]:
    """Return the last 50 restore tests the viewer may see, newest first; of one data set if one is named."""
    rows = RestoreTest.objects.visible_to(viewer).select_related("copy", "data_set", "repository")
    if data_set is not None:
        rows = rows.filter(data_set__public_id=data_set)
    return tuple(_test_row(test) for test in rows.order_by("-started_us")[:_SHOWN])


def _test_row(test: Any) -> TestRow:
    return TestRow(
        id=test.public_id,
        data_set=test.data_set.public_id,
        data_set_name=test.data_set.name,
        repository_name=test.repository.name,
        state=test.state,
        reason=test.reason,
        detail=test.detail,
        level=test.level,
        started_at=from_us(test.started_us),
        ended_at=None if test.ended_us is None else from_us(test.ended_us),
        point_at=from_us(test.copy.started_us),
        phases=Phases(
            fetch_s=test.fetch_s, restore_s=test.restore_s, start_s=test.start_s, verify_s=test.verify_s
        ),
        total_bytes=test.total_bytes,
        compared_count=test.compared_count,
        tolerated_count=test.tolerated_count,
        difference_count=test.difference_count,
        differences=tuple(test.differences),
        remarks=tuple(test.remarks),
        isolation=test.isolation,
        with_recovery_key_alone=test.with_recovery_key_alone,
    )


def visible_sources(viewer: Viewer, asset: UUID) -> tuple[SourceRow, ...]:
    """Return the SQLite and PostgreSQL databases found on an asset, what is known of reading them included.

    A PostgreSQL server nobody has given credentials for is `needs_credentials` or unknown, never readable.
    """
    view = visible_asset(viewer, asset)
    if view is None:
        return ()
    found = [row for row in view.part("databases").rows if isinstance(row, FoundDatabase)]
    tried = {(row.source_kind, row.source): row for row in SourceAccess.objects.of(viewer.organisation_id)}
    planned = set(PlanItem.objects.of(viewer.organisation_id).values_list("source_kind", "source"))
    rows = [
        _source_row(each, source, tried, planned)
        for each in found
        if each.engine in _KINDS
        for source in _sources_of(each, tried)
    ]
    return tuple(sorted(rows, key=lambda row: (row.kind, row.source)))


def kept_passfile(organisation_id: int, source: str) -> str:
    """Return the password file that was given for a source, empty without one."""
    rows = SourceAccess.objects.of(organisation_id).filter(source=source)
    return rows.values_list("passfile", flat=True).first() or ""


def source_of(found: FoundDatabase) -> str:
    """Return how a found database is read: the file itself, or a connection string to the server."""
    return server_source(found.locator) if found.engine == "postgresql" else found.locator


def _sources_of(found: FoundDatabase, tried: dict[tuple[str, str], SourceAccess]) -> list[str]:
    """Return what can be protected of a found database: of a server that answers, each of its databases."""
    source = source_of(found)
    if found.engine != "postgresql":
        return [source]
    prefix = server_prefix(source)
    known = [name for kind, name in tried if kind == SourceKind.POSTGRESQL and name.startswith(prefix)]
    others = sorted(name for name in known if name != source)
    return others or [source]


def _source_row(
    found: FoundDatabase,
    source: str,
    tried: dict[tuple[str, str], SourceAccess],
    planned: set[tuple[str, str]],
) -> SourceRow:
    kind = _KINDS[found.engine]
    access = tried.get((kind, source))
    state = AccessState(access.state) if access else AccessState.UNKNOWN
    if access is None and kind is SourceKind.SQLITE and found.readable == "yes":
        state = AccessState.READABLE
    return SourceRow(
        kind=kind,
        source=source,
        version=found.version,
        access=state,
        reason=access.reason if access else "",
        detail=access.detail if access else "",
        is_protected=(kind, source) in planned,
    )
