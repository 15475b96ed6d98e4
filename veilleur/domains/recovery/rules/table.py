"""Plain text in columns, for the terminal. Pure: cells in, lines out."""

from collections.abc import Sequence


def table_lines(rows: Sequence[Sequence[str]], *, numbers_from: int) -> list[str]:
    """Return the rows as lines of equal columns, two spaces apart; right from column `numbers_from` on.

    All rows have the same number of cells; the first is the heading. No trailing space.
    """
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [_line(row, widths, numbers_from) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int], numbers_from: int) -> str:
    cells = [
        cell.ljust(width) if place < numbers_from else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
