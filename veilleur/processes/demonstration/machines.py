"""What each machine of the demonstration company tells of itself, in the form a real inventory has."""

from datetime import date
from hashlib import sha256
from ipaddress import ip_address

from veilleur.domains.estate.rules.machine import (
    Address,
    FoundDatabase,
    Hardware,
    Identity,
    Listener,
    MachineFacts,
    OperatingSystem,
    Volume,
)
from veilleur.domains.estate.rules.map import AssetKind
from veilleur.processes.demonstration.company import SITES, SYSTEMS, WORKSTATIONS, Server
from veilleur.processes.demonstration.packages import packages_of

GIB = 2**30
# Last days of full and long-term support, as the distributions announced them.
SUPPORT = {
    "debian11": (date(2024, 8, 14), date(2026, 8, 31)),
    "debian12": (date(2026, 6, 10), date(2028, 6, 30)),
    "debian13": (date(2028, 8, 9), date(2030, 6, 30)),
    "ubuntu22": (date(2027, 4, 1), None),
    "ubuntu24": (date(2029, 4, 25), None),
}
# Maker, model and processor of what can be touched; guests see the processor of their host.
BODIES = {
    "hv-01": ("Dell Inc.", "PowerEdge R750", "Intel(R) Xeon(R) Gold 6326 CPU @ 2.90GHz"),
    "hv-02": ("Dell Inc.", "PowerEdge R750", "Intel(R) Xeon(R) Gold 6326 CPU @ 2.90GHz"),
    "hv-03": ("Dell Inc.", "PowerEdge T350", "Intel(R) Xeon(R) E-2386G CPU @ 3.50GHz"),
    "nas-01": ("Supermicro", "SSG-5029P-E1CTR12L", "Intel(R) Xeon(R) Bronze 3206R CPU @ 1.90GHz"),
    "nas-02": ("HPE", "ProLiant MicroServer Gen10 Plus", "Intel(R) Xeon(R) E-2224 CPU @ 3.40GHz"),
}
# Cores, memory in GiB and processor of the desks, the more usual ones more often.
DESKS = (
    (12, 16, "12th Gen Intel(R) Core(TM) i5-12400"),
    (12, 16, "12th Gen Intel(R) Core(TM) i5-12400"),
    (12, 16, "12th Gen Intel(R) Core(TM) i5-1235U"),
    (6, 8, "Intel(R) Core(TM) i5-8500 CPU @ 3.00GHz"),
    (8, 8, "Intel(R) Core(TM) i3-10100 CPU @ 3.60GHz"),
    (20, 32, "12th Gen Intel(R) Core(TM) i7-12700"),
    (16, 16, "AMD Ryzen 7 PRO 5750G with Radeon Graphics"),
)
_DRIVES_GIB = (237, 476, 953)
DATABASES = {
    "erp-db": (FoundDatabase("postgresql", "/var/run/postgresql:5432", "15", "yes"),),
    "etq-01": (FoundDatabase("mariadb", "/run/mysqld/mysqld.sock", "10.5.29"),),
    "bad-01": (FoundDatabase("sqlite", "/var/lib/badgeage/base.sqlite3", readable="yes"),),
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
        hardware=_hardware(server),
        packages=packages_of(server.name, server.system),
        volumes=tuple(
            Volume(mount, f"/dev/vd{letter}1", "ext4", volume_bytes(size))
            for letter, (mount, size) in zip("abcdef", server.volumes_gb.items(), strict=False)
        ),
        addresses=(Address("ens18", address_of(server.site, 10 + rank), 24),),
        listeners=tuple(
            Listener("tcp", address_of(server.site, 10 + rank), port, process)
            for port, process in server.listeners
        ),
        databases=DATABASES.get(server.name, ()),
    )


def volume_bytes(size_gib: int) -> int:
    """Return what a file system of that size tells of itself: its own tables take some of it."""
    return int(size_gib * GIB * 0.9834)


def _hardware(server: Server) -> Hardware:
    physical = server.runs_on or server.name
    maker, model, processor = BODIES[physical]
    if server.runs_on:
        maker, model = "QEMU", "Standard PC (Q35 + ICH9, 2009)"
    return Hardware(
        server.kind,
        server.cpu_count,
        _usable_memory(server.memory_gib, server.name),
        cpu_model=processor,
        manufacturer=maker,
        model=model,
    )


def _usable_memory(size_gib: int, name: str) -> int:
    """Return the memory that a system tells: the firmware and the kernel keep a little for themselves."""
    kept = 0.019 + _figure(name) % 90 / 10_000
    return int(size_gib * GIB * (1 - kept)) // 4096 * 4096


def _figure(name: str) -> int:
    return int(sha256(f"demonstration figure {name}".encode()).hexdigest()[:8], 16)


def workstations() -> list[tuple[str, MachineFacts]]:
    """Return (site, facts) of every workstation, named after its site and its number."""
    return [
        (site, _workstation(f"poste-{site[:3].lower()}-{number:02}", address_of(site, 100 + number)))
        for site, count in WORKSTATIONS.items()
        for number in range(1, count + 1)
    ]


def _workstation(name: str, address: str) -> MachineFacts:
    os_id, version, full_name, codename = SYSTEMS["windows11"]
    cpu_count, memory_gib, processor = DESKS[_figure(name) % len(DESKS)]
    release = " Pro 23H2" if _figure(f"{name} release") % 5 == 0 else " Pro 24H2"
    return MachineFacts(
        host_name=name,
        identities=_identities(name),
        system=OperatingSystem(os_id, version, full_name + release, codename, architecture="x86_64"),
        hardware=Hardware(
            AssetKind.WORKSTATION, cpu_count, _usable_memory(memory_gib, name), cpu_model=processor
        ),
        volumes=(Volume("C:", "disk 0", "NTFS", volume_bytes(_DRIVES_GIB[_figure(f"{name} drive") % 3])),),
        addresses=(Address("Ethernet", address, 24),),
    )


def address_of(site: str, host: int) -> str:
    """Return the address of a machine in its site's network, from the block reserved for private use."""
    return str(ip_address("10.20.0.0") + 256 * SITES.index(site) + host)


def _identities(name: str) -> tuple[Identity, ...]:
    digest = sha256(f"demonstration {name}".encode()).hexdigest()
    return (Identity("host_name", name), Identity("machine_id", digest[:32]))
