"""The steps that people do in a recovery, their stated estimates, and how a duration is drawn from one.

Used by `simulation.py` (draws) and `bounds.py` (the best case).
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.inputs import Estimate
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST

Floats = npt.NDArray[np.float64]

DECIDE = "decide"  # detect, understand, decide to restore
KEY = "key"  # fetch the recovery key from where it is kept
PREPARE = "prepare"  # make the place to restore to: free room, or get a new machine with a system on it
RESTORE = "restore"  # unattended: the data comes back from a repository
CHECK = "check"  # start the service and look at it as a technician
VALIDATE = "validate"  # the business looks at it and says that work may go on

STEPS = (DECIDE, KEY, PREPARE, RESTORE, CHECK, VALIDATE)

# Who does a step, as a role; RESTORE needs nobody.
ROLES = {
    DECIDE: "management",
    KEY: "key_holder",
    PREPARE: "technician",
    RESTORE: "automatic",
    CHECK: "technician",
    VALIDATE: "business_referent",
}

# Opinions of the authors, for a small company in working hours, until its own people say better.
_STATED = date(2026, 11, 21)
_MINUTE, _HOUR = 60, 3600
DEFAULT_ESTIMATES: Mapping[tuple[str, str], Estimate] = {
    (DATA_LOST, DECIDE): Estimate(10 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, _STATED),
    (DATA_LOST, PREPARE): Estimate(5 * _MINUTE, 15 * _MINUTE, 1 * _HOUR, _STATED),
    (DATA_LOST, CHECK): Estimate(5 * _MINUTE, 15 * _MINUTE, 45 * _MINUTE, _STATED),
    (DATA_LOST, VALIDATE): Estimate(5 * _MINUTE, 20 * _MINUTE, 1 * _HOUR, _STATED),
    (MACHINE_LOST, DECIDE): Estimate(10 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, _STATED),
    (MACHINE_LOST, KEY): Estimate(5 * _MINUTE, 20 * _MINUTE, 2 * _HOUR, _STATED),
    (MACHINE_LOST, PREPARE): Estimate(1 * _HOUR, 4 * _HOUR, 24 * _HOUR, _STATED),
    (MACHINE_LOST, CHECK): Estimate(5 * _MINUTE, 20 * _MINUTE, 1 * _HOUR, _STATED),
    (MACHINE_LOST, VALIDATE): Estimate(5 * _MINUTE, 20 * _MINUTE, 1 * _HOUR, _STATED),
}


def estimate_of(estimates: Mapping[tuple[str, str], Estimate], scenario: str, step: str) -> Estimate:
    """Return the company's own estimate of a step, or the stated default; KeyError for a step never done."""
    own = estimates.get((scenario, step))
    return own if own is not None else DEFAULT_ESTIMATES[(scenario, step)]


def triangular(estimate: Estimate, uniforms: Floats) -> Floats:
    """Return durations in seconds: the triangular distribution's quantile at each uniform in [0, 1].

    The inverse is used, not a generator's own draw, so that the same uniforms compare two estimates.
    """
    low, likely, high = estimate.low_s, estimate.likely_s, estimate.high_s
    width = high - low
    if width == 0:
        return np.full(uniforms.shape, low)
    turn = (likely - low) / width
    rising = low + np.sqrt(uniforms * (width * (likely - low)))
    falling = high - np.sqrt((1.0 - uniforms) * (width * (high - likely)))
    return np.where(uniforms < turn, rising, falling)
