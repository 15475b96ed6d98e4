"""Runs one command with a data folder of its own, removed when the command ends, whatever way it ends.

The exit code is the command's own; 128 and the signal's number when a signal ended it, as in a shell.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence


def main(command: Sequence[str]) -> int:
    """Run the command to its end and return its exit code."""
    with tempfile.TemporaryDirectory(prefix="veilleur-scratch-", ignore_cleanup_errors=True) as folder:
        environment = {**os.environ, "VEILLEUR_DATA_DIR": folder}
        # Tests start hundreds of processes: without what Python keeps of its compiling each does it anew,
        # which is a third of its start.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        child = subprocess.Popen(command, env=environment)
        # Ctrl-C reaches the command by itself; what only this process is told is handed on.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda received, _: child.send_signal(received))
        code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
