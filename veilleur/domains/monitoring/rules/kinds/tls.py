"""TLS: the days left to the certificate that a port really presents."""

from veilleur.domains.monitoring.rules.kinds.base import CheckKind, Proposal, Surroundings
from veilleur.domains.monitoring.rules.kinds.listener import targets_of
from veilleur.domains.monitoring.rules.states import Policy
from veilleur.domains.monitoring.rules.thresholds import Limits, Threshold


def _propose(machine: Surroundings) -> tuple[Proposal, ...]:
    processes = targets_of(machine.listeners)
    return tuple(Proposal("tls", target, processes.get(target, "")) for target in machine.tls_targets)


# A month is time to renew by hand; a week is not. A renewed certificate clears at once.
KIND = CheckKind(
    code="tls",
    method="handshake",
    unit="days",
    propose=_propose,
    limits=Limits(warning=Threshold(30_000, 30_001), critical=Threshold(7_000, 7_001)),
    policy=Policy(period_s=300, retry_s=30),
)
