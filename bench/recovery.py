"""CPU seconds of a restart-time simulation with 10,000 draws; for 200 services 3 s are allowed.

There is no peer to measure beside. In most measures needs form a tree; the tangled company, where each
service needs two others, shows the cost where fewest strikes can be left out.

Run from the repository's root: python -m bench.recovery
"""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from veilleur.domains.recovery.rules.inputs import (
    NEEDS_TO_START,
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
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST
from veilleur.domains.recovery.rules.simulation import DRAWS, SEED, simulate, simulate_scenario

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
REPEATS = 3


def figures() -> list[dict[str, Any]]:
    """Return one row per measure; the value is the least CPU time of a few runs, in one thread."""
    small, one_machine, spread = _company(1, 1), _company(200, 1), _company(200, 40)
    tangled = replace(spread, needs=_tangle(200))
    measures = [
        ("one service, both scenarios", 0.5, lambda: simulate(small)),
        ("200 services on one machine, its data lost", 3.0, lambda: _run(one_machine, DATA_LOST)),
        ("200 services on one machine, machine lost", 3.0, lambda: _run(one_machine, MACHINE_LOST)),
        ("200 services on 40 machines, data of each lost in turn", 3.0, lambda: _run(spread, DATA_LOST)),
        ("200 services on 40 machines, each lost in turn", 3.0, lambda: _run(spread, MACHINE_LOST)),
        ("200 services on 40 machines, both scenarios", None, lambda: simulate(spread)),
        ("200 tangled services on 40 machines, each lost in turn", None, lambda: _run(tangled, MACHINE_LOST)),
    ]
    return [
        {
            "name": f"restart time: {name}",
            "value": _cpu_seconds(work),
            "unit": "CPU s",
            "target": None if bound is None else f"< {bound}",
            "peer": None,
        }
        for name, bound, work in measures
    ]


def _run(company: Company, scenario: str) -> object:
    return simulate_scenario(company, scenario, DRAWS, SEED)


def _company(services: int, machines: int) -> Company:
    """Services of a tree of needs, two repositories, four tests each, a proven point below an untried one."""
    places = [UUID(int=10_000 + n) for n in range(machines)]
    return Company(
        services=tuple(_service(n, places[n % machines]) for n in range(services)),
        data_sets=tuple(_data_set(n, places[n % machines]) for n in range(services)),
        machines=tuple(Machine(place, f"srv-{n:02d}") for n, place in enumerate(places)),
        needs=tuple(Need(UUID(int=n + 1), UUID(int=n // 2 + 1), NEEDS_TO_START) for n in range(1, services)),
        key=RecoveryKey(NOW, NOW, NOW),
        means=Means(technicians=2, streams=2),
    )


def _tangle(services: int) -> tuple[Need, ...]:
    """Each service but the first needs up to two earlier ones to start, anywhere among them."""
    rng = np.random.default_rng(1)
    return tuple(
        Need(UUID(int=n + 1), UUID(int=int(other) + 1), NEEDS_TO_START)
        for n in range(1, services)
        for other in rng.choice(n, size=min(n, 2), replace=False)
    )


def _service(number: int, machine: UUID) -> Service:
    data_set = UUID(int=20_000 + number)
    return Service(
        UUID(int=number + 1), f"service {number}", 3600 * (4 + number % 5), 86_400, (machine,), (data_set,)
    )


def _data_set(number: int, machine: UUID) -> DataSet:
    tests = tuple(
        TimedTest(
            NOW - timedelta(days=7 * week + 1),
            5,
            True,
            600.0 * (1 + week / 10) * (1 + number % 7),
            60.0,
            10**9,
        )
        for week in range(4)
    )
    points = (
        Point(NOW - timedelta(hours=3), True, False, 1, 10**9),
        Point(NOW - timedelta(days=1), True, True, 5, 10**9),
    )
    copy = Copy(UUID(int=30_000 + number % 2), f"place {number % 2}", None, points, tests)
    return DataSet(UUID(int=20_000 + number), f"data {number}", frozenset({machine}), (copy,))


def _cpu_seconds(work: Any) -> float:
    spent = []
    for _ in range(REPEATS):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return min(spent)


if __name__ == "__main__":
    for figure in figures():
        print(f"{figure['name']}: {figure['value']:.2f} {figure['unit']} (target {figure['target']})")
