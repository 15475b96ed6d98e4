"""From a filled form to a plan: looks at what was typed, declares what is not on the map, makes the plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from uuid import UUID

from veilleur.desk.pages.protection import Source
from veilleur.desk.ports import SOURCE_LOOKER
from veilleur.domains.backups.actions import make_plan
from veilleur.domains.backups.queries import visible_plans
from veilleur.domains.backups.queries.work import ItemRow
from veilleur.domains.backups.rules.plans import NewItem, NewPlan
from veilleur.domains.backups.rules.sources import is_on_this_machine
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate.actions import declare_data_set
from veilleur.domains.estate.rules.map import DataSetKind, NewDataSet
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor, Viewer

_KINDS = {
    SourceKind.FILES: DataSetKind.FILES,
    SourceKind.SQLITE: DataSetKind.SQLITE,
    SourceKind.POSTGRESQL: DataSetKind.POSTGRESQL,
}


@dataclass(frozen=True)
class TypedPath:
    """A path that a person typed, and how what is there is best read."""

    path: str
    kind: SourceKind


@dataclass(frozen=True)
class Wish:
    """What a person chose to protect. `service` is what the data is for, if that was said."""

    name: str
    repository: UUID
    # Data that another plan protects already: this one makes a second copy of it.
    known: tuple[ItemRow, ...]
    typed: tuple[TypedPath, ...]
    databases: tuple[str, ...]
    machine: UUID | None
    service: UUID | None


def look_at(paths: Iterable[str], organisation_id: int, place: str) -> list[TypedPath | Refused]:
    """Return what is at each path; a refusal, with the path as its detail, where it cannot be protected."""
    found: list[TypedPath | Refused] = []
    for path in paths:
        kind = SOURCE_LOOKER.get()(organisation_id=organisation_id, path=Path(path), place=Path(place))
        found.append(Refused(kind.reason, path) if isinstance(kind, Refused) else TypedPath(path, kind))
    return found


def databases_inside(typed: Iterable[TypedPath], sources: Sequence[Source]) -> tuple[str, ...]:
    """Return the SQLite databases found below typed folders that no plan has as databases."""
    folders = [one.path for one in typed if one.kind is SourceKind.FILES]
    return tuple(
        source.row.source
        for source in sources
        if source.row.kind == SourceKind.SQLITE and not source.row.is_protected
        if any(PurePosixPath(source.row.source).is_relative_to(folder) for folder in folders)
    )


def make_wished_plan(
    wish: Wish, sources: Sequence[Source], *, now: datetime, actor: Actor, viewer: Viewer
) -> Refused | None:
    """Declare the data and make the plan, which runs at once; return why not, if it was refused:
    `protected_already` where a plan puts some of it into the same place, `plan_name_taken`.
    """
    organisation_id = viewer.organisation_id
    if _is_name_taken(viewer, wish):
        return Refused("plan_name_taken")
    items = {
        row.data_set: NewItem(row.data_set, SourceKind(row.kind), row.source, row.passfile)
        for row in wish.known
    }
    for data_set, kind, source in _wished(wish, sources):
        declared = declare_data_set(now=now, actor=actor, organisation_id=organisation_id, data_set=data_set)
        if isinstance(declared, Refused):
            return declared
        items.setdefault(declared.public_id, NewItem(declared.public_id, kind, source))
    doubled = _protected_there(viewer, wish, set(items))
    if doubled is not None:
        return doubled
    is_own_data = any(item.kind is SourceKind.OWN_DATA for item in items.values())
    wanted = NewPlan(wish.name, wish.repository, tuple(items.values()), is_own_data=is_own_data)
    made = make_plan(now=now, actor=actor, organisation_id=organisation_id, plan=wanted)
    return made if isinstance(made, Refused) else None


def _is_name_taken(viewer: Viewer, wish: Wish) -> bool:
    """Return whether another plan bears the name; the one that this form made when it was sent before is no
    other.
    """
    wanted = {str(one.path) for one in wish.typed} | set(wish.databases) | {one.source for one in wish.known}
    return any(
        plan.name.casefold() == wish.name.casefold()
        and (plan.place.id != wish.repository or {item.source for item in plan.items} != wanted)
        for plan in visible_plans(viewer)
    )


def _protected_there(viewer: Viewer, wish: Wish, wanted: set[UUID]) -> Refused | None:
    """Return by which plan some of the data goes into that place already; a form sent twice is no other."""
    for plan in visible_plans(viewer):
        known = {item.data_set: item.name for item in plan.items}
        is_repeated = plan.name == wish.name and known.keys() == wanted and not plan.is_own_data
        doubled = sorted(known[one] for one in known.keys() & wanted)
        if plan.place.id == wish.repository and doubled and not is_repeated:
            return Refused("protected_already", f"{doubled[0]}, {plan.name}")
    return None


def _wished(wish: Wish, sources: Sequence[Source]) -> Iterable[tuple[NewDataSet, SourceKind, str]]:
    """Yield each data set with how it is read; a database that was not offered is passed over."""
    found = [(one.kind, one.path) for one in wish.typed]
    found += [
        (SourceKind(source.row.kind), source.row.source)
        for source in sources
        if source.row.source in wish.databases
    ]
    wanted = list(dict.fromkeys(found))
    for kind, where in wanted:
        name = wish.name if len(wanted) == 1 else f"{wish.name}, {where}"
        # The loss of this machine does not take along what another one holds.
        is_here = kind is not SourceKind.POSTGRESQL or is_on_this_machine(where)
        machine = wish.machine if is_here else None
        yield NewDataSet(name, _KINDS[kind], where, machine, wish.service), kind, where
