"""The words nmap is run with. Pure."""

from collections.abc import Iterable

from veilleur.domains.estate.rules.sweep import Range

PROGRAM = "nmap"
# What servers, printers, cameras, hypervisors and databases of a small company answer at.
PORTS = (
    21, 22, 23, 25, 53, 80, 88, 110, 111, 135, 139, 143, 389, 443, 445, 465, 515, 548, 554, 587, 631, 636,
    873, 902, 993, 1433, 1521, 2049, 3000, 3128, 3260, 3306, 3389, 5000, 5432, 5900, 5985, 6379, 8006, 8080,
    8443, 9090, 9100, 9200, 27017,
)  # fmt: skip


def sweep(ranges: Iterable[Range], ports: Iterable[int] = PORTS) -> tuple[str, ...]:
    """Return the command that looks at these ranges and writes XML.

    Whole connections to stated ports, at a bounded rate, tried once more at most. No scripts, no guesses at
    versions or systems: those send what old devices do not survive.
    """
    named = tuple(ranges)
    return (
        PROGRAM,
        *(("-6",) if any(each.version == 6 for each in named) else ()),
        *("-sT", "-p", ",".join(map(str, ports))),
        *("--max-rate", "300", "--max-retries", "1", "--host-timeout", "60s"),
        *("--noninteractive", "--no-stylesheet", "-oX", "-"),
        *map(str, named),
    )
