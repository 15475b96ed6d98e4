"""How a job brings one part of a machine up to date: compared outside of any turn at the database, written in
pieces that each fit into one.
"""

from collections.abc import Sequence
from uuid import UUID

from veilleur.domains.estate.actions import change_part, note_part
from veilleur.domains.estate.queries.inventory import whole_part_steps
from veilleur.domains.estate.rules.machine import TOLD_APART, InventoryRow, PartRead, Source, Step, Unread
from veilleur.domains.journal.rules.work import Clock
from veilleur.shared.sqlite_turn.chunks import work_in_chunks
from veilleur.shared.viewer import SYSTEM


def bring_part_in(
    organisation_id: int,
    asset: UUID,
    part: str,
    rows: tuple[InventoryRow, ...] | Unread,
    clock: Clock,
    source: Source = Source.VEILLEUR,
) -> None:
    """Bring one part of a machine up to date; a part that was told apart stays as it is."""
    if rows == TOLD_APART:
        return

    def change(steps: Sequence[Step]) -> None:
        change_part(
            now=clock(), actor=SYSTEM, organisation_id=organisation_id, asset=asset, part=part, steps=steps
        )

    if not isinstance(rows, Unread):
        work_in_chunks(whole_part_steps(organisation_id, asset, part, rows), change)
    note_part(
        now=clock(),
        actor=SYSTEM,
        organisation_id=organisation_id,
        asset=asset,
        part=part,
        read=PartRead(source, rows.reason if isinstance(rows, Unread) else ""),
    )
