"""Facts about documents. Bodies name no one: persons appear by pseudonym, texts by their digest."""

from dataclasses import dataclass
from uuid import UUID

from veilleur.domains.journal.rules.kinds import fact_kind


@fact_kind("knowledge.document_written", version=1)
@dataclass(frozen=True)
class DocumentWritten:
    """A document has a new version, the first one included. Subject: the document.

    `text_digest` is the SHA-256 of the whole version, so that it can be shown to be what it was.
    """

    number: int
    name: str
    kind: str
    topic: str
    text_digest: str


@fact_kind("knowledge.document_entrusted", version=1)
@dataclass(frozen=True)
class DocumentEntrusted:
    """A document has an owner, a deputy ("": none), both by pseudonym, and a time between two looks at it."""

    owner: str
    deputy: str
    review_months: int


@fact_kind("knowledge.document_tied", version=1)
@dataclass(frozen=True)
class DocumentTied:
    """A document is about other things of the estate than before. Subject: the document."""

    tied: tuple[UUID, ...]
    untied: tuple[UUID, ...]


@fact_kind("knowledge.document_confirmed", version=1)
@dataclass(frozen=True)
class DocumentConfirmed:
    """Somebody read that version and said that it is still right. Subject: the document."""

    number: int


@fact_kind("knowledge.document_retired", version=1)
@dataclass(frozen=True)
class DocumentRetired:
    """A document is no longer in use; its versions stay. Subject: the document."""

    name: str
