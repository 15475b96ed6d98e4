"""Files that come in: looked at by their content, put into their place, and only then written down.

A process that dies in between leaves a content that nothing names, never a name without a content.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from veilleur.domains.knowledge.actions import NewFile, attach_file, remove_file
from veilleur.domains.knowledge.models import Attachment
from veilleur.domains.knowledge.ports import FILE_LIMITS, FILE_STORE, Incoming
from veilleur.domains.knowledge.queries.files import is_kept, whole_newest_draft
from veilleur.domains.knowledge.rules.files import HEAD_BYTES, FileType, plain_name, type_of
from veilleur.domains.knowledge.rules.prepared import Prepared, prepare
from veilleur.domains.organisations.queries import visible_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor, Viewer

# Of one gesture, while others save the same document.
_ATTEMPTS = 3


def receive_file(
    *, now: datetime, actor: Actor, viewer: Viewer, document: UUID, name: str, content: Incoming
) -> Attachment | Refused:
    """Attach what came in to the newest version of a document.

    Refused as `attach_file` does, or with "file_empty", "file_too_long" or "file_type"; nothing stays then.
    """
    limits = FILE_LIMITS.get()
    kind = _type_of(content, limits.file_bytes)
    if isinstance(kind, Refused):
        return kind
    file = NewFile(
        plain_name(name), content.digest(), content.size_bytes, kind, quota_bytes=limits.quota_bytes
    )
    organisation, key = visible_organisation(viewer).id, viewer.organisation_id
    with FILE_STORE.get().keeping(organisation, content):
        done: Attachment | Refused = Refused("no_such_document")
        for prepared in _newest(key, document):
            done = attach_file(
                now=now, actor=actor, organisation_id=key, document=document, prepared=prepared, file=file
            )
            if not (isinstance(done, Refused) and done.reason == "saved_meanwhile"):
                break
    if isinstance(done, Refused):
        FILE_STORE.get().remove_unless(organisation, file.digest, lambda: is_kept(key, file.digest))
    return done


def take_file_off(
    *, now: datetime, actor: Actor, organisation_id: int, document: UUID, file: UUID
) -> Attachment | Refused:
    """Remove a file from the newest version of a document; refused as `remove_file` does."""
    done: Attachment | Refused = Refused("no_such_document")
    for prepared in _newest(organisation_id, document):
        done = remove_file(
            now=now,
            actor=actor,
            organisation_id=organisation_id,
            document=document,
            prepared=prepared,
            file=file,
        )
        if not (isinstance(done, Refused) and done.reason == "saved_meanwhile"):
            break
    return done


def _newest(organisation_id: int, document: UUID) -> Iterator[Prepared]:
    """Yield what the document says now, again each time that somebody saved it meanwhile."""
    for _attempt in range(_ATTEMPTS):
        draft = whole_newest_draft(organisation_id, document)
        if draft is None:
            return
        yield prepare(draft)


def _type_of(content: Incoming, most_bytes: int) -> FileType | Refused:
    if content.size_bytes > most_bytes:
        return Refused("file_too_long")
    if not content.size_bytes:
        return Refused("file_empty")
    return type_of(content.head, content.size_bytes <= HEAD_BYTES) or Refused("file_type")
