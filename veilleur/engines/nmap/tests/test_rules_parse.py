"""nmap's files are read, whole and cut; what is no such file, or hides something, is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.estate.rules.sweep import HostSeen, OpenPort, SweepFault, Swept
from veilleur.engines.nmap import NmapFiles, parse

FILE = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" args="nmap -oX - 192.168.7.0/24" version="7.93" xmloutputversion="1.05">
<scaninfo type="connect" protocol="tcp" numservices="2" services="22,80"/>
<host><status state="down" reason="no-response"/><address addr="192.168.7.3" addrtype="ipv4"/></host>
<host starttime="1" endtime="2"><status state="up" reason="arp-response"/>
<address addr="192.168.7.20" addrtype="ipv4"/>
<address addr="00:11:32:AB:CD:EF" addrtype="mac" vendor="Synology Incorporated"/>
<hostnames><hostname name="nas.vexin.example" type="PTR"/><hostname name="nas" type="user"/></hostnames>
<ports><extraports state="closed" count="1"/>
<port protocol="tcp" portid="80"><state state="open" reason="syn-ack"/>
<service name="http" method="table"/></port>
<port protocol="tcp" portid="22"><state state="open"/></port>
<port protocol="tcp" portid="443"><state state="filtered"/><service name="https" method="table"/></port>
<port protocol="tcp" portid="70000"><state state="open"/></port>
</ports></host>
<host><status state="up"/><address addr="192.168.7.4" addrtype="ipv4"/></host>
<runstats><finished time="3" exit="success"/><hosts up="2" down="1" total="3"/></runstats>
</nmaprun>
"""
NAS = HostSeen(
    ("192.168.7.20",),
    "00:11:32:ab:cd:ef",
    "Synology Incorporated",
    ("nas.vexin.example", "nas"),
    (OpenPort("tcp", 22), OpenPort("tcp", 80, "http")),
)


def read(document: bytes) -> Swept | SweepFault:
    return NmapFiles().read(document)


def test_what_was_seen_is_told_in_the_order_of_addresses() -> None:
    assert read(FILE) == Swept((HostSeen(("192.168.7.4",)), NAS))


@pytest.mark.parametrize("mark", [b"<runstats>", b'<address addr="192.168.7.4"', b"192.168.7.4"])
def test_a_file_that_was_cut_gives_the_hosts_before(mark: bytes) -> None:
    swept = read(FILE[: FILE.index(mark)])

    assert isinstance(swept, Swept)
    assert NAS in swept.hosts
    assert not swept.is_whole


def test_entities_are_refused_before_any_is_unfolded() -> None:
    laughs = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 9))
    bomb = FILE.replace(b"<!DOCTYPE nmaprun>", b'<!DOCTYPE nmaprun [<!ENTITY a0 "ha">' + laughs + b"]>")
    theirs = b'<!DOCTYPE nmaprun [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

    assert read(bomb.replace(b'"nas"', b'"&a8;"')) == SweepFault.ENTITIES
    assert read(FILE.replace(b"<!DOCTYPE nmaprun>", theirs)) == SweepFault.ENTITIES


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"nothing like XML",
        b"<html><body/></html>",
        b'<nmaprun scanner="masscan"></nmaprun>',
        b'<?xml version="1.0" encoding="no-such-thing"?><nmaprun scanner="nmap"/>',
        FILE.replace(b"</ports>", b"</porst>"),
    ],
)
def test_what_is_no_file_of_nmap_is_said_to_be_none(document: bytes) -> None:
    assert read(document) == SweepFault.NOT_OF_NMAP


def test_more_than_any_network_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = b'<nmaprun scanner="nmap">' + b"<a>" * 10_000
    monkeypatch.setattr(parse, "MOST_HOSTS", 1)

    assert read(deep) == SweepFault.TOO_LARGE
    assert read(FILE) == SweepFault.TOO_LARGE
    assert read(b" " * (parse.MOST_BYTES + 1)) == SweepFault.TOO_LARGE


def test_hostile_names_are_cleaned() -> None:
    swept = read(FILE.replace(b'"nas"', b'"&#x202e;&lt;b&gt;' + b"x" * 9000 + b'"'))

    assert isinstance(swept, Swept)
    assert swept.hosts[1].names[1].startswith("<b>xxx")
    assert len(swept.hosts[1].names[1]) == 200


@given(st.integers(0, len(FILE) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_file_is_read_or_refused(place: int, put: bytes) -> None:
    assert isinstance(read(FILE[:place] + put + FILE[place + len(put) :]), Swept | SweepFault)
