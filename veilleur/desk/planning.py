"""From a filled form to a plan: declares what is not on the map yet, then makes the plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.desk.pages.protection import Source
from veilleur.domains.backups.actions import make_plan
from veilleur.domains.backups.queries.work import ItemRow
from veilleur.domains.backups.rules.plans import NewItem, NewPlan
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate.actions import declare_data_set
from veilleur.domains.estate.rules.map import DataSetKind, NewDataSet
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

_KINDS = {SourceKind.SQLITE: DataSetKind.SQLITE, SourceKind.POSTGRESQL: DataSetKind.POSTGRESQL}


@dataclass(frozen=True)
class Wish:
    """What a person chose to protect. `service` is what the data is for, if that was said."""

    name: str
    repository: UUID
    # Data that another plan protects already: this one makes a second copy of it.
    known: tuple[ItemRow, ...]
    folders: tuple[str, ...]
    databases: tuple[str, ...]
    machine: UUID | None
    service: UUID | None


def make_wished_plan(
    wish: Wish, sources: Sequence[Source], *, now: datetime, actor: Actor, organisation_id: int
) -> Refused | None:
    """Declare the data and make the plan, which runs at once; return why not, if it was refused."""
    items = [NewItem(row.data_set, SourceKind(row.kind), row.source, row.passfile) for row in wish.known]
    for data_set, kind, source in _wished(wish, sources):
        declared = declare_data_set(now=now, actor=actor, organisation_id=organisation_id, data_set=data_set)
        if isinstance(declared, Refused):
            return declared
        items.append(NewItem(declared.public_id, kind, source))
    is_own_data = any(item.kind is SourceKind.OWN_DATA for item in items)
    plan = NewPlan(wish.name, wish.repository, tuple(items), is_own_data=is_own_data)
    made = make_plan(now=now, actor=actor, organisation_id=organisation_id, plan=plan)
    return made if isinstance(made, Refused) else None


def _wished(wish: Wish, sources: Sequence[Source]) -> Iterable[tuple[NewDataSet, SourceKind, str]]:
    """Yield each data set with how it is read; a database that was not offered is passed over."""
    chosen = [source for source in sources if source.row.source in wish.databases]
    is_alone = len(wish.folders) + len(chosen) == 1
    for folder in wish.folders:
        name = wish.name if is_alone else f"{wish.name}, {folder}"
        new = NewDataSet(name, DataSetKind.FILES, folder, wish.machine, wish.service)
        yield new, SourceKind.FILES, folder
    for source in chosen:
        kind, where = SourceKind(source.row.kind), source.row.source
        name = wish.name if is_alone else f"{wish.name}, {where}"
        yield NewDataSet(name, _KINDS[kind], where, wish.machine, wish.service), kind, where
