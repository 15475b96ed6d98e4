"""Background work of the estate: this machine is read, what agents report and people bring is taken in."""

from veilleur.domains.estate.jobs import agents, sheets
from veilleur.domains.estate.jobs.machine import HANDLERS as _OF_MACHINE
from veilleur.domains.estate.jobs.machine import PERIODICS as _PERIODICS_OF_MACHINE
from veilleur.domains.estate.jobs.machine import READ_MACHINE, read_machine
from veilleur.domains.estate.jobs.taking import take_machine

__all__ = ["HANDLERS", "PERIODICS", "READ_MACHINE", "read_machine", "take_machine"]

HANDLERS = {**_OF_MACHINE, **agents.HANDLERS, **sheets.HANDLERS}
PERIODICS = (*_PERIODICS_OF_MACHINE,)
