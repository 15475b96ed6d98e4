"""What the estate asks of an engine, to read the machine that Veilleur runs on, and of later domains."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from veilleur.domains.estate.rules.machine import MachineFacts
from veilleur.shared.binding import Slot


class MachineReader(Protocol):
    """Reads the machine it runs on, as the user it runs as, without changing anything."""

    def read(self) -> MachineFacts:
        """Return what the machine tells of itself now.

        Never raises for a part that cannot be read: that part is `Unread` with its reason. May take
        some seconds (packages are listed, folders are searched for databases), a minute at most.
        """


class Knower(Protocol):
    """Says for a later domain whether something is there, node by node."""

    def __call__(self, organisation_id: int, nodes: Iterable[UUID], now: datetime, /) -> Mapping[UUID, bool]:
        """Return whether it is there for each of these nodes; what is left out is unknown."""
        ...


def nobody_knows(*_asked: object) -> Mapping[UUID, bool]:
    """Return no answer: the later domain has none yet."""
    return {}


MACHINE_READER: Slot[MachineReader] = Slot("estate.machine_reader")
# Whether a whole copy of a data set exists; asked of backups.
COPIED: Slot[Knower] = Slot("estate.copied")
COPIED.bind(nobody_knows)
# Whether a document in use is about a node; asked of knowledge.
DOCUMENTED: Slot[Knower] = Slot("estate.documented")
DOCUMENTED.bind(nobody_knows)
