"""What a node needs, as a form with a box for each says it: edges of the map are drawn and ended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.actions.map import add_dependency, end_dependency
from veilleur.domains.estate.models import Dependency
from veilleur.domains.estate.queries import closes_circle
from veilleur.domains.estate.rules.map import AskedNeeds, MapEdge, NewEdge
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class SettledNeeds:
    """What changed of what a node needs: public ids of other nodes."""

    tied: frozenset[UUID]
    untied: frozenset[UUID]


def settle_needs(
    *, now: datetime, actor: Actor, organisation_id: int, needs: AskedNeeds
) -> SettledNeeds | Refused:
    """Draw and end edges so that the dependent needs what is said of the nodes asked about: within an action.

    An edge of any kind is a need that is there already; new ones are drawn as `kind`. What nobody was asked
    about stays as it is: it came onto the map meanwhile. Refused with "circular" before anything is written;
    the caller has seen that all these nodes are present.
    """
    drawn = Dependency.objects.of(organisation_id).filter(
        dependent__public_id=needs.dependent, dependency__public_id__in=needs.named, until=None
    )
    edges = list(drawn.order_by("pk").values_list("public_id", "dependency__public_id"))
    present = {dependency for _edge, dependency in edges}
    fresh = [NewEdge(needs.dependent, one, needs.kind) for one in sorted(needs.needed - present)]
    if any(
        closes_circle(organisation_id, MapEdge(needs.dependent, one.dependency, one.kind)) for one in fresh
    ):
        return Refused("circular")
    for edge, dependency in edges:
        if dependency in needs.unneeded:
            end_dependency(now=now, actor=actor, organisation_id=organisation_id, dependency=edge)
    for one in fresh:
        add_dependency(now=now, actor=actor, organisation_id=organisation_id, edge=one)
    return SettledNeeds(frozenset(one.dependency for one in fresh), frozenset(present & needs.unneeded))
