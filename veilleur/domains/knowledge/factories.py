"""Documents for tests: plain functions with honest defaults, no journal fact."""

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from veilleur.domains.knowledge.models import Document, DocumentSubject, DocumentVersion
from veilleur.domains.knowledge.rules.documents import DocumentKind, Topic
from veilleur.domains.organisations.models import Membership, Organisation
from veilleur.shared.ids import new_id
from veilleur.shared.markdown import blanks

SINCE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
TEXT = "Call the provider first.\n\n1. Open the console\n2. Choose the file\n3. Put it back\n"
_numbers = count(1)


def make_document(
    organisation: Organisation,
    title: str = "",
    *,
    owner: Membership | None = None,
    text: str = TEXT,
    about: dict[UUID, str] | None = None,
    **fields: Any,
) -> Document:
    """Make a procedure with one version, owned by the organisation's first member, looked at in January."""
    owner = owner or Membership.objects.of(organisation.pk).order_by("pk").first()
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


def make_samples(organisation: Organisation) -> None:
    """Make a document with its version."""
    make_document(organisation)
