"""What the commands printed becomes a machine's facts. Pure, and for whatever a machine may print: a line
that is not as it should be is left out, a text is cleaned and cut to what the estate keeps.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, TypeVar

from veilleur.domains.estate.ports import SupportTable
from veilleur.domains.estate.rules.agents import MOST_ROWS
from veilleur.domains.estate.rules.machine import (
    Address,
    FoundDatabase,
    Hardware,
    InventoryRow,
    Listener,
    MachineFacts,
    OperatingSystem,
    Package,
    Unread,
    Volume,
)
from veilleur.engines.agent_protocol.fields import clean
from veilleur.engines.local_machine import parse
from veilleur.engines.local_machine.places import NOT_DATA, USUAL_PORT_RANGE
from veilleur.engines.local_machine.search import DATABASE_MAGIC, DEFAULT_BOUNDS
from veilleur.engines.ssh_machine.commands import Ask

Row = TypeVar("Row", bound=InventoryRow)

# As env and shells end for a program that is not there, and timeout for one that it stopped.
NOT_THERE, STOPPED = 127, 124
_LENGTHS = {"architecture": 40, "file_system": 40, "interface": 100, "address": 100, "version": 100}
_LONG_NAMES = frozenset({"mount_point", "device", "locator"})
_MOST_PROCESSORS = 4096
_MEMORY = re.compile(r"^MemTotal:\s*(\d{1,12}) kB$", re.MULTILINE)
_PROCESSOR = re.compile(r"^processor\s*:", re.MULTILINE)
# The numbers of a line of df: size, used, available, share; the mount point is the rest.
_SIZE = re.compile(r"\s(\d{1,14})\s+\d+\s+-?\d+\s+(?:\d+%|-)\s+(/.*)$")
_SOCKET = re.compile(r"(?:\*|\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f:.]+)(?:%[^:]*)?:(\d{1,5})")
_PROCESS = re.compile(r'"((?:[^"\\]|\\.)*)",pid=')
_OCTAL = re.compile(r"\\([0-7]{3})")
_SQLITE = re.compile(rb"==> (/[^\n]{1,1000}) <==\n" + re.escape(DATABASE_MAGIC))


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended; -1 where a signal ended it."""

    code: int
    output: bytes

    @property
    def text(self) -> str:
        """Return what was printed, as text."""
        return self.output.decode("utf-8", "replace")


def is_linux(who: Said) -> bool:
    """Return whether a Linux system answered the first question."""
    words = who.text.split()
    return who.code == 0 and len(words) == 4 and words[0] == "Linux"


def facts_of(said: Mapping[Ask, Said], support: SupportTable) -> MachineFacts:
    """Return the facts of a machine that answered every question."""
    _linux, host_name, kernel, architecture = said[Ask.WHO].text.split()
    firmware = _firmware(said[Ask.FIRMWARE].text)
    name = clean(host_name, 200)
    return MachineFacts(
        host_name=name,
        identities=parse.identities_of(
            clean(said[Ask.MACHINE_ID].text, 100), firmware.get("product_uuid", ""), name
        ),
        system=_system(said, support, clean(kernel, 200), clean(architecture, 40)),
        hardware=_hardware(said, firmware),
        packages=_packages(said),
        volumes=_part(said[Ask.SIZES], lambda _sizes: _volumes(said)),
        addresses=_part(said[Ask.ADDRESSES], _addresses),
        listeners=_part(said[Ask.LISTENERS], lambda told: _listeners(told, _port_range(said))),
        databases=_databases(said),
    )


def _part(told: Said, read: Callable[[str], Iterable[Row]]) -> tuple[Row, ...] | Unread:
    """Return the rows of a command; one that ended badly and printed nothing has not told this part."""
    if told.code != 0 and not told.output:
        return Unread("command_failed")
    return _kept(read(told.text))


def _kept(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted({_cleaned(row) for row in rows}))[:MOST_ROWS]


def _cleaned(row: Row) -> Row:
    cleaned: dict[str, Any] = {
        name: clean(text, 1000 if name in _LONG_NAMES else _LENGTHS.get(name, 200))
        for name, text in vars(row).items()
        if isinstance(text, str)
    }
    return replace(row, **cleaned)


