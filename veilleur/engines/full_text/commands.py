"""Questions to the two full-text searches, in their own languages. Pure."""

from collections.abc import Sequence

from veilleur.domains.knowledge.rules.search import Asked

TABLE = "knowledge_search"


def sqlite_question(words: Sequence[Asked]) -> str:
    """Return an FTS5 question that each word answers: `("clients"* OR "client") AND "erp"*`.

    Within quotation marks nothing is an operator; a quotation mark, which no folded word has, is doubled.
    """
    return " AND ".join(_sqlite_word(word) for word in words)


def postgresql_question(words: Sequence[Asked]) -> str:
    """Return the same for `to_tsquery`: `('clients':* | 'client') & 'erp':*`; quotes, backslashes doubled."""
    return " & ".join(_postgresql_word(word) for word in words)


def _sqlite_word(word: Asked) -> str:
    begins = f"{_doubled(word.begins)}*"
    return f"({begins} OR {_doubled(word.or_is)})" if word.or_is else begins


def _doubled(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _postgresql_word(word: Asked) -> str:
    begins = f"{_escaped(word.begins)}:*"
    return f"({begins} | {_escaped(word.or_is)})" if word.or_is else begins


def _escaped(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
