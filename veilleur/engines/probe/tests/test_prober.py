"""Probes against real sockets, real handshakes and this very machine."""

import asyncio
import socket
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from veilleur.domains.monitoring.rules.outcomes import Evidence, Order, Outcome
from veilleur.domains.monitoring.rules.states import Policy
from veilleur.domains.monitoring.rules.thresholds import Limits
from veilleur.engines.probe import HandshakeFinder, LocalProber
from veilleur.engines.probe.tests.servers import make_certificate, serving
from veilleur.shared.clock import utc_now

NOW = utc_now()


def probe(kind: str, target: str = "", *, timeout_s: int = 5) -> Outcome:
    order = Order(UUID(int=1), UUID(int=2), kind, target, Policy(timeout_s=timeout_s), Limits())
    return asyncio.run(LocalProber(lambda: NOW).probe(order))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_port_that_takes_connections_answers_with_its_time() -> None:
    with serving() as target:
        outcome = probe("listener", target)

    assert (outcome.evidence, outcome.code) == (Evidence.ANSWERED, "connected")
    assert outcome.value is not None
    assert 0 <= outcome.value < 1_000_000
    assert outcome.series[0][0] == f"listener.connect_ms {target}"


def test_a_port_without_anybody_refuses() -> None:
    outcome = probe("listener", f"127.0.0.1:{free_port()}")

    assert (outcome.evidence, outcome.code) == (Evidence.FAILED, "refused")


def test_a_port_that_takes_nobody_in_times_out() -> None:
    # A full backlog drops what comes next: the kernel's own black hole.
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(server.getsockname())
        outcome = probe("listener", f"127.0.0.1:{server.getsockname()[1]}", timeout_s=1)
        for each in waiting:
            each.close()

    assert (outcome.evidence, outcome.code) == (Evidence.FAILED, "timed_out")


def test_a_name_that_cannot_be_resolved_is_the_monitors_own_fault() -> None:
    outcome = probe("listener", "no-such-host.invalid:80")

    assert (outcome.evidence, outcome.code) == (Evidence.OWN_FAULT, "resolver_failed")


def test_a_target_that_is_none_is_the_monitors_own_fault() -> None:
    assert probe("listener", "nonsense") == Outcome(Evidence.OWN_FAULT, "probe_failed")


@pytest.mark.parametrize("days", [200, 12, -3])
def test_a_certificate_tells_how_long_it_lasts_whoever_signed_it(days: int, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, NOW + timedelta(days=days))

    with serving(certificate=certificate) as target:
        outcome = probe("tls", target)

    assert (outcome.evidence, outcome.code) == (Evidence.ANSWERED, "handshake")
    assert outcome.value is not None
    assert abs(outcome.value - days * 1000) <= 1


def test_a_port_that_no_longer_speaks_tls_fails_its_handshake() -> None:
    with serving(banner=b"220 mail ready\r\n") as target:
        outcome = probe("tls", target)

    assert (outcome.evidence, outcome.code) == (Evidence.FAILED, "handshake_failed")


def test_this_machine_has_a_load_a_memory_and_a_root_disk() -> None:
    load, memory, disk = probe("load"), probe("memory"), probe("disk", "/")

    assert {each.evidence for each in (load, memory, disk)} == {Evidence.ANSWERED}
    assert load.value is not None
    assert load.value >= 0
    for outcome in (memory, disk):
        assert outcome.value is not None
        assert 0 < outcome.value <= 100_000
    assert dict(disk.series)["disk.free_bytes /"] > 0


def test_a_disk_that_is_no_longer_mounted_fails(tmp_path: Path) -> None:
    assert probe("disk", str(tmp_path)).code == "not_mounted"
    assert probe("disk", str(tmp_path / "gone")) == Outcome(Evidence.FAILED, "not_mounted")


def test_only_ports_that_complete_a_handshake_are_found_and_talkative_ones_left_alone(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, NOW + timedelta(days=30))

    with (
        serving(certificate=certificate) as secure,
        serving() as silent,
        serving(banner=b"SSH-2.0-x\r\n") as talkative,
    ):
        found = HandshakeFinder().speaking_tls([silent, secure, talkative, f"127.0.0.1:{free_port()}"])

    assert found == (secure,)
    assert HandshakeFinder().speaking_tls([]) == ()
