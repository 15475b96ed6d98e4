"""Bodies of entries that may name somebody: for whoever erases them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from veilleur.domains.journal.models import ChainHead, Entry


@dataclass(frozen=True)
class StoredBody:
    """The body of one entry, as it is stored."""

    id: UUID
    sequence: int
    kind: str
    text: str


def whole_bodies_with(
    organisation_id: int | None, needles: Sequence[str], *, after: int, up_to: int
) -> tuple[StoredBody, ...]:
    """Return the bodies of one chain that hold one of these strings, with after < sequence <= up_to.

    Letters without accents are compared in any case; without needles every body is returned. Those of the
    journal's own kinds are left out: they explain the chain and cannot be erased. Reads each body in between.
    """
    organisation = ChainHead.objects.filter(key=organisation_id or 0).values("organisation")
    rows = Entry.objects.filter(organisation__in=organisation, sequence__gt=after, sequence__lte=up_to)
    rows = rows.exclude(body=None).exclude(kind__startswith="journal.")
    holds = Q()
    for needle in needles:
        holds |= Q(body__icontains=needle)
    found = rows.filter(holds).order_by("sequence").values_list("pk", "sequence", "kind", "body")
    return tuple(StoredBody(key, sequence, kind, body or "") for key, sequence, kind, body in found)


def count_by_actor(organisation_id: int | None, pseudonym: str) -> int:
    """Return how many entries of one chain somebody made. Reads the chain once."""
    organisation = ChainHead.objects.filter(key=organisation_id or 0).values("organisation")
    return Entry.objects.filter(organisation__in=organisation, actor=pseudonym).count()


def whole_entries_about(
    organisation_id: int | None, *, pseudonym: str, subject: UUID, after: int, up_to: int
) -> tuple[Entry, ...]:
    """Return the entries of one chain that somebody made or that are about them, with after < sequence <=
    up_to.
    """
    organisation = ChainHead.objects.filter(key=organisation_id or 0).values("organisation")
    rows = Entry.objects.filter(organisation__in=organisation, sequence__gt=after, sequence__lte=up_to)
    return tuple(rows.filter(Q(actor=pseudonym) | Q(subject=subject)).order_by("sequence"))
