"""The child process that reads one table: the file on its input, JSON on its output. It can reach little.

Its memory and its time are bounded before a byte is read, so that a hostile file ends this process alone.
"""

import json
import resource
import sys

from veilleur.engines.sheet_reader.parse import Unreadable, read_tables

_MOST_MEMORY_BYTES = 1_500_000_000
_MOST_CPU_S = 30


def main() -> None:
    """Read the input and write {"sheets": [[name, rows], ...]} or {"fault": code}."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_CPU_S, _MOST_CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        told: dict[str, object] = {"sheets": read_tables(sys.stdin.buffer.read())}
    except Unreadable as fault:
        told = {"fault": str(fault)}
    except MemoryError:
        told = {"fault": "too_large"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
