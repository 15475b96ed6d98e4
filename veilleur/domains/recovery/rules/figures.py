"""Figures out of draws: quantiles, the chance of being in time, and the error that the draws leave."""

import math

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.findings import Quantiles

Floats = npt.NDArray[np.float64]

Z_TWO_SIDED = 1.959963984540054  # a 95 % interval of the normal distribution


def quantiles_of(ends: Floats) -> Quantiles:
    """Return P50, P80 and P95 of a restart, in seconds; an infinite draw is one that never restarts.

    A quantile is the smallest draw that at least that part of the draws does not exceed. The error of
    P80 comes from order statistics: half the interval between the ranks 1.96 standard errors away.
    """
    ranked = np.sort(ends)
    low, high = (_finite(ranked[rank]) for rank in _ranks_around(len(ranked), 0.8))
    error = None if low is None or high is None else (high - low) / 2
    middle, most, nearly_all = (_finite(ranked[_rank(len(ranked), part)]) for part in (0.5, 0.8, 0.95))
    return Quantiles(middle, most, nearly_all, error)


def p80_is_below(ends: Floats, seconds: Floats) -> npt.NDArray[np.bool_]:
    """Return, per line of draws, whether its P80 is less than that line's seconds, without ranking it."""
    earlier = np.count_nonzero(ends < seconds[:, None], axis=1)
    below: npt.NDArray[np.bool_] = earlier > _rank(ends.shape[1], 0.8)
    return below


def chance_within(ends: Floats, seconds: float) -> tuple[float, float]:
    """Return the part of the draws that end by then, and the half-width of its 95 % interval."""
    chance = float(np.mean(ends <= seconds))
    return chance, Z_TWO_SIDED * math.sqrt(chance * (1 - chance) / len(ends))


def draws_near_middle(ends: Floats, part: float) -> npt.NDArray[np.int64]:
    """Return which draws end closest to P50: that part of all, at least one."""
    order = np.argsort(ends, kind="stable")
    width = max(1, round(len(ends) * part))
    first = max(0, _rank(len(ends), 0.5) - width // 2)
    return order[first : first + width]


def _rank(count: int, part: float) -> int:
    return min(count - 1, max(0, math.ceil(part * count - 1e-9) - 1))


def _ranks_around(count: int, part: float) -> tuple[int, int]:
    away = Z_TWO_SIDED * math.sqrt(part * (1 - part) / count)
    return _rank(count, part - away), _rank(count, min(1.0, part + away))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
