"""What a machine says of itself, as plain values: read by an engine, compared by rules, kept by actions."""

from dataclasses import astuple, dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias, TypeVar

from veilleur.domains.estate.rules.inventory import (
    Antivirus,
    Disk,
    Interface,
    LocalGroup,
    LocalUser,
    RemoteTool,
    ToldRow,
    VirtualMachine,
)
from veilleur.domains.estate.rules.map import AssetKind

Row = TypeVar("Row")


@dataclass(frozen=True)
class Unread:
    """A part of a machine that could not be read. `reason` is a code that `labels.py` words."""

    reason: str


class Source(StrEnum):
    """Who told a part of a machine: Veilleur, which read the machine, or an agent on it."""

    VEILLEUR = "veilleur"
    AGENT = "agent"


@dataclass(frozen=True)
class PartRead:
    """That a part was read, by whom; `unread_reason` is a code where it could not be."""

    source: Source
    unread_reason: str = ""


# Not part of this telling: what is known of that part stays as it is, and is told apart, piece by piece.
TOLD_APART = Unread("told_apart")


@dataclass(frozen=True, order=True)
class Identity:
    """One lasting sign by which a machine is known again; the schemes are those of `identity.py`.

    `value` never is the machine's raw machine-id, which its manual asks to keep confidential.
    """

    scheme: str
    value: str


@dataclass(frozen=True)
class OperatingSystem:
    """The system and, by the dated table in `support_source`, until when it gets security updates.

    Both dates are the last day that is covered; None when the table does not say.
    """

    os_id: str
    version: str
    name: str
    codename: str = ""
    kernel: str = ""
    architecture: str = ""
    full_support_until: date | None = None
    lts_support_until: date | None = None
    support_source: str = ""


@dataclass(frozen=True)
class Hardware:
    """Processor, memory and, where the firmware tells, maker, model and serial number."""

    kind: AssetKind
    cpu_count: int
    memory_bytes: int
    cpu_model: str = ""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""


@dataclass(frozen=True, order=True)
class Package:
    """An installed package of the system's package manager, or a program that its maker installed."""

    name: str
    architecture: str
    version: str
    publisher: str = ""


@dataclass(frozen=True, order=True)
class Volume:
    """A mounted file system that holds data. What is used of it is a series, not an inventory."""

    mount_point: str
    device: str
    file_system: str
    total_bytes: int
    is_read_only: bool = False


@dataclass(frozen=True, order=True)
class Address:
    """An address of an interface, in its usual notation, with the prefix length."""

    interface: str
    address: str
    prefix_length: int


@dataclass(frozen=True, order=True)
class Listener:
    """A port that answers. `process` is empty when the reader may not know it.

    `is_lasting` is False for a port of the range the system hands out by itself: such a port may be
    another one tomorrow, so nothing is expected of it.
    """

    protocol: str
    address: str
    port: int
    process: str = ""
    is_lasting: bool = True


@dataclass(frozen=True, order=True)
class FoundDatabase:
    """A database found by its files, socket or process. `readable` is "yes", "no" or "unknown"."""

    engine: str
    locator: str
    version: str = ""
    readable: str = "unknown"


InventoryRow: TypeAlias = Package | Volume | Address | Listener | FoundDatabase | ToldRow


@dataclass(frozen=True)
class MachineFacts:
    """All that was read of one machine at one time. A part that could not be read is `Unread`."""

    host_name: str
    identities: tuple[Identity, ...]
    system: OperatingSystem
    hardware: Hardware
    packages: tuple[Package, ...] | Unread = field(default=Unread("not_read"))
    volumes: tuple[Volume, ...] | Unread = field(default=Unread("not_read"))
    addresses: tuple[Address, ...] | Unread = field(default=Unread("not_read"))
    listeners: tuple[Listener, ...] | Unread = field(default=Unread("not_read"))
    databases: tuple[FoundDatabase, ...] | Unread = field(default=Unread("not_read"))
    # What only agents tell: whoever else reads a machine leaves them as they are.
    disks: tuple[Disk, ...] | Unread = field(default=TOLD_APART)
    interfaces: tuple[Interface, ...] | Unread = field(default=TOLD_APART)
    virtual_machines: tuple[VirtualMachine, ...] | Unread = field(default=TOLD_APART)
    antivirus: tuple[Antivirus, ...] | Unread = field(default=TOLD_APART)
    local_users: tuple[LocalUser, ...] | Unread = field(default=TOLD_APART)
    local_groups: tuple[LocalGroup, ...] | Unread = field(default=TOLD_APART)
    remote_tools: tuple[RemoteTool, ...] | Unread = field(default=TOLD_APART)
    # The machine Veilleur itself runs on: the only one whose load and disks it can read.
    is_here: bool = False


# What a machine told this long ago says nothing about it any more.
READING_IS_FRESH = timedelta(days=7)
# A reading of today may be dated tomorrow in another zone, not later.
_ZONES = timedelta(days=1)

# The parts of an inventory, by their field in `MachineFacts`.
OWN_PARTS = ("packages", "volumes", "addresses", "listeners", "databases")
AGENT_PARTS = (
    "disks",
    "interfaces",
    "virtual_machines",
    "antivirus",
    "local_users",
    "local_groups",
    "remote_tools",
)
PARTS = OWN_PARTS + AGENT_PARTS


def is_fresh(read_on: date, today: date) -> bool:
    """Return whether a machine that was read that day is still as it was then, and the day not to come."""
    return -_ZONES <= today - read_on <= READING_IS_FRESH


@dataclass(frozen=True)
class Step:
    """One change of a part: a row that is new, or one that is there no more."""

    row: InventoryRow
    is_new: bool


def may_agent_tell(last_source: str, last_read_at: datetime, now: datetime) -> bool:
    """Return whether an agent's word counts for a part that was read before.

    Two readers write the same thing in two ways: each would undo the other's rows. What Veilleur has read
    lately it knows better.
    """
    return last_source != Source.VEILLEUR or now - last_read_at > READING_IS_FRESH


def difference(known: frozenset[Row], seen: frozenset[Row]) -> tuple[frozenset[Row], frozenset[Row]]:
    """Return (gone, new): rows known and no longer seen, rows seen for the first time."""
    return known - seen, seen - known


def steps_between(known: frozenset[InventoryRow], seen: tuple[InventoryRow, ...]) -> list[Step]:
    """Return the changes in order of their text, so that both ends of an upgrade stay together."""
    gone, new = difference(known, frozenset(seen))
    steps = [*(Step(row, is_new=False) for row in gone), *(Step(row, is_new=True) for row in new)]
    return sorted(steps, key=lambda step: (row_text(step.row), step.is_new))


def row_text(row: InventoryRow) -> str:
    """Return a row of an inventory as one line of text, its filled fields in order, for the journal."""
    return " ".join(str(value) for value in astuple(row) if value not in ("", False))


def support_level(full_until: date | None, lts_until: date | None, today: date) -> str:
    """Return "full", "lts", "none" or, without any date, "unknown". The named days are included."""
    if full_until is not None and today <= full_until:
        return "full"
    if lts_until is not None and today <= lts_until:
        return "lts"
    if full_until is None and lts_until is None:
        return "unknown"
    return "none"
