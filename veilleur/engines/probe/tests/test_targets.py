"""Whose fault a failure is: the target's or the monitor's."""

import errno
import socket
import ssl

import pytest

from veilleur.domains.monitoring.rules.outcomes import OWN_FAULTS, Evidence
from veilleur.engines.probe.targets import outcome_of_failure, split_target


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("[::1]:443", ("::1", 443)),
        ("srv.example:25", ("srv.example", 25)),
    ],
)
def test_a_target_is_an_address_and_a_port(target: str, parts: tuple[str, int]) -> None:
    assert split_target(target) == parts


@pytest.mark.parametrize("target", ["", "80", ":80", "host:", "host:http"])
def test_what_is_no_target_is_refused(target: str) -> None:
    with pytest.raises(ValueError):
        split_target(target)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, ""), "refused"),
        (ConnectionResetError(errno.ECONNRESET, ""), "reset"),
        (TimeoutError(), "timed_out"),
        (OSError(errno.ETIMEDOUT, ""), "timed_out"),
        (OSError(errno.EHOSTUNREACH, ""), "unreachable"),
        (ssl.SSLError(1, "wrong version number"), "handshake_failed"),
    ],
)
def test_a_failure_of_the_target(error: Exception, code: str) -> None:
    outcome = outcome_of_failure(error)

    assert (outcome.evidence, outcome.code) == (Evidence.FAILED, code)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.EMFILE, ""), "out_of_files"),
        (OSError(errno.ENOBUFS, ""), "out_of_files"),
        (OSError(errno.ENETUNREACH, ""), "no_route"),
        (socket.gaierror(socket.EAI_AGAIN, ""), "resolver_failed"),
        (OSError(errno.EIO, ""), "probe_failed"),
        (KeyError("x"), "probe_failed"),
    ],
)
def test_a_failure_of_the_monitor_says_nothing_of_the_target(error: Exception, code: str) -> None:
    outcome = outcome_of_failure(error)

    assert (outcome.evidence, outcome.code) == (Evidence.OWN_FAULT, code)
    assert code in OWN_FAULTS
