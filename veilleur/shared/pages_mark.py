"""What tells the process that draws pages, and every process it starts, from all others of its account.

A lowered hard limit: the kernel hands it on to every child, keeps it over `exec`, and lets nobody but root
raise it again. It is a limit that Veilleur has no use for (POSIX message queues): nothing else changes.
"""

import resource
from pathlib import Path

_LINE = "Max msgqueue size"
_LIMIT = 12  # RLIMIT_MSGQUEUE, which Python's module does not name
_MARK = 7919  # bytes; whoever has no more is marked, so that nothing is gained by lowering it further


def mark_as_pages() -> None:
    """Mark this process, for good, as one that draws pages."""
    _soft, hard = resource.getrlimit(_LIMIT)
    if hard == resource.RLIM_INFINITY or hard > _MARK:
        resource.setrlimit(_LIMIT, (_MARK, _MARK))


def draws_pages(process: int) -> bool:
    """Return whether a process is marked, or was started by one that is; OSError where it cannot be told."""
    limits = Path(f"/proc/{process}/limits").read_text()
    line = next((line for line in limits.splitlines() if line.startswith(_LINE)), "")
    if not line:
        # Of a process that ends just now, the kernel says nothing.
        raise ProcessLookupError(f"the limits of process {process} are gone")
    hard = line.removeprefix(_LINE).split()[1]
    return hard.isdigit() and int(hard) <= _MARK
