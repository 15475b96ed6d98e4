"""Whether what documents are found by agrees with the documents."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class IndexState:
    """Documents, by key, that are not found though in use; and entries of none, or of another's."""

    missing: frozenset[int]
    strange: frozenset[int]

    @property
    def agrees(self) -> bool:
        """Return whether exactly the documents in use are found."""
        return not (self.missing or self.strange)


def index_state(documents: Mapping[int, int], known: Mapping[int, int]) -> IndexState:
    """Return what differs between documents in use and the index, both as document -> organisation."""
    missing = frozenset(key for key in documents if key not in known)
    strange = frozenset(key for key, organisation in known.items() if documents.get(key) != organisation)
    return IndexState(missing, strange)
