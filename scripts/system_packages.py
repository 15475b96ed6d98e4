"""Programs that Veilleur needs beside Python: finds what is missing, installs it by apt where it may.

First step of `make setup`; runs on the bare system Python, so it uses the standard library alone.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.d/veilleur.conf")
FONTS = Path("/usr/share/fonts")
# What a package would start at once, and at each start of the machine.
UNITS = {"openssh-server": ("ssh.service", "ssh.socket"), "snmpd": ("snmpd.service",)}


@dataclass(frozen=True)
class Need:
    """One thing that must be on the machine: how it is recognised and the Debian package that brings it."""

    package: str
    is_present: Callable[[], bool]
    purpose_fr: str
    purpose_en: str


def has_program(*names: str) -> Callable[[], bool]:
    """Return a check that one of the programs is on the PATH."""
    return lambda: any(shutil.which(name) for name in names)


def has_postgresql_server() -> bool:
    """Return whether the programs that make a PostgreSQL cluster are on the machine."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def has_library(name: str) -> Callable[[], bool]:
    """Return a check that the dynamic linker finds a library of this name."""
    return lambda: find_library(name) is not None


def has_font() -> bool:
    """Return whether any outline font is on the machine; without one, text is drawn as empty boxes."""
    return any(FONTS.rglob("*.[to]tf"))


def can_make_environments() -> bool:
    """Return whether this Python can make a virtual environment with pip in it."""
    return find_spec("ensurepip") is not None and find_spec("venv") is not None


ENVIRONMENT = Need(
    "python3-venv",
    can_make_environments,
    "créer l'environnement Python",
    "making the Python environment",
)
FOR_RUNNING = (
    Need("restic", has_program("restic"), "sauvegarder et restaurer", "backing up and restoring"),
    Need(
        "bubblewrap",
        has_program("bwrap"),
        "tenir à l'écart une base restaurée pour essai",
        "keeping a database apart that is restored for a test",
    ),
    Need("iputils-ping", has_program("ping"), "sonder le réseau", "probing the network"),
    Need(
        "libpangoft2-1.0-0",
        has_library("pangoft2-1.0"),
        "mettre en page les documents à imprimer",
        "laying out documents for print",
    ),
    Need("fonts-dejavu-core", has_font, "écrire dans ces documents", "writing in those documents"),
)
FOR_TESTS = (
    Need(
        "chromium",
        has_program("chromium", "chromium-browser", "google-chrome"),
        "essayer les pages dans un vrai navigateur",
        "testing the pages in a real browser",
    ),
    Need(
        "postgresql",
        has_postgresql_server,
        "essayer avec un vrai PostgreSQL",
        "testing with a real PostgreSQL",
    ),
    Need(
        "slapd",
        lambda: shutil.which("slapd", path="/usr/sbin:/usr/bin") is not None,
        "essayer avec un vrai annuaire LDAP",
        "testing with a real LDAP directory",
    ),
    Need(
        "fusioninventory-agent",
        has_program("fusioninventory-agent"),
        "essayer avec un vrai agent d'inventaire",
        "testing with a real inventory agent",
    ),
    Need(
        "nmap",
        has_program("nmap"),
        "essayer l'examen d'un réseau par nmap",
        "testing how a network is looked at by nmap",
    ),
    Need(
        "snmpd",
        lambda: shutil.which("snmpd", path="/usr/sbin:/usr/bin") is not None,
        "essayer avec un vrai agent SNMP",
        "testing with a real SNMP agent",
    ),
    Need(
        "openssh-server",
        lambda: shutil.which("sshd", path="/usr/sbin:/usr/bin") is not None,
        "essayer avec un vrai serveur SSH",
        "testing with a real SSH server",
    ),
)


def speaks_english() -> bool:
    """Return whether the terminal asks for English; French otherwise, as everywhere in Veilleur."""
    told = next(
        (os.environ[name] for name in ("VEILLEUR_LANGUAGE", "LC_ALL", "LANG") if os.environ.get(name)), ""
    )
    return told.startswith("en")


