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


@fact_kind("knowledge.run_started", version=1)
@dataclass(frozen=True)
class RunStarted:
    """Somebody begins to do a procedure, in that version. Subject: the document, of all facts of its runs."""

    sheet: UUID
    number: int
    steps: int


@fact_kind("knowledge.step_ticked", version=1)
@dataclass(frozen=True)
class StepTicked:
    """A step is done, by the actor."""

    sheet: UUID
    step: int


@fact_kind("knowledge.step_unticked", version=1)
@dataclass(frozen=True)
class StepUnticked:
    """A step was ticked by mistake; `ticked_by` is the pseudonym of whoever had."""

    sheet: UUID
    step: int
    ticked_by: str


@fact_kind("knowledge.run_noted", version=1)
@dataclass(frozen=True)
class RunNoted:
    """Somebody noted something on a run sheet; its words are in the table, here is their digest."""

    sheet: UUID
    text_digest: str


@fact_kind("knowledge.run_ended", version=1)
@dataclass(frozen=True)
class RunEnded:
    """A run is over. `doers` are the pseudonyms of those who ticked its steps, sorted."""

    sheet: UUID
    outcome: str
    lasted_s: int
    doers: tuple[str, ...]


@fact_kind("knowledge.file_attached", version=1)
@dataclass(frozen=True)
class FileAttached:
    """A document has a file from that version on; its name, which may be a person's, is in the table."""

    number: int
    file: UUID
    digest: str
    size_bytes: int


@fact_kind("knowledge.file_removed", version=1)
@dataclass(frozen=True)
class FileRemoved:
    """A document has no longer a file from that version on; the versions before still do."""

    number: int
    file: UUID
    digest: str


@fact_kind("knowledge.file_broken", version=1)
@dataclass(frozen=True)
class FileBroken:
    """A kept content is missing or is not what its digest says. Subject: the kept file."""

    digest: str
    fault: str


@fact_kind("knowledge.file_whole", version=1)
@dataclass(frozen=True)
class FileWhole:
    """A kept content that was missing or damaged is there again. Subject: the kept file."""

    digest: str


@fact_kind("knowledge.document_opened", version=1)
@dataclass(frozen=True)
class DocumentOpened:
    """Others than before may read a document; said at its first version where not as usual."""

    audience: str


@fact_kind("knowledge.bundle_made", version=1)
@dataclass(frozen=True)
class BundleMade:
    """An offline bundle was made. Subject: the bundle. `places`: how it lies in each, as codes."""

    contents_digest: str
    manifest_digest: str
    documents: int
    places: tuple[str, ...]


@fact_kind("knowledge.bundle_places_changed", version=1)
@dataclass(frozen=True)
class BundlePlacesChanged:
    """A bundle lies otherwise than before: a copy went or came back, or what it says is out of date."""

    places: tuple[str, ...]
    is_current: bool
