"""The recovery bar: how long until work goes on again, against what is admitted. It stretches; words do not.

A hairline runs from 0 to P50, a band from P50 to P95 with a gap at P80; a tall stroke is the RTO, and what
lies past it is red. Without an upper bound the line is dotted to the edge; when all is lost, red dots across.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from veilleur.shared.drawings import svg

WIDTH, HEIGHT = 2400, 24
# Steps of an axis that people read at once: seconds up to a week.
_STEPS = (
    *(1, 2, 5, 10, 20, 30),
    *(60 * minutes for minutes in (1, 2, 5, 10, 20, 30)),
    *(3600 * hours for hours in (1, 2, 4, 6, 12, 24, 48, 168)),
)


@dataclass(frozen=True)
class Bar:
    """One service's recovery, in seconds. `None` for what is not known; `is_lost`: it never comes back."""

    p50_s: float | None = None
    p80_s: float | None = None
    p95_s: float | None = None
    lower_bound_s: float | None = None
    rto_s: float | None = None
    is_lost: bool = False


@dataclass(frozen=True)
class Axis:
    """A scale shared by several bars: from 0 to `end_s`, a tick every `step_s`."""

    end_s: float
    step_s: float

    @property
    def ticks(self) -> tuple[float, ...]:
        """Return the instants of the ticks, both ends included."""
        return tuple(self.step_s * rank for rank in range(round(self.end_s / self.step_s) + 1))

    def at(self, seconds: float) -> float:
        """Return where an instant lies, never outside the drawing."""
        return min(1.0, max(0.0, seconds / self.end_s)) * WIDTH


def axis_for(bars: Iterable[Bar]) -> Axis:
    """Return the shortest readable scale, of four to seven steps, on which every known figure fits."""
    values = [
        value
        for bar in bars
        for value in (bar.p95_s, bar.p80_s, bar.lower_bound_s, bar.rto_s)
        if value is not None
    ]
    longest = max([*values, 1.0])
    step = next((step for step in _STEPS if longest <= 6 * step), longest / 6)
    count = max(1, -int(-longest // step))
    return Axis(end_s=float(count * step), step_s=float(step))


def bar_svg(bar: Bar, axis: Axis) -> str:
    """Return the bar on a scale. It carries no words: the row beside it says the same."""
    parts = [svg.line(axis.at(tick), 0, axis.at(tick), HEIGHT, "d-axis d-keep") for tick in axis.ticks]
    parts += _reach(bar, axis)
    if bar.rto_s is not None:
        parts.append(svg.line(axis.at(bar.rto_s), 0, axis.at(bar.rto_s), HEIGHT, "d-rto"))
    frame: dict[str, str | svg.Number] = {
        "class_": "bar",
        "viewBox": f"0 0 {WIDTH} {HEIGHT}",
        "preserveAspectRatio": "none",
        "aria-hidden": "true",
    }
    return svg.element("svg", frame, "".join(parts))


def _reach(bar: Bar, axis: Axis) -> list[str]:
    middle = HEIGHT / 2
    if bar.is_lost:
        return [svg.line(0, middle, WIDTH, middle, "d-bad-line d-keep d-dash d-thick")]
    if bar.p50_s is None or bar.p95_s is None:
        start = axis.at(bar.lower_bound_s or 0)
        dotted = svg.line(start, middle, WIDTH, middle, "d-unknown-line d-keep d-dash d-thick")
        return [dotted, svg.rect(max(0, start - 6), 4, 12, 16, "d-unknown")]
    parts = [svg.line(0, middle, axis.at(bar.p50_s), middle, "d-axis-strong d-keep")]
    parts += _band(axis.at(bar.p50_s), axis.at(bar.p95_s), None if bar.rto_s is None else axis.at(bar.rto_s))
    if bar.p80_s is not None:
        parts.append(svg.line(axis.at(bar.p80_s), 2, axis.at(bar.p80_s), 22, "d-p80 d-keep"))
    return parts


def _band(start: float, end: float, promised: float | None) -> list[str]:
    """Return the band in ink up to the promise and in red past it, never thinner than an eye can see."""
    end = max(end, start + 12)
    if promised is None or end <= promised:
        return [svg.rect(start, 6, end - start, 12, "d-bar")]
    if start >= promised:
        return [svg.rect(start, 6, end - start, 12, "d-bad")]
    return [
        svg.rect(start, 6, promised - start, 12, "d-bar"),
        svg.rect(promised, 6, end - promised, 12, "d-bad"),
    ]
