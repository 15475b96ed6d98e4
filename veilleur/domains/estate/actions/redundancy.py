"""Writes of the map about redundancy: what stands in for what, and how many are enough."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.facts import RedundancyEnded, RedundancySet
from veilleur.domains.estate.models import Alternative, Dependency, Redundancy
from veilleur.domains.journal.actions import record, recorded, take_turn
from veilleur.shared.ids import new_id
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def set_redundancy(
    *, now: datetime, actor: Actor, organisation_id: int, edges: frozenset[UUID], needed: int
) -> Redundancy | Refused:
    """Say that of what these dependencies lead to, `needed` are enough; ends what was said of any of them.

    Refused with `no_such_dependency`, `alternatives_differ` (not all of one node and one kind) or
    `needed_out_of_range` (at least one, and fewer than there are); nothing is written then.
    """
    take_turn(organisation_id)
    present = Dependency.objects.of(organisation_id).filter(until=None)
    rows = list(present.filter(public_id__in=edges).select_related("dependent", "dependency").order_by("pk"))
    if {row.public_id for row in rows} != edges:
        return Refused("no_such_dependency")
    if len({(row.dependent_id, row.kind) for row in rows}) > 1:
        return Refused("alternatives_differ")
    if not 1 <= needed < len({row.dependency_id for row in rows}):
        return Refused("needed_out_of_range")
    said = [(each, _edge_keys(each)) for each in _present_of(organisation_id, [row.pk for row in rows])]
    keys = frozenset(row.pk for row in rows)
    for each, those in said:
        if those == keys and each.needed == needed:
            return each
    for each, _those in said:
        _end(now, each)
    return _begin(now, rows, needed)


@recorded
def end_redundancy(
    *, now: datetime, actor: Actor, organisation_id: int, redundancy: UUID
) -> Redundancy | Refused:
    """End a redundancy: every one of its alternatives is needed. Refused with `no_such_redundancy`."""
    take_turn(organisation_id)
    rows = Redundancy.objects.of(organisation_id).filter(public_id=redundancy, until=None)
    row: Redundancy | None = rows.select_related("dependent").first()
    if row is None:
        return Refused("no_such_redundancy")
    _end(now, row)
    return row


def leave_redundancy(now: datetime, ended: Dependency) -> None:
    """Take an edge that ended out of its redundancy; what is left goes on where one can be spared.

    Called within an action that ends the edge.
    """
    for each in _present_of(ended.organisation_id, [ended.pk]):
        keys = _edge_keys(each) - {ended.pk}
        _end(now, each)
        rows = list(
            Dependency.objects.of(ended.organisation_id)
            .filter(pk__in=keys, until=None)
            .select_related("dependent", "dependency")
            .order_by("pk")
        )
        if each.needed < len({row.dependency_id for row in rows}):
            _begin(now, rows, each.needed)


def _present_of(organisation_id: int, edges: Iterable[int]) -> list[Redundancy]:
    said = Alternative.objects.of(organisation_id).filter(edge_id__in=edges)
    rows: TenantQuerySet = Redundancy.objects.of(organisation_id).filter(
        until=None, pk__in=said.values("redundancy_id")
    )
    return list(rows.select_related("dependent").order_by("pk"))


def _edge_keys(row: Redundancy) -> frozenset[int]:
    rows = Alternative.objects.of(row.organisation_id).filter(redundancy_id=row.pk)
    return frozenset(rows.values_list("edge_id", flat=True))


def _begin(now: datetime, edges: list[Dependency], needed: int) -> Redundancy:
    first = edges[0]
    row = Redundancy(
        organisation_id=first.organisation_id,
        public_id=new_id(now),
        dependent=first.dependent,
        needed=needed,
        since=now,
        recorded_at=now,
    )
    row.save()
    for edge in edges:
        Alternative(
            organisation_id=first.organisation_id, public_id=new_id(now), redundancy=row, edge=edge
        ).save()
    fact = RedundancySet(
        kind=first.kind,
        alternatives=tuple(sorted({edge.dependency.public_id for edge in edges})),
        needed=needed,
    )
    record(fact, subject=first.dependent.public_id, organisation_id=first.organisation_id)
    return row


def _end(now: datetime, row: Redundancy) -> None:
    row.until = now
    row.save(update_fields=["until"])
    record(
        RedundancyEnded(needed=row.needed),
        subject=row.dependent.public_id,
        organisation_id=row.organisation_id,
    )
