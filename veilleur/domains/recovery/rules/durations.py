"""From timed restore tests to the spread of the next restore.

Model: restore = overhead + bytes / rate + files x cost, fitted on relative errors; the spread of the
logarithm is Student's. `attempts.py` draws from it, `bounds.py` takes its floor.
"""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.inputs import TimedTest

Floats = npt.NDArray[np.float64]

Z95 = 1.6448536269514722  # 95 % quantile of the standard normal distribution
T95_ONE = 6.313751514675043  # and of Student's with one degree of freedom

# Stated prior, an opinion: with fewer than three tests, one restore in twenty takes twice the middle one.
PRIOR_P95_OVER_P50 = 2.0
PRIOR_SIGMA = math.log(PRIOR_P95_OVER_P50) / Z95
TESTS_FOR_EVIDENCE = 3

# Three equal tests do not make a clock: below this spread (log scale) nothing is believed.
LEAST_SIGMA = 0.05
# Draws are held between these multiples of the middle duration, far outside P5 to P95 of the prior: no
# restore runs four times faster than its tests, and a wide band must not become an infinite time.
FASTEST, SLOWEST = 0.25, 100.0

# A size is worth fitting only when the tests span it by this ratio; else time is taken as proportional.
_SPAN = 1.5


@dataclass(frozen=True)
class RestoreModel:
    """The next restore's duration: `typical_s` x exp(`sigma` x T), T standard normal or Student's.

    `start_share` is the part of it spent starting what uses the data. `freedom` is None for the normal.
    `is_opinion` says that the spread is the stated prior rather than measured.
    """

    typical_s: float
    start_share: float
    sigma: float
    freedom: int | None
    tests: int
    is_opinion: bool

    @property
    def floor_s(self) -> float:
        """Return the shortest duration that is ever drawn."""
        return self.typical_s * FASTEST


def fit_restore(
    tests: tuple[TimedTest, ...], total_bytes: int, file_count: int | None = None
) -> RestoreModel | None:
    """Return the model of restoring that many bytes (and files), or None without any test.

    One test: its time, scaled up (never down) to the bytes, and the stated prior. Two: their geometric
    mean, and the wider of the prior and Student's with one degree of freedom. Three or more: the
    predictive of the fit. Source: Student's predictive for log-normal regression.
    """
    timed = tuple(test for test in tests if test.total_s > 0)
    if not timed:
        return None
    share = sum(test.start_s for test in timed) / sum(test.total_s for test in timed)
    if len(timed) < TESTS_FOR_EVIDENCE:
        typical, sigma, freedom = _fit_few(timed, total_bytes)
        return RestoreModel(typical, share, sigma, freedom, len(timed), is_opinion=True)
    typical, sigma, freedom = _fit_many(timed, total_bytes, file_count)
    return RestoreModel(typical, share, max(sigma, LEAST_SIGMA), freedom, len(timed), is_opinion=False)


def multipliers(model: RestoreModel, normals: Floats, chi_squares: Floats | None) -> Floats:
    """Return what the middle duration is multiplied by in each draw.

    `normals` are standard normal; `chi_squares`, needed when `freedom` is set, are independent of them
    and have that many degrees. Quantiles between P5 and P95 are those of the distribution, exactly.
    """
    draws = normals
    if model.freedom is not None:
        if chi_squares is None:
            raise ValueError("Student's distribution needs chi-square draws")
        draws = normals / np.sqrt(chi_squares / model.freedom)
    bounded = np.clip(model.sigma * draws, math.log(FASTEST), math.log(SLOWEST))
    return np.exp(bounded)


def _fit_few(timed: tuple[TimedTest, ...], total_bytes: int) -> tuple[float, float, int | None]:
    logs = [math.log(_scaled(test, total_bytes)) for test in timed]
    typical = math.exp(sum(logs) / len(logs))
    if len(logs) == 1:
        return typical, PRIOR_SIGMA, None
    predictive = abs(logs[0] - logs[1]) / math.sqrt(2) * math.sqrt(1.5)
    if predictive * T95_ONE <= PRIOR_SIGMA * Z95:
        return typical, PRIOR_SIGMA, None
    return typical, predictive, 1


def _fit_many(
    timed: tuple[TimedTest, ...], total_bytes: int, file_count: int | None
) -> tuple[float, float, int]:
    columns, row = _columns(timed, total_bytes, file_count)
    if columns.shape[1] == 0:
        logs = np.log([_scaled(test, total_bytes) for test in timed])
        freedom = len(timed) - 1
        spread = float(np.std(logs, ddof=1)) * math.sqrt(1 + 1 / len(timed))
        return math.exp(float(np.mean(logs))), spread, freedom
    times = np.array([test.total_s for test in timed])
    relative = columns / times[:, None]
    used, weights = _least_squares(relative)
    fitted = columns[:, used] @ weights
    residuals = np.log(times / fitted)
    freedom = len(timed) - len(used)
    typical = float(row[used] @ weights) * math.exp(float(np.mean(residuals)))
    spread = math.sqrt(float(residuals @ residuals) / freedom)
    new_row = row[used] / float(row[used] @ weights)
    leverage = float(new_row @ np.linalg.pinv(relative[:, used].T @ relative[:, used]) @ new_row)
    return typical, spread * math.sqrt(1 + leverage), freedom


def _columns(timed: tuple[TimedTest, ...], total_bytes: int, file_count: int | None) -> tuple[Floats, Floats]:
    """Return what can be fitted, one row a test, and the new restore's row; no column when nothing can.

    Overhead and rate need four tests over different sizes, the cost of a file six more finely spread:
    fewer would leave too little to judge the spread by.
    """
    sizes = [test.total_bytes for test in timed]
    if len(timed) < 4 or min(*sizes, total_bytes) <= 0 or max(sizes) < _SPAN * min(sizes):
        return np.empty((len(timed), 0)), np.empty(0)
    columns, row = [[1.0] * len(timed), [float(size) for size in sizes]], [1.0, float(total_bytes)]
    counts = [test.file_count for test in timed if test.file_count]
    if len(timed) >= 6 and len(counts) == len(timed) and file_count and max(counts) >= _SPAN * min(counts):
        columns.append([float(count) for count in counts])
        row.append(float(file_count))
    return np.array(columns).T, np.array(row)


def _least_squares(relative: Floats) -> tuple[list[int], Floats]:
    """Return the columns used and their weights, none negative, closest to a prediction of 1 for each test.

    A negative overhead or rate has no meaning; with three columns at most, every subset is tried.
    """
    count = relative.shape[1]
    target = np.ones(relative.shape[0])
    best: tuple[float, list[int], Floats] | None = None
    for size in range(1, count + 1):
        for chosen in combinations(range(count), size):
            weights: Floats = np.linalg.lstsq(relative[:, chosen], target, rcond=None)[0].astype(np.float64)
            error = float(np.sum((relative[:, chosen] @ weights - target) ** 2))
            if np.all(weights > 0) and (best is None or error < best[0] * (1 - 1e-9)):
                best = (error, list(chosen), weights)
    assert best is not None, "one positive column always has a positive weight"
    return best[1], best[2]


def _scaled(test: TimedTest, total_bytes: int) -> float:
    """Return the test's time brought up to the bytes to restore; a smaller restore is not promised faster."""
    if test.total_bytes <= 0:
        return test.total_s
    return test.total_s * max(1.0, total_bytes / test.total_bytes)
