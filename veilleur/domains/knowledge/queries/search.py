"""Reads of documents by what they say."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from veilleur.domains.knowledge.labels import DocumentKindChoice
from veilleur.domains.knowledge.models import DocumentVersion
from veilleur.domains.knowledge.ports import SEARCH_INDEX
from veilleur.domains.knowledge.queries.documents import DocumentRow, document_row
from veilleur.domains.knowledge.queries.readable import hidden_documents, readable_documents
from veilleur.domains.knowledge.rules.search import (
    Asked,
    Piece,
    asked_words,
    excerpt,
    marked,
    named_kind,
)
from veilleur.domains.organisations.queries.erasures import erased_in
from veilleur.shared.viewer import Viewer

MOST_FOUND = 30


@dataclass(frozen=True)
class Found:
    """A document that answers, with its title and a line of its text in pieces."""

    row: DocumentRow
    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]


def visible_found(viewer: Viewer, query: str, now: datetime) -> list[Found]:
    """Return the documents in use in which a word begins with each word asked for, the best first.

    Accents, case and plural make no difference; a word may also name the kind of the document.
    At most `MOST_FOUND`; nothing for a query without words.
    """
    words = asked_words(query)
    keys = _keys(viewer, words) if words else []
    rows = readable_documents(viewer).filter(pk__in=keys, retired_at=None)
    documents = {row.pk: row for row in rows.select_related("owner__person", "deputy__person")}
    erased = erased_in([viewer.organisation_id])
    texts = {
        (row.document_id, row.number): row.text
        # Of each the newest alone: earlier ones may be many, and long.
        for row in DocumentVersion.objects.visible_to(viewer).filter(
            document__in=rows, number=F("document__number")
        )
    }
    return [
        Found(
            document_row(documents[key], now, erased),
            marked(documents[key].title, words),
            excerpt(texts[key, documents[key].number], words),
        )
        for key in [key for key in keys if key in documents][:MOST_FOUND]
    ]


def _keys(viewer: Viewer, words: tuple[Asked, ...]) -> list[int]:
    """Return the documents that say the words, then those of the kind that one word names and that say the
    others.
    """
    index, readable = SEARCH_INDEX.get(), readable_documents(viewer).filter(retired_at=None)
    # As many more as may be left out again: what is not written for the viewer is in nobody's way.
    most = MOST_FOUND + len(hidden_documents(viewer))
    keys = index.find(viewer.organisation_id, words, most)
    kind, others = named_kind(words, {each.value: str(each.label) for each in DocumentKindChoice})
    if kind is None:
        return keys
    of_kind = list(readable.filter(kind=kind).order_by("title", "pk").values_list("pk", flat=True))
    if not others:
        of_kind = of_kind[:most]
    else:
        said, known = index.find(viewer.organisation_id, others, len(of_kind) + most), set(of_kind)
        of_kind = [key for key in said if key in known]
    return list(dict.fromkeys([*keys, *of_kind]))
