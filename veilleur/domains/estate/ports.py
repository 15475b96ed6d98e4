"""What the estate asks of an engine: to read the machine that Veilleur runs on."""

from typing import Protocol

from veilleur.domains.estate.rules.machine import MachineFacts
from veilleur.shared.binding import Slot


class MachineReader(Protocol):
    """Reads the machine it runs on, as the user it runs as, without changing anything."""

    def read(self) -> MachineFacts:
        """Return what the machine tells of itself now.

        Never raises for a part that cannot be read: that part is `Unread` with its reason. May take
        some seconds (packages are listed, folders are searched for databases), a minute at most.
        """


MACHINE_READER: Slot[MachineReader] = Slot("estate.machine_reader")
