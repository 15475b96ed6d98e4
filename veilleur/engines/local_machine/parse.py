"""Turns the text of system files and commands into the estate's values. Pure: no file, no clock."""

import csv
import hashlib
import hmac
import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from veilleur.domains.estate.rules.machine import FoundDatabase, Identity, Package
from veilleur.domains.estate.rules.map import AssetKind

# Chassis types of the SMBIOS specification (7.4.1) that stand on a desk or a lap.
_DESK_CHASSIS = frozenset({"3", "4", "6", "7", "8", "9", "10", "13", "14", "15", "30", "31", "32"})
_VIRTUAL_VENDORS = ("qemu", "vmware", "xen", "innotek", "microsoft corporation", "amazon ec2", "google")


@dataclass(frozen=True)
class Support:
    """Last days of security updates of one release; None where the table does not say."""

    full_until: date | None
    lts_until: date | None


def parse_os_release(text: str) -> dict[str, str]:
    """Return the variables of an os-release file, quotes removed; lines that assign nothing are skipped."""
    values = {}
    for line in text.splitlines():
        name, assigned, value = line.strip().partition("=")
        if assigned and not name.startswith("#"):
            values[name] = _unquoted(value)
    return values


def _unquoted(value: str) -> str:
    try:
        return "".join(shlex.split(value))
    except ValueError:
        # A quote that is never closed.
        return value.strip("\"'")


def parse_packages(text: str) -> tuple[Package, ...]:
    """Return the installed packages of `commands.LIST_PACKAGES`, sorted; removed ones are left out."""
    rows = (line.split("\t") for line in text.splitlines())
    installed = (row for row in rows if len(row) == 4 and row[0].startswith("ii"))
    return tuple(sorted({Package(*row[1:]) for row in installed}))


def parse_rpm_packages(text: str) -> tuple[Package, ...]:
    """Return the installed packages of `commands.LIST_RPM_PACKAGES`, sorted, without the keys among them."""
    rows = (line.split("\t") for line in text.splitlines())
    return tuple(sorted({Package(*row) for row in rows if len(row) == 3 and row[0] != "gpg-pubkey"}))


def parse_postgresql_clusters(text: str) -> tuple[FoundDatabase, ...]:
    """Return the clusters of `commands.LIST_POSTGRESQL_CLUSTERS`; the locator is "socket folder:port"."""
    found = []
    for cluster in json.loads(text):
        folder = canonical_run(str(cluster.get("socketdir") or "/run/postgresql"))
        locator = f"{folder}:{cluster['port']}"
        found.append(FoundDatabase("postgresql", locator, str(cluster["version"])))
    return tuple(sorted(found))


def canonical_run(folder: str) -> str:
    """Return a folder under /run by that name: /var/run is the same folder by its old name."""
    return "/run" + folder.removeprefix("/var/run") if folder.startswith("/var/run") else folder


def parse_distro_info(text: str, *, lts_column: str) -> dict[str, Support]:
    """Return the support of each release, by version number, from a file of distro-info-data.

    `lts_column` is "eol-lts" for Debian, "eol-esm" for Ubuntu. The dates there are last days covered.
    """
    releases = {}
    for row in csv.DictReader(text.splitlines()):
        version = row["version"].removesuffix(" LTS")
        if version:
            releases[version] = Support(_day(row.get("eol")), _day(row.get(lts_column)))
    return releases


def parse_shipped_support(text: str) -> tuple[str, dict[tuple[str, str], Support]]:
    """Return (date of the table, support by system and version) from our own `support.csv`."""
    lines = text.splitlines()
    dated = lines[0].removeprefix("# as of ")
    rows = csv.DictReader(lines[1:])
    return dated, {
        (row["system"], row["version"]): Support(_day(row["full_until"]), _day(row["lts_until"]))
        for row in rows
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def parse_cpu_info(text: str) -> tuple[str, bool]:
    """Return (model of the processor, whether a hypervisor runs below) from /proc/cpuinfo."""
    model, is_virtual = "", False
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name" and not model:
            model = " ".join(value.split())
        elif name.strip() == "flags" and "hypervisor" in value.split():
            is_virtual = True
    return model, is_virtual


def parse_port_range(text: str) -> range:
    """Return the ports that the system hands out by itself, from ip_local_port_range."""
    first, last = (int(part) for part in text.split())
    return range(first, last + 1)


def identities_of(machine_id: str, dmi_uuid: str, host_name: str) -> tuple[Identity, ...]:
    """Return the signs of a machine, strongest first.

    machine-id(5) asks not to show the identifier itself: a digest keyed by it stands for it.
    """
    signs = []
    if machine_id:
        digest = hmac.new(machine_id.encode(), b"veilleur asset", hashlib.sha256).hexdigest()[:32]
        signs.append(Identity("machine_id", digest))
    if _is_real_uuid(dmi_uuid):
        signs.append(Identity("dmi_uuid", dmi_uuid.lower()))
    return (*signs, Identity("host_name", host_name))


def _is_real_uuid(text: str) -> bool:
    # Some makers ship every board with the same filler.
    digits = set(text.replace("-", "").lower())
    return len(text) == 36 and len(digits) > 2 and text.lower() != "03000200-0400-0500-0006-000700080009"


def hardware_kind(*, in_container: bool, is_virtual: bool, vendor: str, chassis: str) -> AssetKind:
    """Return what sort of machine this is, from what surrounds it and what its firmware says."""
    if in_container:
        return AssetKind.CONTAINER
    if is_virtual or vendor.lower().startswith(_VIRTUAL_VENDORS):
        return AssetKind.VIRTUAL_MACHINE
    return AssetKind.WORKSTATION if chassis in _DESK_CHASSIS else AssetKind.SERVER


def merge_databases(*sources: Iterable[FoundDatabase]) -> tuple[FoundDatabase, ...]:
    """Return each database once, by engine and locator; of two descriptions the one with a version stays."""
    merged: dict[tuple[str, str], FoundDatabase] = {}
    for source in sources:
        for database in source:
            known = merged.get((database.engine, database.locator))
            if known is None or not known.version:
                merged[(database.engine, database.locator)] = database
    return tuple(sorted(merged.values()))
