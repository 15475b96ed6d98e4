"""Reads of attached files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, Sum

from veilleur.domains.knowledge.labels import FileFaultChoice, FileTypeChoice
from veilleur.domains.knowledge.models import Attachment, Document, DocumentVersion, KeptFile
from veilleur.domains.knowledge.queries.readable import instructions_among, readable_documents
from veilleur.domains.knowledge.rules.bundle_files import AttachedFile
from veilleur.domains.knowledge.rules.documents import Draft
from veilleur.domains.knowledge.rules.files import MEDIA_TYPES, OTHER_MEDIA_TYPE, RASTERS, is_sure
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class FileRow:
    """A file of a document. `since` and `until`: the versions that have it, `until` excluded, None: on."""

    id: UUID
    name: str
    digest: str
    size_bytes: int
    type: str
    checked_at: datetime
    fault: str
    since: int
    until: int | None
    document: UUID

    def is_in(self, number: int) -> bool:
        """Return whether a version has it."""
        return self.since <= number and (self.until is None or number < self.until)

    @property
    def type_word(self) -> str:
        """Return what it is in the language of the page."""
        return str(FileTypeChoice(self.type).label)

    @property
    def fault_word(self) -> str:
        """Return what is wrong with it, "" for nothing known."""
        return str(FileFaultChoice(self.fault).label) if self.fault else ""

    @property
    def media_type(self) -> str:
        """Return as what it is announced to a browser."""
        return MEDIA_TYPES.get(self.type, OTHER_MEDIA_TYPE)

    @property
    def is_picture(self) -> bool:
        """Return whether a browser may draw it within a page."""
        return self.type in RASTERS

    def verdict(self, now: datetime) -> Verdict:
        """Return how it stands with the file: what was not read whole for long is unknown."""
        if self.fault:
            return Verdict.BAD
        return Verdict.GOOD if is_sure(self.checked_at, now) else Verdict.UNKNOWN


def visible_files(viewer: Viewer, document: UUID, number: int) -> list[FileRow]:
    """Return the files that a version of a document has, by name."""
    return _rows(_readable(viewer, document).filter(_of_version(number)))


def visible_files_of_all_versions(viewer: Viewer, document: UUID) -> list[FileRow]:
    """Return every file that a version of a document has or had, by name."""
    return _rows(_readable(viewer, document))


def visible_file(viewer: Viewer, file: UUID) -> FileRow | None:
    """Return a file of any version of a document; None where there is none for this viewer.

    Whoever does not open versions, and only reads instructions, has the files of what these say now.
    """
    documents = readable_documents(viewer)
    rows = Attachment.objects.visible_to(viewer)
    if not viewer.may(Permission.SEE_KNOWLEDGE):
        documents, rows = instructions_among(documents), rows.filter(until=None)
    rows = rows.filter(document__in=documents)
    return next(iter(_rows(rows.filter(public_id=file))), None)


def whole_newest_draft(organisation_id: int, document: UUID) -> Draft | None:
    """Return what a document in use says now."""
    row = Document.objects.of(organisation_id).filter(public_id=document, retired_at=None).first()
    if row is None:
        return None
    found = DocumentVersion.objects.of(organisation_id).get(document=row, number=row.number)
    return Draft(found.title, found.text, found.may_ask, found.acts, found.within_min, found.priority)


def whole_used_bytes(organisation_id: int) -> int:
    """Return how much room the contents of an organisation take."""
    return KeptFile.objects.of(organisation_id).aggregate(bytes=Sum("size_bytes"))["bytes"] or 0


def is_kept(organisation_id: int, digest: str) -> bool:
    """Return whether a content is written down."""
    return bool(KeptFile.objects.of(organisation_id).filter(digest=digest).exists())


def whole_digests(organisation_id: int) -> list[str]:
    """Return the contents of an organisation, those that were read whole the longest ago first."""
    rows = KeptFile.objects.of(organisation_id).order_by("checked_at", "pk")
    return list(rows.values_list("digest", flat=True))


def whole_broken_files(organisation_id: int) -> Iterator[tuple[str, str, str]]:
    """Yield the title of a document, a name and a fault for each broken file of a newest version."""
    rows = Attachment.objects.of(organisation_id).filter(until=None, document__retired_at=None)
    yield from (
        rows.exclude(file__fault="")
        .order_by("document__title", "name")
        .values_list("document__title", "name", "file__fault")
    )


def whole_newest_files(organisation_id: int) -> dict[UUID, list[AttachedFile]]:
    """Return the files of the newest version of each document in use, by its public id; files by name."""
    rows = Attachment.objects.of(organisation_id).filter(until=None, document__retired_at=None)
    found: dict[UUID, list[AttachedFile]] = {}
    for row in rows.select_related("file", "document").order_by("name", "pk"):
        file = AttachedFile(row.name, row.file.digest, row.file.size_bytes, row.file.fault)
        found.setdefault(row.document.public_id, []).append(file)
    return found


def _readable(viewer: Viewer, document: UUID) -> TenantQuerySet:
    documents = readable_documents(viewer).filter(public_id=document)
    return Attachment.objects.visible_to(viewer).filter(document__in=documents)


def _of_version(number: int) -> Q:
    return Q(since__lte=number) & (Q(until=None) | Q(until__gt=number))


def _rows(attachments: TenantQuerySet) -> list[FileRow]:
    return [
        FileRow(
            id=row.public_id,
            name=row.name,
            digest=row.file.digest,
            size_bytes=row.file.size_bytes,
            type=row.file.type,
            checked_at=row.file.checked_at,
            fault=row.file.fault,
            since=row.since,
            until=row.until,
            document=row.document.public_id,
        )
        for row in attachments.select_related("file", "document").order_by("name", "pk")
    ]
