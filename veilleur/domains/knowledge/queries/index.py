"""Reads of what documents are found by."""

from veilleur.domains.knowledge.models import Document
from veilleur.domains.knowledge.ports import SEARCH_INDEX
from veilleur.domains.knowledge.rules.index import IndexState, index_state

__all__ = ["IndexState", "whole_index_state", "whole_indexable"]


def whole_index_state() -> IndexState:
    """Return whether exactly the documents in use of all organisations are found."""
    return index_state(whole_indexable(), SEARCH_INDEX.get().known())


def whole_indexable() -> dict[int, int]:
    """Return every document in use with its organisation, by their database keys, in their order."""
    rows = Document.objects.across_organisations("the index is one table for all").filter(retired_at=None)
    return dict(rows.order_by("pk").values_list("pk", "organisation_id"))
