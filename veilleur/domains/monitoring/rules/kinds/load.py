"""Load: processes that want to run, per processor, over five minutes."""

from veilleur.domains.monitoring.rules.kinds.base import CheckKind, Proposal, Surroundings
from veilleur.domains.monitoring.rules.thresholds import Limits, Threshold


def _propose(_machine: Surroundings) -> tuple[Proposal, ...]:
    return (Proposal("load", ""),)


# Over one per processor work waits; at the double of it people notice. Slow is not down: never critical.
KIND = CheckKind(
    code="load",
    method="load",
    unit="per_processor",
    propose=_propose,
    limits=Limits(warning=Threshold(2_000, 1_500)),
)
