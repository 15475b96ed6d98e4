"""What the tests of documents share."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.knowledge.actions import Care, NewDocument, save_document, write_document
from veilleur.domains.knowledge.models import Document
from veilleur.domains.knowledge.rules.documents import DocumentKind, Draft, Topic
from veilleur.domains.knowledge.rules.prepared import prepare
from veilleur.domains.organisations.queries import viewer_of
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor, Viewer

# Made by the factories of organisations, whose tables are behind no door.
Membership = Organisation = Person = Any

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DRAFT = Draft("Restore one file", "1. Open it\n2. Put it back\n")


def write(
    organisation: Organisation,
    owner: Person,
    draft: Draft = DRAFT,
    *,
    deputy: Person | None = None,
    about: frozenset[UUID] = frozenset(),
    kind: DocumentKind = DocumentKind.PROCEDURE,
) -> Document:
    """Write a document as its owner does; it must be accepted."""
    care = Care(owner.public_id, deputy.public_id if deputy else None, 6, about)
    done = write_document(
        now=NOW,
        actor=Actor(owner.pseudonym),
        organisation_id=organisation.pk,
        new=NewDocument(Topic.ONE_FILE_RESTORE, kind, prepare(draft), care),
    )
    assert isinstance(done, Document)
    return done


def save(
    document: Document, draft: Draft, *, seen: int, by: Person, now: datetime = NOW
) -> Document | Refused:
    """Save a version of a document."""
    return save_document(
        now=now,
        actor=Actor(by.pseudonym),
        organisation_id=document.organisation_id,
        document=document.public_id,
        prepared=prepare(draft),
        seen=seen,
    )


def viewer(person: Person, now: datetime = NOW) -> Viewer:
    """Return the person as somebody who looks."""
    found = viewer_of(person.pk, now)
    assert found is not None
    return found


def facts(organisation: Organisation, kind: str = "") -> list[Any]:
    """Return the facts of this domain, or those of one kind, "knowledge." left out."""
    prefix = f"knowledge.{kind}"
    return [entry for entry in whole_entries(organisation.pk) if entry.kind.startswith(prefix)]