def _firmware(text: str) -> dict[str, str]:
    """Return what the files of the firmware say, by name, from lines "/sys/class/dmi/id/sys_vendor:QEMU"."""
    rows = (line.partition(":") for line in text.splitlines())
    return {path.rpartition("/")[2]: clean(value, 200) for path, _colon, value in rows}


def _system(
    said: Mapping[Ask, Said], support: SupportTable, kernel: str, architecture: str
) -> OperatingSystem:
    told = said[Ask.SYSTEM].text.strip() or said[Ask.SYSTEM_BY_MAKER].text
    release = {name: clean(value, 200) for name, value in parse.parse_os_release(told).items()}
    os_id, version = release.get("ID", "")[:40], release.get("VERSION_ID", "")[:40]
    dates = support.dates_of(os_id, version)
    return OperatingSystem(
        os_id=os_id,
        version=version,
        name=release.get("PRETTY_NAME", "") or "Linux",
        codename=release.get("VERSION_CODENAME", "")[:40],
        kernel=kernel,
        architecture=architecture,
        full_support_until=dates.full_until,
        lts_support_until=dates.lts_until,
        support_source=dates.source,
    )


def _hardware(said: Mapping[Ask, Said], firmware: Mapping[str, str]) -> Hardware:
    processors = said[Ask.PROCESSORS].text
    cpu_model, is_virtual = parse.parse_cpu_info(processors)
    memory = _MEMORY.search(said[Ask.MEMORY].text)
    vendor = firmware.get("sys_vendor", "")
    return Hardware(
        kind=parse.hardware_kind(
            in_container=bool(said[Ask.CONTAINER].output.strip()),
            is_virtual=is_virtual,
            vendor=vendor,
            chassis=firmware.get("chassis_type", ""),
        ),
        cpu_count=_processor_count(said[Ask.PROCESSOR_COUNT].text, processors),
        memory_bytes=int(memory[1]) * 1024 if memory else 0,
        cpu_model=clean(cpu_model, 200),
        manufacturer=vendor,
        model=firmware.get("product_name", ""),
        serial=firmware.get("product_serial", ""),
    )


def _processor_count(counted: str, listed: str) -> int:
    if re.fullmatch(r"[0-9]{1,4}", counted.strip()):
        return min(max(int(counted), 1), _MOST_PROCESSORS)
    return min(max(len(_PROCESSOR.findall(listed)), 1), _MOST_PROCESSORS)


def _packages(said: Mapping[Ask, Said]) -> tuple[Package, ...] | Unread:
    of_debian, of_rpm = said[Ask.PACKAGES], said[Ask.RPM_PACKAGES]
    if of_debian.code == of_rpm.code == NOT_THERE:
        return Unread("no_package_manager")
    if of_debian.code == NOT_THERE:
        return _part(of_rpm, parse.parse_rpm_packages)
    return _part(of_debian, parse.parse_packages)


def _volumes(said: Mapping[Ask, Said]) -> Iterable[Volume]:
    """Return the local file systems that hold data, each device once under its shortest path."""
    physical = _physical(said[Ask.FILE_SYSTEMS].text)
    sizes = {
        found[2]: int(found[1]) * 1024
        for line in said[Ask.SIZES].text.splitlines()
        if (found := _SIZE.search(line))
    }
    by_device: dict[str, Volume] = {}
    for device, mounted, kind, options in sorted(_mounts(said[Ask.MOUNTS].text), key=lambda row: len(row[1])):
        is_data = kind not in NOT_DATA and (mounted == "/" or kind in physical)
        if is_data and device not in by_device and mounted in sizes:
            read_only = "ro" in options.split(",")
            by_device[device] = Volume(mounted, device, kind, sizes[mounted], read_only)
    return by_device.values()


def _physical(text: str) -> frozenset[str]:
    """Return the kinds of file systems that lie on a device; ZFS says it has none."""
    kinds = (line.split("\t") for line in text.splitlines())
    return frozenset({"zfs", *(words[-1] for words in kinds if words[0] != "nodev")})


def _mounts(text: str) -> Iterable[tuple[str, str, str, str]]:
    for line in text.splitlines():
        words = line.split(" ")
        if len(words) >= 4:
            yield _spelled(words[0]), _spelled(words[1]), words[2], words[3]


