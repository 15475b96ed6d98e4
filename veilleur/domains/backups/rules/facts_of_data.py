"""What is recorded about data when it is backed up, and found again when it is restored."""

from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    """What a recorded fact is about. A database's facts outlive the file format they were stored in."""

    FILE = "file"
    LINK = "link"
    FOLDER = "folder"
    SCHEMA = "schema"
    TABLE = "table"
    OBJECTS = "objects"


DATABASE_KINDS = frozenset({FactKind.SCHEMA, FactKind.TABLE, FactKind.OBJECTS})


@dataclass(frozen=True)
class DataFact:
    """One recorded fact: for a file its bytes and SHA-256, for a table its rows and content digest.

    `name`: an absolute path (bytes that are no UTF-8 as surrogate escapes), or `database:schema.table`.
    `size`: bytes, or rows. `digest`: lower-case hexadecimal or decimal, as the kind's engine documents.
    `mtime_us`: modification time of a file, UTC microseconds. `is_unstable`: it changed while it was being
    backed up, so nothing about its content can be held against the copy.
    """

    kind: FactKind
    name: str
    size: int
    digest: str
    mtime_us: int | None = None
    is_unstable: bool = False

    @property
    def order(self) -> tuple[str, tuple[str, ...]]:
        """Return the sort key of manifests: database facts first, then paths folder by folder."""
        if self.kind in DATABASE_KINDS:
            return ("0", (self.name, self.kind.value))
        return ("1", tuple(self.name.split("/")))
