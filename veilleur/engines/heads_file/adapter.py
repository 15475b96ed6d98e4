"""Appends signed heads to a file, one line each, safely on disk before it returns; reads them back."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from veilleur.domains.backups.rules.states import Medium
from veilleur.domains.journal.rules.heads import HeadsPlace, Reach, SignedHeads, from_line, to_line
from veilleur.engines.files.places import MOUNT_TABLE, medium_of

_REACH = {
    Medium.NETWORK: Reach.OTHER_MACHINE,
    Medium.OTHER_DISK: Reach.OTHER_DISK,
    Medium.SAME_DISK: Reach.SAME_DISK,
    Medium.MEMORY: Reach.SAME_DISK,
}
_log = logging.getLogger(__name__)


class HeadsFile:
    """A HeadsDestination in a file; it proves nothing while it lies on the machine it is about."""

    def __init__(self, path: Path, home: Path, mount_table: Path = MOUNT_TABLE) -> None:
        """`home` is the data folder, whose disk the file is compared with."""
        self._path = path
        self._home = home
        self._mount_table = mount_table

    def send(self, signed: SignedHeads) -> None:
        """Append one line and force it to the disk; raise OSError when that cannot be done."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # One write of a whole line in append mode: a crash leaves it out or in, at worst without its end.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            line = ("" if self._ends_well() else "\n") + to_line(signed) + "\n"
            os.write(descriptor, line.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sent(self) -> Sequence[SignedHeads]:
        """Return the heads in the file, oldest first; none before the first was sent.

        A line that cannot be read (a crash cut it short) is passed over with a warning: it proves nothing.
        Raise OSError when the file is there and cannot be read.
        """
        if not self._path.exists():
            return ()
        lines = self._path.read_text(errors="replace").splitlines()
        found = (self._read_line(number, line) for number, line in enumerate(lines, start=1) if line)
        return tuple(signed for signed in found if signed is not None)

    def place(self) -> HeadsPlace:
        """Return the file, and whether its folder is another machine's; MISSING: the folder is not there."""
        folder = self._path.parent
        if not folder.is_dir():
            return HeadsPlace(str(self._path), Reach.MISSING)
        medium = medium_of(folder, self._home, self._mount_table.read_text())
        return HeadsPlace(str(self._path), _REACH[medium])

    def _read_line(self, number: int, line: str) -> SignedHeads | None:
        try:
            return from_line(line)
        except ValueError:
            _log.warning("%s, line %d: not a line of signed heads", self._path, number)
            return None

    def _ends_well(self) -> bool:
        if self._path.stat().st_size == 0:
            return True
        with self._path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"
