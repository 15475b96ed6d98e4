"""Writes of one part of a machine's inventory: rows that are gone end, rows that are new begin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.facts import InventoryChanged
from veilleur.domains.estate.models import Asset, PartReading
from veilleur.domains.estate.queries.inventory import PART_TABLES, part_rows
from veilleur.domains.estate.rules.machine import (
    TOLD_APART,
    InventoryRow,
    PartRead,
    Source,
    Step,
    Unread,
    row_text,
    steps_between,
)
from veilleur.domains.journal.actions import record, recorded
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

# Rows closed or inserted by one statement: SQLite bounds the number of its parameters.
_BATCH = 400


@recorded
def change_part(
    *, now: datetime, actor: Actor, organisation_id: int, asset: UUID, part: str, steps: Sequence[Step]
) -> Refused | None:
    """End and begin some rows of a part of an asset's inventory; what is so already stays.

    `note_part` says that it was all. Refused with `no_such_node`.
    """
    update = _update_of(organisation_id, asset, part, now)
    if isinstance(update, Refused):
        return update
    update.change(steps)
    return None


@recorded
def note_part(
    *, now: datetime, actor: Actor, organisation_id: int, asset: UUID, part: str, read: PartRead
) -> Refused | None:
    """Note that a part of an asset was read now, or why it could not be. Refused with `no_such_node`."""
    update = _update_of(organisation_id, asset, part, now)
    if isinstance(update, Refused):
        return update
    update.note(read.unread_reason, read.source)
    return None


def _update_of(organisation_id: int, asset: UUID, part: str, now: datetime) -> "PartUpdate | Refused":
    row: Asset | None = Asset.objects.of(organisation_id).filter(public_id=asset, until=None).first()
    return Refused("no_such_node") if row is None else PartUpdate(row, part, now)


@dataclass(frozen=True)
class PartUpdate:
    """Brings one part of a machine's inventory up to date, within an action."""

    asset: Asset
    part: str
    now: datetime

    def apply(self, rows: tuple[InventoryRow, ...] | Unread) -> None:
        """Close what is gone, insert what is new, and note that the part was read."""
        if rows == TOLD_APART:
            return
        if isinstance(rows, Unread):
            self.note(rows.reason)
            return
        self._change(steps_between(part_rows(self.asset, self.part), rows))
        self.note("")

    def change(self, steps: Sequence[Step]) -> None:
        """Take these steps, but those that somebody took meanwhile."""
        there = part_rows(self.asset, self.part, [step.row for step in steps])
        self._change([step for step in steps if (step.row in there) is not step.is_new])

    def note(self, reason: str, source: Source = Source.VEILLEUR) -> None:
        """Note that the part was read now, or why it could not be."""
        reading = self._reading()
        if reading is None:
            reading = PartReading(
                organisation_id=self.asset.organisation_id,
                public_id=new_id(self.now),
                asset=self.asset,
                part=self.part,
            )
        # An unread part keeps the instant at which its rows were last true, if there is one.
        if not reason or reading.pk is None:
            reading.read_at, reading.source = self.now, source
        reading.unread_reason = reason
        reading.save()

    def _change(self, steps: Sequence[Step]) -> None:
        closed = [step.row for step in steps if not step.is_new]
        inserted = [step.row for step in steps if step.is_new]
        self._close(closed)
        self._insert(inserted)
        # What was there when Veilleur first looked is no change of the machine.
        if (closed or inserted) and self._reading() is not None:
            self._record(closed, inserted)

    def _record(self, closed: Iterable[InventoryRow], inserted: Iterable[InventoryRow]) -> None:
        fact = InventoryChanged(
            part=self.part, added=tuple(map(row_text, inserted)), removed=tuple(map(row_text, closed))
        )
        record(fact, subject=self.asset.public_id, organisation_id=self.asset.organisation_id)

    def _reading(self) -> PartReading | None:
        readings = PartReading.objects.of(self.asset.organisation_id)
        found: PartReading | None = readings.filter(asset=self.asset, part=self.part).first()
        return found

    def _close(self, gone: list[InventoryRow]) -> None:
        if not gone:
            return
        wanted, kind = frozenset(gone), type(gone[0])
        names = [field.name for field in fields(kind)]
        current = PART_TABLES[self.part].objects.of(self.asset.organisation_id)
        current = current.filter(asset=self.asset, until=None)
        for first in range(0, len(gone), _BATCH):
            called = {getattr(row, names[0]) for row in gone[first : first + _BATCH]}
            alike = current.filter(**{f"{names[0]}__in": called}).values_list("pk", *names)
            keys = [pk for pk, *values in alike if kind(*values) in wanted]
            for start in range(0, len(keys), _BATCH):
                current.filter(pk__in=keys[start : start + _BATCH]).update(until=self.now)

    def _insert(self, new: list[InventoryRow]) -> None:
        table = PART_TABLES[self.part]
        fresh = [
            table(
                organisation_id=self.asset.organisation_id,
                public_id=new_id(self.now),
                asset=self.asset,
                since=self.now,
                recorded_at=self.now,
                **{field.name: getattr(row, field.name) for field in fields(row)},
            )
            for row in new
        ]
        table.objects.of(self.asset.organisation_id).bulk_create(fresh, batch_size=_BATCH)
