"""The dependency map as plain values: what queries hand to every rule that walks it.

Impact, single points of failure and the order of a recovery are computed on these, never on tables.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

# What a service is held to until somebody has said better; shown as "by default".
DEFAULT_RTO = timedelta(hours=4)
DEFAULT_RPO = timedelta(hours=24)


class NodeKind(StrEnum):
    """What a node of the map is."""

    ACTIVITY = "activity"
    SERVICE = "service"
    DATA_SET = "data_set"
    ASSET = "asset"


class AssetKind(StrEnum):
    """What sort of component an asset is."""

    SERVER = "server"
    VIRTUAL_MACHINE = "virtual_machine"
    CONTAINER = "container"
    WORKSTATION = "workstation"
    NETWORK_DEVICE = "network_device"
    PRINTER = "printer"
    # A way between two places: internet access, a line between sites.
    LINK = "link"
    CLOUD_INSTANCE = "cloud_instance"
    # Used over the internet, run by somebody else: no agent will ever tell of it.
    SAAS = "saas"
    # On the map by its name, before anybody has said more.
    UNKNOWN = "unknown"


class LifeState(StrEnum):
    """Where an asset is in its life."""

    PLANNED = "planned"
    IN_SERVICE = "in_service"
    TO_BE_REPLACED = "to_be_replaced"
    RETIRED = "retired"


class DataSetKind(StrEnum):
    """How the data is held, which decides how it is backed up and compared."""

    FILES = "files"
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    MARIADB = "mariadb"


class DependencyKind(StrEnum):
    """Why one node depends on another: the dependent is named first, "service runs on asset"."""

    RELIES_ON = "relies_on"
    NEEDS_TO_RESTORE = "needs_to_restore"
    NEEDS_TO_START = "needs_to_start"
    NEEDS_TO_VALIDATE = "needs_to_validate"
    RUNS_ON = "runs_on"
    STORED_ON = "stored_on"
    AUTHENTICATES_WITH = "authenticates_with"
    FLOWS_TO = "flows_to"
    BACKED_UP_BY = "backed_up_by"
    WATCHED_BY = "watched_by"


@dataclass(frozen=True)
class MapNode:
    """One node. `kind` is a `NodeKind`; `id` is the public identity."""

    id: UUID
    kind: str
    name: str


@dataclass(frozen=True)
class MapEdge:
    """One dependency: `dependent` needs `dependency`. `kind` is a `DependencyKind`.

    `group`: the alternatives it is one of; None: the dependent cannot do without it.
    """

    dependent: UUID
    dependency: UUID
    kind: str
    group: UUID | None = None


@dataclass(frozen=True)
class MapGroup:
    """Alternatives: of what the edges of this group lead to, `needed` are enough for the dependent."""

    id: UUID
    dependent: UUID
    needed: int


@dataclass(frozen=True)
class EstateMap:
    """The whole map of one organisation at one instant; nodes by name, edges by dependent.

    `away`: components that do not work yet or any more (planned, retired): they stand in for nothing.
    """

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]
    groups: tuple[MapGroup, ...] = ()
    away: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class ServiceRow:
    """A service with what it runs on and the data it needs. Objectives in seconds.

    `referent` is the person who answers for it, who may have left since; `max_outage_s` how long people can
    do without it. None where nobody has said.
    """

    id: UUID
    name: str
    rto_s: int
    rpo_s: int
    rto_is_default: bool
    rpo_is_default: bool
    is_proposed: bool
    asset_ids: tuple[UUID, ...]
    data_set_ids: tuple[UUID, ...]
    referent: UUID | None = None
    max_outage_s: int | None = None
    data_loss_effect: str = ""


@dataclass(frozen=True)
class ServiceDraft:
    """What a person says of a service. `referent` is a person's public id; None where nobody has said."""

    referent: UUID | None = None
    max_outage_s: int | None = None
    data_loss_effect: str = ""


