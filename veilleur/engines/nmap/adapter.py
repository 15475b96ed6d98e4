"""Behind the estate's ports NetworkSweeper and SweepFiles: runs the program and reads what it wrote."""

from veilleur.domains.estate.rules.sweep import HostSeen, Range, SweepFault, Swept
from veilleur.engines import running
from veilleur.engines.nmap import commands, parse
from veilleur.engines.running import Command, find_program

_ALL_S = 900.0


class NmapFiles:
    """Reads files that nmap wrote, here or elsewhere."""

    def read(self, document: bytes) -> Swept | SweepFault:
        """Return what a file says was seen; see the port."""
        return parse.read(document)


class Nmap:
    """Looks at networks by nmap. Run by root, it tells the cards on its own link as well."""

    def __init__(self, ports: tuple[int, ...] = commands.PORTS, all_s: float = _ALL_S) -> None:
        self._ports, self._all_s = ports, all_s

    @staticmethod
    def is_installed() -> bool:
        """Return whether the program is on this machine."""
        return find_program(commands.PROGRAM) is not None

    def sweep(self, ranges: tuple[Range, ...]) -> Swept | SweepFault:
        """Return what answers in these ranges; see the port."""
        hosts: list[HostSeen] = []
        is_whole = True
        # One family after the other: nmap takes one at a time.
        for version in (4, 6):
            named = tuple(each for each in ranges if each.version == version)
            if not named:
                continue
            swept = self._run(commands.sweep(named, self._ports))
            if isinstance(swept, SweepFault):
                return swept
            hosts += swept.hosts
            is_whole = is_whole and swept.is_whole
        return Swept(tuple(hosts), is_whole)

    def _run(self, arguments: tuple[str, ...]) -> Swept | SweepFault:
        try:
            ended = running.run(Command(arguments, timeout_s=self._all_s))
        except running.ProgramMissing:
            return SweepFault.FAILED
        if ended.timed_out:
            swept = parse.read(ended.output)
            return swept if isinstance(swept, Swept) and swept.hosts else SweepFault.TIMED_OUT
        return parse.read(ended.output) if ended.code == 0 else SweepFault.FAILED
