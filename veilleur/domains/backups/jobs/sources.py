"""Which data can be read: databases that were found or named, and paths that a person types."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from veilleur.domains.backups.actions import ask_probing, name_source, note_source_access
from veilleur.domains.backups.ports import DUMPER, PLACES, SNAPSHOTTER, Access, DatabaseSource
from veilleur.domains.backups.queries.sources import kept_passfile, named_servers, source_of
from veilleur.domains.backups.rules.errors import EngineError
from veilleur.domains.backups.rules.plans import NewItem
from veilleur.domains.backups.rules.sources import (
    MAINTENANCE,
    NamedServer,
    ServerTried,
    address_of,
    database_of,
    database_source,
)
from veilleur.domains.backups.rules.states import AccessState, SourceKind
from veilleur.domains.estate.queries import machine_here, whole_asset
from veilleur.domains.estate.rules.machine import FoundDatabase
from veilleur.domains.journal.rules.work import Clock, JobTicket, Origin, ReadEntry
from veilleur.domains.organisations.queries import whole_organisations
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

# How long a page waits for a server that was just named, and for one of its databases; in seconds.
NAMING_S, TRIAL_S = 20.0, 5.0
# How many databases are tried meanwhile, and how many are taken from one server at all.
MOST_TRIED, MOST_DATABASES = 20, 200

# What an engine says of a source at a run, in the words for a path that was just typed.
_TYPED = {"source_missing": "path_missing", "source_unreadable": "path_unreadable"}


def probe_sources(_ticket: JobTicket, clock: Clock) -> None:
    """Try to read every PostgreSQL server found on this machine or named, with what was given for it."""
    for organisation in whole_organisations(with_demo=False):
        for source in _found_servers(organisation.pk):
            probe_server(clock, SYSTEM, organisation.pk, source=source)
        _probe_named(clock, organisation.pk)


def _probe_named(clock: Clock, organisation_id: int) -> None:
    """Try what people named. A server that left one database unanswered is waited for a short while only for
    each other one: a hundred of them would hold this job for an hour.
    """
    silent: set[tuple[str, int]] = set()
    for source, passfile in named_servers(organisation_id):
        here = address_of(source)
        patience_s = TRIAL_S if here in silent else None
        state = probe_source(
            clock, SYSTEM, organisation_id, source=source, passfile=passfile, patience_s=patience_s
        )
        if state is AccessState.UNREACHABLE:
            silent.add(here)


def _found_servers(organisation_id: int) -> Iterator[str]:
    here = machine_here(organisation_id)
    view = whole_asset(organisation_id, here) if here is not None else None
    for row in view.part("databases").rows if view is not None else ():
        if isinstance(row, FoundDatabase) and row.engine == "postgresql":
            yield source_of(row)


def inventory_changed(entry: ReadEntry, clock: Clock) -> None:
    """Have the databases of a machine tried as soon as its inventory tells of them."""
    if entry.origin is Origin.LIVE:
        ask_probing(now=clock(), actor=SYSTEM)


def probe_server(
    clock: Clock, actor: Actor, organisation_id: int, *, source: str, passfile: str = ""
) -> None:
    """Try a server with what was given for it, and then each of its databases if it lets us in.

    `passfile`: a new password file; empty: the one kept before.
    """
    passfile = passfile or kept_passfile(organisation_id, source)
    state = probe_source(clock, actor, organisation_id, source=source, passfile=passfile)
    if state is not AccessState.READABLE:
        return
    for name in DUMPER.get().databases(_database_source(source, passfile)):
        if name != MAINTENANCE:
            own = database_source(source, name)
            probe_source(clock, actor, organisation_id, source=own, passfile=passfile)


def _database_source(source: str, passfile: str) -> DatabaseSource:
    return DatabaseSource(source, Path(passfile) if passfile else None)


def probe_source(
    clock: Clock,
    actor: Actor,
    organisation_id: int,
    *,
    source: str,
    passfile: str = "",
    patience_s: float | None = None,
) -> AccessState:
    """Try to read a PostgreSQL source and keep the answer; a server that refuses needs credentials."""
    access = DUMPER.get().probe(_database_source(source, passfile), patience_s)
    note_source_access(
        now=clock(),
        actor=actor,
        organisation_id=organisation_id,
        source=_item(source, passfile),
        state=access.state,
        why=(access.reason, access.detail),
    )
    return access.state


def _item(source: str, passfile: str) -> NewItem:
    return NewItem(UUID(int=0), SourceKind.POSTGRESQL, source, passfile)


def name_server(
    clock: Clock, actor: Actor, organisation_id: int, named: NamedServer
) -> ServerTried | Refused:
    """Try what a person named and keep what of it can be read; somebody waits, so it ends within NAMING_S and
    the few seconds that signing in may take beyond. What was not reached by then is kept as not tried yet,
    and tried in the background.

    Nothing is kept of a server that does not let us in, or of which no database can be read whole: refused
    with the reason of DatabaseDumper.probe, and the server's own words as detail; `not_this_machine` as in
    look_at_source; `many_databases` for more than MOST_DATABASES.
    """
    if machine_here(organisation_id) is None:
        return Refused("not_this_machine")
    end_s = time.monotonic() + NAMING_S
    first = DUMPER.get().probe(_database_source(named.source, named.passfile), NAMING_S)
    if first.state is not AccessState.READABLE:
        return Refused(first.reason, first.detail)
    sources = _sources_of(named, end_s)
    if isinstance(sources, Refused):
        return sources
    tried = {named.source: first} | _tried_by(end_s, sources, named)
    readable = tuple(one for one in sources if one in tried and tried[one].state is AccessState.READABLE)
    untried = tuple(one for one in sources if one not in tried)
    for state, those in ((AccessState.READABLE, readable), (AccessState.UNKNOWN, untried)):
        for source in those:
            name_source(
                now=clock(),
                actor=actor,
                organisation_id=organisation_id,
                source=_item(source, named.passfile),
                state=state,
            )
    if untried:
        ask_probing(now=clock(), actor=SYSTEM)
    if readable or untried:
        return ServerTried(readable, untried)
    return _why_none(tried, sources)


def _sources_of(named: NamedServer, end_s: float) -> tuple[str, ...] | Refused:
    """Return the connection strings of what was named: the one database, or all of the server."""
    if named.database:
        return (named.source,)
    here = _database_source(named.source, named.passfile)
    try:
        names = DUMPER.get().databases(here, _left_s(end_s))
    except EngineError as error:
        return Refused("server_unreachable", error.detail)
    if len(names) > MOST_DATABASES:
        return Refused("many_databases", str(len(names)))
    own = tuple(database_source(named.source, name) for name in names if name != MAINTENANCE)
    return own or (named.source,)


def _tried_by(end_s: float, sources: Sequence[str], named: NamedServer) -> dict[str, Access]:
    """Return what could be tried in time. A server that falls silent is not asked again while somebody
    waits, and what it left unanswered counts as not tried.
    """
    tried: dict[str, Access] = {}
    for source in sources:
        if source == named.source:
            continue
        if _left_s(end_s) <= 0 or len(tried) == MOST_TRIED:
            break
        patience_s = min(TRIAL_S, _left_s(end_s))
        access = DUMPER.get().probe(_database_source(source, named.passfile), patience_s)
        if access.state is AccessState.UNREACHABLE:
            break
        tried[source] = access
    return tried


def _left_s(end_s: float) -> float:
    return end_s - time.monotonic()


def _why_none(tried: Mapping[str, Access], sources: Sequence[str]) -> Refused:
    """Return why the last database that was tried cannot be read."""
    last = sources[-1]
    return Refused(tried[last].reason, f"{database_of(last)}: {tried[last].detail}")


def look_at_source(organisation_id: int, path: Path, place: Path) -> SourceKind | Refused:
    """Return how data at a path that a person typed is best read, before a plan is made of it.

    A SQLite database is one, not a file: copied as a file while it is in use, it may not open again.
    Refused, with the path as detail, with `path_missing`, `path_unreadable`, `folder_empty` or as
    Places.source does; with `not_this_machine` where another organisation's machine would be read.
    """
    if machine_here(organisation_id) is None:
        return Refused("not_this_machine", str(path))
    try:
        real = PLACES.get().source(path, place).path
        if real.is_dir() and not any(real.iterdir()):
            return Refused("folder_empty", str(path))
        return SourceKind.SQLITE if SNAPSHOTTER.get().is_database(real) else SourceKind.FILES
    except EngineError as error:
        return Refused(_TYPED.get(error.reason, error.reason), str(path))
