"""Memory: the share that is neither free nor quickly freed."""

from veilleur.domains.monitoring.rules.kinds.base import CheckKind, Proposal, Surroundings
from veilleur.domains.monitoring.rules.thresholds import Limits, Threshold


def _propose(_machine: Surroundings) -> tuple[Proposal, ...]:
    return (Proposal("memory", ""),)


KIND = CheckKind(
    code="memory",
    method="memory",
    unit="percent",
    propose=_propose,
    limits=Limits(warning=Threshold(90_000, 85_000), critical=Threshold(97_000, 94_000)),
)
