"""The demonstration's thirteen months of breakdowns: pure, the same at every play for the same end.

Each check has its own stream of chance, so that a check added leaves the others' past as it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np

from veilleur.processes.demonstration.company import HISTORY, SERVERS, Server
from veilleur.processes.demonstration.measurements import PARIS, crossing, measured

# On average a listener fails this often in the thirteen months, for this long.
FAILURES_PER_LISTENER = 1.4
MEDIAN_FAILURE = timedelta(minutes=14)
_DISK_TO_WATCH = 0.9


@dataclass(frozen=True)
class Outage:
    """One stretch of bad results of a check, lasting still without `end`. `value`: thousandths of a unit."""

    server: str
    kind: str
    target: str
    start: datetime
    end: datetime | None
    code: str
    value: int | None = None


def outages(targets: dict[str, tuple[tuple[str, str], ...]], end: datetime) -> list[Outage]:
    """Return all breakdowns of the thirteen months before `end`, by their start.

    `targets` are the (kind, target) of each server's checks.
    """
    found = [*_site_cut(targets, end), *_full_disks(end), *_month_ends(end)]
    for server in SERVERS:
        for kind, target in targets[server.name]:
            if kind == "listener":
                found.extend(_failures(server, target, end))
    return sorted(found, key=lambda outage: (outage.start, outage.server, outage.target))


def _failures(server: Server, target: str, end: datetime) -> Iterator[Outage]:
    chance = np.random.default_rng(int(sha256(f"{server.name} {target}".encode()).hexdigest()[:16], 16))
    for _ in range(int(chance.poisson(FAILURES_PER_LISTENER))):
        start = end - HISTORY + timedelta(minutes=int(chance.integers(60 * 24 * 9, 60 * 24 * 394)))
        minutes = MEDIAN_FAILURE / timedelta(minutes=1) * float(np.exp(chance.normal(0, 0.9)))
        yield Outage(
            server.name, "listener", target, start, start + timedelta(minutes=2 + int(minutes)), "refused"
        )


def _site_cut(targets: dict[str, tuple[tuple[str, str], ...]], end: datetime) -> Iterator[Outage]:
    """Yield the morning on which Magny's link was cut: every machine there was out of reach at once."""
    start = (end - timedelta(days=143)).replace(hour=6, minute=12, second=0, microsecond=0)
    for server in SERVERS:
        if server.site == "Magny":
            for kind, target in targets[server.name]:
                if kind == "listener":
                    yield Outage(
                        server.name, kind, target, start, start + timedelta(hours=2, minutes=9), "timed_out"
                    )


def _full_disks(end: datetime) -> Iterator[Outage]:
    """Yield the disks that filled: one by a forgotten copy, removed in time, others by growth until now."""
    spring = (end - timedelta(days=201)).replace(hour=13, minute=47)
    removed = (spring + timedelta(days=6)).replace(hour=8, minute=21)
    yield Outage("fic-01", "disk", "/srv/partages", spring, removed, "measured", 92_400)
    for server in SERVERS:
        for mount in server.volumes_gb:
            start = crossing(server, mount, _DISK_TO_WATCH, end)
            if start is not None:
                value = measured(server.name, "disk", mount, start, end)
                yield Outage(server.name, "disk", mount, start, None, "measured", value)


def _month_ends(end: datetime) -> Iterator[Outage]:
    """Yield the afternoons on which the ERP closes a month: its database has hardly any memory left."""
    first = (end - HISTORY + timedelta(days=20)).astimezone(PARIS).replace(day=1)
    closing = first
    while (closing := _next_month(closing)) < end:
        day = closing - timedelta(days=1)
        while day.weekday() >= 5:
            day -= timedelta(days=1)
        start = day.replace(hour=14, minute=5 + day.month, second=0, microsecond=0).astimezone(UTC)
        over = start + timedelta(hours=3, minutes=7 * day.month % 50)
        value = 90_600 + 130 * (day.month % 7)
        yield Outage("erp-db", "memory", "", start, over, "measured", value)


def _next_month(day: datetime) -> datetime:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
