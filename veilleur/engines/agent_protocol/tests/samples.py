"""Reports as agents send them, written for these tests from what the protocol says; no machine's own."""

import json
import zlib
from typing import Any

from veilleur.domains.estate.rules.agents import Head

AGENT_ID = "0b9bd5c4-5a1f-4a66-9a0b-6f2a7d3c8e11"
UUID = "4c4c4544-0042-3510-8052-b4c04f4a5931"
DEVICE_ID = "pc-compta-2026-03-02-08-15-40"


def head(content_type: str = "application/x-compress-zlib", agent_id: str = AGENT_ID) -> Head:
    """Return the head of a request of glpi-agent."""
    return Head(content_type=content_type, agent_id=agent_id, client="GLPI-Agent_v1.14")


def content(**changes: Any) -> dict[str, Any]:
    """Return what a laptop of an accountant tells; `changes` replace sections, None leaves one out."""
    told: dict[str, Any] = {
        "versionclient": "GLPI-Agent_v1.14",
        "bios": {
            "ssn": "5CG1234XYZ",
            "smanufacturer": "HP",
            "smodel": "HP ProBook 450 G8",
            "bdate": "2024-05-02",
        },
        "hardware": {
            "name": "PC-COMPTA",
            "uuid": UUID.upper(),
            "memory": 16384,
            "chassis_type": "Laptop",
            "vmsystem": "Physical",
            "lastloggeduser": "annie",
        },
        "operatingsystem": {
            "name": "Windows",
            "full_name": "Microsoft Windows 11 Professionnel",
            "version": "23H2",
            "kernel_version": "10.0.22631",
            "arch": "64-bit",
            "boot_time": "2026-11-27 08:02:11",
            "timezone": {"name": "Europe/Paris", "offset": "+0100"},
        },
        "cpus": [{"name": "Intel(R) Core(TM) i5-1135G7", "core": 4, "thread": 8, "speed": 2400}],
        "drives": [
            {"letter": "C:", "type": "Local Disk", "filesystem": "NTFS", "total": 476000, "free": 210000,
             "volumn": "Windows", "encrypt_status": "Yes"},
            {"letter": "D:", "type": "CD-Rom Disc"},
        ],
        "storages": [{"name": "SAMSUNG MZVL2512", "model": "MZVL2512HCJQ", "serial": "S64KNX0R",
                      "disksize": 512110, "interface": "NVME"}],
        "networks": [
            {"description": "Intel(R) Wi-Fi 6 AX201", "type": "wifi", "status": "up",
             "mac": "a4:6b:b6:12:34:56", "ipaddress": "192.0.2.15", "ipmask": "255.255.255.0"},
            {"description": "Intel(R) Wi-Fi 6 AX201", "type": "wifi", "status": "up",
             "mac": "a4:6b:b6:12:34:56", "ipaddress6": "2001:db8::15", "ipmask6": "ffff:ffff:ffff:ffff::"},
            {"description": "Hyper-V", "virtualdev": True, "mac": "00:15:5d:00:01:02"},
        ],
        "softwares": [
            {"name": "7-Zip 23.01 (x64)", "version": "23.01", "publisher": "Igor Pavlov", "arch": "x86_64"},
            {"guid": "{90160000-008C-0000-1000-0000000FF1CE}", "version": "16.0", "publisher": "Microsoft"},
        ],
        "antivirus": [{"name": "Windows Defender", "company": "Microsoft", "version": "4.18",
                       "enabled": True, "uptodate": False, "base_version": "1.403.12.0"}],
        "local_users": [{"login": "annie", "name": "Annie Roy", "id": "S-1-5-21-1001"}],
        "local_groups": [{"name": "Administrateurs", "id": "S-1-5-32-544", "members": ["annie", "Admin"]}],
        "remote_mgmt": [{"type": "teamviewer", "id": "123456789"}],
        "processes": [{"cmd": "mysqldump --password=hunter2"}],
        "envs": [{"key": "TOKEN", "val": "hunter2"}],
        "licenseinfos": [{"key": "AAAAA-BBBBB", "fullname": "Microsoft Office"}],
        "something_new": {"nobody": "knows yet"},
    }  # fmt: skip
    told |= changes
    return {name: value for name, value in told.items() if value is not None}


def inventory(told: dict[str, Any] | None = None, **changes: Any) -> bytes:
    """Return the body of an inventory in JSON, plain."""
    message = {
        "action": "inventory",
        "deviceid": DEVICE_ID,
        "itemtype": "Computer",
        "content": content() if told is None else told,
    }
    return json.dumps({**message, **changes}).encode()


def contact() -> bytes:
    """Return what glpi-agent says first, once it knows its server."""
    return json.dumps(
        {
            "action": "contact",
            "deviceid": DEVICE_ID,
            "name": "GLPI-Agent",
            "version": "1.14",
            "installed-tasks": ["inventory", "netdiscovery", "netinventory", "remoteinventory"],
            "enabled-tasks": ["inventory", "remoteinventory"],
            "httpd-port": "62354",
            "httpd-plugins": {"inventory": "1"},
            "tag": "Lyon",
        }
    ).encode()


def prolog() -> bytes:
    """Return the first question of an agent that knows no server yet."""
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<REQUEST><DEVICEID>' + DEVICE_ID + "</DEVICEID>"
        "<QUERY>PROLOG</QUERY><TOKEN>12345678</TOKEN></REQUEST>"
    ).encode()


def xml_inventory(inside: str, before: str = '<?xml version="1.0" encoding="UTF-8" ?>') -> bytes:
    """Return an inventory in XML around these sections."""
    return (
        f"{before}<REQUEST><CONTENT>{inside}<VERSIONCLIENT>FusionInventory-Agent_v2.6</VERSIONCLIENT></CONTENT>"
        f"<DEVICEID>srv-files-2025-01-06-09-00-00</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>"
    ).encode()


def zipped(body: bytes) -> bytes:
    """Return a body as both agents send it by default."""
    return zlib.compress(body)


def filled(value: Any, words: str) -> Any:
    """Return the same report with these words in every field."""
    if isinstance(value, dict):
        return {name: filled(each, words) for name, each in value.items()}
    return [filled(each, words) for each in value] if isinstance(value, list) else words