@dataclass(frozen=True)
class NewService:
    """A service to declare. `runs_on` is the public identity of an asset; objectives in seconds."""

    name: str
    runs_on: UUID
    rto_s: int
    rpo_s: int


@dataclass(frozen=True)
class NewDataSet:
    """A data set to declare.

    `locator` says where it is, in the words of its kind: an absolute folder or file, or
    "cluster/database". `stored_on` is the asset that holds it, `used_by` a service that cannot
    start without it; both are public identities.
    """

    name: str
    kind: DataSetKind
    locator: str
    stored_on: UUID | None = None
    used_by: UUID | None = None


@dataclass(frozen=True)
class NewEdge:
    """A dependency to draw. `protocol` and `port` are for `flows_to` alone."""

    dependent: UUID
    dependency: UUID
    kind: DependencyKind
    protocol: str = ""
    port: int = 0


@dataclass(frozen=True)
class AskedNeeds:
    """What somebody said who was asked which nodes another needs. Public ids.

    Of those `asked` about, `dependent` needs `needed`, a new edge being of `kind`.
    """

    dependent: UUID
    kind: DependencyKind
    needed: frozenset[UUID]
    asked: frozenset[UUID]

    @property
    def named(self) -> frozenset[UUID]:
        """Return every node that was spoken of."""
        return self.needed | self.asked

    @property
    def unneeded(self) -> frozenset[UUID]:
        """Return those of which it was said that they are not needed."""
        return self.asked - self.needed


def would_loop(edges: tuple[MapEdge, ...], fresh: MapEdge) -> bool:
    """Return whether the fresh edge closes a circle among edges of its own kind.

    A service that needs itself to start could never be started. One of a group of alternatives counts like
    any other: what opens the circle today may be lost tomorrow. Cost: one walk of that kind's edges.
    """
    onward: dict[UUID, list[UUID]] = {}
    for edge in edges:
        if edge.kind == fresh.kind:
            onward.setdefault(edge.dependent, []).append(edge.dependency)
    waiting, seen = [fresh.dependency], set[UUID]()
    while waiting:
        node = waiting.pop()
        if node == fresh.dependent:
            return True
        if node not in seen:
            seen.add(node)
            waiting.extend(onward.get(node, ()))
    return False


Attached: TypeAlias = tuple[tuple[UUID, ...], tuple[UUID, ...]]
NOTHING_ATTACHED: Attached = ((), ())


def attached(estate: EstateMap) -> dict[UUID, Attached]:
    """Return (assets, data sets) of each node that needs any: what it runs on, the data it needs, each once.

    Alternatives are all named: it may run on any of them. Cost: one walk of nodes and edges, for all.
    """
    data = {node.id for node in estate.nodes if node.kind == NodeKind.DATA_SET}
    assets, data_sets = dict[UUID, dict[UUID, None]](), dict[UUID, dict[UUID, None]]()
    for edge in estate.edges:
        if edge.kind == DependencyKind.RUNS_ON:
            assets.setdefault(edge.dependent, {})[edge.dependency] = None
        if edge.dependency in data:
            data_sets.setdefault(edge.dependent, {})[edge.dependency] = None
    return {
        node: (tuple(assets.get(node, ())), tuple(data_sets.get(node, ())))
        for node in {**assets, **data_sets}
    }


def hosts_of(estate: EstateMap, node: UUID) -> tuple[tuple[UUID, ...], int]:
    """Return what a node runs on and how many of that are enough; 0: all are needed."""
    edges = [each for each in estate.edges if each.dependent == node and each.kind == DependencyKind.RUNS_ON]
    needed = {group.id: group.needed for group in estate.groups}
    groups = {each.group for each in edges}
    (only,) = groups if len(groups) == 1 else (None,)
    return tuple(dict.fromkeys(each.dependency for each in edges)), needed.get(only, 0) if only else 0
