"""How far a list is that somebody brought, and which part of it is written next."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ImportState(StrEnum):
    """LOADED: looked at, nothing written. ASKED: being written, piece by piece."""

    LOADED = "loaded"
    ASKED = "asked"
    DONE = "done"
    DROPPED = "dropped"


# Lines of one piece: well under the time that one turn at the database may last.
PIECE = 5
# What was looked at and never imported is forgotten after so many days.
FORGOTTEN_DAYS = 30


@dataclass(frozen=True)
class HostTies:
    """What the next `lines` of a list say of hosts: (guest, host), public ids."""

    lines: int
    pairs: tuple[tuple[UUID, UUID], ...]
