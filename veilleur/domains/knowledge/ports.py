"""What the domain asks of the database that keeps it: to find documents by their words.

Called within the transaction that changes a document, so that what is found is what is written.
"""

from collections.abc import Sequence
from typing import Protocol

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
