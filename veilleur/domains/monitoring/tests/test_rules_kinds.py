"""What each kind of check proposes for a machine."""

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.estate.rules.machine import Listener, Volume
from veilleur.domains.monitoring.rules.kinds import KINDS, Proposal, Surroundings, propose_all
from veilleur.domains.monitoring.rules.kinds.listener import target_of, targets_of


def test_every_machine_has_its_load_and_memory_checked() -> None:
    assert propose_all(Surroundings()) == (Proposal("load", ""), Proposal("memory", ""))


def test_every_disk_that_can_fill_up_is_checked() -> None:
    volumes = (
        Volume("/", "/dev/vda1", "ext4", 10**9),
        Volume("/mnt/image", "/dev/loop0", "ext4", 10**6, is_read_only=True),
    )

    proposals = KINDS["disk"].propose(Surroundings(volumes=volumes))

    assert proposals == (Proposal("disk", "/"),)


def test_a_service_is_asked_where_it_listens_and_once_where_it_listens_everywhere() -> None:
    listeners = (
        Listener("tcp", "0.0.0.0", 80, ""),
        Listener("tcp", "::", 80, "nginx"),
        Listener("tcp", "::", 9000, "portal"),
        Listener("tcp", "192.0.2.10", 5432, "postgres"),
        Listener("tcp", "fd00::2", 5432, "postgres"),
        Listener("tcp", "fe80::1%eth0", 22),
        Listener("udp", "0.0.0.0", 53),
        Listener("tcp", "127.0.0.1", 40_001, "dev", is_lasting=False),
    )

    proposals = KINDS["listener"].propose(Surroundings(listeners=listeners))

    assert proposals == (
        Proposal("listener", "127.0.0.1:80", "nginx"),
        Proposal("listener", "192.0.2.10:5432", "postgres"),
        Proposal("listener", "[::1]:9000", "portal"),
        Proposal("listener", "[fd00::2]:5432", "postgres"),
    )


def test_a_certificate_is_watched_where_one_was_presented() -> None:
    machine = Surroundings(
        listeners=(Listener("tcp", "0.0.0.0", 443, "nginx"), Listener("tcp", "0.0.0.0", 80, "nginx")),
        tls_targets=("127.0.0.1:443",),
    )

    assert KINDS["tls"].propose(machine) == (Proposal("tls", "127.0.0.1:443", "nginx"),)


addresses = st.one_of(st.ip_addresses().map(str), st.sampled_from(["0.0.0.0", "::", "127.0.0.1", "::1"]))
listeners_found = st.lists(
    st.builds(Listener, st.sampled_from(["tcp", "udp"]), addresses, st.integers(1, 65535), st.just("")),
    max_size=8,
)


@given(listeners_found)
def test_each_port_that_can_be_asked_is_asked_at_an_address_that_can_be_reached(
    found: list[Listener],
) -> None:
    targets = targets_of(tuple(found))

    ports = {int(target.rpartition(":")[2]) for target in targets}
    assert ports == {listener.port for listener in found if target_of(listener)}
    for target in targets:
        host = target.rpartition(":")[0].strip("[]")
        assert not ip_address(host).is_unspecified
