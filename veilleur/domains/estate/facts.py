"""Kinds of journal fact of the estate."""

from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.journal.rules.kinds import fact_kind


@dataclass(frozen=True)
class Change:
    """One field that changed, both values as text."""

    field: str
    before: str
    after: str


@fact_kind("estate.asset_registered", version=1)
@dataclass(frozen=True)
class AssetRegistered:
    """A component entered the estate. `identity` is "scheme:value" of its strongest sign."""

    name: str
    kind: str
    identity: str
    operating_system: str


@fact_kind("estate.asset_changed", version=1)
@dataclass(frozen=True)
class AssetChanged:
    """What a machine tells of itself differs from last time."""

    changes: tuple[Change, ...]


@fact_kind("estate.inventory_changed", version=1)
@dataclass(frozen=True)
class InventoryChanged:
    """Rows of one part of a machine's inventory appeared or went, one line of text each, sorted."""

    part: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@fact_kind("estate.service_proposed", version=1)
@dataclass(frozen=True)
class ServiceProposed:
    """Veilleur proposes a service with default objectives; a person has yet to confirm it."""

    name: str
    rto_s: int
    rpo_s: int


@fact_kind("estate.service_objectives_set", version=1)
@dataclass(frozen=True)
class ServiceObjectivesSet:
    """A person chose how long the service may be down and how much work it may lose, in seconds."""

    rto_s: int
    rpo_s: int
    rto_s_before: int
    rpo_s_before: int


@fact_kind("estate.data_set_declared", version=1)
@dataclass(frozen=True)
class DataSetDeclared:
    """Data worth keeping is on the map."""

    name: str
    kind: str
    locator: str


@fact_kind("estate.data_set_retired", version=1)
@dataclass(frozen=True)
class DataSetRetired:
    """A person said that this data is not to be kept any more; it left the map with its edges."""

    name: str
    kind: str
    locator: str


@fact_kind("estate.dependency_added", version=1)
@dataclass(frozen=True)
class DependencyAdded:
    """An edge of the map: dependent needs dependency."""

    dependent: UUID
    dependency: UUID
    kind: str
    protocol: str
    port: int


@fact_kind("estate.dependency_ended", version=1)
@dataclass(frozen=True)
class DependencyEnded:
    """An edge of the map is no longer true."""

    dependent: UUID
    dependency: UUID
    kind: str


@fact_kind("estate.redundancy_set", version=1)
@dataclass(frozen=True)
class RedundancySet:
    """Of these alternatives (public ids of nodes), all of one kind of dependency, `needed` are enough."""

    kind: str
    alternatives: tuple[UUID, ...]
    needed: int


@fact_kind("estate.redundancy_ended", version=1)
@dataclass(frozen=True)
class RedundancyEnded:
    """What stood in for one another does so no more, or in another way that the next fact tells."""

    needed: int


@fact_kind("estate.environment_set", version=1)
@dataclass(frozen=True)
class EnvironmentSet:
    """A person said what a component is for: "production", "test" or "", which says nothing."""

    environment: str
    before: str


@fact_kind("estate.site_opened", version=1)
@dataclass(frozen=True)
class SiteOpened:
    """A place entered the estate."""

    name: str


@fact_kind("estate.node_placed", version=1)
@dataclass(frozen=True)
class NodePlaced:
    """A node of the map stands at a site, from now on."""

    site: UUID


@fact_kind("estate.activity_declared", version=1)
@dataclass(frozen=True)
class ActivityDeclared:
    """A business activity entered the map."""

    name: str


@fact_kind("estate.activity_changed", version=1)
@dataclass(frozen=True)
class ActivityChanged:
    """A person said something else of an activity; a referent by pseudonym, "" for nobody."""

    changes: tuple[Change, ...]


@fact_kind("estate.activity_ended", version=1)
@dataclass(frozen=True)
class ActivityEnded:
    """The company does this no more, or never did; it left the map with its edges."""

    name: str


@fact_kind("estate.busy_periods_set", version=1)
@dataclass(frozen=True)
class BusyPeriodsSet:
    """When an activity is busy: each "rhythm first last name", sorted, all of them."""

    periods: tuple[str, ...]


@fact_kind("estate.service_described", version=1)
@dataclass(frozen=True)
class ServiceDescribed:
    """A person said something else of a service; a referent by pseudonym, "" for nobody."""

    changes: tuple[Change, ...]


@fact_kind("estate.agent_key_made", version=1)
@dataclass(frozen=True)
class AgentKeyMade:
    """Agents that have the key may report from now on."""

    name: str


@fact_kind("estate.agent_key_revoked", version=1)
@dataclass(frozen=True)
class AgentKeyRevoked:
    """The key opens nothing any more."""

    name: str


@fact_kind("estate.device_waits", version=1)
@dataclass(frozen=True)
class DeviceWaits:
    """A device that nobody knows reported; `doubt` is the code of why a person has to say what it is."""

    host_name: str
    kind: str
    doubt: str


@fact_kind("estate.device_accepted", version=1)
@dataclass(frozen=True)
class DeviceAccepted:
    """A device reports for a machine from now on. `how`: "new", "linked" by a person, or "recognised"."""

    host_name: str
    asset: UUID
    how: str


@fact_kind("estate.device_refused", version=1)
@dataclass(frozen=True)
class DeviceRefused:
    """A person turned a device away; what it reports is not kept."""

    host_name: str


@fact_kind("estate.list_imported", version=1)
@dataclass(frozen=True)
class ListImported:
    """A list that somebody brought was taken into the estate; each machine has facts of its own.

    `digest` is the SHA-256 of the file; the counts are of its lines.
    """

    file_name: str
    digest: str
    lines: int
    new: int
    changed: int
