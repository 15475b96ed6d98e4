"""CPU seconds of the interval algebra on two sets of a million intervals; the sets are built apart.

Run from the repository's root: python -m bench.intervals
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from veilleur.shared.hours import ServiceHours
from veilleur.shared.intervals import IntervalSet

INTERVALS = 1_000_000
REPEATS = 5
OFFICE = {weekday: [("08:00", "12:00"), ("14:00", "18:00")] for weekday in range(5)}


def figures() -> list[dict[str, Any]]:
    """Return one row per measure: name, value, unit, target and peer (None here)."""
    left, right = _random_set(seed=1), _random_set(seed=2)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    instants = [since + timedelta(minutes=minute) for minute in range(100_001)]
    pairs = list(zip(instants[:-1:2], instants[1::2], strict=True))
    # A zone per run: once a process knows the changes of a zone, the same question costs a tenth.
    zones = iter(("Europe/Paris", "Europe/Brussels", "Europe/Madrid", "Europe/Rome", "Europe/Berlin"))
    order = np.random.default_rng(3).permutation(INTERVALS)
    bounds = left.starts[order], left.ends[order]
    measures: list[tuple[str, float, Callable[[], object]]] = [
        ("union of two sets of 1,000,000 intervals", 0.2, lambda: left | right),
        ("intersection of two sets of 1,000,000 intervals", 0.2, lambda: left & right),
        ("subtraction of two sets of 1,000,000 intervals", 0.2, lambda: left - right),
        (
            "building 1,000,000 intervals from arrays in any order",
            0.4,
            lambda: IntervalSet.from_microseconds(*bounds),
        ),
        ("building 50,000 intervals from datetimes", 0.2, lambda: IntervalSet.of(pairs)),
        ("ten years of office hours, first question to a zone", 0.2, lambda: _ten_years(next(zones), since)),
    ]
    return [
        {"name": name, "value": _cpu_seconds(work), "unit": "CPU s", "target": f"<= {target}", "peer": None}
        for name, target, work in measures
    ]


def _random_set(seed: int) -> IntervalSet:
    """Return exactly a million apart intervals, holes and lengths uniform from 1 us to 1 s."""
    steps = np.random.default_rng(seed).integers(1, 1_000_000, size=2 * INTERVALS)
    bounds = np.cumsum(steps)
    return IntervalSet.from_microseconds(bounds[::2], bounds[1::2])


def _ten_years(zone: str, since: datetime) -> IntervalSet:
    hours = ServiceHours(zone=zone, week=OFFICE, holidays="FR")
    return hours.intervals(since, since.replace(year=since.year + 10))


def _cpu_seconds(work: Callable[[], object]) -> float:
    """Return the median of several runs; one after the other, in this thread."""
    spent = []
    for _ in range(REPEATS):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return sorted(spent)[REPEATS // 2]


if __name__ == "__main__":
    for figure in figures():
        print(f"{figure['name']}: {figure['value']:.4f} {figure['unit']} (target {figure['target']})")
