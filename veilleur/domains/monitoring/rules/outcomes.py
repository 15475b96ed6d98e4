"""What one probe brought back, and what it means for the target."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from veilleur.domains.monitoring.rules.states import Health, Policy
from veilleur.domains.monitoring.rules.thresholds import Limits, judge

# Faults of the monitor itself: the target may be well, nobody knows.
OWN_FAULTS = (
    "clock_stepped",
    "out_of_files",
    "resolver_failed",
    "no_route",
    "not_readable",
    "probe_failed",
    "overloaded",
    "orders_unreadable",
    "spool_unwritable",
    "telemetry_unwritable",
    "stale",
    "never_checked",
)


class Evidence(StrEnum):
    """What a probe speaks of: a target that answered, one that failed, or the prober's own fault."""

    ANSWERED = "answered"
    FAILED = "failed"
    OWN_FAULT = "own_fault"


@dataclass(frozen=True)
class Outcome:
    """One probe's outcome. `code` is worded by `labels.py`; `value` is in thousandths of the kind's unit.

    `series` are figures to keep, by name.
    """

    evidence: Evidence
    code: str
    value: int | None = None
    series: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Order:
    """What the watch is asked to do, again and again: which check, how, how often."""

    check: UUID
    asset: UUID
    kind: str
    target: str
    policy: Policy
    limits: Limits


def health_of(evidence: Evidence, value: int | None, limits: Limits, was: Health) -> Health:
    """Return the health that an outcome gives, after `was`; the monitor's own fault is never the target's."""
    if evidence is Evidence.OWN_FAULT:
        return Health.UNKNOWN
    if evidence is Evidence.FAILED:
        return Health.CRITICAL
    return Health.OK if value is None else judge(value, limits, was)
