"""The kinds of check. A new one is one file here, listed below; a new way to measure is one in the engine."""

from veilleur.domains.monitoring.rules.kinds import disk, listener, load, memory, tls
from veilleur.domains.monitoring.rules.kinds.base import CheckKind, Proposal, Surroundings

__all__ = ["KINDS", "CheckKind", "Proposal", "Surroundings", "propose_all"]

KINDS: dict[str, CheckKind] = {
    kind.code: kind for kind in (load.KIND, memory.KIND, disk.KIND, listener.KIND, tls.KIND)
}


def propose_all(machine: Surroundings) -> tuple[Proposal, ...]:
    """Return what every kind proposes for a machine, in the order of `KINDS`."""
    return tuple(proposal for kind in KINDS.values() for proposal in kind.propose(machine))