def say(french: str, english: str) -> None:
    """Print one sentence in the terminal's language."""
    print(english if speaks_english() else french, flush=True)


def missing(needs: Sequence[Need]) -> list[Need]:
    """Return the needs that this machine does not meet."""
    return [need for need in needs if not need.is_present()]


def root_prefix(user_id: int, sudo_works: bool) -> tuple[str, ...] | None:
    """Return what a command needs in front to run as root without a question; None when it cannot."""
    if user_id == 0:
        return ()
    return ("sudo", "-n") if sudo_works else None


def does_sudo_work() -> bool:
    """Return whether sudo runs a command without asking for a password."""
    if shutil.which("sudo") is None:
        return False
    return subprocess.run(("sudo", "-n", "true"), capture_output=True, check=False).returncode == 0


def install_commands(packages: Sequence[str], prefix: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the commands that install the packages, in order; each also works typed at a root shell.

    PostgreSQL comes without its usual cluster, OpenLDAP without a directory, other servers are kept from
    starting: tests make and remove their own, and a server that nobody asked for would be one more thing to
    keep up to date.
    """
    apt = (*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get")
    install = (*apt, "install", "-y", "--no-install-recommends")
    commands: list[tuple[str, ...]] = [(*apt, "update")]
    if "postgresql" in packages:
        setting = (
            f"mkdir -p {CLUSTER_SETTINGS.parent} && echo create_main_cluster = false > {CLUSTER_SETTINGS}"
        )
        commands += [(*install, "postgresql-common"), (*prefix, "sh", "-c", setting)]
    if "slapd" in packages:
        answer = "echo slapd slapd/no_configuration boolean true | debconf-set-selections"
        commands.append((*prefix, "sh", "-c", answer))
    units = [unit for package in packages for unit in UNITS.get(package, ())]
    if not units:
        return [*commands, (*install, *packages)]
    return [
        *commands,
        (*prefix, "sh", "-c", _where_systemd("mask", units)),
        (*install, *packages),
        (*prefix, "sh", "-c", _where_systemd("unmask", units)),
        (*prefix, "sh", "-c", _where_systemd("disable", units)),
    ]


def _where_systemd(verb: str, units: Sequence[str]) -> str:
    return f"if command -v systemctl >/dev/null; then systemctl {verb} {' '.join(units)}; fi"


def readable(commands: Sequence[Sequence[str]]) -> str:
    """Return the commands as one line for a shell, each run only after the one before has succeeded."""
    return " && ".join(shlex.join(command) for command in commands)


def ensure(needs: Sequence[Need]) -> list[Need]:
    """Install what is missing where that is possible without a question; return what is still missing."""
    absent = missing(needs)
    if not absent:
        return []
    packages = [need.package for need in absent]
    prefix = root_prefix(os.geteuid(), does_sudo_work())
    if prefix is not None and shutil.which("apt-get"):
        say(
            f"Installation des paquets système : {', '.join(packages)}",
            f"Installing system packages: {', '.join(packages)}",
        )
        for command in install_commands(packages, prefix):
            if subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode != 0:
                break
    still = missing(absent)
    if still:
        explain(still)
    return still


def explain(absent: Sequence[Need]) -> None:
    """Name what is missing, what it is for, and the command that installs it."""
    for need in absent:
        say(
            f"Il manque « {need.package} », qui sert à {need.purpose_fr}.",
            f"“{need.package}” is missing; it is needed for {need.purpose_en}.",
        )
    line = readable(install_commands([need.package for need in absent], ()))
    say(f"En tant que root, sous Debian :\n    {line}", f"As root, on Debian:\n    {line}")


if __name__ == "__main__":
    chosen = FOR_RUNNING + FOR_TESTS if "test" in sys.argv[1:] else FOR_RUNNING
    sys.exit(69 if ensure(chosen) else 0)
