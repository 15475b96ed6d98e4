"""Reads the real machine: system files below a root, two programs, and psutil for disks and sockets."""

import ipaddress
import os
import platform
import socket
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import psutil

from veilleur.domains.estate.ports import SupportDates
from veilleur.domains.estate.rules.machine import (
    Address,
    FoundDatabase,
    Hardware,
    Listener,
    MachineFacts,
    OperatingSystem,
    Package,
    Unread,
    Volume,
)
from veilleur.engines.local_machine import commands, parse
from veilleur.engines.local_machine.places import (
    CONTAINER_MARKS,
    MARIADB_SOCKETS,
    NOT_DATA,
    POSTGRESQL_SOCKETS,
    SEARCHED_FOLDERS,
    USUAL_PORT_RANGE,
)
from veilleur.engines.local_machine.search import DEFAULT_BOUNDS, Bounds, SqliteSearch

_TIMEOUT_S = 20


class LocalMachine:
    """The machine this process runs on; implements the estate's `MachineReader`.

    `root` moves the system files elsewhere (a container's tree, a test). `leave_out` are folders in
    which no database is looked for: Veilleur's own.
    """

    def __init__(
        self,
        *,
        root: Path = Path("/"),
        search: Iterable[Path] = SEARCHED_FOLDERS,
        leave_out: Iterable[Path] = (),
        bounds: Bounds = DEFAULT_BOUNDS,
    ) -> None:
        self._root = root
        self._search = SqliteSearch(search, leave_out=leave_out, bounds=bounds)

    def read(self) -> MachineFacts:
        """Return what the machine tells of itself now; see `MachineReader.read`."""
        host_name = socket.gethostname()
        return MachineFacts(
            host_name=host_name,
            identities=parse.identities_of(
                self._text("etc/machine-id"), self._text("sys/class/dmi/id/product_uuid"), host_name
            ),
            system=self._system(),
            hardware=self._hardware(),
            packages=_packages(),
            volumes=_volumes(),
            addresses=_addresses(),
            listeners=self._listeners(),
            databases=self._databases(),
            is_here=True,
        )

    def _text(self, path: str) -> str:
        """Return the text of a system file, "" where it is absent or not ours to read."""
        try:
            return (self._root / path).read_text(errors="replace").strip()
        except OSError:
            return ""

    def _system(self) -> OperatingSystem:
        release = parse.parse_os_release(self._text("etc/os-release") or self._text("usr/lib/os-release"))
        os_id, version = release.get("ID", ""), release.get("VERSION_ID", "")
        support = self.dates_of(os_id, version)
        return OperatingSystem(
            os_id=os_id,
            version=version,
            name=release.get("PRETTY_NAME", "") or platform.system(),
            codename=release.get("VERSION_CODENAME", ""),
            kernel=platform.release(),
            architecture=platform.machine(),
            full_support_until=support.full_until,
            lts_support_until=support.lts_until,
            support_source=support.source,
        )

    def dates_of(self, os_id: str, version: str) -> SupportDates:
        """Return the support of a release and where that is written; the system's own table comes first."""
        columns = {"debian": "eol-lts", "ubuntu": "eol-esm"}
        table = self._root / "usr/share/distro-info" / f"{os_id}.csv"
        if os_id in columns and table.is_file():
            releases = parse.parse_distro_info(table.read_text(), lts_column=columns[os_id])
            if version in releases and releases[version].full_until is not None:
                dated = datetime.fromtimestamp(table.stat().st_mtime, UTC).date().isoformat()
                return _dates(releases[version], f"distro_info:{dated}")
        dated, shipped = parse.parse_shipped_support(_shipped_support())
        if (os_id, version) in shipped:
            return _dates(shipped[(os_id, version)], f"shipped:{dated}")
        return SupportDates(None, None, "")

    def _hardware(self) -> Hardware:
        cpu_model, is_virtual = parse.parse_cpu_info(self._text("proc/cpuinfo"))
        vendor = self._text("sys/class/dmi/id/sys_vendor")
        return Hardware(
            kind=parse.hardware_kind(
                in_container=any((self._root / mark).exists() for mark in CONTAINER_MARKS),
                is_virtual=is_virtual,
                vendor=vendor,
                chassis=self._text("sys/class/dmi/id/chassis_type"),
            ),
            cpu_count=psutil.cpu_count() or 1,
            memory_bytes=psutil.virtual_memory().total,
            cpu_model=cpu_model,
            manufacturer=vendor,
            model=self._text("sys/class/dmi/id/product_name"),
            serial=self._text("sys/class/dmi/id/product_serial"),
        )

    def _listeners(self) -> tuple[Listener, ...] | Unread:
        port_range = self._text("proc/sys/net/ipv4/ip_local_port_range")
        handed_out = parse.parse_port_range(port_range) if port_range else USUAL_PORT_RANGE
        try:
            return _listeners(handed_out)
        except (psutil.AccessDenied, PermissionError):
            return Unread("not_permitted")

    def _databases(self) -> tuple[FoundDatabase, ...] | Unread:
        files_found = self._search.run(time.monotonic)
        if isinstance(files_found, Unread):
            return files_found
        listed = _run(commands.LIST_POSTGRESQL_CLUSTERS)
        clusters = () if isinstance(listed, Unread) else parse.parse_postgresql_clusters(listed)
        return parse.merge_databases(clusters, self._postgresql_sockets(), self._mariadb(), files_found)

    def _postgresql_sockets(self) -> list[FoundDatabase]:
        found = []
        for folder in POSTGRESQL_SOCKETS:
            for path in sorted((self._root / folder).glob(".s.PGSQL.*")):
                if path.is_socket():
                    found.append(FoundDatabase("postgresql", f"/{folder}:{path.suffix.removeprefix('.')}"))
        return found

    def _mariadb(self) -> list[FoundDatabase]:
        sockets = [path for path in MARIADB_SOCKETS if (self._root / path).is_socket()]
        return [FoundDatabase("mariadb", f"/{path}") for path in sockets]


