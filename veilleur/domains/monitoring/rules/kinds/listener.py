"""Listener: a port found on the machine still takes connections."""

from ipaddress import ip_address

from veilleur.domains.estate.rules.machine import Listener
from veilleur.domains.monitoring.rules.kinds.base import CheckKind, Proposal, Surroundings


def target_of(listener: Listener) -> str | None:
    """Return "address:port" to connect to, None where no connection can tell (UDP, a passing port).

    A listener on all addresses is reached by the loopback one.
    """
    if listener.protocol != "tcp" or not listener.is_lasting:
        return None
    address = ip_address(listener.address.split("%")[0])
    if address.is_link_local:
        return None
    if address.is_unspecified:
        return f"127.0.0.1:{listener.port}" if address.version == 4 else f"[::1]:{listener.port}"
    return f"{address}:{listener.port}" if address.version == 4 else f"[{address}]:{listener.port}"


def targets_of(listeners: tuple[Listener, ...]) -> dict[str, str]:
    """Return the process by target; a port open on all addresses of both kinds is asked once, by IPv4."""
    targets: dict[str, str] = {}
    for listener in sorted(listeners):
        target = target_of(listener)
        if target is not None:
            targets[target] = max(targets.get(target, ""), listener.process)
    everywhere = {f"[::1]:{each.port}" for each in listeners if each.address == "::"}
    for target in everywhere & targets.keys():
        by_ipv4 = target.replace("[::1]", "127.0.0.1")
        if by_ipv4 in targets:
            targets[by_ipv4] = targets[by_ipv4] or targets.pop(target)
            targets.pop(target, None)
    return targets


def _propose(machine: Surroundings) -> tuple[Proposal, ...]:
    found = targets_of(machine.listeners)
    return tuple(Proposal("listener", target, process) for target, process in sorted(found.items()))


KIND = CheckKind(code="listener", method="connect", unit="milliseconds", propose=_propose)
