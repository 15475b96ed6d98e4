"""Where the boxes of a drawing stand and how links run: in rows, and only between rows, so that no link
crosses a box. The same drawing always looks the same.

Boxes of one group, or that stand alone one after the other, are a band. Within a band a box stands below
those written before it that are linked to it. A link leaves its box into the gap between two rows, where it
has a height of its own; past further rows it runs down a lane at the right.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from veilleur.domains.knowledge.rules.diagram import Box, Diagram, Link

BOX_WIDTH, BOX_HEIGHT = 156, 46
MOST_IN_ROW = 4
LINE_SIGNS = 20  # that fit into one line of a box
_BETWEEN, _MARGIN = 30, 16
_GAP, _SLOT, _LANE = 26, 19, 14
_GROUP_HEAD, _GROUP_FOOT = 26, 12


@dataclass(frozen=True)
class PlacedBox:
    """A box with its top left corner, and its words in lines."""

    box: Box
    x: float
    y: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class PlacedLink:
    """A link as a line through points, its words in the middle of its longest level part."""

    link: Link
    points: tuple[tuple[float, float], ...]
    label_at: tuple[float, float]


@dataclass(frozen=True)
class PlacedGroup:
    """A group's frame."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """A drawing with all its places, in units."""

    width: float
    height: float
    boxes: tuple[PlacedBox, ...]
    groups: tuple[PlacedGroup, ...]
    links: tuple[PlacedLink, ...]


def lay_out(diagram: Diagram) -> Layout:
    """Return where everything stands."""
    rows = [(group, row) for group, band in _bands(diagram.boxes) for row in _rows(band, diagram.links)]
    row_of = {box.name: number for number, (_group, row) in enumerate(rows) for box in row}
    runs = [_run(link, row_of) for link in diagram.links]
    slots = [sum(gap in run for run in runs) for gap in range(len(rows) + 1)]
    lanes = sum(len(run) == 2 for run in runs)
    inner = max(len(row) for _group, row in rows) * (BOX_WIDTH + _BETWEEN) - _BETWEEN
    width = inner + 4 * _MARGIN + lanes * _LANE
    tops, height = _tops(rows, slots)
    places = {
        box.name: PlacedBox(box, 2 * _MARGIN + _indent(row, inner, at), tops[number], _lines(box.words))
        for number, (_group, row) in enumerate(rows)
        for at, box in enumerate(row)
    }
    router = _Router(places, tops, row_of, first_lane=inner + 3 * _MARGIN + _LANE / 2)
    return Layout(
        width=width,
        height=height,
        boxes=tuple(places[box.name] for box in diagram.boxes),
        groups=tuple(_frames(diagram, rows, tops, inner)),
        links=tuple(router.route(link, run) for link, run in zip(diagram.links, runs, strict=True)),
    )


def _bands(boxes: Sequence[Box]) -> list[tuple[int | None, list[Box]]]:
    return [(group, list(band)) for group, band in groupby(boxes, key=lambda box: box.group)]


def _rows(band: Sequence[Box], links: Sequence[Link]) -> list[list[Box]]:
    """Return a band in rows: a box below those that were written before it and are linked to it."""
    depth: dict[str, int] = {}
    for box in band:
        linked = {
            link.start if link.end == box.name else link.end for link in links if box.name in _ends(link)
        }
        depth[box.name] = 1 + max((depth[name] for name in linked if name in depth), default=-1)
    found: list[list[Box]] = []
    for level in sorted(set(depth.values())):
        row = [box for box in band if depth[box.name] == level]
        found += [row[start : start + MOST_IN_ROW] for start in range(0, len(row), MOST_IN_ROW)]
    return found


def _ends(link: Link) -> tuple[str, str]:
    return link.start, link.end


def _run(link: Link, row_of: dict[str, int]) -> tuple[int, ...]:
    """Return the gaps that a link runs through: one, or one at each end of a lane. Gap n is above row n."""
    start, end = row_of[link.start], row_of[link.end]
    if start == end:
        return (start + 1,)
    leaves, enters = (start + 1, end) if start < end else (start, end + 1)
    return (leaves,) if leaves == enters else (leaves, enters)


