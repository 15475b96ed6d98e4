"""Limits of a measured value, one figure to raise and another to clear, so that a value on the edge rests.

Values are in thousandths of their unit, as whole numbers.
"""

from dataclasses import dataclass

from veilleur.domains.monitoring.rules.states import Health


@dataclass(frozen=True)
class Threshold:
    """Raised at `raise_at` or beyond, cleared only before `clear_at` again.

    A limit on a value that must not fall has its `clear_at` above its `raise_at`.
    """

    raise_at: int
    clear_at: int

    def is_passed(self, value: int, *, was_raised: bool) -> bool:
        """Return whether the value is beyond the limit that counts now."""
        limit = self.clear_at if was_raised else self.raise_at
        if self.clear_at <= self.raise_at:
            return value > limit if was_raised else value >= limit
        return value < limit if was_raised else value <= limit


@dataclass(frozen=True)
class Limits:
    """The two limits of a check; without one, that health is never given."""

    warning: Threshold | None = None
    critical: Threshold | None = None


def judge(value: int, limits: Limits, was: Health) -> Health:
    """Return the health of a value, given the health of the one before it. Critical is tested first."""
    if limits.critical and limits.critical.is_passed(value, was_raised=was is Health.CRITICAL):
        return Health.CRITICAL
    was_warning = was in {Health.WARNING, Health.CRITICAL}
    if limits.warning and limits.warning.is_passed(value, was_raised=was_warning):
        return Health.WARNING
    return Health.OK
