"""A stretch of time in one drawing: a band of states whose height says severity, and rows of marks under it.

Works is a thin band, degraded is taller, down taller still, unknown is dotted with an outline. Two layouts:
names of rows beside them, or above them where the drawing is as narrow as a phone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from veilleur.shared.drawings import svg

_TOP = 22
# Half the height of a band around its lane, and the class that fills it.
_BANDS = {"good": (4, "d-good"), "watch": (8, "d-watch"), "bad": (14, "d-bad"), "unknown": (8, "")}
# What is named first when there is no room for all names.
_GRAVEST = ("bad", "unknown", "watch", "good")
# What is shorter than this cannot be seen; it is drawn this wide all the same.
_THINNEST = 4
# Width of a letter of the small text, and the least room between two names.
_LETTER, _BETWEEN = 6.6, 8
# Width of a letter of a row's name in the widest of the fonts, and the room a mark takes before its place.
_NAME_LETTER, _MARK = 7.6, 10


@dataclass(frozen=True)
class Layout:
    """A width in units of the drawing, and where rows have their names: beside (left of 0 share) or above."""

    name: str
    width: int
    left: int
    right: int
    is_above: bool

    def x(self, share: float) -> float:
        """Return where a share 0 to 1 of the stretch lies."""
        return self.left + min(1.0, max(0.0, share)) * (self.width - self.left - self.right)

    @property
    def state_height(self) -> int:
        """Return the height of the row of states."""
        return 74 if self.is_above else 50

    @property
    def lane_height(self) -> int:
        """Return the height of a row of marks."""
        return 46 if self.is_above else 36


WIDE = Layout("timeline", 1000, 136, 10, is_above=False)
NARROW = Layout("timeline-narrow", 288, 6, 6, is_above=True)


@dataclass(frozen=True)
class Band:
    """A state over [start, end), both as a share 0 to 1 of the stretch shown. `label`: few words."""

    start: float
    end: float
    state: str
    label: str = ""


@dataclass(frozen=True)
class Point:
    """Something that happened, at a share 0 to 1. `shape`: tick, cross (failed), disc (restore test)."""

    at: float
    shape: str
    label: str = ""


@dataclass(frozen=True)
class Lane:
    """One row of marks with its name."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Stretch:
    """What lies behind all rows: named ticks and sunken week-ends, as shares; and the words for now."""

    ticks: tuple[tuple[float, str], ...]
    week_ends: tuple[tuple[float, float], ...]
    now_label: str


@dataclass(frozen=True)
class Rows:
    """What is drawn: the states with the word for their row, then rows of marks."""

    name: str
    bands: Sequence[Band]
    lanes: Sequence[Lane] = ()


def timeline_svg(rows: Rows, stretch: Stretch, *, title: str, desc: str, layout: Layout = WIDE) -> str:
    """Return the drawing. A name that finds no room is left out: the table beside it has them all."""
    layout = _with_room_for_names(layout, rows)
    first = _TOP + layout.state_height
    bottom = first + layout.lane_height * len(rows.lanes)
    parts = [svg.element("defs", {}, svg.dots(f"{layout.name}-dots", "d-unknown"))]
    parts += [
        svg.rect(layout.x(start), _TOP, layout.x(end) - layout.x(start), bottom - _TOP, "d-off")
        for start, end in stretch.week_ends
    ]
    middle = first - 22
    parts.append(svg.text(0, _TOP + 12 if layout.is_above else middle + 4, rows.name))
    parts += [part for band in rows.bands for part in _band(layout, band, middle)]
    parts += _names(layout, rows, middle)
    for rank, lane in enumerate(rows.lanes):
        parts += _lane(layout, first + layout.lane_height * rank, lane)
    parts += _ticks(layout, stretch, bottom)
    return svg.drawing(layout.name, (layout.width, bottom + 22), parts, title=title, desc=desc)


def _with_room_for_names(layout: Layout, rows: Rows) -> Layout:
    """Return the layout with its marks beginning after the longest name of a row beside them."""
    if layout.is_above:
        return layout
    longest = max(len(name) for name in (rows.name, *(lane.name for lane in rows.lanes)))
    return replace(layout, left=max(layout.left, ceil(longest * _NAME_LETTER) + _MARK))


