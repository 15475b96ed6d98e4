"""Routes of the API about documents: pages and procedures."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema

from veilleur.domains.knowledge.queries import DocumentRow, visible_document, visible_documents
from veilleur.shared.api import Instant, Page, Part, part_of
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in

router = Router(tags=["knowledge"])


class DocumentOut(Schema):
    """A document: who looks after it, from when on it needs another look. `number`: its newest version."""

    id: UUID
    kind: str
    topic: str
    title: str
    number: int
    changed_at: Instant
    owner: str
    deputy: str | None
    review_due_at: Instant
    retired_at: Instant | None


class DocumentTextOut(DocumentOut):
    """A document with its newest text, in Markdown, and the ids of what it is about."""

    text: str
    about: list[UUID]


@router.get("/documents", response=Page[DocumentOut])
def list_documents(request: HttpRequest, part: Query[Part]) -> Any:
    """Return the documents in use, without their texts."""
    return part_of(visible_documents(viewer_in(request), utc_now()), part, _document, lambda row: row.id)


@router.get("/documents/{uuid:document}", response=DocumentTextOut)
def get_document(request: HttpRequest, document: UUID) -> Any:
    """Return one document with its newest text, also one out of use."""
    found = visible_document(viewer_in(request), document, utc_now())
    if found is None:
        raise Http404
    about = [subject.id for subject in found.subjects]
    return _document(found.row) | {"text": found.version.draft.text, "about": about}


def _document(row: DocumentRow) -> dict[str, Any]:
    names = [name for name in DocumentOut.model_fields if name not in {"owner", "deputy"}]
    deputy = row.deputy.name if row.deputy else None
    return {name: getattr(row, name) for name in names} | {"owner": row.owner.name, "deputy": deputy}
