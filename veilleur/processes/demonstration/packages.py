"""Packages of the demonstration's servers: what every system brings, and what a machine's role adds.

A few dozen of the hundreds that a real machine tells: enough to see how they are shown.
"""

from collections.abc import Iterator
from pathlib import Path

from veilleur.domains.estate.rules.machine import Package

SYSTEMS = ("debian11", "debian12", "debian13", "ubuntu22", "ubuntu24")
# Name, then the version in each of SYSTEMS; "-" where that system has none of that name.
_COMMON = Path(__file__).with_name("packages.txt").read_text()
# What the role of a machine adds.
ROLES = {
    "hv-01": (("pve-manager", "8.4.14"), ("qemu-server", "8.4.5"), ("zfsutils-linux", "2.2.8-pve1")),
    "hv-02": (("pve-manager", "8.4.14"), ("qemu-server", "8.4.5"), ("zfsutils-linux", "2.2.8-pve1")),
    "hv-03": (("pve-manager", "8.4.11"), ("qemu-server", "8.4.3")),
    "nas-01": (("samba", "2:4.17.12+dfsg-0+deb12u2"), ("mdadm", "4.2-5"), ("restic", "0.14.0-1+b5")),
    "nas-02": (("mdadm", "4.2-5"), ("restic", "0.14.0-1+b5")),
    "ad-01": (("samba-ad-dc", "2:4.17.12+dfsg-0+deb12u2"), ("winbind", "2:4.17.12+dfsg-0+deb12u2")),
    "ad-02": (("samba-ad-dc", "2:4.17.12+dfsg-0+deb12u2"), ("winbind", "2:4.17.12+dfsg-0+deb12u2")),
    "erp-db": (("postgresql-15", "15.14-0+deb12u1"), ("postgresql-contrib", "15+248")),
    "erp-app": (("nginx", "1.22.1-9+deb12u3"), ("python3-psycopg2", "2.9.5-1+b1")),
    "fic-01": (("samba", "2:4.22.4+dfsg-1~deb13u1"), ("acl", "2.3.2-2+b1"), ("quota", "4.06-1+b3")),
    "cao-01": (
        ("openjdk-17-jre-headless", "17.0.16+8~us1-0ubuntu1~22.04.1"),
        ("xfsprogs", "5.13.0-1ubuntu2"),
    ),
    "etq-01": (("mariadb-server-10.5", "1:10.5.29-0+deb11u1"), ("cups", "2.3.3op2-3+deb11u9")),
    "bad-01": (("openjdk-11-jre-headless", "11.0.28+6-1~deb11u1"), ("sqlite3", "3.34.1-3+deb11u1")),
    "web-01": (("nginx", "1.24.0-2ubuntu7.5"), ("php8.3-fpm", "8.3.6-0ubuntu0.24.04.5")),
}


def packages_of(name: str, system: str) -> tuple[Package, ...]:
    """Return the packages of a server by name, with those of its role."""
    return tuple(sorted(Package(package, "amd64", its) for package, its in _all(name, system)))


def _all(name: str, system: str) -> Iterator[tuple[str, str]]:
    column = SYSTEMS.index(system)
    for line in _COMMON.splitlines():
        package, *versions = line.split()
        if versions[column] != "-":
            yield package, versions[column]
    yield from ROLES[name]
