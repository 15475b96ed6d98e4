"""Reads of what changed in the documents since somebody last looked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from django.db.models import Q

from veilleur.domains.knowledge.models import Document, DocumentVersion, LastLook
from veilleur.domains.knowledge.queries.documents import DocumentRow, document_row
from veilleur.domains.knowledge.queries.readable import readable_documents
from veilleur.domains.organisations.queries import list_current_members, visible_names
from veilleur.domains.organisations.queries.erasures import erased_in
from veilleur.shared.viewer import Viewer


class ChangeKind(StrEnum):
    """What happened to a document."""

    WRITTEN = "written"
    CHANGED = "changed"
    RETIRED = "retired"


@dataclass(frozen=True)
class Change:
    """What happened to one document. `before`: the newest version that was seen, 0 for none; `by`: names."""

    row: DocumentRow
    kind: ChangeKind
    before: int
    by: tuple[str, ...]
    at: datetime


def visible_last_look(viewer: Viewer, now: datetime) -> datetime | None:
    """Return up to when the viewer has seen what changed; since joining, where nothing else is known.

    None for a provider's people who have not looked yet: everything is new to them.
    """
    member = list_current_members(viewer.organisation_id, now).filter(person_id=viewer.person_id).first()
    row = LastLook.objects.visible_to(viewer).filter(person_id=viewer.person_id).first()
    known = [member.since if member else None, row.looked_at if row else None]
    # Whoever came back begins anew.
    return max((at for at in known if at is not None), default=None)


def visible_changes(viewer: Viewer, since: datetime | None, now: datetime) -> list[Change]:
    """Return the documents that changed from `since` on (None: ever), the newest change first, each once."""
    since = since or datetime.min.replace(tzinfo=UTC)
    rows = readable_documents(viewer).filter(
        Q(changed_at__gte=since) | Q(retired_at__gte=since), created_at__lte=now
    )
    names, erased = visible_names(viewer), erased_in([viewer.organisation_id])
    versions = DocumentVersion.objects.visible_to(viewer).filter(document__in=rows).order_by("number")
    made: dict[int, list[tuple[int, datetime, str]]] = {}
    for document, number, made_at, author in versions.values_list(
        "document_id", "number", "made_at", "author"
    ):
        made.setdefault(document, []).append((number, made_at, author))
    found = [
        _change(document, document_row(document, now, erased), made[document.pk], names, since)
        for document in rows.select_related("owner__person", "deputy__person")
    ]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _change(
    document: Document,
    row: DocumentRow,
    versions: list[tuple[int, datetime, str]],
    names: dict[str, str],
    since: datetime,
) -> Change:
    fresh = [(made_at, author) for _number, made_at, author in versions if made_at >= since]
    before = max((number for number, made_at, _author in versions if made_at < since), default=0)
    by = tuple(dict.fromkeys(names.get(author, "") for _made_at, author in fresh))
    if document.retired_at is not None and document.retired_at >= since:
        return Change(row, ChangeKind.RETIRED, before, by, document.retired_at)
    kind = ChangeKind.CHANGED if before else ChangeKind.WRITTEN
    return Change(row, kind, before, by, max(made_at for made_at, _author in fresh))
