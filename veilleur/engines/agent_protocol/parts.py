"""What a report says is on the machine, section by section, as rows of the estate."""

import ipaddress
from typing import TypeVar

from veilleur.domains.estate.rules.inventory import (
    Antivirus,
    Disk,
    Interface,
    LocalGroup,
    LocalUser,
    RemoteTool,
    VirtualMachine,
)
from veilleur.domains.estate.rules.machine import Address, FoundDatabase, Package, Volume
from veilleur.engines.agent_protocol.fields import Fields, said

Row = TypeVar("Row")

_MB, _MIB = 10**6, 2**20
_MOST_MB = 2**42
_NOT_DATA = frozenset({"squashfs", "iso9660", "tmpfs", "devtmpfs", "ramfs", "udf", "cdfs", "overlay", "aufs"})
_MOST_DATABASES = 200
_LONG = 1000


def packages_of(content: Fields) -> tuple[Package, ...]:
    """Return what is installed, by the system's packages or by makers' own programs."""
    return tuple(sorted(content.rows("softwares", _package)))


def _package(row: Fields) -> Package | None:
    name = row.text("name", "guid")
    return (
        Package(name, row.text("arch", most=40), row.text("version"), row.text("publisher")) if name else None
    )


def volumes_of(content: Fields) -> tuple[Volume, ...]:
    """Return the mounted file systems that hold data."""
    return tuple(sorted(content.rows("drives", _volume)))


def _volume(row: Fields) -> Volume | None:
    mounted = row.text("letter", most=_LONG) or row.text("type", most=_LONG)
    system, total = row.text("filesystem", most=40), row.number("total", _MOST_MB)
    if not mounted or not total or system.lower() in _NOT_DATA:
        return None
    return Volume(mounted, row.text("volumn", most=_LONG), system, total * _MIB)


def addresses_of(content: Fields) -> tuple[Address, ...]:
    """Return the addresses of its cards; those that only it can reach are left out."""
    found: list[Address] = []
    for several in content.rows("networks", _addresses):
        found.extend(several)
    return tuple(sorted(set(found)))


def _addresses(row: Fields) -> tuple[Address, ...]:
    name = row.text("description", most=100)
    found = []
    for address, mask in (("ipaddress", "ipmask"), ("ipaddress6", "ipmask6")):
        told = row.address(address)
        if told is not None and not told.is_loopback and not told.is_unspecified:
            found.append(Address(name, str(told), _prefix(row.text(mask), told.max_prefixlen)))
    return tuple(found)


def _prefix(mask: str, most: int) -> int:
    """Return the length of a prefix from "255.255.255.0", "ffff:ffff::" or "24"; the longest for none."""
    if mask.isdigit() and int(mask) <= most:
        return int(mask)
    try:
        bits = format(int(ipaddress.ip_address(mask)), f"0{most}b")
    except ValueError:
        return most
    ones = bits.rstrip("0")
    return len(ones) if len(bits) == most and "0" not in ones else most


def interfaces_of(content: Fields) -> tuple[Interface, ...]:
    """Return its cards, each once whatever its addresses."""
    return tuple(sorted(content.rows("networks", _interface)))


def _interface(row: Fields) -> Interface | None:
    name, mac = row.text("description", most=100), row.word("mac", most=40).replace("-", ":")
    if not name or row.text("type").lower() == "loopback":
        return None
    return Interface(name, mac, row.text("type", most=40), bool(row.flag("virtualdev")))


def disks_of(content: Fields) -> tuple[Disk, ...]:
    """Return its disks; drives without a medium of their own are left out."""
    return tuple(sorted(content.rows("storages", _disk)))


def _disk(row: Fields) -> Disk | None:
    name, size = row.text("name", "model"), row.number("disksize", _MOST_MB)
    if not name or not size:
        return None
    model = " ".join(filter(None, (row.text("manufacturer"), row.text("model"))))[:200]
    return Disk(name, model, row.text("serial"), row.text("interface", most=40), size * _MB)


def databases_of(content: Fields) -> tuple[FoundDatabase, ...]:
    """Return each database of its servers, or the server alone where it names none."""
    found: list[FoundDatabase] = []
    for several in content.rows("databases_services", _databases):
        found.extend(several)
    return tuple(sorted(set(found)))


def _databases(row: Fields) -> tuple[FoundDatabase, ...]:
    told = " ".join((row.text("type"), row.text("name"), row.text("manufacturer"))).lower()
    engine = "mariadb" if "mariadb" in told else row.word("type", "name", most=40)
    if not engine:
        return ()
    port, version = row.number("port", 65535), row.text("version", most=100)
    server = f"localhost:{port}" if port else row.text("name", most=_LONG // 2)
    names = row.rows("databases", _name)[:_MOST_DATABASES]
    places = [f"{server}/{name}"[:_LONG] for name in names] or [server]
    return tuple(FoundDatabase(engine, place, version) for place in places)


def _name(row: Fields) -> str | None:
    return row.text("name", most=_LONG // 2) or None


def virtual_machines_of(content: Fields) -> tuple[VirtualMachine, ...]:
    """Return the machines that run on it."""
    return tuple(sorted(content.rows("virtualmachines", _virtual_machine)))


def _virtual_machine(row: Fields) -> VirtualMachine | None:
    name, number = row.text("name"), row.word("uuid", most=100)
    if not name and not number:
        return None
    return VirtualMachine(
        name or number,
        number,
        row.text("subsystem", "vmtype", most=40),
        row.word("status", most=40),
        row.number("vcpu", 4096),
        row.number("memory", _MOST_MB) * _MIB,
    )


def antivirus_of(content: Fields) -> tuple[Antivirus, ...]:
    """Return what protects it from malware; the date of its signatures, which changes daily, is left out."""
    return tuple(sorted(content.rows("antivirus", _antivirus)))


def _antivirus(row: Fields) -> Antivirus | None:
    name = row.text("name")
    if not name:
        return None
    active, fresh = said(row.flag("enabled")), said(row.flag("uptodate"))
    return Antivirus(name, row.text("company", "manufacturer"), row.text("version"), active, fresh)


def local_users_of(content: Fields) -> tuple[LocalUser, ...]:
    """Return the accounts of the machine itself."""
    return tuple(sorted(content.rows("local_users", _local_user)))


def _local_user(row: Fields) -> LocalUser | None:
    login = row.text("login", "name")
    return LocalUser(login, row.text("name"), row.text("id", most=100), row.text("shell")) if login else None


def local_groups_of(content: Fields) -> tuple[LocalGroup, ...]:
    """Return the groups of the machine itself."""
    return tuple(sorted(content.rows("local_groups", _local_group)))


def _local_group(row: Fields) -> LocalGroup | None:
    name = row.text("name")
    members = ", ".join(sorted(set(row.words("members"))))
    return LocalGroup(name, members[:_LONG]) if name else None


def remote_tools_of(content: Fields) -> tuple[RemoteTool, ...]:
    """Return the programs by which somebody elsewhere takes it over."""
    return tuple(sorted(content.rows("remote_mgmt", _remote_tool)))


def _remote_tool(row: Fields) -> RemoteTool | None:
    kind = row.text("type", most=100)
    return RemoteTool(kind, row.text("id")) if kind else None
