"""A stretch of time in one drawing: a band of states whose height says severity, and rows of marks under it.

Works is a thin band, degraded is taller, down taller still, unknown is dotted with an outline.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from veilleur.shared.drawings import svg

WIDTH = 1000
_LEFT, _RIGHT = 96, 10
_LANE, _TOP = 36, 22
# Half the height of a band around its lane, and the class that fills it.
_BANDS = {"good": (4, "d-good"), "watch": (8, "d-watch"), "bad": (14, "d-bad"), "unknown": (8, "")}
# What is shorter than this cannot be seen; it is drawn this wide all the same.
_THINNEST = 4


@dataclass(frozen=True)
class Band:
    """A state over [start, end), both as a share 0 to 1 of the stretch shown."""

    start: float
    end: float
    state: str


@dataclass(frozen=True)
class Point:
    """Something that happened, at a share 0 to 1. `shape`: tick, cross (failed), disc (restore test)."""

    at: float
    shape: str


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


def timeline_svg(
    name: str, bands: Sequence[Band], lanes: Sequence[Lane], stretch: Stretch, *, title: str, desc: str
) -> str:
    """Return the drawing; `name` is the word for the row of states."""
    bottom = _TOP + 50 + _LANE * len(lanes)
    parts = [svg.element("defs", {}, svg.dots("unknown-dots", "d-unknown"))]
    parts += [
        svg.rect(_x(start), _TOP, _x(end) - _x(start), bottom - _TOP, "d-off")
        for start, end in stretch.week_ends
    ]
    parts.append(svg.text(0, _TOP + 32, name))
    parts += [part for band in bands for part in _band(band)]
    for rank, lane in enumerate(lanes):
        parts += _lane(rank, lane)
    parts += _ticks(stretch, bottom)
    return svg.drawing("timeline", (WIDTH, bottom + 22), parts, title=title, desc=desc)


def _x(share: float) -> float:
    return _LEFT + min(1.0, max(0.0, share)) * (WIDTH - _LEFT - _RIGHT)


def _band(band: Band) -> list[str]:
    half, class_ = _BANDS[band.state]
    start, width = _x(band.start), max(_x(band.end) - _x(band.start), _THINNEST)
    middle = _TOP + 28
    clear = svg.rect(start - 1, middle - half, width + 2, 2 * half, "d-paper") if band.state != "good" else ""
    if band.state != "unknown":
        return [clear, svg.rect(start, middle - half, width, 2 * half, class_)]
    dotted = svg.rect(start, middle - half, width, 2 * half, "d-dotted", fill="url(#unknown-dots)")
    return [clear, dotted, svg.rect(start, middle - half, width, 2 * half, "d-unknown-line")]


def _lane(rank: int, lane: Lane) -> list[str]:
    top = _TOP + 50 + _LANE * rank
    parts = [
        svg.line(0, top, WIDTH - _RIGHT, top, "d-axis"),
        svg.text(0, top + 23, lane.name),
    ]
    return parts + [_point(_x(point.at), top + 18, point.shape) for point in lane.points]


def _point(x: float, middle: float, shape: str) -> str:
    if shape == "cross":
        return svg.path(f"M{svg.number(x - 5)} {svg.number(middle - 5)} l10 10 m0 -10 l-10 10", "d-bad-line")
    if shape == "disc":
        return svg.element("circle", {"cx": x, "cy": middle, "r": 5, "class_": "d-good"})
    return svg.rect(x - 1.5, middle - 7, 3, 14, "d-bar")


def _ticks(stretch: Stretch, bottom: float) -> list[str]:
    parts = [svg.line(_LEFT, bottom, WIDTH - _RIGHT, bottom, "d-axis-strong")]
    for share, label in stretch.ticks:
        parts.append(svg.line(_x(share), bottom, _x(share), bottom + 5, "d-axis-strong"))
        parts.append(svg.text(_x(share), bottom + 18, label, "d-text-2 d-mid"))
    parts.append(svg.line(_x(1), _TOP, _x(1), bottom, "d-now"))
    parts.append(svg.text(_x(1), 14, stretch.now_label, "d-text d-end d-strong"))
    return parts
