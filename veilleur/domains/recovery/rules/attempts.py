"""Which points a restore tries, in which order, and what a failed try costs in time and in data.

Between `durations.py` (one restore) and `simulation.py` (all of them).
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.durations import RestoreModel, fit_restore, multipliers
from veilleur.domains.recovery.rules.inputs import Copy
from veilleur.domains.recovery.rules.streams import Streams

Floats = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int8]

# After this many failed restores of one data set, people stop believing in the copies.
MOST_ATTEMPTS = 4
# Opinion: the part of the spread (variance) that all restores from one repository share in one night.
SHARED_SPREAD = 0.7


@dataclass(frozen=True)
class Attempt:
    """One restore that would be tried: a point of a copy. A proven point, restored before, comes back."""

    copy: Copy
    started_at: datetime
    model: RestoreModel
    is_proven: bool


@dataclass(frozen=True)
class Restores:
    """Draws of one data set's return, in seconds. `used` is the attempt that succeeds, -1 when all fail:
    the time is then what was spent trying.
    """

    transfer_s: Floats
    start_s: Floats
    used: Ranks


def plan_attempts(copies: tuple[Copy, ...]) -> tuple[Attempt, ...]:
    """Return the tries, newest point first, over the copies that have a passed full test.

    It stops at the first point that was itself restored: nothing after it is needed. At most
    MOST_ATTEMPTS, that last one included.
    """
    tries: list[Attempt] = []
    for copy in copies:
        points = copy.complete_points
        if not points or not copy.may_be_relied_on:
            continue
        model = fit_restore(copy.full_tests, points[0].total_bytes)
        if model is not None:
            tries += [Attempt(copy, point.started_at, model, point.is_proven) for point in points]
    tries.sort(key=lambda attempt: (-attempt.started_at.timestamp(), attempt.model.typical_s))
    proven = next((rank for rank, attempt in enumerate(tries) if attempt.is_proven), None)
    if proven is None or proven < MOST_ATTEMPTS:
        return tuple(tries[: MOST_ATTEMPTS if proven is None else proven + 1])
    return (*tries[: MOST_ATTEMPTS - 1], tries[proven])


def draw_restores(attempts: tuple[Attempt, ...], name: str, streams: Streams) -> Restores:
    """Return the time and the outcome of trying them one after the other, in each draw.

    A copy's chance to fail is drawn once per draw from Beta(1 + failed tests, 1 + passed tests): its
    tries share it. A failed try costs a whole restore.
    """
    transfer, start = np.zeros(streams.draws), np.zeros(streams.draws)
    used = np.full(streams.draws, -1, dtype=np.int8)
    chances: dict[object, Floats] = {}
    for rank, attempt in enumerate(attempts):
        going = used < 0
        if not going.any():
            break
        whole = attempt.model.typical_s * _multipliers(attempt, f"{name}/{rank}", streams)
        fails = _fails(attempt, f"{name}/{rank}", streams, chances)
        done = going & ~fails
        transfer += np.where(going, whole * (1 - attempt.model.start_share * done), 0.0)
        start += np.where(done, whole * attempt.model.start_share, 0.0)
        used[done] = rank
    return Restores(transfer, start, used)


class KeptRestores:
    """Restores drawn once: the same tries of the same data set are met in several strikes and scenarios."""

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        self._kept: dict[str, tuple[tuple[Attempt, ...], Restores]] = {}

    def draw(self, attempts: tuple[Attempt, ...], name: str) -> Restores:
        """Return what `draw_restores` does; not to be written to."""
        known = self._kept.get(name)
        if known is None or known[0] != attempts:
            known = attempts, draw_restores(attempts, name, self.streams)
            self._kept[name] = known
        return known[1]


def _multipliers(attempt: Attempt, name: str, streams: Streams) -> Floats:
    """Mix what the repository does to everyone this night with what is this restore's own."""
    shared = streams.shared_normals(f"repository/{attempt.copy.repository}")
    own = streams.normals(f"restore/{name}")
    mixed = np.sqrt(SHARED_SPREAD) * shared + np.sqrt(1 - SHARED_SPREAD) * own
    freedom = attempt.model.freedom
    return multipliers(attempt.model, mixed, streams.chi_squares(f"spread/{name}", freedom))


def _fails(
    attempt: Attempt, name: str, streams: Streams, chances: dict[object, Floats]
) -> npt.NDArray[np.bool_]:
    if attempt.is_proven:
        return np.zeros(streams.draws, dtype=np.bool_)
    copy = attempt.copy
    if copy.repository not in chances:
        failed = sum(1 for test in copy.tests if test.has_run and not test.passed)
        passed = len(copy.full_tests)
        chances[copy.repository] = streams.betas(f"chance/{name}", 1 + failed, 1 + passed)
    return streams.uniforms(f"failure/{name}") < chances[copy.repository]
