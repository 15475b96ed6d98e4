"""The course of a recovery: a row per step, the critical chain in ink and joined, lateness hatched.

The table beside the drawing says the same in words; here a label is cut when it is too long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from veilleur.shared.drawings import svg
from veilleur.shared.drawings.recovery import Axis, Bar, axis_for

WIDTH = 1000
_LEFT, _RIGHT, _TOP, _ROW, _FOOT = 250, 15, 28, 30, 34
_LABEL_LETTERS = 34


@dataclass(frozen=True)
class GanttBar:
    """One step, in seconds from the event; `late_s` is its duration one time in twenty."""

    label: str
    who: str
    start_s: float
    duration_s: float
    late_s: float
    is_critical: bool


@dataclass(frozen=True)
class Mark:
    """An instant under the drawing: what is admitted, P50, P80, P95. `is_late`: past what is admitted."""

    label: str
    at_s: float
    is_late: bool = False


@dataclass(frozen=True)
class Scale:
    """Where seconds lie across the drawing."""

    axis: Axis

    def x(self, seconds: float) -> float:
        """Return a coordinate, never beyond the frame."""
        share = min(1.0, max(0.0, seconds / self.axis.end_s))
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def gantt_axis(bars: Sequence[GanttBar], marks: Sequence[Mark]) -> Axis:
    """Return the scale on which every step, its lateness and every mark fits."""
    ends = [bar.start_s + max(bar.duration_s, bar.late_s) for bar in bars] + [mark.at_s for mark in marks]
    return axis_for([Bar(rto_s=max(ends, default=1.0))])


def gantt_svg(
    bars: Sequence[GanttBar],
    marks: Sequence[Mark],
    tick_labels: Sequence[str],
    *,
    promised_s: float | None,
    title: str,
    desc: str,
) -> str:
    """Return the drawing. `tick_labels` are the words for `gantt_axis(bars, marks).ticks`, in order."""
    scale = Scale(gantt_axis(bars, marks))
    bottom = _TOP + _ROW * len(bars)
    parts = [svg.element("defs", {}, svg.hatch("gantt-late", "d-outline"))]
    parts += _grid(scale, tick_labels, bottom)
    parts += [part for rank, bar in enumerate(bars) for part in _row(scale, rank, bar)]
    parts += _chain(scale, bars)
    if promised_s is not None:
        parts.append(svg.line(scale.x(promised_s), _TOP, scale.x(promised_s), bottom, "d-rto"))
    parts += _marks(scale, marks, bottom)
    return svg.drawing("gantt", (WIDTH, bottom + _FOOT + 16), parts, title=title, desc=desc)


def _grid(scale: Scale, labels: Sequence[str], bottom: float) -> list[str]:
    parts = []
    for tick, label in zip(scale.axis.ticks, labels, strict=True):
        parts.append(svg.line(scale.x(tick), _TOP, scale.x(tick), bottom, "d-axis"))
        parts.append(svg.text(scale.x(tick), _TOP - 8, label, "d-text-2 d-mid"))
    return parts


def _row(scale: Scale, rank: int, bar: GanttBar) -> list[str]:
    top = _TOP + _ROW * rank
    start, end = scale.x(bar.start_s), scale.x(bar.start_s + bar.duration_s)
    late = scale.x(bar.start_s + max(bar.duration_s, bar.late_s))
    strong = " d-strong" if bar.is_critical else ""
    return [
        svg.text(0, top + 14, _cut(bar.label), f"d-text{strong}"),
        svg.text(0, top + 26, _cut(bar.who), "d-text-2 d-small"),
        svg.rect(start, top + 8, max(2, end - start), 14, "d-crit" if bar.is_critical else "d-bar-soft"),
        svg.rect(end, top + 11, late - end, 8, "d-late", fill="url(#gantt-late)"),
    ]


def _chain(scale: Scale, bars: Sequence[GanttBar]) -> list[str]:
    """Return the strokes that join each critical step to the next one."""
    critical = [(rank, bar) for rank, bar in enumerate(bars) if bar.is_critical]
    return [
        svg.path(
            f"M{svg.number(scale.x(earlier.start_s + earlier.duration_s))} {_TOP + _ROW * above + 15} "
            f"H{svg.number(scale.x(later.start_s))} V{_TOP + _ROW * below + 8}",
            "d-crit-line",
        )
        for (above, earlier), (below, later) in pairwise(critical)
    ]


def _marks(scale: Scale, marks: Sequence[Mark], bottom: float) -> list[str]:
    """Return the marks under the drawing; one that would cover its neighbour's words goes a line lower."""
    parts: list[str] = []
    free_from = [-1000.0, -1000.0]
    for mark in sorted(marks, key=lambda mark: mark.at_s):
        x, half = scale.x(mark.at_s), 3.6 * len(mark.label) + 6
        level = 0 if x - half >= free_from[0] or free_from[0] <= free_from[1] else 1
        free_from[level] = x + half
        shape = "d-bad" if mark.is_late else "d-ink"
        parts.append(svg.path(f"M{svg.number(x)} {bottom + 4} l5 8 h-10 z", shape))
        centre = min(max(x, half), WIDTH - half)
        parts.append(svg.text(centre, bottom + 26 + 15 * level, mark.label, "d-text d-mid d-strong"))
    return parts


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL_LETTERS else label[: _LABEL_LETTERS - 1].rstrip() + "…"
