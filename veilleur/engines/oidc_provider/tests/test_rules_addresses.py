"""Where questions may go: never to this machine or its neighbours without a name, by any name."""

import pytest

from veilleur.domains.organisations.rules.errors import ProviderFault
from veilleur.engines.oidc_provider.fetching import Rules, may_be_asked, place_of

NOWHERE_LOCAL = Rules(frozenset(), is_private_allowed=True)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "0.0.0.0",
        "::",
        "169.254.169.254",
        "fe80::1%eth0",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
        "64:ff9b::169.254.169.254",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
    ],
)
def test_an_address_of_this_machine_or_without_a_name_is_never_asked(address: str) -> None:
    assert not may_be_asked(address, is_private_allowed=True)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "fd00::1", "fec0::1"]
)
def test_a_private_network_is_asked_only_for_the_issuer_itself(address: str) -> None:
    assert may_be_asked(address, is_private_allowed=True)
    assert not may_be_asked(address, is_private_allowed=False)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111"])
def test_the_open_network_is_asked(address: str) -> None:
    assert may_be_asked(address, is_private_allowed=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://id.vexin.example/",
        "http://127.0.0.1/",
        "ftp://id.vexin.example/",
        "https://user@id.vexin.example/",
        "https:///path",
        "https://id.vexin.example:99999/",
        "https://id.vexin.example/a b",
        "https://id.vexin.example/\r\nHost: other",
        "https://[::1",
        "",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ProviderFault, match="address_refused"):
        place_of(url, NOWHERE_LOCAL)


def test_nothing_but_this_machine_goes_without_encryption_and_only_where_allowed() -> None:
    local = Rules(frozenset({"localhost", "id.vexin.example"}), is_private_allowed=False)

    assert place_of("http://localhost:8080/o", local) == ("localhost", 8080, False)
    assert place_of("https://id.vexin.example/x", local) == ("id.vexin.example", 443, True)
    with pytest.raises(ProviderFault):
        place_of("http://id.vexin.example/", local)
