"""What nobody has said or done for a service: owner, objectives, copies of its data, documents.

What a later domain knows comes as an argument; where it has not answered, it is unknown, not missing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from veilleur.domains.estate.rules.map import ServiceRow


class Gap(StrEnum):
    """What may be missing, in the order in which it is told."""

    OWNER = "owner"
    RTO = "rto"
    RPO = "rpo"
    BACKUP = "backup"
    DOCUMENTATION = "documentation"


@dataclass(frozen=True)
class Care:
    """How a service is cared for. What is in neither is there."""

    missing: tuple[Gap, ...]
    unknown: tuple[Gap, ...]


def care_of(row: ServiceRow, copied: Mapping[UUID, bool], documented: Mapping[UUID, bool]) -> Care:
    """Return what is missing of a service and what is unknown.

    An objective by default was chosen by nobody: it is missing. `copied`: by data set, whether a whole copy
    of it exists; data of which nobody has spoken is unknown, and so is that of a service of which no data is
    on the map. `documented`: by node, whether a document in use is about it.
    """
    there = {
        Gap.OWNER: row.referent is not None,
        Gap.RTO: not row.rto_is_default,
        Gap.RPO: not row.rpo_is_default,
        Gap.BACKUP: _all_of(copied.get(each) for each in row.data_set_ids),
        Gap.DOCUMENTATION: documented.get(row.id),
    }
    return Care(
        missing=tuple(gap for gap, is_there in there.items() if is_there is False),
        unknown=tuple(gap for gap, is_there in there.items() if is_there is None),
    )


def _all_of(answers: Iterable[bool | None]) -> bool | None:
    """Return False where one is, True where all are and there is one, else None: unknown."""
    found = list(answers)
    if False in found:
        return False
    return None if not found or None in found else True
