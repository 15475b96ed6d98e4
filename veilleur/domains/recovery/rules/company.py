"""From the estate's map and the backups' protection to what a recovery is computed from.

Called by `queries.py`. A need between assets or data becomes a need between the services that rest on them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from veilleur.domains.backups.rules.protection import CopyView, Protection, RecoveryKeyState, TestView
from veilleur.domains.estate.rules.map import DependencyKind, EstateMap, NodeKind, ServiceRow
from veilleur.domains.recovery.rules.inputs import (
    NEEDS_TO_RESTORE,
    NEEDS_TO_START,
    NEEDS_TO_VALIDATE,
    Company,
    Copy,
    DataSet,
    Machine,
    Means,
    Need,
    Point,
    RecoveryKey,
    Service,
    TimedTest,
)

# Who authenticates somewhere cannot start without it. Flows, backups and watching hold nothing up.
NEEDS = {
    DependencyKind.NEEDS_TO_RESTORE: NEEDS_TO_RESTORE,
    DependencyKind.NEEDS_TO_START: NEEDS_TO_START,
    DependencyKind.AUTHENTICATES_WITH: NEEDS_TO_START,
    DependencyKind.NEEDS_TO_VALIDATE: NEEDS_TO_VALIDATE,
}


def company_of(
    estate: EstateMap,
    services: Sequence[ServiceRow],
    protection: Sequence[Protection],
    key: RecoveryKeyState,
    means: Means,
) -> Company:
    """Return the company; a data set that a service uses but nothing protects is there without a copy."""
    resting = _resting_on(services)
    kinds = {node.id: node.kind for node in estate.nodes}
    return Company(
        services=tuple(_service(row, estate, kinds) for row in services),
        data_sets=_data_sets(estate, protection),
        machines=_machines(estate),
        needs=_needs(estate, resting),
        key=RecoveryKey(key.issued_at, key.typed_back_at, key.tested_alone_at),
        means=means,
    )


def _resting_on(services: Sequence[ServiceRow]) -> dict[UUID, list[UUID]]:
    """Return, for each node, the services that are it, run on it or use it."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in services:
        for node in (row.id, *row.asset_ids, *row.data_set_ids):
            found[node].append(row.id)
    return found


def _service(row: ServiceRow, estate: EstateMap, kinds: dict[UUID, str]) -> Service:
    """Return the service; a machine it needs counts among those it rests on."""
    needed = [
        edge.dependency
        for edge in estate.edges
        if edge.dependent == row.id and edge.kind in NEEDS and kinds[edge.dependency] == NodeKind.ASSET
    ]
    return Service(
        id=row.id,
        name=row.name,
        rto_s=row.rto_s,
        rpo_s=row.rpo_s,
        machines=tuple(dict.fromkeys((*row.asset_ids, *needed))),
        data_sets=row.data_set_ids,
        rto_is_default=row.rto_is_default,
        rpo_is_default=row.rpo_is_default,
    )


def _data_sets(estate: EstateMap, protection: Iterable[Protection]) -> tuple[DataSet, ...]:
    copies = {entry.data_set: tuple(_copy(copy) for copy in entry.copies) for entry in protection}
    stored: dict[UUID, set[UUID]] = defaultdict(set)
    for edge in estate.edges:
        if edge.kind == DependencyKind.STORED_ON:
            stored[edge.dependent].add(edge.dependency)
    return tuple(
        DataSet(node.id, node.name, frozenset(stored[node.id]), copies.get(node.id, ()))
        for node in estate.nodes
        if node.kind == NodeKind.DATA_SET
    )


def _machines(estate: EstateMap) -> tuple[Machine, ...]:
    assets = {node.id for node in estate.nodes if node.kind == NodeKind.ASSET}
    hosts: dict[UUID, set[UUID]] = defaultdict(set)
    for edge in estate.edges:
        if edge.kind == DependencyKind.RUNS_ON and {edge.dependent, edge.dependency} <= assets:
            hosts[edge.dependent].add(edge.dependency)
    return tuple(
        Machine(node.id, node.name, frozenset(hosts[node.id])) for node in estate.nodes if node.id in assets
    )


def _needs(estate: EstateMap, resting: dict[UUID, list[UUID]]) -> tuple[Need, ...]:
    """Return each need once, between the services that rest on the two nodes of an edge.

    Services that rest on the same thing do not wait for each other because of it.
    """
    found = {
        Need(dependent, dependency, NEEDS[DependencyKind(edge.kind)])
        for edge in estate.edges
        if edge.kind in NEEDS
        for dependent in resting.get(edge.dependent, ())
        for dependency in resting.get(edge.dependency, ())
        if dependent not in resting[edge.dependency]
    }
    return tuple(sorted(found, key=lambda need: (need.dependent, need.dependency, need.kind)))


def _copy(view: CopyView) -> Copy:
    return Copy(
        repository=view.repository,
        repository_name=view.repository_name,
        machine=view.asset,
        points=tuple(
            Point(
                point.started_at,
                point.is_complete,
                point.is_verified,
                point.proof_level,
                point.total_bytes,
            )
            for point in view.points
        ),
        tests=tuple(_test(test) for test in view.tests),
        past=tuple((point.started_at, point.stored_at) for point in view.past),
        is_reached=view.is_reached,
        is_renewed=view.is_renewed,
    )


def _test(view: TestView) -> TimedTest:
    phases = view.phases
    return TimedTest(
        finished_at=view.finished_at,
        level=view.level,
        passed=view.passed,
        transfer_s=phases["fetch_s"] + phases["restore_s"],
        start_s=phases["start_s"],
        total_bytes=view.total_bytes,
        is_opinion=view.opinion,
        has_run=view.has_run,
    )
