"""What agents send becomes the estate's own values, whatever the form; a bad field costs itself alone."""

import gzip
import io
import json
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest

from veilleur.domains.estate.rules.agents import Fault, Head, Message, Opened, Query, Told, Turned
from veilleur.domains.estate.rules.inventory import (
    Antivirus,
    Disk,
    Interface,
    LocalGroup,
    LocalUser,
    RemoteTool,
    VirtualMachine,
)
from veilleur.domains.estate.rules.machine import (
    TOLD_APART,
    Address,
    FoundDatabase,
    Hardware,
    OperatingSystem,
    Package,
    Unread,
    Volume,
)
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.engines.agent_protocol import GlpiAgentProtocol
from veilleur.engines.agent_protocol.inflating import unpack
from veilleur.engines.agent_protocol.tests.samples import (
    AGENT_ID,
    DEVICE_ID,
    UUID,
    contact,
    content,
    head,
    inventory,
    prolog,
    xml_inventory,
    zipped,
)

PROTOCOL = GlpiAgentProtocol()


def opened(body: bytes, about: Head | None = None) -> Opened:
    found = PROTOCOL.open(about or head(), io.BytesIO(body))
    assert isinstance(found, Opened), found
    return found


def told(body: bytes, about: Head | None = None, kept: bytes | None = None) -> Told:
    found = PROTOCOL.read(about or head(), opened(body, about).packed, kept)
    assert isinstance(found, Told), found
    return found


def turned(body: bytes, about: Head | None = None) -> Fault:
    found = PROTOCOL.open(about or head(), io.BytesIO(body))
    assert isinstance(found, Turned), found
    return found.fault


def test_a_laptop_tells_what_it_is_and_has() -> None:
    report = told(zipped(inventory()))

    facts = report.facts
    assert (report.device_id, report.item_type, report.client) == (DEVICE_ID, "Computer", "GLPI-Agent_v1.14")
    assert facts.host_name == "PC-COMPTA"
    assert facts.hardware == Hardware(
        kind=AssetKind.WORKSTATION,
        cpu_count=8,
        memory_bytes=16 * 2**30,
        cpu_model="Intel(R) Core(TM) i5-1135G7",
        manufacturer="HP",
        model="HP ProBook 450 G8",
        serial="5CG1234XYZ",
    )
    assert facts.system == OperatingSystem(
        os_id="windows",
        version="23H2",
        name="Microsoft Windows 11 Professionnel",
        kernel="10.0.22631",
        architecture="64-bit",
    )
    assert facts.packages == (
        Package("7-Zip 23.01 (x64)", "x86_64", "23.01", "Igor Pavlov"),
        Package("{90160000-008C-0000-1000-0000000FF1CE}", "", "16.0", "Microsoft"),
    )
    assert facts.volumes == (Volume("C:", "Windows", "NTFS", 476000 * 2**20),)
    assert facts.disks == (Disk("SAMSUNG MZVL2512", "MZVL2512HCJQ", "S64KNX0R", "NVME", 512110 * 10**6),)
    assert facts.addresses == (
        Address("Intel(R) Wi-Fi 6 AX201", "192.0.2.15", 24),
        Address("Intel(R) Wi-Fi 6 AX201", "2001:db8::15", 64),
    )
    assert facts.interfaces == (
        Interface("Hyper-V", "00:15:5d:00:01:02", "", is_virtual=True),
        Interface("Intel(R) Wi-Fi 6 AX201", "a4:6b:b6:12:34:56", "wifi"),
    )
    assert facts.antivirus == (Antivirus("Windows Defender", "Microsoft", "4.18", "yes", "no"),)
    assert facts.local_users == (LocalUser("annie", "Annie Roy", "S-1-5-21-1001"),)
    assert facts.local_groups == (LocalGroup("Administrateurs", "Admin, annie"),)
    assert facts.remote_tools == (RemoteTool("teamviewer", "123456789"),)
    # What it does not tell, and may well not have, it has not; its ports nobody asked it for.
    assert (facts.virtual_machines, facts.databases, facts.listeners) == ((), (), TOLD_APART)
    # Two minutes past eight in Paris, in winter.
    assert report.booted_at == datetime(2026, 11, 27, 7, 2, 11, tzinfo=UTC)
    assert report.faults == ()


