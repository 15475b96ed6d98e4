"""What the tests of this domain look at in the journal."""

from typing import Any

from veilleur.domains.journal.models import Entry


def facts(kind: str = "") -> list[Any]:
    """Return the entries of a kind of this domain, "organisations." left out, in the order of writing."""
    entries = Entry.objects.order_by("organisation", "sequence")
    return [entry for entry in entries if entry.kind == f"organisations.{kind}"]


def everything_written() -> str:
    """Return all bodies of the journal as one text, to look for what must not be there."""
    return "\n".join(str(entry.body) for entry in Entry.objects.all())
