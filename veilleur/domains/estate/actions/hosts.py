"""Writes of the map about what something runs on, and how many of it are enough."""

from datetime import datetime
from typing import Any
from uuid import UUID

from veilleur.domains.estate.actions.map import add_dependency, end_dependency, present_node
from veilleur.domains.estate.actions.needs import SettledNeeds
from veilleur.domains.estate.actions.redundancy import end_redundancy, set_redundancy
from veilleur.domains.estate.models import Alternative, Asset, Dependency, Redundancy
from veilleur.domains.estate.queries import closes_circle
from veilleur.domains.estate.rules.map import AskedNeeds, DependencyKind, MapEdge, NewEdge
from veilleur.domains.journal.actions import recorded, take_turn
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

_RUNS_ON = DependencyKind.RUNS_ON


@recorded
def settle_hosts(
    *, now: datetime, actor: Actor, organisation_id: int, needs: AskedNeeds, enough: int
) -> SettledNeeds | Refused:
    """Say on which of the components asked about something runs, and that `enough` of them are; 0: all.

    What nobody was asked about stays as it is. Refused with `no_such_node`, `depends_on_itself`, `circular`
    or `needed_out_of_range` (not fewer than they are); nothing is written then.
    """
    take_turn(organisation_id)
    if needs.dependent in needs.needed:
        return Refused("depends_on_itself")
    if enough < 0 or (enough and enough >= len(needs.needed)):
        return Refused("needed_out_of_range")
    there = Asset.objects.of(organisation_id).filter(public_id__in=needs.named, until=None)
    if present_node(organisation_id, needs.dependent) is None or there.count() != len(needs.named):
        return Refused("no_such_node")
    drawn = _drawn(organisation_id, needs.dependent)
    fresh = sorted(needs.needed - drawn.keys())
    if any(closes_circle(organisation_id, MapEdge(needs.dependent, one, _RUNS_ON)) for one in fresh):
        return Refused("circular")
    by: dict[str, Any] = {"now": now, "actor": actor, "organisation_id": organisation_id}
    gone = needs.unneeded & drawn.keys()
    for one in sorted(gone):
        end_dependency(**by, dependency=drawn[one])
    for one in fresh:
        add_dependency(**by, edge=NewEdge(needs.dependent, one, _RUNS_ON))
    edges = _drawn(organisation_id, needs.dependent)
    chosen = frozenset(edges[one] for one in needs.needed)
    if enough:
        set_redundancy(**by, edges=chosen, needed=enough)
    else:
        for said in _said_of(organisation_id, chosen):
            end_redundancy(**by, redundancy=said)
    return SettledNeeds(frozenset(fresh), frozenset(gone))


def _drawn(organisation_id: int, dependent: UUID) -> dict[UUID, UUID]:
    """Return the edges by which something runs on components, by component."""
    rows = Dependency.objects.of(organisation_id).filter(
        dependent__public_id=dependent, kind=_RUNS_ON, until=None
    )
    return dict(rows.order_by("pk").values_list("dependency__public_id", "public_id"))


def _said_of(organisation_id: int, edges: frozenset[UUID]) -> list[UUID]:
    said = Alternative.objects.of(organisation_id).filter(edge__public_id__in=edges)
    rows = Redundancy.objects.of(organisation_id).filter(until=None, pk__in=said.values("redundancy_id"))
    return list(rows.order_by("pk").values_list("public_id", flat=True))
