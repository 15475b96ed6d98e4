"""Targets as text, and failures of a connection as codes. Pure."""

import errno
import socket
import ssl

from veilleur.domains.monitoring.rules.outcomes import Evidence, Outcome

# What went wrong on the monitor's side says nothing of the target.
_OWN_FAULTS = {
    errno.EMFILE: "out_of_files",
    errno.ENFILE: "out_of_files",
    errno.ENOBUFS: "out_of_files",
    errno.ENOMEM: "out_of_files",
    errno.ENETUNREACH: "no_route",
    errno.ENETDOWN: "no_route",
    errno.EADDRNOTAVAIL: "no_route",
    errno.EAFNOSUPPORT: "no_route",
}
_TARGETS_FAULTS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.EHOSTUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.ETIMEDOUT: "timed_out",
}


def split_target(target: str) -> tuple[str, int]:
    """Return (host, port) of "host:port", without the brackets of an IPv6 address. ValueError for others."""
    host, colon, port = target.rpartition(":")
    if not colon or not host:
        raise ValueError(f"{target!r} is no address and port")
    return host.removeprefix("[").removesuffix("]"), int(port)


def outcome_of_failure(error: Exception) -> Outcome:
    """Return what a failed connection or handshake means; an error nobody foresaw is the monitor's own."""
    if isinstance(error, TimeoutError):
        return Outcome(Evidence.FAILED, "timed_out")
    if isinstance(error, socket.gaierror):
        return Outcome(Evidence.OWN_FAULT, "resolver_failed")
    if isinstance(error, ssl.SSLError):
        return Outcome(Evidence.FAILED, "handshake_failed")
    number = error.errno if isinstance(error, OSError) else None
    if number in _TARGETS_FAULTS:
        return Outcome(Evidence.FAILED, _TARGETS_FAULTS[number])
    return Outcome(Evidence.OWN_FAULT, _OWN_FAULTS.get(number or 0, "probe_failed"))
