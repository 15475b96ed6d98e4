"""Background work on lists that somebody brought: written piece by piece, so that pages never wait for it.

Whatever stops the work, it goes on where it was; what each line does is found anew, so nothing is done twice.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from veilleur.domains.estate.actions.sheets import IMPORT_LIST, end_import, tie_to_hosts, write_lines
from veilleur.domains.estate.queries.components import whole_known_components
from veilleur.domains.estate.queries.sheets import ImportRow, whole_import
from veilleur.domains.estate.rules.sheet import KnownComponent, Outcome, names_in, outcomes_of
from veilleur.domains.estate.rules.sheet_words import Field
from veilleur.domains.estate.rules.sheets import PIECE, HostTies, ImportState
from veilleur.domains.journal.rules.work import Clock, JobTicket
from veilleur.domains.organisations.queries import organisation_of
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


def import_list(ticket: JobTicket, clock: Clock) -> None:
    """Write the list that the payload names, with its "organisation", as whoever brought it."""
    organisation = organisation_of(UUID(str(ticket.payload["organisation"])))
    if organisation is None:
        return
    row = whole_import(organisation.pk, UUID(str(ticket.payload["list"])))
    if row is None or row.state is not ImportState.ASKED:
        return
    _Importing(organisation.pk, row, ticket, clock).run()


class _Importing:
    """Writes one list."""

    def __init__(self, organisation_id: int, row: ImportRow, ticket: JobTicket, clock: Clock) -> None:
        self._row, self._clock = row, clock
        self._organisation_id = organisation_id
        self._said: dict[str, Any] = {
            "actor": Actor(row.loaded_by),
            "organisation_id": organisation_id,
            "listed": row.id,
            "ticket": ticket,
        }

    def run(self) -> None:
        """Write the components, then what hosts them: a host may stand further down in the list."""
        lines = self._row.lines
        outcomes = outcomes_of(lines, whole_known_components(self._organisation_id))
        for first in range(self._row.written, len(lines), PIECE):
            piece = outcomes[first : first + PIECE]
            if isinstance(write_lines(now=self._clock(), outcomes=piece, **self._said), Refused):
                return
        known = whole_known_components(self._organisation_id)
        written = outcomes_of(lines, known)
        for first in range(self._row.tied, len(lines), PIECE):
            piece = written[first : first + PIECE]
            ties = HostTies(len(piece), _pairs(piece, known))
            if isinstance(tie_to_hosts(now=self._clock(), ties=ties, **self._said), Refused):
                return
        end_import(now=self._clock(), **self._said)


def _pairs(piece: Sequence[Outcome], known: Sequence[KnownComponent]) -> tuple[tuple[UUID, UUID], ...]:
    """Return (guest, host) of the lines that name a host of which there is one alone."""
    by_name: dict[str, list[str]] = {}
    for each in known:
        by_name.setdefault(each.name.casefold(), []).append(each.key)
    found = [
        (outcome.known, by_name.get(name.casefold(), []))
        for outcome in piece
        if outcome.known
        for name in names_in(outcome.line.said.get(Field.RUNS_ON, ""))
    ]
    return tuple((UUID(guest), UUID(hosts[0])) for guest, hosts in found if len(hosts) == 1)


HANDLERS = {IMPORT_LIST: import_list}
