"""From a filled form to a plan: declares what is not on the map yet, then makes the plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.desk.pages.protection import Source
from veilleur.domains.backups.actions import make_plan
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
    folders: tuple[str, ...]
    databases: tuple[str, ...]
    machine: UUID | None
    service: UUID | None


def make_wished_plan(
    wish: Wish, sources: Sequence[Source], *, now: datetime, actor: Actor, organisation_id: int
) -> Refused | None:
    """Declare the data and make the plan, which runs at once; return why not, if it was refused."""
    items: list[NewItem] = []
    for data_set, kind, source in _wished(wish, sources):
        declared = declare_data_set(now=now, actor=actor, organisation_id=organisation_id, data_set=data_set)
        if isinstance(declared, Refused):
            return declared
        items.append(NewItem(declared.public_id, kind, source))
    plan = NewPlan(wish.name, wish.repository, tuple(items))
    made = make_plan(now=now, actor=actor, organisation_id=organisation_id, plan=plan)
    return made if isinstance(made, Refused) else None


def _wished(wish: Wish, sources: Sequence[Source]) -> Iterable[tuple[NewDataSet, SourceKind, str]]:
    """Yield each data set with how it is read; a database that was not offered is passed over."""
    for folder in wish.folders:
        new = NewDataSet(folder, DataSetKind.FILES, folder, wish.machine, wish.service)
        yield new, SourceKind.FILES, folder
    for source in sources:
        if source.row.source in wish.databases:
            kind = SourceKind(source.row.kind)
            new = NewDataSet(source.row.source, _KINDS[kind], source.row.source, wish.machine, wish.service)
            yield new, kind, source.row.source
