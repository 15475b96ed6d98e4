"""Random small companies with everything that can be met: hosts, shared data, gaps in the evidence, needs."""

from dataclasses import replace
from uuid import UUID

import numpy as np

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
    Service,
)
from veilleur.domains.recovery.tests.support import (
    DAY,
    HOUR,
    KEPT,
    make_copy,
    make_point,
    make_service,
    make_test,
)

KINDS = (NEEDS_TO_RESTORE, NEEDS_TO_START, NEEDS_TO_VALIDATE)


def random_company(seed: int, *, proven: bool = False) -> Company:
    """A company of up to nine services on up to five machines; `proven`: every service has a figure."""
    rng = np.random.default_rng(seed)
    places = [UUID(int=100 + n) for n in range(int(rng.integers(1, 6)))]
    machines = tuple(
        Machine(place, f"srv-{n}", frozenset(places[:1]) if n and rng.random() < 0.2 else frozenset())
        for n, place in enumerate(places)
    )
    data_sets = tuple(_data_set(rng, n, places, proven) for n in range(int(rng.integers(2, 10))))
    services = tuple(_service(rng, n, places, data_sets, proven) for n in range(len(data_sets)))
    means = Means(technicians=int(rng.integers(1, 4)), streams=int(rng.integers(1, 3)))
    return Company(services, data_sets, machines, _needs(rng, services, proven), KEPT, means)


def only_with(company: Company, services: frozenset[UUID]) -> Company:
    """The same company as if it had no other services."""
    kept = tuple(service for service in company.services if service.id in services)
    return replace(
        company,
        services=kept,
        needs=tuple(need for need in company.needs if {need.dependent, need.dependency} <= services),
    )


def _data_set(rng: np.random.Generator, number: int, places: list[UUID], proven: bool) -> DataSet:
    place = places[int(rng.integers(len(places)))]
    copies = [_copy(rng, None, proven)]
    if rng.random() < 0.3:
        copies.append(_copy(rng, places[int(rng.integers(len(places)))], proven))
    return DataSet(UUID(int=300 + number), f"data {number}", frozenset({place}), tuple(copies))


def _copy(rng: np.random.Generator, machine: UUID | None, proven: bool) -> Copy:
    tests = tuple(
        make_test((n + 1) * DAY, float(rng.uniform(300, 9000)), passed=proven or rng.random() < 0.95)
        for n in range(int(rng.integers(1 if proven else 0, 5)))
    )
    untried = make_point(HOUR, proof_level=1, is_verified=False)
    points = (untried, make_point(DAY)) if rng.random() < 0.5 else (untried,)
    number = int(rng.integers(2))
    place = {"repository": UUID(int=200 + number), "repository_name": f"place {number}"}
    return make_copy(machine, points=points, tests=tests, **place)


def _service(
    rng: np.random.Generator,
    number: int,
    places: list[UUID],
    data_sets: tuple[DataSet, ...],
    proven: bool,
) -> Service:
    used = [data_sets[number]] if proven or rng.random() < 0.9 else []
    if rng.random() < 0.2:
        used.append(data_sets[int(rng.integers(len(data_sets)))])
    homes = sorted({home for data_set in used for home in data_set.machines})
    if rng.random() < 0.2 and not proven:
        homes.append(places[-1])
    rto_s = None if rng.random() < 0.1 else int(rng.integers(1, 40)) * 1800
    return make_service(number + 1, *dict.fromkeys(used), rto_s=rto_s, machines=tuple(dict.fromkeys(homes)))


def _needs(rng: np.random.Generator, services: tuple[Service, ...], proven: bool) -> tuple[Need, ...]:
    needs = [
        Need(later.id, earlier.id, KINDS[int(rng.integers(3))])
        for place, later in enumerate(services)
        for earlier in services[:place]
        if rng.random() < 0.3
    ]
    if not proven and len(services) > 2 and rng.random() < 0.1:
        needs.append(Need(services[0].id, services[1].id, NEEDS_TO_START))
    return tuple(needs)
