"""Reads of documents and their versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from veilleur.domains.estate.queries import visible_map
from veilleur.domains.estate.rules.map import MapNode, NodeKind
from veilleur.domains.knowledge.labels import AudienceChoice, DocumentKindChoice, PriorityChoice, TopicChoice
from veilleur.domains.knowledge.models import Document, DocumentSubject, DocumentVersion
from veilleur.domains.knowledge.queries.files import FileRow, visible_files, visible_files_of_all_versions
from veilleur.domains.knowledge.queries.readable import instructions_among, readable_documents
from veilleur.domains.knowledge.rules.care import Cared
from veilleur.domains.knowledge.rules.documents import Draft, review_due_at
from veilleur.domains.organisations.queries import visible_names
from veilleur.domains.organisations.queries.erasures import Erased, erased_in, shown_name
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer

# Pages of things on the map; they belong to the desk.
_ROUTES: dict[str, str] = {
    NodeKind.ACTIVITY: "desk:activity",
    NodeKind.ASSET: "desk:machine",
    NodeKind.SERVICE: "desk:service",
}


@dataclass(frozen=True)
class Carer:
    """Somebody who looks after a document; `is_member`: still belongs to the organisation."""

    id: UUID
    name: str
    is_member: bool


@dataclass(frozen=True)
class DocumentRow:
    """What lists show of a document. `kind` and `topic` are codes of `rules.documents`."""

    id: UUID
    kind: str
    topic: str
    title: str
    number: int
    blanks: int
    changed_at: datetime
    owner: Carer
    deputy: Carer | None
    reviewed_at: datetime
    review_months: int
    retired_at: datetime | None
    audience: str

    @property
    def audience_word(self) -> str:
        """Return who reads it, in the language of the page."""
        return str(AudienceChoice(self.audience).label)

    @property
    def review_due_at(self) -> datetime:
        """Return from when on it needs another look."""
        return review_due_at(self.reviewed_at, self.review_months)

    @property
    def cared(self) -> Cared:
        """Return what rules weigh of the care for it."""
        has_deputy = self.deputy is not None and self.deputy.is_member
        return Cared(self.blanks, self.owner.is_member, has_deputy, self.review_due_at)

    @property
    def carers(self) -> tuple[Carer, ...]:
        """Return who looks after it, the owner first."""
        return (self.owner, self.deputy) if self.deputy else (self.owner,)

    def is_looked_after_by(self, person: str) -> bool:
        """Return whether the person with that public id is its owner or its deputy."""
        return any(str(carer.id) == person for carer in self.carers)

    @property
    def kind_word(self) -> str:
        """Return its kind in the language of the page."""
        return str(DocumentKindChoice(self.kind).label)

    @property
    def topic_word(self) -> str:
        """Return its topic in the language of the page."""
        return str(TopicChoice(self.topic).label)


@dataclass(frozen=True)
class VersionRow:
    """One version with its text. `author` is a name, "" for somebody who never was a member."""

    number: int
    draft: Draft
    author: str
    made_at: datetime
    files: tuple[FileRow, ...] = ()

    @property
    def within_s(self) -> int | None:
        """Return in what time a procedure should be done, in seconds."""
        return None if self.draft.within_min is None else self.draft.within_min * 60

    @property
    def priority_word(self) -> str:
        """Return the order of priority in words, "" where none was chosen."""
        return str(PriorityChoice(self.draft.priority).label) if self.draft.priority else ""


@dataclass(frozen=True)
class SubjectRow:
    """Something that a document is about; a `node` that is None left the map."""

    id: UUID
    kind: str
    node: MapNode | None

    @property
    def route(self) -> str:
        """Return the route of its page, "" where it has none or left the map."""
        return _ROUTES.get(self.kind, "") if self.node else ""


@dataclass(frozen=True)
class DocumentView:
    """What the page of a document shows: its newest version, and what it is about."""

    row: DocumentRow
    version: VersionRow
    subjects: tuple[SubjectRow, ...]


def visible_documents(viewer: Viewer, now: datetime, *, retired: bool = False) -> list[DocumentRow]:
    """Return the documents in use, or those that are no longer, by title. One query."""
    rows = readable_documents(viewer).filter(retired_at__isnull=not retired)
    return _rows(rows, now)


def visible_document(viewer: Viewer, document: UUID, now: datetime) -> DocumentView | None:
    """Return a document, also one out of use; None where there is none for this viewer."""
    found = _rows(readable_documents(viewer).filter(public_id=document), now)
    if not found:
        return None
    version = visible_version(viewer, document, found[0].number)
    assert version is not None, "a document has the version that it names"
    return DocumentView(found[0], version, tuple(visible_subjects(viewer, document)))


def visible_documents_about(viewer: Viewer, things: Iterable[UUID], now: datetime) -> list[DocumentRow]:
    """Return the documents in use about any of these things of the estate, by title."""
    about = DocumentSubject.objects.visible_to(viewer).filter(subject__in=list(things))
    rows = readable_documents(viewer).filter(retired_at=None, pk__in=about.values("document_id"))
    return _rows(rows, now)


def visible_instructions(viewer: Viewer, now: datetime) -> list[DocumentRow]:
    """Return the documents in use that are written for everybody and have no place left to fill in."""
    return _rows(instructions_among(readable_documents(viewer)), now)


def whole_documents(organisation_id: int, now: datetime) -> list[DocumentRow]:
    """Return every document in use, whoever reads it, by title. One query."""
    return _rows(Document.objects.of(organisation_id).filter(retired_at=None), now)


def visible_titles(viewer: Viewer) -> dict[UUID, str]:
    """Return the titles of all documents, in use or not, by public id. One query."""
    return dict(readable_documents(viewer).values_list("public_id", "title"))


def visible_subjects(viewer: Viewer, document: UUID) -> list[SubjectRow]:
    """Return what a document is about, as the map has it now."""
    nodes = {node.id: node for node in visible_map(viewer).nodes}
    rows = DocumentSubject.objects.visible_to(viewer).filter(
        document__in=readable_documents(viewer).filter(public_id=document)
    )
    found = [SubjectRow(row.subject, row.kind, nodes.get(row.subject)) for row in rows.order_by("pk")]
    return sorted(found, key=lambda row: row.node.name if row.node else "")


def visible_versions(viewer: Viewer, document: UUID) -> list[VersionRow]:
    """Return every version of a document, the newest first, with their texts."""
    rows = _versions(viewer, document)
    names, files = visible_names(viewer), visible_files_of_all_versions(viewer, document)
    return [_version(row, names, files) for row in rows.order_by("-number")]


def whole_versions(organisation_id: int, rows: Iterable[DocumentRow]) -> dict[UUID, Draft]:
    """Return what the newest version of each of these documents says. One query."""
    numbers = {row.id: row.number for row in rows}
    versions = DocumentVersion.objects.of(organisation_id).filter(
        document__public_id__in=numbers, number__in=set(numbers.values())
    )
    return {
        version.document.public_id: _draft(version)
        for version in versions.select_related("document")
        if numbers[version.document.public_id] == version.number
    }


def visible_version(viewer: Viewer, document: UUID, number: int) -> VersionRow | None:
    """Return one version of a document; None where there is none for this viewer."""
    row = _versions(viewer, document).filter(number=number).first()
    if row is None:
        return None
    return _version(row, visible_names(viewer), visible_files(viewer, document, number))


def _versions(viewer: Viewer, document: UUID) -> TenantQuerySet:
    documents = readable_documents(viewer).filter(public_id=document)
    return DocumentVersion.objects.visible_to(viewer).filter(document__in=documents)


def _rows(documents: TenantQuerySet, now: datetime) -> list[DocumentRow]:
    rows = documents.select_related("owner__person", "deputy__person").order_by("title", "pk")
    found = list(rows)
    erased = erased_in({document.organisation_id for document in found})
    return [document_row(document, now, erased) for document in found]


def document_row(document: Document, now: datetime, erased: Erased) -> DocumentRow:
    """Return the row of a document. No query if its people were selected with it; `erased` as `erased_in`
    returns it.
    """
    return DocumentRow(
        id=document.public_id,
        kind=document.kind,
        topic=document.topic,
        title=document.title,
        number=document.number,
        blanks=document.blanks,
        changed_at=document.changed_at,
        owner=_carer(document.owner, now, erased),
        deputy=None if document.deputy is None else _carer(document.deputy, now, erased),
        reviewed_at=document.reviewed_at,
        review_months=document.review_months,
        retired_at=document.retired_at,
        audience=document.audience,
    )


def _carer(member: Any, now: datetime, erased: Erased) -> Carer:
    is_member = member.until is None or member.until > now
    name = shown_name(member.person, member.organisation_id, erased)
    return Carer(member.person.public_id, name, is_member)


def _version(row: DocumentVersion, names: dict[str, str], files: list[FileRow]) -> VersionRow:
    own = tuple(file for file in files if file.is_in(row.number))
    return VersionRow(row.number, _draft(row), names.get(row.author, ""), row.made_at, own)


def _draft(row: DocumentVersion) -> Draft:
    return Draft(row.title, row.text, row.may_ask, row.acts, row.within_min, row.priority)
