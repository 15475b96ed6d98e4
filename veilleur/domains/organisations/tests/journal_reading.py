"""What the tests of this domain look at in the journal."""

from typing import Any

from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.queries import whole_organisations


def facts(kind: str) -> list[Any]:
    """Return the entries of a kind of this domain, "organisations." left out, chain by chain."""
    return [entry for chain in _chains() for entry in whole_entries(chain, kinds={f"organisations.{kind}"})]


def everything_written() -> str:
    """Return all bodies of the journal as one text, to look for what must not be there."""
    return "\n".join(str(entry.body) for chain in _chains() for entry in whole_entries(chain))


def _chains() -> list[int | None]:
    return [None, *(organisation.pk for organisation in whole_organisations())]
