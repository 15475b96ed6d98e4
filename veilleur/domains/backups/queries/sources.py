"""Databases that could be protected: those found on a machine, and those that a person named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.backups.models import PlanItem, SourceAccess
from veilleur.domains.backups.queries.bare import last_failures
from veilleur.domains.backups.rules.sources import address_of, database_of, server_source
from veilleur.domains.backups.rules.states import AccessState, SourceKind
from veilleur.domains.estate.queries import visible_asset
from veilleur.domains.estate.rules.machine import FoundDatabase
from veilleur.shared.viewer import Viewer

_KINDS = {"sqlite": SourceKind.SQLITE, "postgresql": SourceKind.POSTGRESQL}


@dataclass(frozen=True)
class SourceRow:
    """A database that was found or named, whether it can be read, and whether a plan has it.

    `failure`: why the last backup of it failed, a code of labels.py; empty when it did not.
    """

    kind: str
    source: str
    version: str
    access: AccessState
    reason: str
    detail: str
    is_protected: bool
    passfile: str = ""
    is_named: bool = False
    failure: str = ""


def visible_sources(viewer: Viewer, asset: UUID | None) -> tuple[SourceRow, ...]:
    """Return the SQLite and PostgreSQL databases found on an asset or named by a person, and what is known of
    reading them.

    A PostgreSQL server nobody has given credentials for is `needs_credentials` or unknown, never readable.
    """
    if not viewer.may_see(viewer.organisation_id):
        return ()
    view = visible_asset(viewer, asset) if asset is not None else None
    found = view.part("databases").rows if view is not None else ()
    tried = _Tried(SourceAccess.objects.of(viewer.organisation_id))
    running = PlanItem.objects.of(viewer.organisation_id).filter(plan__is_on=True, plan__ended_at=None)
    failures = last_failures(viewer.organisation_id)
    planned = {
        (kind, source): failures.get(data_set, "")
        for kind, source, data_set in running.values_list("source_kind", "source", "data_set__public_id")
    }
    rows = {
        (_KINDS[each.engine], source): each
        for each in found
        if isinstance(each, FoundDatabase) and each.engine in _KINDS
        for source in _sources_of(each, tried)
    }
    named = {(SourceKind(row.source_kind), row.source): None for row in tried.named}
    known = [_source_row(*key, each, tried, planned) for key, each in {**named, **rows}.items()]
    return tuple(sorted(known, key=lambda row: (row.kind, row.source)))


def named_servers(organisation_id: int) -> tuple[tuple[str, str], ...]:
    """Return what people named, as (connection string, password file): to be tried again now and then."""
    rows = SourceAccess.objects.of(organisation_id).filter(is_named=True, source_kind=SourceKind.POSTGRESQL)
    return tuple(rows.order_by("pk").values_list("source", "passfile"))


def kept_passfile(organisation_id: int, source: str) -> str:
    """Return the password file that was given for a source, empty without one."""
    rows = SourceAccess.objects.of(organisation_id).filter(source=source)
    return rows.values_list("passfile", flat=True).first() or ""


def source_of(found: FoundDatabase) -> str:
    """Return how a found database is read: the file itself, or a connection string to the server."""
    return server_source(found.locator) if found.engine == "postgresql" else found.locator


class _Tried:
    """What was tried, and what people named."""

    def __init__(self, rows: Iterable[SourceAccess]) -> None:
        self.by_source = {(row.source_kind, row.source): row for row in rows}
        self.named = [row for row in self.by_source.values() if row.is_named]

    def at(self, source: str) -> list[SourceAccess]:
        """Return what was tried of the server that a connection string leads to, by whatever login."""
        there = address_of(source)
        return [
            row
            for (kind, _source), row in self.by_source.items()
            if kind == SourceKind.POSTGRESQL and address_of(row.source) == there
        ]


def _sources_of(found: FoundDatabase, tried: _Tried) -> list[str]:
    """Return what can be protected of a found database: of a server that answers, each of its databases.

    What a person named stands for the same database tried without a login.
    """
    source = source_of(found)
    if found.engine != "postgresql":
        return [source]
    there = tried.at(source)
    named = {database_of(row.source): row.source for row in there if row.is_named}
    others = [
        row.source
        for row in there
        if row.source != source
        and database_of(row.source) not in named
        and (not named or row.state == AccessState.READABLE)
    ]
    return sorted([*named.values(), *others]) or [source]


def _source_row(
    kind: SourceKind,
    source: str,
    found: FoundDatabase | None,
    tried: _Tried,
    planned: Mapping[tuple[str, str], str],
) -> SourceRow:
    access = tried.by_source.get((kind, source))
    state = AccessState(access.state) if access else AccessState.UNKNOWN
    if access is None and kind is SourceKind.SQLITE and found is not None and found.readable == "yes":
        state = AccessState.READABLE
    return SourceRow(
        kind=kind,
        source=source,
        version=found.version if found else "",
        access=state,
        reason=access.reason if access else "",
        detail=access.detail if access else "",
        is_protected=(kind, source) in planned,
        passfile=access.passfile if access else "",
        is_named=access is not None and access.is_named,
        failure=planned.get((kind, source), ""),
    )
