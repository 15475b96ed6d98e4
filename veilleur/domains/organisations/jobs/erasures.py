"""A person who is to be erased is, a piece at a time: killed at any moment it goes on from there."""

from typing import Any
from uuid import UUID

from veilleur.domains.journal.queries import sequence_of
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.models import Erasure
from veilleur.domains.organisations.queries.erasure_preview import ENTRIES_AT_ONCE, named_bodies
from veilleur.domains.organisations.queries.erasures import is_held_elsewhere, whole_open_erasure, whose
from veilleur.domains.organisations.queries.mentions import whole_mentions
from veilleur.shared.viewer import Actor

# A transaction that erases more bodies would hold up everybody else.
BODIES_AT_ONCE = 200


def erase_person(ticket: JobTicket, clock: Clock) -> None:
    """Job: do the erasure that the payload names. Run twice, it does nothing more."""
    organisation, erasure = (UUID(str(ticket.payload[word])) for word in ("organisation", "erasure"))
    carry_out(organisation, erasure, clock)


def carry_out(organisation: UUID, erasure: UUID, clock: Clock) -> None:
    """Do an erasure that was ordered, to its end. The name is what texts are looked through for: it goes
    last.
    """
    row = whole_open_erasure(organisation, erasure)
    if row is None:
        return
    said: dict[str, Any] = {
        "actor": Actor(row.ordered_by),
        "organisation_id": row.organisation_id,
        "erasure": erasure,
    }
    is_done = False
    while not is_done:
        is_done = actions.erase_rows(now=clock(), **said)
    _erase_bodies(row, clock, row.organisation_id, row.looked_up_to)
    if not is_held_elsewhere(row.person_id, row.organisation_id):
        _erase_bodies(row, clock, None, row.looked_up_to_installation)
    left = whole_mentions(row.organisation_id, whose(row.person))
    actions.finish_erasure(now=clock(), **said, left=left)


def _erase_bodies(row: Erasure, clock: Clock, chain: int | None, after: int) -> None:
    """Look through the rest of a chain. What is written meanwhile names nobody who can be signed in."""
    about, end = whose(row.person), sequence_of(chain)
    for start in range(after, end, ENTRIES_AT_ONCE):
        up_to = min(start + ENTRIES_AT_ONCE, end)
        found = named_bodies(chain, about, after=start, up_to=up_to)
        for first in range(0, max(len(found), 1), BODIES_AT_ONCE):
            is_last = first + BODIES_AT_ONCE >= len(found)
            actions.erase_named_bodies(
                now=clock(),
                actor=Actor(row.ordered_by),
                organisation_id=row.organisation_id,
                erasure=row.public_id,
                looked=actions.Looked(
                    entries=found[first : first + BODIES_AT_ONCE],
                    up_to=up_to if is_last else start,
                    is_installation=chain is None,
                ),
            )
