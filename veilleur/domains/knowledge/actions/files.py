"""Files of documents: one is attached, or removed, each with a version; what a reading of them found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from veilleur.domains.journal.actions import record, recorded, take_turn
from veilleur.domains.knowledge.actions.documents import add_version, draft_of, held_document
from veilleur.domains.knowledge.facts import FileAttached, FileBroken, FileRemoved, FileWhole
from veilleur.domains.knowledge.models import Attachment, Document, DocumentVersion, KeptFile
from veilleur.domains.knowledge.rules.files import MOST_FILES, FileFault, FileType
from veilleur.domains.knowledge.rules.prepared import Prepared
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class NewFile:
    """A content that is kept, under the name that the document has it by; `quota_bytes`: of all of them."""

    name: str
    digest: str
    size_bytes: int
    type: FileType
    quota_bytes: int


@recorded
def attach_file(
    *, now: datetime, actor: Actor, organisation_id: int, document: UUID, prepared: Prepared, file: NewFile
) -> Attachment | Refused:
    """Attach a content, which must be in its place, and save a version that has it.

    `prepared` is what the newest version says. Refused with "no_such_document", "saved_meanwhile",
    "name_taken", "too_many_files" or "quota_reached".
    """
    take_turn(organisation_id)
    row = _unchanged(organisation_id, document, prepared)
    if isinstance(row, Refused):
        return row
    present = Attachment.objects.of(organisation_id).filter(document=row, until=None)
    if present.filter(name=file.name).exists():
        return Refused("name_taken")
    if present.count() >= MOST_FILES:
        return Refused("too_many_files")
    kept = _kept(organisation_id, file, now)
    if isinstance(kept, Refused):
        return kept
    add_version(row, prepared, row.number + 1, now, actor)
    attachment = Attachment(
        organisation_id=organisation_id,
        public_id=new_id(now),
        document=row,
        file=kept,
        name=file.name,
        since=row.number,
    )
    attachment.save(force_insert=True)
    fact = FileAttached(
        number=row.number, file=attachment.public_id, digest=file.digest, size_bytes=file.size_bytes
    )
    record(fact, subject=document, organisation_id=organisation_id)
    return attachment


@recorded
def remove_file(
    *, now: datetime, actor: Actor, organisation_id: int, document: UUID, prepared: Prepared, file: UUID
) -> Attachment | Refused:
    """Save a version that has a file no longer; those before still do, and its content stays.

    Refused with "no_such_document", "saved_meanwhile", or "no_such_file" where somebody was faster.
    """
    row = _unchanged(organisation_id, document, prepared)
    if isinstance(row, Refused):
        return row
    rows = Attachment.objects.of(organisation_id).filter(document=row, public_id=file, until=None)
    attachment: Attachment | None = rows.select_related("file").first()
    if attachment is None:
        return Refused("no_such_file")
    add_version(row, prepared, row.number + 1, now, actor)
    attachment.until = row.number
    attachment.save(update_fields=["until"])
    fact = FileRemoved(number=row.number, file=file, digest=attachment.file.digest)
    record(fact, subject=document, organisation_id=organisation_id)
    return attachment


@recorded
def note_readings(
    *, now: datetime, actor: Actor, organisation_id: int, found: Mapping[str, FileFault | None]
) -> int:
    """Note what a reading of contents, by digest, found wrong (None: nothing); return how many turned bad.

    A fact is recorded only where it is otherwise than before.
    """
    turned = 0
    rows = KeptFile.objects.of(organisation_id).filter(digest__in=list(found)).select_for_update()
    for row in rows.order_by("pk"):
        fault = found[row.digest]
        if row.fault != (fault or ""):
            fact = FileBroken(row.digest, fault) if fault else FileWhole(row.digest)
            record(fact, subject=row.public_id, organisation_id=organisation_id)
            turned += fault is not None
        row.fault, row.checked_at = fault or "", now
        row.save(update_fields=["fault", "checked_at"])
    return turned


def _unchanged(organisation_id: int, document: UUID, prepared: Prepared) -> Document | Refused:
    """Return a document that is held and says what was prepared."""
    row = held_document(organisation_id, document)
    if row is None:
        return Refused("no_such_document")
    newest = DocumentVersion.objects.of(organisation_id).get(document=row, number=row.number)
    return row if draft_of(newest) == prepared.draft else Refused("saved_meanwhile")


def _kept(organisation_id: int, file: NewFile, now: datetime) -> KeptFile | Refused:
    """Return the row of a content; one that is kept already takes no more room, and is whole again."""
    rows = KeptFile.objects.of(organisation_id)
    known: KeptFile | None = rows.filter(digest=file.digest).first()
    if known is not None:
        if known.fault:
            record(FileWhole(known.digest), subject=known.public_id, organisation_id=organisation_id)
        known.fault, known.checked_at = "", now
        known.save(update_fields=["fault", "checked_at"])
        return known
    used = rows.aggregate(bytes=Sum("size_bytes"))["bytes"] or 0
    if used + file.size_bytes > file.quota_bytes:
        return Refused("quota_reached")
    kept = KeptFile(
        organisation_id=organisation_id,
        public_id=new_id(now),
        digest=file.digest,
        size_bytes=file.size_bytes,
        type=file.type,
        kept_at=now,
        checked_at=now,
    )
    kept.save(force_insert=True)
    return kept
