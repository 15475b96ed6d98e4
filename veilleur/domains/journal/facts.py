"""The journal's facts about itself: epochs, erasures, and facts that a reader could not handle."""

from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.journal.rules.kinds import fact_kind
from veilleur.domains.journal.rules.verification import Outcome


@fact_kind("journal.epoch_opened", version=1)
@dataclass(frozen=True)
class EpochOpened:
    """A restore brought back an earlier state; names the last head that had been exported before, if any.

    `lost_*` describe the newest head known outside the database; None when no head was ever exported.
    """

    reason: str
    lost_epoch: int | None
    lost_sequence: int | None
    lost_hash: str | None


@fact_kind("journal.bodies_erased", version=1)
@dataclass(frozen=True)
class BodiesErased:
    """The bodies of these entries of this chain were erased; their hashes stay."""

    entries: tuple[UUID, ...]
    reason: str


@fact_kind("journal.verified", version=1)
@dataclass(frozen=True)
class JournalVerified:
    """All chains were followed from their first entry on; the counts are of what was read and found."""

    outcome: Outcome
    chains: int
    entries: int
    findings: int
    losses: int


@fact_kind("journal.fact_parked", version=1)
@dataclass(frozen=True)
class FactParked:
    """A reader failed on a fact too often and went on without it."""

    reader: str
    kind: str
    failures: int


@fact_kind("journal.parked_fact_retried", version=1)
@dataclass(frozen=True)
class ParkedFactRetried:
    """A person asked that a reader try a parked fact once more."""

    reader: str


@fact_kind("journal.parked_fact_dropped", version=1)
@dataclass(frozen=True)
class ParkedFactDropped:
    """A person decided that a reader leaves a parked fact alone for good."""

    reader: str
    reason: str


@fact_kind("installation.key_generation_made", version=1)
@dataclass(frozen=True)
class KeyGenerationMade:
    """Everything is sealed under this generation of the master key from now on."""

    number: int


@fact_kind("installation.key_generation_retired", version=1)
@dataclass(frozen=True)
class KeyGenerationRetired:
    """A generation of the master key was removed: none of so many sealed values needed it any more."""

    number: int
    values: int


@fact_kind("installation.process_died", version=1)
@dataclass(frozen=True)
class ProcessDied:
    """A process of Veilleur ended unasked and was started again; a negative code is a signal."""

    process: str
    exit_code: int
