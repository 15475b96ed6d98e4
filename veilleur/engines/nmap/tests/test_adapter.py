"""The real nmap looks at loopback, and at a network of two machines that exists for the test alone."""

import re
import socket
from ipaddress import ip_network

import pytest

from tests import small_network
from veilleur.domains.estate.rules.sweep import OpenPort, SweepFault, Swept
from veilleur.engines.nmap import Nmap
from veilleur.engines.nmap.commands import PORTS, sweep

pytestmark = pytest.mark.nmap


def test_an_open_port_of_loopback_is_seen_and_a_closed_one_is_not() -> None:
    with socket.create_server(("127.0.0.9", 0)) as server, socket.socket() as closed:
        closed.bind(("127.0.0.9", 0))
        ports = (server.getsockname()[1], closed.getsockname()[1])
        swept = Nmap(ports).sweep((ip_network("127.0.0.9/32"),))

    assert isinstance(swept, Swept)
    assert swept.is_whole
    (host,) = swept.hosts
    assert host.addresses == ("127.0.0.9",)
    assert [(port.protocol, port.port) for port in host.ports] == [("tcp", ports[0])]


def test_both_families_are_looked_at() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        swept = Nmap((server.getsockname()[1],)).sweep((ip_network("127.0.0.9/32"), ip_network("::1/128")))

    assert isinstance(swept, Swept)
    assert [host.addresses for host in swept.hosts] == [("127.0.0.9",), ("::1",)]
    assert swept.hosts[1].ports


def test_a_look_that_takes_too_long_is_ended() -> None:
    assert Nmap(all_s=0.05).sweep((ip_network("127.0.0.0/24"),)) == SweepFault.TIMED_OUT


def test_a_machine_of_the_same_link_is_seen_with_its_card_its_maker_and_its_name() -> None:
    if not small_network.can_be_made():
        pytest.skip("this system allows no networks of one's own")
    swept = small_network.looked_at("nmap")

    (other,) = [host for host in swept["hosts"] if host["addresses"] == [small_network.OTHER]]
    assert (other["mac"], other["names"]) == (small_network.CARD, [small_network.NAME])
    assert other["maker"]
    assert [port["port"] for port in other["ports"]] == [small_network.PORT]


def test_no_script_is_run_and_nothing_typed_becomes_an_option() -> None:
    words = sweep((ip_network("10.0.0.0/28"),))

    assert words[-1] == "10.0.0.0/28"
    assert not [word for word in words if re.match(r"-(sC|sV|A|O)$|--script", word)]
    assert max(PORTS) < 2**16
    assert OpenPort("tcp", 22) < OpenPort("tcp", 80)