def test_its_signs_are_those_that_name_it_alone() -> None:
    signs = told(inventory(), head("application/json")).signs

    assert (signs.agent_id, signs.device_id, signs.uuid) == (AGENT_ID, DEVICE_ID, UUID)
    assert (signs.serial, signs.host_name) == ("5CG1234XYZ", "PC-COMPTA")
    # The card that Hyper-V makes is the same on every machine with Hyper-V.
    assert signs.macs == ("a4:6b:b6:12:34:56",)


def test_unknown_keys_are_kept_and_what_is_nobodys_affair_is_not() -> None:
    kept = json.loads(told(inventory()).document)["content"]

    assert kept["something_new"] == {"nobody": "knows yet"}
    assert kept["drives"][0]["encrypt_status"] == "Yes"
    assert not {"processes", "envs", "licenseinfos", "users"} & set(kept)
    assert "lastloggeduser" not in kept["hardware"]
    assert b"hunter2" not in told(inventory()).document


def test_a_hypervisor_tells_of_its_machines_and_databases() -> None:
    sections = content(
        hardware={"name": "srv-hyp", "uuid": UUID, "memory": 65536, "chassis_type": "Rack Mount Chassis"},
        operatingsystem={"full_name": "Debian GNU/Linux 12 (bookworm)", "version": "12.11"},
        virtualmachines=[
            {"name": "srv-files", "uuid": UUID.upper(), "status": "running", "vmtype": "kvm", "vcpu": 4,
             "memory": 8192},
            {"name": "old", "status": "off"},
        ],
        databases_services=[
            {"type": "mysql", "name": "MariaDB", "version": "10.11", "port": 3306,
             "databases": [{"name": "compta", "size": 120}, {"name": "crm"}]},
            {"type": "postgresql", "name": "PostgreSQL", "version": "15", "port": 5432},
        ],
    )  # fmt: skip

    facts = told(inventory(sections)).facts

    assert facts.hardware.kind is AssetKind.SERVER
    assert (facts.system.os_id, facts.system.version) == ("debian", "12")
    assert facts.virtual_machines == (
        VirtualMachine("old", "", "", "off"),
        VirtualMachine("srv-files", UUID, "kvm", "running", 4, 8 * 2**30),
    )
    assert facts.databases == (
        FoundDatabase("mariadb", "localhost:3306/compta", "10.11"),
        FoundDatabase("mariadb", "localhost:3306/crm", "10.11"),
        FoundDatabase("postgresql", "localhost:5432", "15"),
    )


