"""What is computed of a draft before it is saved: nothing that takes time is done within the transaction."""

import hashlib
import json
from dataclasses import asdict, dataclass

from veilleur.domains.knowledge.rules.documents import Draft, fault_of
from veilleur.domains.knowledge.rules.search import folded_words
from veilleur.shared.markdown import blanks


@dataclass(frozen=True)
class Prepared:
    """A draft, and all that is kept of it beside its words.

    `fault`: the reason code for which it cannot be saved; the rest is empty then. `digest`: the SHA-256 of
    everything it says. `title_words`, `text_words`: by what it is found.
    """

    draft: Draft
    fault: str | None
    blanks: int = 0
    digest: str = ""
    title_words: tuple[str, ...] = ()
    text_words: tuple[str, ...] = ()


def prepare(draft: Draft) -> Prepared:
    """Return a draft made ready to be saved."""
    fault = fault_of(draft)
    if fault is not None:
        return Prepared(draft, fault)
    whole = json.dumps(asdict(draft), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    lines = (draft.title, draft.may_ask, draft.acts, draft.text)
    return Prepared(
        draft=draft,
        fault=None,
        blanks=sum(map(blanks, lines)),
        digest=hashlib.sha256(whole.encode()).hexdigest(),
        title_words=tuple(folded_words(draft.title)),
        text_words=tuple(folded_words(" ".join(lines[1:]))),
    )