def _tops(rows: Sequence[tuple[int | None, list[Box]]], slots: Sequence[int]) -> tuple[list[float], float]:
    tops, y, before = [], float(_MARGIN), None
    for number, (group, _row) in enumerate(rows):
        if number and group != before and before is not None:
            y += _GROUP_FOOT
        if slots[number] or number:
            y += _GAP + slots[number] * _SLOT
        if group is not None and group != before:
            y += _GROUP_HEAD
        tops.append(y)
        y += BOX_HEIGHT
        before = group
    last = _GAP + slots[-1] * _SLOT if slots[-1] else 0
    return tops, y + last + (_GROUP_FOOT if before is not None else 0) + _MARGIN


def _indent(row: Sequence[Box], inner: float, at: int) -> float:
    own = len(row) * (BOX_WIDTH + _BETWEEN) - _BETWEEN
    return (inner - own) / 2 + at * (BOX_WIDTH + _BETWEEN)


def _lines(label: str) -> tuple[str, ...]:
    """Return words in two lines at most."""
    lines = textwrap.wrap(label, LINE_SIGNS)
    if len(lines) <= 2:
        return tuple(lines)
    return lines[0], textwrap.shorten(" ".join(lines[1:]), LINE_SIGNS, placeholder="…")


def _frames(
    diagram: Diagram, rows: Sequence[tuple[int | None, list[Box]]], tops: Sequence[float], inner: float
) -> list[PlacedGroup]:
    found = []
    for number, name in enumerate(diagram.groups):
        own = [top for top, (group, _row) in zip(tops, rows, strict=True) if group == number]
        if own:
            top = own[0] - _GROUP_HEAD
            height = own[-1] + BOX_HEIGHT + _GROUP_FOOT - top
            found.append(PlacedGroup(name, _MARGIN, top, inner + 2 * _MARGIN, height))
    return found


class _Router:
    """Gives each link a height of its own in its gaps, a place of its own at its boxes, and its lane."""

    def __init__(
        self, places: dict[str, PlacedBox], tops: Sequence[float], row_of: dict[str, int], first_lane: float
    ) -> None:
        self._places, self._tops, self._row_of = places, tops, row_of
        self._next_lane = first_lane
        self._used: dict[int, int] = {}
        self._ends: dict[tuple[str, bool], int] = {}

    def route(self, link: Link, run: Sequence[int]) -> PlacedLink:
        """Return the way of a link."""
        levels = [self._level(gap) for gap in run]
        start = self._end(link.start, run[0] > self._row_of[link.start])
        end = self._end(link.end, run[-1] > self._row_of[link.end])
        if len(levels) == 1:
            way = [start, (start[0], levels[0]), (end[0], levels[0]), end]
        else:
            lane, self._next_lane = self._next_lane, self._next_lane + _LANE
            across = [(start[0], levels[0]), (lane, levels[0]), (lane, levels[1]), (end[0], levels[1])]
            way = [start, *across, end]
        return PlacedLink(link, tuple(way), ((way[1][0] + way[2][0]) / 2, levels[0]))

    def _level(self, gap: int) -> float:
        """Return the next height in a gap; those of the last are below everything."""
        number = self._used.get(gap, 0)
        self._used[gap] = number + 1
        above = self._tops[gap - 1] + BOX_HEIGHT if gap else _MARGIN - _GAP / 2
        return above + _GAP / 2 + (number + 0.5) * _SLOT

    def _end(self, name: str, is_below: bool) -> tuple[float, float]:
        """Return where a link touches a box: in the middle first, then to both sides."""
        number = self._ends.get((name, is_below), 0)
        self._ends[name, is_below] = number + 1
        aside = (number + 1) // 2 * 14 * (1 if number % 2 else -1)
        place = self._places[name]
        x = place.x + BOX_WIDTH / 2 + max(-BOX_WIDTH / 2 + 6, min(BOX_WIDTH / 2 - 6, aside))
        return x, place.y + (BOX_HEIGHT if is_below else 0)
