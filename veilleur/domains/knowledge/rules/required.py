"""Which documents a component must have, by its role, and how fresh they are: pure figures.

A required document counts when there is one in use about that component, filled in, reviewed in time and
known by two people who still belong to the organisation. What nobody has written is missing, never good.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import floor
from uuid import UUID

from veilleur.domains.estate.rules.map import AssetKind, LifeState
from veilleur.domains.knowledge.rules.care import Cared, Need, needs_of
from veilleur.domains.knowledge.rules.documents import DocumentKind, Topic

_OF_A_SERVER = (
    Topic.NETWORK_DIAGRAM,
    Topic.SERVER_CONFIGURATION,
    Topic.BACKUP,
    Topic.ONE_FILE_RESTORE,
    Topic.FULL_RESTORE,
)
# What each role of a component asks for. A workstation is replaced, not restored.
REQUIRED: Mapping[str, tuple[Topic, ...]] = {
    AssetKind.SERVER: _OF_A_SERVER,
    AssetKind.VIRTUAL_MACHINE: _OF_A_SERVER,
    AssetKind.CONTAINER: (Topic.SERVER_CONFIGURATION, Topic.BACKUP, Topic.FULL_RESTORE),
    AssetKind.NETWORK_DEVICE: (Topic.NETWORK_DIAGRAM, Topic.SERVER_CONFIGURATION),
    AssetKind.WORKSTATION: (),
}
_IN_USE = frozenset({LifeState.IN_SERVICE, LifeState.TO_BE_REPLACED})


class Gap(StrEnum):
    """What keeps a required document from counting; `MISSING`, or what the best one there lacks."""

    MISSING = "missing"
    OWNER_LEFT = "owner_left"
    FILL_IN = "fill_in"
    REVIEW = "review"
    SECOND_PERSON = "second_person"


class Practised(StrEnum):
    """By how many people a procedure was really done; a page is not done by anybody."""

    BY_NOBODY = "by_nobody"
    BY_ONE = "by_one"
    BY_SEVERAL = "by_several"
    NOT_DONE = "not_done"


@dataclass(frozen=True)
class Component:
    """A component of the estate. `kind` and `life_state` are codes of estate."""

    id: UUID
    name: str
    kind: str
    life_state: str


@dataclass(frozen=True)
class Written:
    """A document in use: what it is about, how it is cared for, how many people have really done it."""

    id: UUID
    kind: str
    topic: str
    about: frozenset[UUID]
    cared: Cared
    doers: int


@dataclass(frozen=True)
class Requirement:
    """One document that one component must have, and how it stands; no `document`: it is missing."""

    component: Component
    topic: Topic
    document: UUID | None
    gaps: tuple[Gap, ...]
    practised: Practised

    @property
    def counts(self) -> bool:
        """Return whether it is present, filled in, in date and known by two people."""
        return not self.gaps


def requirements(
    components: Iterable[Component], documents: Sequence[Written], now: datetime
) -> tuple[Requirement, ...]:
    """Return what each component in service must have, in its order; of several documents the best counts."""
    return tuple(
        _requirement(component, topic, documents, now)
        for component in components
        if component.life_state in _IN_USE
        for topic in REQUIRED.get(component.kind, ())
    )


def freshness(found: Sequence[Requirement]) -> float | None:
    """Return the share of required documents that count, from 0 to 1; None where nothing is required."""
    return sum(each.counts for each in found) / len(found) if found else None


def whole_percent(share: float | None) -> int | None:
    """Return a share in whole percent, rounded down: nothing but the whole is 100."""
    return None if share is None else floor(share * 100)


def _requirement(
    component: Component, topic: Topic, documents: Sequence[Written], now: datetime
) -> Requirement:
    fitting = [each for each in documents if each.topic == topic and component.id in each.about]
    if not fitting:
        return Requirement(component, topic, None, (Gap.MISSING,), Practised.NOT_DONE)
    judged = [(needs_of(each.cared, now), each) for each in fitting]
    needs, best = min(judged, key=lambda pair: (*_rank(pair[0]), -pair[1].doers, str(pair[1].id)))
    gaps = tuple(Gap(need.value) for need in needs)
    return Requirement(component, topic, best.id, gaps, _practised(best))


def _rank(needs: tuple[Need, ...]) -> tuple[int, int]:
    """Return how far from counting: how many needs, then how pressing the first one is."""
    return len(needs), -list(Need).index(needs[0]) if needs else 0


def _practised(document: Written) -> Practised:
    if document.kind != DocumentKind.PROCEDURE:
        return Practised.NOT_DONE
    return (Practised.BY_NOBODY, Practised.BY_ONE, Practised.BY_SEVERAL)[min(document.doers, 2)]