def _spelled(word: str) -> str:
    """Return a path with the blanks that the kernel writes as numbers: "/srv/My\\040data"."""
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), word)


def _addresses(text: str) -> Iterable[Address]:
    for line in text.splitlines():
        words = line.split()
        if len(words) < 4 or words[2] not in {"inet", "inet6"}:
            continue
        written, _slash, prefix = words[3].partition("/")
        address = _address(written)
        if address is None or address.is_loopback or address.is_link_local:
            continue
        length = int(prefix) if re.fullmatch(r"[0-9]{1,3}", prefix) else address.max_prefixlen
        if length <= address.max_prefixlen:
            yield Address(words[1].partition("@")[0], str(address), length)


def _address(written: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(written)
    except ValueError:
        return None


def _port_range(said: Mapping[Ask, Said]) -> range:
    told = re.fullmatch(r"([0-9]{1,5})\s+([0-9]{1,5})", said[Ask.PORT_RANGE].text.strip())
    return range(int(told[1]), int(told[2]) + 1) if told else USUAL_PORT_RANGE


def _listeners(text: str, handed_out: range) -> Iterable[Listener]:
    """Return the ports that answer, from lines "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((…))"."""
    found: dict[tuple[str, str, int], str] = {}
    for line in text.splitlines():
        words = line.split(maxsplit=6)
        place = _socket(words[4]) if len(words) >= 6 and words[0] in {"tcp", "udp"} else None
        # A UDP socket on a port that the system chose is a client waiting for its answer.
        if place is None or (words[0] == "udp" and place[1] in handed_out):
            continue
        process = _PROCESS.search(words[6]) if len(words) > 6 else None
        key = (words[0], *place)
        found[key] = max(found.get(key, ""), process[1] if process else "")
    for (protocol, address, port), process_name in found.items():
        yield Listener(protocol, address, port, process_name, is_lasting=port not in handed_out)


def _socket(word: str) -> tuple[str, int] | None:
    """Return address and port; both families at once are the sixth, as the kernel has it."""
    if not _SOCKET.fullmatch(word):
        return None
    written, _colon, port = word.rpartition(":")
    written = written.partition("%")[0].strip("[]")
    address = _address("::" if written == "*" else written)
    return (str(address), int(port)) if address is not None and int(port) < 2**16 else None


def _databases(said: Mapping[Ask, Said]) -> tuple[FoundDatabase, ...] | Unread:
    searched = said[Ask.SQLITE]
    if searched.code == STOPPED:
        return Unread("timed_out")
    if searched.code == NOT_THERE:
        return Unread("command_failed")
    files = sorted({*_sqlite_files(searched.output), *_closed_files(said[Ask.SQLITE_CLOSED].output)})
    return _kept(
        parse.merge_databases(
            _clusters(said[Ask.POSTGRESQL].text),
            _postgresql_sockets(said[Ask.POSTGRESQL_SOCKETS].text),
            _mariadb(said[Ask.MARIADB_SOCKETS].text),
            files[: DEFAULT_BOUNDS.found],
        )
    )


def _sqlite_files(output: bytes) -> Iterable[FoundDatabase]:
    for found in _SQLITE.finditer(output):
        yield FoundDatabase("sqlite", found[1].decode("utf-8", "replace"), readable="yes")


def _closed_files(output: bytes) -> Iterable[FoundDatabase]:
    for path in output.decode("utf-8", "replace").split("\0"):
        if path.startswith("/"):
            yield FoundDatabase("sqlite", path, readable="no")


def _clusters(text: str) -> tuple[FoundDatabase, ...]:
    try:
        return parse.parse_postgresql_clusters(text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # Not installed, or not in the form that Debian's tool writes.
        return ()


def _postgresql_sockets(text: str) -> Iterable[FoundDatabase]:
    for path in text.splitlines():
        folder, _slash, name = path.rpartition("/")
        port = name.removeprefix(".s.PGSQL.")
        if re.fullmatch(r"[0-9]{1,5}", port):
            yield FoundDatabase("postgresql", f"{folder}:{port}")


def _mariadb(text: str) -> Iterable[FoundDatabase]:
    return [FoundDatabase("mariadb", path) for path in text.splitlines() if path.startswith("/")]