def test_xml_becomes_what_json_says() -> None:
    body = xml_inventory(
        """<HARDWARE><NAME>srv-files</NAME><MEMORY>4096</MEMORY><VMSYSTEM>VMware</VMSYSTEM>
        <LASTLOGGEDUSER>annie</LASTLOGGEDUSER></HARDWARE>
        <BIOS><SSN>VMware-42 1a</SSN><BDATE>02/05/2024</BDATE></BIOS>
        <ACCOUNTINFO><KEYNAME>TAG</KEYNAME><KEYVALUE>Atelier</KEYVALUE></ACCOUNTINFO>
        <NETWORKS><DESCRIPTION>eth0</DESCRIPTION><MACADDR>00:0c:29:aa:bb:cc</MACADDR><VIRTUALDEV>0</VIRTUALDEV>
        <IPADDRESS>198.51.100.4</IPADDRESS><IPMASK>255.255.255.128</IPMASK></NETWORKS>
        <LOCAL_GROUPS><NAME>sudo</NAME><MEMBER>annie</MEMBER><MEMBER>ben</MEMBER></LOCAL_GROUPS>
        <SOFTWARES><NAME>bash</NAME><VERSION>5.2</VERSION><INSTALLDATE>03/04/2025</INSTALLDATE></SOFTWARES>
        <ENVS><KEY>TOKEN</KEY><VAL>hunter2</VAL></ENVS>
        <REGISTRY><NAME>x</NAME></REGISTRY>"""
    )

    report = told(zipped(body), head(agent_id=""))

    assert report.facts.hardware.kind is AssetKind.VIRTUAL_MACHINE
    assert report.facts.local_groups == (LocalGroup("sudo", "annie, ben"),)
    assert report.facts.packages == (Package("bash", "", "5.2"),)
    assert report.facts.addresses == (Address("eth0", "198.51.100.4", 25),)
    assert (report.tag, report.signs.macs) == ("Atelier", ("00:0c:29:aa:bb:cc",))
    kept = json.loads(report.document)["content"]
    assert kept["softwares"] == [{"name": "bash", "version": "5.2", "install_date": "2025-04-03"}]
    assert kept["networks"][0]["mac"] == "00:0c:29:aa:bb:cc"
    assert kept["networks"][0]["virtualdev"] is False
    assert kept["hardware"] == {"name": "srv-files", "memory": 4096, "vmsystem": "VMware"}
    assert kept["bios"]["bdate"] == "2024-05-02"
    assert not {"envs", "registry", "accountinfo"} & set(kept)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (zlib.compress(inventory()), "application/x-compress-zlib"),
        (zlib.compress(inventory()), "application/x-zlib"),
        (gzip.compress(inventory()), "application/x-compress-gzip"),
        (gzip.compress(inventory()), "application/x-gzip"),
        (zlib.compress(inventory(), wbits=-15), "application/x-compress-deflate"),
        (inventory(), "application/json"),
        (inventory(), "text/plain; charset=utf-8"),
        # The header names what it likes: the first bytes decide.
        (zlib.compress(inventory(), 1), "application/json"),
        (inventory(), "application/x-compress-zlib"),
    ],
)
def test_every_way_of_sending_it_gives_the_same(body: bytes, content_type: str) -> None:
    found = opened(body, head(content_type))

    assert found.message == Message(Query.INVENTORY, is_json=True, device_id=DEVICE_ID)
    assert unpack(found.packed) == inventory()
    assert found.size_bytes == len(inventory())


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (contact(), Query.CONTACT),
        (prolog(), Query.PROLOG),
        (inventory(action="get_params"), Query.PARAMETERS),
        (inventory(action="netdiscovery"), Query.TOLD_ELSEWHERE),
        (inventory(action=""), Query.INVENTORY),
        (json.dumps({"query": "inventory", "deviceid": "d", "content": {"a": 1}}).encode(), Query.INVENTORY),
        (xml_inventory("").replace(b"<QUERY>INVENTORY</QUERY>", b""), Query.INVENTORY),
        (xml_inventory("").replace(b"INVENTORY<", b"SNMPQUERY<"), Query.TOLD_ELSEWHERE),
    ],
)
def test_what_a_message_asks(body: bytes, query: Query) -> None:
    assert opened(body).message.query is query


def test_a_partial_inventory_replaces_the_sections_that_it_holds() -> None:
    whole = told(inventory())
    changed = {"softwares": [{"name": "Firefox", "version": "128"}], "bios": {"ssn": "5CG1234XYZ"}}

    after = told(inventory(changed, partial=True), kept=PROTOCOL.pack(whole.document))

    assert after.facts.packages == (Package("Firefox", "", "128"),)
    assert (after.facts.hardware.model, after.facts.disks) == ("", whole.facts.disks)
    assert after.facts.system == whole.facts.system
    assert after.is_partial is False
    assert json.loads(after.document)["content"]["something_new"] == {"nobody": "knows yet"}


def test_a_partial_inventory_of_a_device_that_nobody_knows_says_nothing_of_what_it_leaves_out() -> None:
    report = told(inventory({"softwares": [{"name": "Firefox", "version": "128"}]}, partial=True))

    assert report.is_partial is True
    assert report.facts.packages == (Package("Firefox", "", "128"),)
    assert (report.facts.volumes, report.facts.virtual_machines) == (TOLD_APART, TOLD_APART)


