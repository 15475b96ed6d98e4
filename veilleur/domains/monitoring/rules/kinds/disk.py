"""Disk: the used share of a file system that can be written to."""

from veilleur.domains.monitoring.rules.kinds.base import CheckKind, Proposal, Surroundings
from veilleur.domains.monitoring.rules.thresholds import Limits, Threshold


def _propose(machine: Surroundings) -> tuple[Proposal, ...]:
    return tuple(
        Proposal("disk", volume.mount_point) for volume in machine.volumes if not volume.is_read_only
    )


KIND = CheckKind(
    code="disk",
    method="disk",
    unit="percent",
    propose=_propose,
    limits=Limits(warning=Threshold(90_000, 87_000), critical=Threshold(96_000, 94_000)),
)
