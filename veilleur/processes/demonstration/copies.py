"""The demonstration's thirteen months of backups and restore tests: pure, the same for the same end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import numpy as np

from veilleur.domains.backups.rules.protection import Phases
from veilleur.processes.demonstration.company import FAR, HISTORY, NEAR, Data

# Bytes a second read from each backup place: a local network, and a line of 100 Mbit/s between the sites.
RATES = {NEAR: 108_000_000.0, FAR: 11_200_000.0}
_LOAD_RATE = 55_000_000.0  # bytes a second into a database server
_COMPARE_RATE = 210_000_000.0
_DETAILED = timedelta(days=95)  # before that, only what retention would have kept: a run a week
_MONTH = timedelta(days=30.44)


@dataclass(frozen=True)
class PlannedCopy:
    """One data set into one backup place, at the rhythm its promise asks for."""

    data: Data
    place: str
    interval: timedelta
    rank: int

    @property
    def key(self) -> str:
        """Return the name of the pair, for its own stream of chance."""
        return f"{self.data.name} / {self.place}"


@dataclass(frozen=True)
class DatedRun:
    """One run: when it begins and ends, how much it holds; `failure`, a reason code, leaves no copy."""

    copy: PlannedCopy
    start: datetime
    end: datetime
    total_bytes: int
    failure: str = ""


@dataclass(frozen=True)
class DatedTest:
    """One restore test of the newest copy at `start`. `differences`: how many facts were not as recorded."""

    copy: PlannedCopy
    start: datetime
    phases: Phases
    total_bytes: int
    differences: int = 0
    with_recovery_key_alone: bool = False

    @property
    def end(self) -> datetime:
        """Return when it had been compared."""
        phases = self.phases
        lasted = phases["fetch_s"] + phases["restore_s"] + phases["start_s"] + phases["verify_s"]
        return self.start + timedelta(seconds=lasted)


def size_at(data: Data, at: datetime, end: datetime) -> int:
    """Return the size in bytes at an instant: it grew by the same amount each month."""
    return data.size_bytes + int(data.growth_bytes * ((at - (end - HISTORY)) / _MONTH))


def runs_of(copy: PlannedCopy, end: datetime) -> Iterator[DatedRun]:
    """Yield the runs of a copy, oldest first; about one in seventy failed."""
    chance = _chance(f"runs {copy.key}")
    for start in _starts(copy, end):
        total = size_at(copy.data, start, end)
        # Only what changed travels: about one part in eighty.
        minutes = 1 + total / 80 / RATES[copy.place] / 60 * float(np.exp(chance.normal(0, 0.25)))
        failure = ""
        if chance.random() < 1 / 70:
            failure = str(chance.choice(["place_missing", "repository_locked", "timed_out"]))
        yield DatedRun(copy, start, start + timedelta(minutes=minutes), total, failure)


def _starts(copy: PlannedCopy, end: datetime) -> Iterator[datetime]:
    night = (end - HISTORY).replace(hour=20, minute=0, second=0, microsecond=0)
    night += timedelta(minutes=23 * copy.rank)
    while night < end - _DETAILED:
        yield night
        night += timedelta(days=7)
    while night < end - timedelta(minutes=50):
        yield night
        night += copy.interval


def tests_of(copy: PlannedCopy, end: datetime) -> Iterator[DatedTest]:
    """Yield the restore tests of a copy, oldest first: monthly at first, weekly of late."""
    chance = _chance(f"tests {copy.key}")
    last = end - _last_test_age(copy)
    at = end - HISTORY + timedelta(days=24 + copy.rank, hours=3)
    while at <= last:
        total = size_at(copy.data, at, end)
        is_last = at + timedelta(days=7) > last
        yield DatedTest(
            copy,
            at,
            _phases(copy, total, chance),
            total,
            differences=3 if is_last and copy.data.name == "Base des étiquettes" else 0,
            with_recovery_key_alone=is_last and copy.place == FAR and copy.data.kind == "postgresql",
        )
        at += timedelta(days=7) if at > end - _DETAILED else timedelta(days=30)


def _last_test_age(copy: PlannedCopy) -> timedelta:
    """Return how long ago the last test may have been: nobody has tested the web site since summer."""
    return timedelta(days=44) if copy.data.name == "Site et commandes" else timedelta(hours=9)


def _phases(copy: PlannedCopy, total: int, chance: np.random.Generator) -> Phases:
    def around(seconds: float) -> float:
        return round(seconds * float(np.exp(chance.normal(0, 0.12))), 1)

    is_database = copy.data.kind != "files"
    return Phases(
        fetch_s=around(20 + total / RATES[copy.place]),
        restore_s=around(total / _LOAD_RATE) if is_database else 0.0,
        start_s=around(18) if is_database else 0.0,
        verify_s=around(5 + total / _COMPARE_RATE),
    )


def _chance(name: str) -> np.random.Generator:
    return np.random.default_rng(int(sha256(name.encode()).hexdigest()[:16], 16))
