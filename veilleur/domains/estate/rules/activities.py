"""Business activities: what an hour without one costs, how critical that makes it and the services below.

An activity stands at the top of the map: invoice, produce, deliver. A service is as critical as the worst
activity that would stop without it, and for no other reason. One of several alternatives is as critical as
what it carries when the others are gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from uuid import UUID

from veilleur.domains.estate.rules.impact import PASSES_ON
from veilleur.domains.estate.rules.map import DependencyKind, EstateMap


class Grade(StrEnum):
    """What an hour without an activity does, of one kind; "" stands for what nobody has said."""

    NONE = "none"
    NOTICEABLE = "noticeable"
    SERIOUS = "serious"


class Criticality(StrEnum):
    """How much the company needs something."""

    CRITICAL = "critical"
    IMPORTANT = "important"
    ORDINARY = "ordinary"
    UNKNOWN = "unknown"


# The worst first. What nobody has said may be worse than what is known to be ordinary.
WORST_FIRST = (Criticality.CRITICAL, Criticality.IMPORTANT, Criticality.UNKNOWN, Criticality.ORDINARY)


@dataclass(frozen=True)
class HourEffects:
    """What an hour without an activity does, kind by kind; each a `Grade` or ""."""

    turnover: str = ""
    idle_people: str = ""
    image: str = ""
    regulation: str = ""

    @property
    def grades(self) -> tuple[str, ...]:
        """Return the grades in the order of the kinds."""
        return tuple(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class ActivityDraft:
    """What a person says of an activity.

    `referent` is the public id of a person. `turnover_eur` and `idle_people` are what an hour without it
    costs, None where nobody has counted. `is_vital`: the company cannot do without it, not even in a crisis.
    """

    name: str
    purpose: str = ""
    referent: UUID | None = None
    is_vital: bool = False
    effects: HourEffects = HourEffects()
    turnover_eur: int | None = None
    idle_people: int | None = None


@dataclass(frozen=True)
class ServiceCriticality:
    """How critical a service is, and the activities that make it so (public ids, in the map's order)."""

    level: Criticality
    because: tuple[UUID, ...]


NOBODY_HAS_SAID = ServiceCriticality(Criticality.UNKNOWN, ())


def criticality_of(*, is_vital: bool, effects: HourEffects) -> Criticality:
    """Return how critical an activity is: by its worst effect, once all of them that matter are said.

    Vital or one serious effect: critical. Else one noticeable effect: important, whatever is still unsaid,
    for that can only be worse and is asked for on its page. All four said to be none: ordinary.
    """
    if is_vital or Grade.SERIOUS in effects.grades:
        return Criticality.CRITICAL
    if Grade.NOTICEABLE in effects.grades:
        return Criticality.IMPORTANT
    return Criticality.UNKNOWN if "" in effects.grades else Criticality.ORDINARY


def below(estate: EstateMap, node: UUID) -> frozenset[UUID]:
    """Return everything the node stands still without, itself left out. Cost: one walk of the edges."""
    onward: dict[UUID, list[UUID]] = {}
    for edge in estate.edges:
        if PASSES_ON[DependencyKind(edge.kind)]:
            onward.setdefault(edge.dependent, []).append(edge.dependency)
    waiting, found = [node], set[UUID]()
    while waiting:
        for each in onward.get(waiting.pop(), ()):
            if each not in found:
                found.add(each)
                waiting.append(each)
    return frozenset(found - {node})


def criticality_below(
    estate: EstateMap, levels: Mapping[UUID, Criticality]
) -> dict[UUID, ServiceCriticality]:
    """Return how critical each node is that an activity stands still without.

    `levels` are the activities' own. A node that is not in the answer is needed by no activity that
    anybody named. Cost: one walk of the edges for each activity.
    """
    needing: dict[UUID, list[UUID]] = {}
    for node in estate.nodes:
        if node.id in levels:
            for each in below(estate, node.id):
                needing.setdefault(each, []).append(node.id)
    return {node: _worst(activities, levels) for node, activities in needing.items()}


def _worst(activities: list[UUID], levels: Mapping[UUID, Criticality]) -> ServiceCriticality:
    level = min((levels[each] for each in activities), key=WORST_FIRST.index)
    return ServiceCriticality(level, tuple(each for each in activities if levels[each] == level))
