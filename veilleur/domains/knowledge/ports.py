"""What the domain asks of the world: to find documents by their words, to keep files, to print and keep the
offline bundle.

The search is called within the transaction that changes a document, so that what is found is what is written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol
from uuid import UUID

from veilleur.domains.knowledge.rules.bundle import PlaceState, Restart
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


class RestartSummary(Protocol):
    """Tells how an organisation's work is brought back: asked of the domains that know it."""

    def __call__(self, organisation_id: int, now: datetime) -> Restart:
        """Return services, places of copies and what is known of the recovery key, never a secret."""


class BundlePress(Protocol):
    """Makes a PDF of a page of HTML."""

    def press(self, html: str) -> bytes:
        """Return the PDF. Whatever the page names outside of itself is not fetched."""


# A file of a bundle: its bytes, or how to open one that is too large to be held.
BundlePart = bytes | Callable[[], BinaryIO]


class BundleShelf(Protocol):
    """Keeps bundles in the folder beside Veilleur and in the chosen places, the newest two of each owner.

    `owner` and `stamp` are names of folders. At any moment the newest bundle under its final name is whole.
    """

    def put(self, owner: str, stamp: str, files: Mapping[str, BundlePart]) -> None:
        """Keep a bundle beside Veilleur; raise OSError when that cannot be done: the former one stays."""

    def spread(self, owner: str, stamp: str) -> tuple[PlaceState, ...]:
        """Copy a bundle to each place that lacks it, look at all, and tell each one's state."""

    def packed(self, owner: str, stamp: str) -> BinaryIO | None:
        """Return a bundle as one open ZIP file, None where it is not there."""


SEARCH_INDEX: Slot[SearchIndex] = Slot("knowledge.search_index")
FILE_STORE: Slot[FileStore] = Slot("knowledge.file_store")
FILE_LIMITS: Slot[FileLimits] = Slot("knowledge.file_limits")
RESTART_SUMMARY: Slot[RestartSummary] = Slot("knowledge.restart_summary")
BUNDLE_PRESS: Slot[BundlePress] = Slot("knowledge.bundle_press")
BUNDLE_SHELF: Slot[BundleShelf] = Slot("knowledge.bundle_shelf")
