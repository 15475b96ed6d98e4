"""What documents are found by, made anew from the documents: kept for everybody, told to nobody."""

from collections.abc import Sequence
from datetime import datetime

from veilleur.domains.journal.actions import recorded
from veilleur.domains.knowledge.actions.documents import draft_of
from veilleur.domains.knowledge.models import Document, DocumentVersion
from veilleur.domains.knowledge.ports import SEARCH_INDEX
from veilleur.domains.knowledge.rules.prepared import prepare
from veilleur.shared.viewer import Actor


@recorded
def reindex_documents(*, now: datetime, actor: Actor, organisation_id: int, keys: Sequence[int]) -> int:
    """Write the index's entry of each of these documents from its newest version, which is no fact; drop that
    of one that is not, or no longer, a document in use. Return how many were written.
    """
    index, written = SEARCH_INDEX.get(), 0
    rows = Document.objects.of(organisation_id).filter(pk__in=keys, retired_at=None).select_for_update()
    found = {row.pk: row for row in rows}
    for key in keys:
        row = found.get(key)
        if row is None:
            index.drop(key)
            continue
        newest = DocumentVersion.objects.of(organisation_id).get(document=row, number=row.number)
        prepared = prepare(draft_of(newest))
        index.put(organisation_id, key, prepared.title_words, prepared.text_words)
        written += 1
    return written
