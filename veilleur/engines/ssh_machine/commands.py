"""The whole list of what is ever run on a machine that is read over SSH. Pure, and fixed.

Nothing a machine or a person says goes into a command: the same words are sent to each machine. So an account
can be bound to this very list, and the page docs/reference/ssh-commands.md shows it.
"""

import shlex
from enum import StrEnum

from veilleur.engines.local_machine.commands import (
    LIST_PACKAGES,
    LIST_POSTGRESQL_CLUSTERS,
    LIST_RPM_PACKAGES,
)
from veilleur.engines.local_machine.places import (
    CONTAINER_MARKS,
    DMI_NAMES,
    MARIADB_SOCKETS,
    POSTGRESQL_SOCKETS,
    SEARCHED_FOLDERS,
)
from veilleur.engines.local_machine.search import DATABASE_SUFFIXES, DEFAULT_BOUNDS, PASSED_OVER

# Whatever the login's shell and settings are: words in English, programs found where systems keep them.
_ENVIRONMENT = ("env", "LC_ALL=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
# A search that its reader gave up ends by itself.
_SEARCH_S = 20


class Ask(StrEnum):
    """What is asked of a machine."""

    WHO = "who"
    SYSTEM = "system"
    SYSTEM_BY_MAKER = "system_by_maker"
    MACHINE_ID = "machine_id"
    PROCESSORS = "processors"
    PROCESSOR_COUNT = "processor_count"
    MEMORY = "memory"
    FIRMWARE = "firmware"
    CONTAINER = "container"
    PACKAGES = "packages"
    RPM_PACKAGES = "rpm_packages"
    MOUNTS = "mounts"
    FILE_SYSTEMS = "file_systems"
    SIZES = "sizes"
    ADDRESSES = "addresses"
    PORT_RANGE = "port_range"
    LISTENERS = "listeners"
    POSTGRESQL = "postgresql"
    POSTGRESQL_SOCKETS = "postgresql_sockets"
    MARIADB_SOCKETS = "mariadb_sockets"
    SQLITE = "sqlite"
    SQLITE_CLOSED = "sqlite_closed"


def _sqlite(*what: str) -> tuple[str, ...]:
    folders = tuple(str(folder) for folder in SEARCHED_FOLDERS)
    depth = ("-maxdepth", str(DEFAULT_BOUNDS.depth + 1))
    passed_over = _any_name(sorted(PASSED_OVER))
    named = _any_name([f"*{suffix}" for suffix in DATABASE_SUFFIXES])
    return (
        *("timeout", str(_SEARCH_S), "find", "-H", *folders, *depth),
        *("-type", "d", *passed_over, "-prune", "-o", "-type", "f", *named, *what),
    )


def _any_name(patterns: list[str]) -> tuple[str, ...]:
    words = [word for pattern in patterns for word in ("-o", "-name", pattern)]
    return ("(", *words[1:], ")")


_COMMANDS: dict[Ask, tuple[str, ...]] = {
    Ask.WHO: ("uname", "-s", "-n", "-r", "-m"),
    Ask.SYSTEM: ("cat", "/etc/os-release"),
    Ask.SYSTEM_BY_MAKER: ("cat", "/usr/lib/os-release"),
    Ask.MACHINE_ID: ("cat", "/etc/machine-id"),
    Ask.PROCESSORS: ("cat", "/proc/cpuinfo"),
    Ask.PROCESSOR_COUNT: ("getconf", "_NPROCESSORS_ONLN"),
    Ask.MEMORY: ("cat", "/proc/meminfo"),
    Ask.FIRMWARE: ("grep", "-s", "", *(f"/sys/class/dmi/id/{name}" for name in DMI_NAMES)),
    Ask.CONTAINER: ("ls", "-d", *(f"/{mark}" for mark in CONTAINER_MARKS)),
    Ask.PACKAGES: LIST_PACKAGES,
    Ask.RPM_PACKAGES: LIST_RPM_PACKAGES,
    Ask.MOUNTS: ("cat", "/proc/self/mounts"),
    Ask.FILE_SYSTEMS: ("cat", "/proc/filesystems"),
    # Local ones: a server of files that is away would hold it up.
    Ask.SIZES: ("df", "-a", "-l", "-P", "-k"),
    Ask.ADDRESSES: ("ip", "-o", "address", "show"),
    Ask.PORT_RANGE: ("cat", "/proc/sys/net/ipv4/ip_local_port_range"),
    Ask.LISTENERS: ("ss", "-H", "-l", "-n", "-t", "-u", "-p"),
    Ask.POSTGRESQL: LIST_POSTGRESQL_CLUSTERS,
    Ask.POSTGRESQL_SOCKETS: (
        *("find", *(f"/{folder}" for folder in POSTGRESQL_SOCKETS)),
        *("-maxdepth", "1", "-type", "s", "-name", ".s.PGSQL.*"),
    ),
    Ask.MARIADB_SOCKETS: (
        *("find", *(f"/{path}" for path in MARIADB_SOCKETS)),
        *("-maxdepth", "0", "-type", "s"),
    ),
    # The first sixteen bytes tell a database of SQLite from a file that is only called so.
    Ask.SQLITE: _sqlite("-exec", "head", "-v", "-c", "16", "{}", "+"),
    Ask.SQLITE_CLOSED: _sqlite("-not", "-readable", "-print0"),
}
# As they are sent: words that any shell takes as they stand.
SENT: dict[Ask, str] = {ask: shlex.join((*_ENVIRONMENT, *words)) for ask, words in _COMMANDS.items()}