def test_a_whole_inventory_without_a_section_that_every_machine_has_says_that_it_does_not_tell_it() -> None:
    facts = told(inventory(content(softwares=None, remote_mgmt=None))).facts

    assert (facts.packages, facts.remote_tools) == (Unread("not_told"), ())


def test_a_switch_that_another_agent_asked_is_a_network_device() -> None:
    device = {"name": "sw-salle", "serial": "FOC1234A5BC", "mac": "00:1b:54:aa:bb:cc", "model": "C9200",
              "manufacturer": "Cisco", "firmware": "17.3", "ram": 2048}  # fmt: skip
    body = inventory({"network_device": device}, action="netinventory", itemtype="NetworkEquipment")

    report = told(body, head(agent_id=""))

    assert report.facts.hardware.kind is AssetKind.NETWORK_DEVICE
    assert (report.facts.host_name, report.facts.hardware.model) == ("sw-salle", "C9200")
    assert (report.signs.serial, report.signs.macs) == ("FOC1234A5BC", ("00:1b:54:aa:bb:cc",))
    assert report.facts.packages == TOLD_APART


BAD: list[tuple[str, Any, str]] = [
    ("drives", [{"letter": "C:", "total": "a lot"}, {"letter": "E:", "total": 10}], "drives.0.total"),
    ("drives", "C:", "drives.0"),
    ("softwares", [{"name": {"a": 1}}, "x", 7], "softwares.0.name"),
    ("hardware", ["x"], "hardware"),
    ("cpus", [{"name": "x", "core": -1}], "cpus.0.core"),
    ("cpus", [{"name": "x", "core": 10**30}], "cpus.0.core"),
    ("networks", [{"description": "eth0", "ipaddress": "300.1.1.1"}], "networks.0.ipaddress"),
    ("operatingsystem", {"name": "x", "boot_time": "yesterday"}, "operatingsystem.boot_time"),
    ("operatingsystem", {"boot_time": "2026-02-30 08:00:00", "timezone": {"offset": "+0100"}},
     "operatingsystem.boot_time"),
    ("antivirus", [{"name": "x", "enabled": "perhaps"}], "antivirus.0.enabled"),
    ("virtualmachines", [{"name": "x", "memory": [1]}], "virtualmachines.0.memory"),
]  # fmt: skip


@pytest.mark.parametrize(("section", "value", "place"), BAD)
def test_a_bad_field_costs_itself_alone(section: str, value: Any, place: str) -> None:
    report = told(inventory(content(**{section: value})))

    assert place in report.faults
    others = told(inventory()).facts
    for part, of in (("packages", "softwares"), ("disks", "storages"), ("local_users", "local_users")):
        assert of == section or getattr(report.facts, part) == getattr(others, part)
    if section == "drives" and isinstance(value, list):
        assert report.facts.volumes == (Volume("E:", "", "", 10 * 2**20),)


@pytest.mark.parametrize(
    ("words", "offset", "instant"),
    [
        ("2026-07-01 08:00:00", "+0200", datetime(2026, 7, 1, 6, 0, tzinfo=UTC)),
        ("2026-07-01 08:00:00", "-04:30", datetime(2026, 7, 1, 12, 30, tzinfo=UTC)),
        ("2026-07-01T08:00:00Z", "+0200", datetime(2026, 7, 1, 8, 0, tzinfo=UTC)),
        ("2026-07-01T08:00:00+03:00", "", datetime(2026, 7, 1, 5, 0, tzinfo=UTC)),
        ("2026-07-01", "+0000", datetime(2026, 7, 1, tzinfo=UTC)),
        # Nobody says which zone: no instant is made up.
        ("2026-07-01 08:00:00", "", None),
        ("2026-07-01 08:00:00", "+9900", None),
        ("0001-01-01 00:00:00", "+1400", None),
    ],
)
def test_local_time_is_told_by_the_machines_own_zone(
    words: str, offset: str, instant: datetime | None
) -> None:
    system = {"name": "x", "boot_time": words, "timezone": {"offset": offset}}

    assert told(inventory(content(operatingsystem=system))).booted_at == instant