def _band(layout: Layout, band: Band, middle: float) -> list[str]:
    half, class_ = _BANDS[band.state]
    width = max(layout.x(band.end) - layout.x(band.start), _THINNEST)
    start = min(layout.x(band.start), layout.x(1) - width)
    clear = svg.rect(start - 1, middle - half, width + 2, 2 * half, "d-paper") if band.state != "good" else ""
    if band.state != "unknown":
        return [clear, svg.rect(start, middle - half, width, 2 * half, class_)]
    dotted = svg.rect(start, middle - half, width, 2 * half, "d-dotted", fill=f"url(#{layout.name}-dots)")
    return [clear, dotted, svg.rect(start, middle - half, width, 2 * half, "d-unknown-line")]


def _names(layout: Layout, rows: Rows, middle: float) -> list[str]:
    """Return the names of bands that find room above them: the gravest first, then the longest."""
    named = sorted(
        (band for band in rows.bands if band.label),
        key=lambda band: (_GRAVEST.index(band.state), band.start - band.end, -band.start),
    )
    taken: list[tuple[float, float]] = []
    parts = []
    for band in named:
        start = _room(layout, layout.x(band.start), band.label, taken)
        if start is not None:
            strong = "d-text d-small d-strong" if band.state == "bad" else "d-text-2 d-small"
            parts.append(svg.text(start, middle - 18, band.label, strong))
    return parts


def _room(layout: Layout, at: float, label: str, taken: list[tuple[float, float]]) -> float | None:
    """Take room for a name that begins at a mark, or ends at the edge; None where another one stands."""
    width = len(label) * _LETTER
    start = min(at, layout.width - layout.right - 3 - width)
    wanted = (start - _BETWEEN, start + width + _BETWEEN)
    if start < layout.left or any(wanted[0] < end and begun < wanted[1] for begun, end in taken):
        return None
    taken.append((start, start + width))
    return start


def _lane(layout: Layout, top: float, lane: Lane) -> list[str]:
    middle = top + layout.lane_height - 18
    parts = [
        svg.line(0, top, layout.width - layout.right, top, "d-axis"),
        svg.text(0, top + 14 if layout.is_above else middle + 5, lane.name),
    ]
    parts += [_point(layout.x(point.at), middle, point.shape) for point in lane.points]
    return parts + _lane_names(layout, middle, lane)


def _lane_names(layout: Layout, middle: float, lane: Lane) -> list[str]:
    """Return the names of marks that find room beside them, to the left; none lies on another mark."""
    marks: Iterable[float] = [layout.x(point.at) for point in lane.points]
    parts = []
    for point in lane.points:
        end = layout.x(point.at) - 9
        start = end - len(point.label) * _LETTER
        is_free = start >= layout.left and not any(start - 8 < at < end for at in marks)
        if point.label and is_free:
            parts.append(svg.text(end, middle + 4, point.label, "d-text-2 d-small d-end"))
    return parts


def _point(x: float, middle: float, shape: str) -> str:
    if shape == "cross":
        return svg.path(f"M{svg.number(x - 5)} {svg.number(middle - 5)} l10 10 m0 -10 l-10 10", "d-bad-line")
    if shape == "disc":
        return svg.element("circle", {"cx": x, "cy": middle, "r": 5, "class_": "d-good"})
    return svg.rect(x - 1.5, middle - 7, 3, 14, "d-bar")


def _ticks(layout: Layout, stretch: Stretch, bottom: float) -> list[str]:
    end = layout.width - layout.right
    parts = [svg.line(layout.left, bottom, end, bottom, "d-axis-strong")]
    for share, label in stretch.ticks:
        at, half = layout.x(share), len(label) * _LETTER / 2
        parts.append(svg.line(at, bottom, at, bottom + 5, "d-axis-strong"))
        if half <= at <= layout.width - half:
            parts.append(svg.text(at, bottom + 18, label, "d-text-2 d-mid"))
    parts.append(svg.line(layout.x(1), _TOP, layout.x(1), bottom, "d-now"))
    parts.append(svg.text(layout.x(1), 14, stretch.now_label, "d-text d-end d-strong"))
    return parts
