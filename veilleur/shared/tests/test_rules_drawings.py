"""Drawings say by shape and class what the words beside them say."""

import xml.etree.ElementTree as ET

import pytest

from veilleur.shared.drawings import svg
from veilleur.shared.drawings.recovery import WIDTH, Axis, Bar, axis_for, bar_svg

HOUR = 3600.0
DAY_AXIS = Axis(end_s=24 * HOUR, step_s=4 * HOUR)


def shapes(drawn: str, class_: str) -> list[ET.Element]:
    """Return the elements of a drawing that carry a class."""
    return [part for part in ET.fromstring(drawn).iter() if class_ in part.get("class", "").split()]


def test_words_inside_a_drawing_are_escaped() -> None:
    drawn = svg.drawing("a", (10, 10), [svg.text(0, 0, "<b> & co")], title="T & t", desc="D")

    root = ET.fromstring(drawn)
    assert root.find("text").text == "<b> & co"  # type: ignore[union-attr]
    assert root.get("aria-labelledby") == "a-t a-d"


@pytest.mark.parametrize(
    ("longest_s", "end_s", "step_s"),
    [
        (3.0, 3.0, 1.0),
        (50.0, 50.0, 10.0),
        (20 * HOUR, 20 * HOUR, 4 * HOUR),
        (23 * HOUR, 24 * HOUR, 4 * HOUR),
        # beyond seven weeks steps are whatever divides
        (8000 * HOUR, 8000 * HOUR, 8000 * HOUR / 6),
    ],
)
def test_an_axis_is_as_short_as_its_longest_figure_lets_it(
    longest_s: float, end_s: float, step_s: float
) -> None:
    axis = axis_for([Bar(p50_s=1, p95_s=longest_s), Bar(rto_s=1)])

    assert (axis.end_s, axis.step_s) == (end_s, pytest.approx(step_s))
    assert len(axis.ticks) <= 7
    assert axis.ticks[-1] == pytest.approx(end_s)


def test_an_axis_without_any_figure_still_is_one() -> None:
    assert axis_for([Bar(is_lost=True)]).end_s >= 1


def test_what_lies_past_the_promise_is_red_and_the_rest_is_not() -> None:
    drawn = bar_svg(Bar(p50_s=6 * HOUR, p80_s=8 * HOUR, p95_s=12 * HOUR, rto_s=9 * HOUR), DAY_AXIS)

    (kept,), (late,) = shapes(drawn, "d-bar"), shapes(drawn, "d-bad")
    assert (kept.get("x"), kept.get("width")) == ("600", "300")
    assert (late.get("x"), late.get("width")) == ("900", "300")
    assert len(shapes(drawn, "d-p80")) == len(shapes(drawn, "d-rto")) == 1


def test_a_kept_promise_has_no_red() -> None:
    drawn = bar_svg(Bar(p50_s=HOUR, p80_s=2 * HOUR, p95_s=3 * HOUR, rto_s=4 * HOUR), DAY_AXIS)

    assert not shapes(drawn, "d-bad")


def test_a_very_short_recovery_can_still_be_seen() -> None:
    (band,) = shapes(bar_svg(Bar(p50_s=1, p80_s=1, p95_s=2, rto_s=4 * HOUR), DAY_AXIS), "d-bar")

    assert float(band.get("width", 0)) >= 12


def test_a_lost_service_is_dotted_red_across() -> None:
    (dotted,) = shapes(bar_svg(Bar(is_lost=True, rto_s=4 * HOUR), DAY_AXIS), "d-bad-line")

    assert (dotted.get("x1"), dotted.get("x2")) == ("0", str(WIDTH))
    assert "d-dash" in dotted.get("class", "")


def test_an_unproven_service_has_no_end() -> None:
    drawn = bar_svg(Bar(lower_bound_s=2 * HOUR, rto_s=4 * HOUR), DAY_AXIS)

    (dotted,) = shapes(drawn, "d-unknown-line")
    assert (dotted.get("x1"), dotted.get("x2")) == ("200", str(WIDTH))
    assert not shapes(drawn, "d-bar")


def test_nothing_is_drawn_outside_the_frame() -> None:
    drawn = bar_svg(Bar(p50_s=30 * HOUR, p80_s=40 * HOUR, p95_s=90 * HOUR, rto_s=50 * HOUR), DAY_AXIS)

    strokes = [part for part in ET.fromstring(drawn).iter() if part.tag == "line"]
    assert all(0 <= float(part.get("x1", 0)) <= WIDTH for part in strokes)
