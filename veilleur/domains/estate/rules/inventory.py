"""Parts of a machine that only agents tell, beside those of `machine.py`."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Disk:
    """A disk, as its controller shows it: what volumes lie on."""

    name: str
    model: str = ""
    serial: str = ""
    interface: str = ""
    size_bytes: int = 0


@dataclass(frozen=True, order=True)
class Interface:
    """A network card, or one that only the system makes. `mac` in lower case with colons, "" without one."""

    name: str
    mac: str = ""
    kind: str = ""
    is_virtual: bool = False


@dataclass(frozen=True, order=True)
class VirtualMachine:
    """A machine that runs on this one, as its hypervisor names it. `uuid` in lower case, "" if not told."""

    name: str
    uuid: str = ""
    hypervisor: str = ""
    state: str = ""
    cpu_count: int = 0
    memory_bytes: int = 0


@dataclass(frozen=True, order=True)
class Antivirus:
    """A protection against malware. `active` and `up_to_date` are "yes", "no" or "unknown"."""

    name: str
    publisher: str = ""
    version: str = ""
    active: str = "unknown"
    up_to_date: str = "unknown"


@dataclass(frozen=True, order=True)
class LocalUser:
    """An account of the machine itself, not of a directory."""

    login: str
    full_name: str = ""
    user_id: str = ""
    shell: str = ""


@dataclass(frozen=True, order=True)
class LocalGroup:
    """A group of the machine itself. `members` are logins in order, with commas between them."""

    name: str
    members: str = ""


@dataclass(frozen=True, order=True)
class RemoteTool:
    """A program by which somebody elsewhere takes the machine over, and its number there."""

    kind: str
    identifier: str = ""


ToldRow = Disk | Interface | VirtualMachine | Antivirus | LocalUser | LocalGroup | RemoteTool
