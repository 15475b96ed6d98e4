"""Real sockets are knocked at, at a bounded pace; what refuses is there, what is silent is not said to be."""

import socket
import time
from ipaddress import ip_network

import pytest

from tests import small_network
from veilleur.domains.estate.rules.sweep import HostSeen, OpenPort, Swept
from veilleur.engines.tcp_sweep import TcpSweep
from veilleur.engines.tcp_sweep.adapter import Pace
from veilleur.engines.tcp_sweep.parse import neighbours


def test_a_host_is_seen_by_a_port_that_opens_or_by_one_that_refuses() -> None:
    with socket.create_server(("127.0.0.9", 0)) as server:
        port = server.getsockname()[1]
        swept = TcpSweep((port,)).sweep((ip_network("127.0.0.8/31"),))

    assert isinstance(swept, Swept)
    assert swept.is_whole
    silent, open_ = swept.hosts
    assert (silent.addresses, silent.ports) == (("127.0.0.8",), ())
    assert (open_.addresses, open_.ports) == (("127.0.0.9",), (OpenPort("tcp", port),))


def test_the_pace_is_kept() -> None:
    begun = time.monotonic()
    TcpSweep((1,), Pace(in_a_second=100, names_s=0)).sweep((ip_network("127.0.0.64/26"),))

    assert time.monotonic() - begun > 0.6


def test_a_look_that_takes_too_long_says_so() -> None:
    swept = TcpSweep((1,), Pace(in_a_second=10, all_s=0.3)).sweep((ip_network("127.0.0.64/26"),))

    assert isinstance(swept, Swept)
    assert not swept.is_whole
    assert HostSeen(("127.0.0.65",)).addresses == swept.hosts[0].addresses


def test_a_machine_of_the_same_link_is_seen_with_its_card_and_its_name() -> None:
    if not small_network.can_be_made():
        pytest.skip("this system allows no networks of one's own")
    hosts = small_network.looked_at("tcp")["hosts"]

    assert [host["addresses"] for host in hosts] == [[small_network.HERE], [small_network.OTHER]]
    assert (hosts[1]["mac"], hosts[1]["names"]) == (small_network.CARD, [small_network.NAME])
    assert [port["port"] for port in hosts[1]["ports"]] == [small_network.PORT]


def test_only_neighbours_that_answered_have_a_card() -> None:
    table = (
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "192.168.7.20     0x1         0x2         00:11:32:AB:CD:EF     *        eth0\n"
        "192.168.7.21     0x1         0x0         00:00:00:00:00:00     *        eth0\n"
        "nonsense\n"
    )

    assert neighbours(table) == {"192.168.7.20": "00:11:32:ab:cd:ef"}
    assert neighbours("") == {}
