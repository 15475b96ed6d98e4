"""Background work of the estate: the machine Veilleur runs on is read, what agents report is brought in."""

from veilleur.domains.estate.jobs import agents
from veilleur.domains.estate.jobs.machine import HANDLERS as _OF_MACHINE
from veilleur.domains.estate.jobs.machine import PERIODICS as _PERIODICS_OF_MACHINE
from veilleur.domains.estate.jobs.machine import READ_MACHINE, read_machine

__all__ = ["HANDLERS", "PERIODICS", "READ_MACHINE", "read_machine"]

HANDLERS = {**_OF_MACHINE, **agents.HANDLERS}
PERIODICS = (*_PERIODICS_OF_MACHINE,)
