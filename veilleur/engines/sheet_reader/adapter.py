"""A SheetReader: a child process reads each file, so that a hostile one brings down nothing else."""

import json
import subprocess
import sys

from veilleur.domains.estate.rules.sheet import Sheet
from veilleur.shared.refusal import Refused

_LONGEST_S = 60
_PROGRAM = (sys.executable, "-m", "veilleur.engines.sheet_reader.reading")


class ChildSheetReader:
    """A SheetReader."""

    def read(self, data: bytes) -> tuple[Sheet, ...] | Refused:
        """Return the sheets of a file that are not empty."""
        try:
            done = subprocess.run(_PROGRAM, input=data, capture_output=True, timeout=_LONGEST_S, check=False)
        except subprocess.TimeoutExpired:
            return Refused("too_large")
        if done.returncode:
            # Out of memory or of time: the process was ended where it could not say so itself.
            return Refused("too_large")
        told = json.loads(done.stdout)
        if "fault" in told:
            return Refused(told["fault"])
        return tuple(Sheet(name, tuple(tuple(row) for row in rows)) for name, rows in told["sheets"])
