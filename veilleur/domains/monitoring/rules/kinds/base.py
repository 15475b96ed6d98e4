"""What a kind of check is: what it proposes for a machine, its limits, and by which method it is probed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from veilleur.domains.estate.rules.machine import Listener, Volume
from veilleur.domains.monitoring.rules.states import Policy
from veilleur.domains.monitoring.rules.thresholds import Limits


@dataclass(frozen=True)
class Surroundings:
    """What is known of a machine when checks are proposed. `tls_targets` answered a TLS handshake."""

    volumes: tuple[Volume, ...] = ()
    listeners: tuple[Listener, ...] = ()
    tls_targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A check to propose: its target in the words of its kind, and a name beside it where one is known."""

    kind: str
    target: str
    note: str = ""


@dataclass(frozen=True)
class CheckKind:
    """One kind of check. `method` names the engine's way to measure it; `unit` is that of its value.

    `needs_to_be_here`: it can only be read on the machine Veilleur runs on.
    """

    code: str
    method: str
    unit: str
    propose: Callable[[Surroundings], tuple[Proposal, ...]]
    limits: Limits = field(default_factory=Limits)
    policy: Policy = field(default_factory=Policy)
    needs_to_be_here: bool = True
