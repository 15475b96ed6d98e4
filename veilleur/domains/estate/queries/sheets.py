"""Reads of lists that somebody brought: how a file is read, and what each of its lines would do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.estate.models import SheetImport
from veilleur.domains.estate.queries.components import whole_known_components
from veilleur.domains.estate.rules.sheet import Line, Outcome, outcomes_of, read_lines
from veilleur.domains.estate.rules.sheet_words import Field
from veilleur.domains.estate.rules.sheets import ImportState
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class ImportRow:
    """One list. `heading` is a row from 0, None where there is none; columns are numbered from 0."""

    id: UUID
    file_name: str
    loaded_at: datetime
    loaded_by: str
    sheet_names: tuple[str, ...]
    sheet: int
    heading: int | None
    rows: tuple[tuple[str, ...], ...]
    columns: dict[int, Field]
    state: ImportState
    written: int
    tied: int
    total: int
    new: int
    changed: int
    ended_at: datetime | None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the lines that count, as they are read now."""
        return read_lines(self.rows, self.heading, self.columns)


def visible_import(viewer: Viewer, public_id: UUID) -> ImportRow | None:
    """Return one list, None where there is none for this viewer."""
    row = SheetImport.objects.visible_to(viewer).filter(public_id=public_id).first()
    return None if row is None else import_row(row)


def visible_imports(viewer: Viewer, *, most: int = 20) -> list[ImportRow]:
    """Return the newest lists without their rows, the last that was brought first."""
    rows = SheetImport.objects.visible_to(viewer).defer("sheets").order_by("-loaded_at", "-pk")[:most]
    return [_bare(row) for row in rows]


def whole_import(organisation_id: int, public_id: UUID) -> ImportRow | None:
    """Return one list for jobs."""
    row = SheetImport.objects.of(organisation_id).filter(public_id=public_id).first()
    return None if row is None else import_row(row)


def whole_outcomes(organisation_id: int, row: ImportRow) -> tuple[Outcome, ...]:
    """Return what each line would do to the estate as it is now. Two queries."""
    return outcomes_of(row.lines, whole_known_components(organisation_id))


def import_row(row: SheetImport) -> ImportRow:
    """Return a list with the rows of its chosen sheet. No query."""
    sheets = row.sheets or [["", []]]
    chosen = sheets[min(row.sheet, len(sheets) - 1)][1]
    names = tuple(name for name, _rows in row.sheets)
    return _row(row, names, tuple(tuple(each) for each in chosen))


def _bare(row: SheetImport) -> ImportRow:
    return _row(row, (), ())


def _row(row: SheetImport, names: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> ImportRow:
    return ImportRow(
        id=row.public_id,
        file_name=row.file_name,
        loaded_at=row.loaded_at,
        loaded_by=row.loaded_by,
        sheet_names=names,
        sheet=row.sheet,
        heading=row.heading,
        rows=rows,
        columns={int(column): Field(field) for column, field in row.columns.items()},
        state=ImportState(row.state),
        written=row.written,
        tied=row.tied,
        total=row.total,
        new=row.new,
        changed=row.changed,
        ended_at=row.ended_at,
    )
