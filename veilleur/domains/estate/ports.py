"""What the estate asks of engines, to read the machine that Veilleur runs on and what agents report, and of
later domains.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from veilleur.domains.estate.rules.agents import Fault, Head, Message, Opened, Reply, Told, Turned
from veilleur.domains.estate.rules.devices import DeviceAccess, DeviceFacts
from veilleur.domains.estate.rules.machine import MachineFacts
from veilleur.domains.estate.rules.reach import HostKey, MachineAccess, Unreached
from veilleur.domains.estate.rules.sheet import Sheet
from veilleur.domains.estate.rules.sweep import Range, SweepFault, Swept
from veilleur.shared.binding import Slot
from veilleur.shared.refusal import Refused


class MachineReader(Protocol):
    """Reads the machine it runs on, as the user it runs as, without changing anything."""

    def read(self) -> MachineFacts:
        """Return what the machine tells of itself now.

        Never raises for a part that cannot be read: that part is `Unread` with its reason. May take
        some seconds (packages are listed, folders are searched for databases), a minute at most.
        """


class RemoteReader(Protocol):
    """Reads machines that have no agent, over the network, without changing anything on them."""

    def look(self, host: str, port: int = 22, /) -> HostKey | Unreached:
        """Return the key by which a server says who it is, for a person to compare; nothing is told to it.

        Nobody else may pin this key: whoever stands between would be trusted for ever.
        """

    def read(self, access: MachineAccess, pinned: str, /) -> MachineFacts | Unreached:
        """Return what a Linux machine tells of itself, as `MachineReader.read` does.

        `pinned` is the `HostKey.public` that a person confirmed: a server with any other is told nothing,
        neither login nor password. Takes a minute and a half at most.
        """


class DeviceReader(Protocol):
    """Reads switches, printers and other devices over the network, without changing anything on them."""

    def read(self, access: DeviceAccess, /) -> DeviceFacts | Unreached:
        """Return what a device tells of itself. Takes a minute and a half at most.

        A table that the device does not have is empty in the facts; one that is longer than any real one is
        cut.
        """


class NetworkSweeper(Protocol):
    """Looks at a network for what answers, gently."""

    def sweep(self, ranges: tuple[Range, ...], /) -> Swept | SweepFault:
        """Return what answers in these ranges, which a person named: they come from `rules.sweep.ranges_of`.

        Connections are opened and closed, nothing is sent. Takes a quarter of an hour at most for each
        family of addresses.
        """


class SweepFiles(Protocol):
    """Reads what other tools wrote of a look at a network."""

    def read(self, document: bytes, /) -> Swept | SweepFault:
        """Return what an XML file of nmap says was seen, or why it is not read; anybody may have made it."""


class SheetReader(Protocol):
    """Reads a table that people keep: an Excel workbook or a CSV file."""

    def read(self, data: bytes) -> tuple[Sheet, ...] | Refused:
        """Return the sheets that are not empty, at least one.

        Refused with a code of `labels.SHEET_FAULTS` where it is no table, or a hostile one. May take some
        seconds; a file that takes a minute or a gigabyte is refused as too large.
        """


class Knower(Protocol):
    """Says for a later domain whether something is there, node by node."""

    def __call__(self, organisation_id: int, nodes: Iterable[UUID], now: datetime, /) -> Mapping[UUID, bool]:
        """Return whether it is there for each of these nodes; what is left out is unknown."""
        ...


def nobody_knows(*_asked: object) -> Mapping[UUID, bool]:
    """Return no answer: the later domain has none yet."""
    return {}


@dataclass(frozen=True)
class SupportDates:
    """Until when a release gets security updates, both days included; None where no dated table says.

    `source` is as in `rules.machine.OperatingSystem.support_source`.
    """

    full_until: date | None
    lts_until: date | None
    source: str


class SupportTable(Protocol):
    """Knows until when systems are supported."""

    def dates_of(self, os_id: str, version: str) -> SupportDates:
        """Return the dates of a release, by the names of os-release."""


class Body(Protocol):
    """What follows the head of a request."""

    def read(self, size: int, /) -> bytes:
        """Return as many bytes of what is left, or fewer; none at its end."""


class AgentProtocol(Protocol):
    """Speaks with agents in their own words; keeps nothing."""

    def open(self, head: Head, body: Body) -> Opened | Turned:
        """Return a body inflated and checked, or why it is not taken. Memory and size are bounded.

        One of ordinary size is read whole, so that what is wrong with its form is known; of a larger one only
        its beginning.
        """

    def answer(self, head: Head, message: Message) -> Reply:
        """Return the answer to a message that was understood, and kept where it brings something."""

    def refusal(self, turned: Turned) -> Reply:
        """Return why a body is not taken, in the form of whoever sent it."""

    def refused(self, status: int, words: str) -> Reply:
        """Return a refusal with an HTTP status, in words for the agent's log."""

    def read(self, head: Head, packed: bytes, kept: bytes | None = None) -> Told | Fault:
        """Return what a kept document tells, or what is wrong with it. May take seconds for a large one.

        `kept` is the `Told.document` of the last report, packed: one that tells only what changed is read
        together with it. Any field that cannot be read is left out and named in `Told.faults`.
        """

    def pack(self, document: bytes) -> bytes:
        """Return a document deflated, as `read` takes it."""


SUPPORT_DATES: Slot[SupportTable] = Slot("estate.support_dates")
AGENT_PROTOCOL: Slot[AgentProtocol] = Slot("estate.agent_protocol")
MACHINE_READER: Slot[MachineReader] = Slot("estate.machine_reader")
DEVICE_READER: Slot[DeviceReader] = Slot("estate.device_reader")
NETWORK_SWEEPER: Slot[NetworkSweeper] = Slot("estate.network_sweeper")
SWEEP_FILES: Slot[SweepFiles] = Slot("estate.sweep_files")
REMOTE_READER: Slot[RemoteReader] = Slot("estate.remote_reader")
# Whether a whole copy of a data set exists; asked of backups.
COPIED: Slot[Knower] = Slot("estate.copied")
COPIED.bind(nobody_knows)
# Whether a document in use is about a node; asked of knowledge.
DOCUMENTED: Slot[Knower] = Slot("estate.documented")
DOCUMENTED.bind(nobody_knows)
SHEET_READER: Slot[SheetReader] = Slot("estate.sheet_reader")