def _dates(support: parse.Support, source: str) -> SupportDates:
    return SupportDates(support.full_until, support.lts_until, source)


@cache
def _shipped_support() -> str:
    return files("veilleur.engines.local_machine").joinpath("support.csv").read_text()


def _run(arguments: tuple[str, ...]) -> str | Unread:
    """Return what the program prints, or why it did not."""
    try:
        done = subprocess.run(
            arguments,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=True,
            stdin=subprocess.DEVNULL,
            env={"LC_ALL": "C", "PATH": os.defpath},
        )
    except FileNotFoundError:
        return Unread("no_package_manager")
    except subprocess.TimeoutExpired:
        return Unread("timed_out")
    except (subprocess.CalledProcessError, OSError):
        return Unread("command_failed")
    return done.stdout


def _packages() -> tuple[Package, ...] | Unread:
    listed = _run(commands.LIST_PACKAGES)
    if listed == Unread("no_package_manager"):
        of_rpm = _run(commands.LIST_RPM_PACKAGES)
        return of_rpm if isinstance(of_rpm, Unread) else parse.parse_rpm_packages(of_rpm)
    return listed if isinstance(listed, Unread) else parse.parse_packages(listed)


@dataclass(frozen=True, order=True)
class _Mount:
    """A mounted file system before its size is asked for; the shortest path sorts first."""

    length: int
    mount_point: str
    device: str
    file_system: str
    is_read_only: bool


def _volumes() -> tuple[Volume, ...] | Unread:
    """Return local file systems; network ones belong to the machine that serves them."""
    by_device: dict[str, Volume] = {}
    for each in sorted(_mounts()):
        # One device mounted twice is one volume, under its shortest path.
        is_data = each.file_system not in NOT_DATA and Path(each.mount_point).is_dir()
        if each.device in by_device or not is_data:
            continue
        try:
            total_bytes = psutil.disk_usage(each.mount_point).total
        except PermissionError:
            return Unread("not_permitted")
        by_device[each.device] = Volume(
            each.mount_point, each.device, each.file_system, total_bytes, each.is_read_only
        )
    return tuple(sorted(by_device.values()))


def _mounts() -> list[_Mount]:
    """Return the physical partitions, and the root whatever it is: it holds data all the same.

    The root of a container is an overlay, which is no physical partition. That of a chroot is a folder of
    some file system, which the list of mounts does not show at all.
    """
    roots = [each for each in psutil.disk_partitions(all=True) if each.mountpoint == "/"]
    listed = [
        _Mount(len(each.mountpoint), each.mountpoint, each.device, each.fstype, "ro" in each.opts.split(","))
        for each in (*roots, *psutil.disk_partitions(all=False))
    ]
    return listed if roots else [_unlisted_root(), *listed]


def _unlisted_root() -> _Mount:
    """Return the root as the kernel alone knows it: by its device's number, its type unknown."""
    number = Path("/").stat().st_dev
    is_read_only = bool(os.statvfs("/").f_flag & os.ST_RDONLY)
    return _Mount(1, "/", f"{os.major(number)}:{os.minor(number)}", "", is_read_only)


def _addresses() -> tuple[Address, ...] | Unread:
    found = set()
    for interface, addresses in psutil.net_if_addrs().items():
        for each in addresses:
            if each.family not in {socket.AF_INET, socket.AF_INET6}:
                continue
            address = ipaddress.ip_address(each.address.split("%")[0])
            if not (address.is_loopback or address.is_link_local):
                found.add(
                    Address(interface, str(address), _prefix_length(each.netmask, address.max_prefixlen))
                )
    return tuple(sorted(found))


def _prefix_length(netmask: str | None, longest: int) -> int:
    if netmask is None:
        return longest
    return int(ipaddress.ip_address(netmask)).bit_count()


def _listeners(handed_out: range) -> tuple[Listener, ...]:
    found: dict[tuple[str, str, int], str] = {}
    for each in psutil.net_connections("inet"):
        if not each.laddr:
            continue
        is_tcp = each.type == socket.SOCK_STREAM and each.status == psutil.CONN_LISTEN
        # A UDP socket on a port that the system chose is a client waiting for its answer.
        is_udp = each.type == socket.SOCK_DGRAM and not each.raddr and each.laddr.port not in handed_out
        if is_tcp or is_udp:
            key = ("tcp" if is_tcp else "udp", each.laddr.ip, each.laddr.port)
            found[key] = max(found.get(key, ""), _process_name(each.pid))
    return tuple(
        sorted(
            Listener(protocol, address, port, process, is_lasting=port not in handed_out)
            for (protocol, address, port), process in found.items()
        )
    )


def _process_name(pid: int | None) -> str:
    try:
        return psutil.Process(pid).name() if pid else ""
    except psutil.Error:
        # It ended meanwhile, or is not ours to look at.
        return ""
