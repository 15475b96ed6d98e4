"""The course of a recovery: a row per step, the critical chain in ink and joined, lateness hatched.

Under a rule, a row for each thing that steps share: when it works, in ink where the end depends on it.
The table beside the drawing says the same in words; here a label is cut when it is too long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from veilleur.shared.drawings import svg
from veilleur.shared.drawings.recovery import Axis, Bar, axis_for

WIDTH = 1000
_LEFT, _RIGHT, _TOP, _ROW, _GAP, _FOOT = 280, 15, 28, 30, 12, 28
_LABEL_LETTERS, _SMALL_LETTERS = 37, 44


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
class MeansBar:
    """What steps share: the stretches in which it works, and those on the critical chain, in seconds."""

    label: str
    note: str
    busy: tuple[tuple[float, float], ...]
    critical: tuple[tuple[float, float], ...]
    is_limit: bool


@dataclass(frozen=True)
class Mark:
    """An instant under the drawing: what is admitted, P50, P80, P95. `is_late`: past what is admitted."""

    label: str
    at_s: float
    is_late: bool = False


@dataclass(frozen=True)
class Course:
    """All that is drawn over one scale. `promised_s`: what is admitted, None where nothing is."""

    steps: Sequence[GanttBar]
    marks: Sequence[Mark] = ()
    means: Sequence[MeansBar] = ()
    promised_s: float | None = None

    @property
    def axis(self) -> Axis:
        """Return the scale on which every step, its lateness and every mark fits."""
        ends = [bar.start_s + max(bar.duration_s, bar.late_s) for bar in self.steps]
        return axis_for([Bar(rto_s=max([*ends, *(mark.at_s for mark in self.marks)], default=1.0))])


@dataclass(frozen=True)
class Scale:
    """Where seconds lie across the drawing."""

    axis: Axis

    def x(self, seconds: float) -> float:
        """Return a coordinate, never beyond the frame."""
        share = min(1.0, max(0.0, seconds / self.axis.end_s))
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def gantt_svg(course: Course, tick_labels: Sequence[str], *, title: str, desc: str) -> str:
    """Return the drawing. `tick_labels` are the words for `course.axis.ticks`, in order."""
    scale = Scale(course.axis)
    rule = _TOP + _ROW * len(course.steps)
    bottom = rule + (_GAP + _ROW * len(course.means) if course.means else 0)
    parts = [svg.element("defs", {}, svg.hatch("gantt-late", "d-outline"))]
    parts += _grid(scale, tick_labels, bottom)
    parts += [part for rank, bar in enumerate(course.steps) for part in _row(scale, rank, bar)]
    parts += _chain(scale, course.steps)
    if course.means:
        parts.append(svg.line(0, rule + _GAP / 2, WIDTH - _RIGHT, rule + _GAP / 2, "d-axis-strong"))
    for rank, means in enumerate(course.means):
        parts += _means(scale, rule + _GAP + _ROW * rank, means)
    if course.promised_s is not None:
        at = scale.x(course.promised_s)
        parts.append(svg.line(at, _TOP, at, bottom, "d-rto"))
    marks, lines = _marks(scale, course.marks, bottom)
    foot = _FOOT + 15 * (lines - 1) if lines else 0
    return svg.drawing("gantt", (WIDTH, bottom + foot + 6), [*parts, *marks], title=title, desc=desc)


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
        svg.text(0, top + 26, _cut(bar.who, _SMALL_LETTERS), "d-text-2 d-small"),
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


def _means(scale: Scale, top: float, means: MeansBar) -> list[str]:
    """Return the row of something shared: pale where it works, in ink where the end depends on it."""
    strong = " d-strong" if means.is_limit else ""
    parts = [
        svg.text(0, top + 14, _cut(means.label), f"d-text{strong}"),
        svg.text(0, top + 26, _cut(means.note, _SMALL_LETTERS), "d-text-2 d-small"),
    ]
    for class_, stretches in (("d-bar-soft", means.busy), ("d-crit", means.critical)):
        for start, end in stretches:
            width = max(2, scale.x(end) - scale.x(start))
            parts.append(svg.rect(scale.x(start), top + 8, width, 14, class_))
    return parts


def _marks(scale: Scale, marks: Sequence[Mark], bottom: float) -> tuple[list[str], int]:
    """Return the marks under the drawing and how many lines their words take: one that would cover its
    neighbour's goes a line lower.
    """
    parts: list[str] = []
    free_from = [-1000.0] * len(marks)
    lines = 0
    for mark in sorted(marks, key=lambda mark: mark.at_s):
        x, half = scale.x(mark.at_s), 3.8 * len(mark.label) + 6
        centre = min(max(x, half), WIDTH - half)
        level = next(line for line, free in enumerate(free_from) if free <= centre - half)
        free_from[level], lines = centre + half, max(lines, level + 1)
        shape = "d-bad" if mark.is_late else "d-ink"
        parts.append(svg.path(f"M{svg.number(x)} {bottom + 4} l5 8 h-10 z", shape))
        parts.append(svg.text(centre, bottom + 26 + 15 * level, mark.label, "d-text d-mid d-strong"))
    return parts, lines


def _cut(label: str, letters: int = _LABEL_LETTERS) -> str:
    return label if len(label) <= letters else label[: letters - 1].rstrip() + "…"
