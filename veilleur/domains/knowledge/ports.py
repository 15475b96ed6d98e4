"""What the domain asks of the world: to find documents by their words, to print and keep the offline bundle.

The search is called within the transaction that changes a document, so that what is found is what is written.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from veilleur.domains.knowledge.rules.bundle import PlaceState, Restart
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


SEARCH_INDEX: Slot[SearchIndex] = Slot("knowledge.search_index")


class RestartSummary(Protocol):
    """Tells how an organisation's work is brought back: asked of the domains that know it."""

    def __call__(self, organisation_id: int, now: datetime) -> Restart:
        """Return services, places of copies and what is known of the recovery key, never a secret."""


class BundlePress(Protocol):
    """Makes a PDF of a page of HTML."""

    def press(self, html: str) -> bytes:
        """Return the PDF. Whatever the page names outside of itself is not fetched."""


class BundleShelf(Protocol):
    """Keeps bundles in the folder beside Veilleur and in the chosen places, the newest two of each owner.

    `owner` and `stamp` are names of folders. At any moment the newest bundle under its final name is whole.
    """

    def put(self, owner: str, stamp: str, files: Mapping[str, bytes]) -> None:
        """Keep a bundle beside Veilleur; raise OSError when that cannot be done: the former one stays."""

    def spread(self, owner: str, stamp: str) -> tuple[PlaceState, ...]:
        """Copy a bundle to each place that lacks it, look at all, and tell each one's state."""

    def packed(self, owner: str, stamp: str) -> bytes | None:
        """Return a bundle as one ZIP file, None where it is not there."""


RESTART_SUMMARY: Slot[RestartSummary] = Slot("knowledge.restart_summary")
BUNDLE_PRESS: Slot[BundlePress] = Slot("knowledge.bundle_press")
BUNDLE_SHELF: Slot[BundleShelf] = Slot("knowledge.bundle_shelf")
