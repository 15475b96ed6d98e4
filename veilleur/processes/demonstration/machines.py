"""What each machine of the demonstration company tells of itself, in the form a real inventory has."""

from datetime import date
from hashlib import sha256
from ipaddress import ip_address

from veilleur.domains.estate.rules.machine import (
    Address,
    Hardware,
    Identity,
    Listener,
    MachineFacts,
    OperatingSystem,
    Package,
    Volume,
)
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.processes.demonstration.company import GB, SITES, SYSTEMS, WORKSTATIONS, Server

GIB = 2**30
# Versions a machine of that age would have; the packages of the company's own programs come with them.
PACKAGES = {
    "debian11": (("openssh-server", "1:8.4p1-5+deb11u5"), ("linux-image-amd64", "5.10.237-1")),
    "debian12": (("openssh-server", "1:9.2p1-2+deb12u7"), ("linux-image-amd64", "6.1.158-1")),
    "debian13": (("openssh-server", "1:10.0p1-7"), ("linux-image-amd64", "6.12.57-1")),
    "ubuntu22": (("openssh-server", "1:8.9p1-3ubuntu0.13"), ("linux-image-generic", "5.15.0.161.158")),
    "ubuntu24": (("openssh-server", "1:9.6p1-3ubuntu13.14"), ("linux-image-generic", "6.8.0-88.89")),
}
# Last days of full and long-term support, as the distributions announced them.
SUPPORT = {
    "debian11": (date(2024, 8, 14), date(2026, 8, 31)),
    "debian12": (date(2026, 6, 10), date(2028, 6, 30)),
    "debian13": (date(2028, 8, 9), date(2030, 6, 30)),
    "ubuntu22": (date(2027, 4, 1), None),
    "ubuntu24": (date(2029, 4, 25), None),
}
SUPPORT_SOURCE = "demonstration 2026-11-01"


def facts_of(server: Server, rank: int) -> MachineFacts:
    """Return what a server tells; `rank` is its place in the company's list and gives its address."""
    os_id, version, name, codename = SYSTEMS[server.system]
    full, long_term = SUPPORT[server.system]
    return MachineFacts(
        host_name=server.name,
        identities=_identities(server.name),
        system=OperatingSystem(
            os_id,
            version,
            name,
            codename,
            architecture="x86_64",
            full_support_until=full,
            lts_support_until=long_term,
            support_source=SUPPORT_SOURCE,
        ),
        hardware=Hardware(server.kind, server.cpu_count, server.memory_gib * GIB),
        packages=tuple(Package(package, "amd64", its) for package, its in PACKAGES[server.system]),
        volumes=tuple(
            Volume(mount, f"/dev/vd{letter}1", "ext4", size * GB)
            for letter, (mount, size) in zip("abcdef", server.volumes_gb.items(), strict=False)
        ),
        addresses=(Address("ens18", address_of(server.site, 10 + rank), 24),),
        listeners=tuple(
            Listener("tcp", address_of(server.site, 10 + rank), port, process)
            for port, process in server.listeners
        ),
        databases=(),
    )


def workstations() -> list[tuple[str, MachineFacts]]:
    """Return (site, facts) of every workstation, named after its site and its number."""
    return [
        (site, _workstation(f"poste-{site[:3].lower()}-{number:02}", address_of(site, 100 + number)))
        for site, count in WORKSTATIONS.items()
        for number in range(1, count + 1)
    ]


def _workstation(name: str, address: str) -> MachineFacts:
    os_id, version, full_name, codename = SYSTEMS["windows11"]
    return MachineFacts(
        host_name=name,
        identities=_identities(name),
        system=OperatingSystem(os_id, version, full_name, codename, architecture="x86_64"),
        hardware=Hardware(AssetKind.WORKSTATION, 8, 16 * GIB),
        addresses=(Address("eth0", address, 24),),
    )


def address_of(site: str, host: int) -> str:
    """Return the address of a machine in its site's network, from the block reserved for private use."""
    return str(ip_address("10.20.0.0") + 256 * SITES.index(site) + host)


def _identities(name: str) -> tuple[Identity, ...]:
    digest = sha256(f"demonstration {name}".encode()).hexdigest()
    return (Identity("host_name", name), Identity("machine_id", digest[:32]))
