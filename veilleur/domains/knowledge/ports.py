"""What the domain asks of the database that keeps it, to find documents by their words; and of a folder, to
keep files.

The search is called within the transaction that changes a document, so that what is found is what is written.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol
from uuid import UUID

from veilleur.domains.knowledge.rules.files import FileFault
from veilleur.domains.knowledge.rules.search import Asked
from veilleur.shared.binding import Slot


class SearchIndex(Protocol):
    """Keeps the folded words of documents by their database keys. Words are letters and digits alone."""

    def put(self, organisation_id: int, document: int, title: Sequence[str], text: Sequence[str]) -> None:
        """Keep the words of a document instead of those it had."""

    def drop(self, document: int) -> None:
        """Forget a document; nothing for one that is not known."""

    def find(self, organisation_id: int, words: Sequence[Asked], limit: int) -> list[int]:
        """Return the documents in which each of these is answered by a word, the best first.

        Titles count more than texts. Nothing for no words.
        """

    def known(self) -> dict[int, int]:
        """Return every document that it knows, with its organisation, by their database keys."""


class Incoming(Protocol):
    """A content on its way in: on the disk already, under no name yet."""

    size_bytes: int
    head: bytes

    def write(self, part: bytes) -> None:
        """Take the next part; OSError where the disk takes no more."""

    def digest(self) -> str:
        """Return the SHA-256 of what was written so far, in hexadecimal."""

    def discard(self) -> None:
        """Forget it, unless it was kept; done twice it is done once."""


class FileStore(Protocol):
    """Contents by organisation and SHA-256, outside the database. A name of a person's never reaches it."""

    def incoming(self) -> Incoming:
        """Open a place for a content that comes in; OSError where there is none."""

    def keeping(self, organisation: UUID, file: Incoming) -> AbstractContextManager[None]:
        """Keep a content for good, whatever was there under its digest, and remove none as long as the block
        lasts: its row is written within.
        """

    def open(self, organisation: UUID, digest: str) -> BinaryIO | FileFault:
        """Return a content, read whole and found right, at its beginning; or what is wrong with it."""

    def last_put_before(self, instant: datetime) -> Iterator[tuple[UUID, str]]:
        """Yield the contents, by organisation and digest, that nobody has put since."""

    def remove_unless(self, organisation: UUID, digest: str, is_needed: Callable[[], bool]) -> bool:
        """Remove a content that is not needed and return whether it was; nobody keeps one meanwhile."""

    def sweep(self, instant: datetime) -> int:
        """Remove what began to come in before that instant and never ended; return how many."""


@dataclass(frozen=True)
class FileLimits:
    """How large one attached file may be, and all those of one organisation together."""

    file_bytes: int
    quota_bytes: int


SEARCH_INDEX: Slot[SearchIndex] = Slot("knowledge.search_index")
FILE_STORE: Slot[FileStore] = Slot("knowledge.file_store")
FILE_LIMITS: Slot[FileLimits] = Slot("knowledge.file_limits")
