"""Documents for tests: plain functions with honest defaults, no journal fact."""

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from veilleur.domains.knowledge.models import (
    Attachment,
    Document,
    DocumentSubject,
    DocumentVersion,
    KeptFile,
    OfflineBundle,
    RunSheet,
    RunStep,
)
from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.rules.bundle import PlaceCode, PlaceState, stamp_of
from veilleur.domains.knowledge.rules.documents import DocumentKind, Topic
from veilleur.domains.knowledge.rules.files import FileType
from veilleur.domains.organisations.queries import list_current_members
from veilleur.shared.ids import new_id
from veilleur.shared.markdown import blanks

SINCE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
TEXT = "Call the provider first.\n\n1. Open the console\n2. Choose the file\n3. Put it back\n"
_numbers = count(1)


def make_document(
    organisation: Any,
    title: str = "",
    *,
    owner: Any = None,
    text: str = TEXT,
    about: dict[UUID, str] | None = None,
    **fields: Any,
) -> Document:
    """Make a procedure with one version, owned by the organisation's first member, looked at in January."""
    owner = owner or list_current_members(organisation.pk, SINCE).order_by("pk").first()
    title = title or f"Restore one file {next(_numbers)}"
    values = {
        "kind": DocumentKind.PROCEDURE,
        "topic": Topic.ONE_FILE_RESTORE,
        "created_at": SINCE,
        "changed_at": SINCE,
        "reviewed_at": SINCE,
        "blanks": blanks(text),
        **fields,
    }
    document = Document(
        organisation=organisation, public_id=new_id(SINCE), title=title, owner=owner, **values
    )
    document.save()
    make_version(document, text)
    for subject, kind in (about or {}).items():
        DocumentSubject(
            organisation=organisation,
            public_id=new_id(SINCE),
            document=document,
            kind=kind,
            subject=subject,
        ).save()
    return document


def make_version(document: Document, text: str, **fields: Any) -> DocumentVersion:
    """Make the version of a document that bears its present number."""
    values = {"title": document.title, "author": document.owner.person.pseudonym, "made_at": SINCE, **fields}
    version = DocumentVersion(
        organisation_id=document.organisation_id,
        public_id=new_id(SINCE),
        document=document,
        number=document.number,
        text=text,
        **values,
    )
    version.save()
    return version


def make_sheet(
    document: Document, *, by: str = "", started_at: datetime = SINCE, ticked: int = 0
) -> RunSheet:
    """Make an open run sheet with three steps, the first `ticked` of them done by the pseudonym `by`."""
    by = by or document.owner.person.pseudonym
    ids = {"organisation_id": document.organisation_id}
    version = DocumentVersion.objects.of(document.organisation_id).get(
        document=document, number=document.number
    )
    sheet = RunSheet(
        **ids,
        public_id=new_id(started_at),
        document=document,
        version=version,
        started_at=started_at,
        started_by=by,
    )
    sheet.save()
    for number in (1, 2, 3):
        done = {"ticked_at": started_at, "ticked_by": by} if number <= ticked else {}
        text = f"Step {number}"
        RunStep(**ids, public_id=new_id(started_at), sheet=sheet, number=number, text=text, **done).save()
    return sheet


def make_attachment(
    document: Document, name: str = "plan.pdf", *, content: bytes = b"%PDF-1.7", **fields: Any
) -> Attachment:
    """Make the rows of a file that the document has from its first version on; no content is put anywhere."""
    ids = {"organisation_id": document.organisation_id}
    digest = hashlib.sha256(content).hexdigest()
    file = KeptFile.objects.of(document.organisation_id).filter(digest=digest).first()
    if file is None:
        about = {"size_bytes": len(content), "type": FileType.PDF, "kept_at": SINCE, "checked_at": SINCE}
        file = KeptFile(**ids, public_id=new_id(SINCE), digest=digest, **(about | fields))
        file.save()
    made = Attachment(**ids, public_id=new_id(SINCE), document=document, file=file, name=name, since=1)
    made.save()
    return made


def make_bundle(organisation: Any, made_at: datetime = SINCE) -> OfflineBundle:
    """Make the record of an offline bundle beside Veilleur, with a copy that is away; no file is written."""
    here = PlaceState("/var/lib/veilleur/offline", PlaceCode.KEPT, is_home=True)
    away = PlaceState("/media/usb", PlaceCode.AWAY, is_home=False)
    bundle = OfflineBundle(
        organisation=organisation,
        public_id=new_id(made_at),
        stamp=stamp_of(made_at),
        made_at=made_at,
        checked_at=made_at,
        contents_digest="0" * 64,
        manifest_digest="1" * 64,
        documents=3,
        places=[asdict(here), asdict(away)],
    )
    bundle.save()
    return bundle


def make_samples(organisation: Any) -> None:
    """Make a procedure for everybody with a version, a file and a run that is ticked whole; and a bundle."""
    document = make_document(organisation, audience=Audience.EVERYBODY)
    make_sheet(document, ticked=3)
    make_attachment(document)
    make_bundle(organisation)
