"""Drawings say by shape and class what the words beside them say."""

import xml.etree.ElementTree as ET

import pytest

from veilleur.shared.drawings import svg
from veilleur.shared.drawings.gantt import Course, GanttBar, Mark, MeansBar, gantt_svg
from veilleur.shared.drawings.recovery import WIDTH, Axis, Bar, axis_for, bar_svg
from veilleur.shared.drawings.timeline import (
    NARROW,
    WIDE,
    Band,
    Lane,
    Layout,
    Point,
    Rows,
    Stretch,
    timeline_svg,
)

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


def gantt_of(
    bars: list[GanttBar],
    marks: list[Mark] | None = None,
    promised_s: float | None = None,
    means: tuple[MeansBar, ...] = (),
) -> str:
    """Return the drawing of a recovery with plain labels."""
    course = Course(bars, marks or [], means, promised_s)
    return gantt_svg(course, [str(tick) for tick in course.axis.ticks], title="T", desc="D")


CHAIN = [
    GanttBar("Decide", "management", 0, HOUR, 2 * HOUR, is_critical=True),
    GanttBar("Prepare", "technician", HOUR, HOUR / 2, HOUR, is_critical=False),
    GanttBar(
        "Restore a very long name that nobody could read", "", HOUR, 4 * HOUR, 5 * HOUR, is_critical=True
    ),
]


def test_the_critical_chain_is_in_ink_and_joined_and_the_rest_is_pale() -> None:
    drawn = gantt_of(CHAIN)

    assert len(shapes(drawn, "d-crit")) == 2
    assert len(shapes(drawn, "d-bar-soft")) == 1
    assert len(shapes(drawn, "d-crit-line")) == 1


def test_lateness_is_hatched_behind_each_step() -> None:
    late = shapes(gantt_of(CHAIN), "d-late")

    assert len(late) == 3
    assert all(part.get("fill") == "url(#gantt-late)" for part in late)


def test_a_label_that_does_not_fit_is_cut() -> None:
    words = [part.text or "" for part in shapes(gantt_of(CHAIN), "d-text")]

    assert max(map(len, words)) <= 37
    assert any(word.endswith("…") for word in words)


def test_marks_past_what_is_admitted_are_red() -> None:
    marks = [Mark("admitted 4 h", 4 * HOUR), Mark("P80 9 h", 9 * HOUR, is_late=True)]
    drawn = gantt_of(CHAIN, marks, promised_s=4 * HOUR)

    assert (len(shapes(drawn, "d-ink")), len(shapes(drawn, "d-bad"))) == (1, 1)
    assert len(shapes(drawn, "d-rto")) == 1


def test_marks_at_the_same_place_do_not_cover_each_other() -> None:
    marks = [Mark("P50 7 h 30", 7.5 * HOUR), Mark("P80 7 h 35", 7.6 * HOUR)]
    words = [part for part in shapes(gantt_of(CHAIN, marks), "d-mid") if "d-strong" in part.get("class", "")]

    assert len({part.get("y") for part in words}) == 2


def test_four_marks_at_one_place_are_all_read() -> None:
    marks = [Mark(f"P{n} 7 h 3{n}", 7.5 * HOUR) for n in range(4)]
    drawn = gantt_of(CHAIN, marks)
    words = [part for part in shapes(drawn, "d-mid") if "d-strong" in part.get("class", "")]

    lowest = max(float(part.get("y", 0)) for part in words)
    assert len({part.get("y") for part in words}) == 4
    assert lowest < float(ET.fromstring(drawn).get("viewBox", "").split()[3])


def test_what_steps_share_is_in_ink_only_where_the_end_depends_on_it() -> None:
    means = MeansBar("Link", "5 h", ((HOUR, 6 * HOUR),), ((HOUR, 3 * HOUR),), is_limit=True)
    alone, shared = gantt_of(CHAIN), gantt_of(CHAIN, means=(means,))

    # The last of each kind is the new one, under all the steps.
    soft, ink = shapes(shared, "d-bar-soft")[-1], shapes(shared, "d-crit")[-1]
    assert len(shapes(shared, "d-crit")) == len(shapes(alone, "d-crit")) + 1
    assert soft.get("x") == ink.get("x")
    assert float(soft.get("width", 0)) == pytest.approx(2.5 * float(ink.get("width", 0)), abs=0.2)
    assert float(ink.get("y", 0)) > max(float(part.get("y", 0)) for part in shapes(alone, "d-late"))


def timeline_of(bands: list[Band], lanes: tuple[Lane, ...] = (), layout: Layout = WIDE) -> str:
    """Return a stretch of thirty days."""
    stretch = Stretch(ticks=((0.0, "22 Oct"),), week_ends=((0.1, 0.2),), now_label="08:42")
    return timeline_svg(Rows("State", bands, lanes), stretch, title="T", desc="D", layout=layout)


def words_of(drawn: str) -> list[str]:
    """Return every text of a drawing."""
    return [part.text or "" for part in ET.fromstring(drawn).iter() if part.tag == "text"]


def test_height_says_severity() -> None:
    drawn = timeline_of([Band(0, 0.5, "good"), Band(0.5, 0.6, "watch"), Band(0.6, 0.7, "bad")])

    heights = [float(shapes(drawn, name)[0].get("height", 0)) for name in ("d-good", "d-watch", "d-bad")]
    assert heights == sorted(heights)
    assert len(set(heights)) == 3


def test_unknown_is_dotted_with_an_outline() -> None:
    drawn = timeline_of([Band(0.2, 0.3, "unknown")])

    assert shapes(drawn, "d-dotted")[0].get("fill") == "url(#timeline-dots)"
    assert shapes(drawn, "d-unknown-line")


def test_a_short_outage_can_still_be_seen() -> None:
    (outage,) = shapes(timeline_of([Band(0.5, 0.50001, "bad")]), "d-bad")

    assert float(outage.get("width", 0)) >= 4


def test_each_kind_of_event_has_its_own_shape() -> None:
    lane = Lane("Backups", (Point(0.1, "tick"), Point(0.2, "cross"), Point(0.3, "disc")))
    drawn = timeline_of([Band(0, 1, "good")], (lane,))

    assert len(shapes(drawn, "d-bar")) == len(shapes(drawn, "d-bad-line")) == 1
    assert [part.tag for part in shapes(drawn, "d-good")] == ["rect", "circle"]


def test_marks_have_their_names_where_there_is_room() -> None:
    bands = [Band(0.3, 0.31, "bad", "down, 3 h 36"), Band(0.7, 0.72, "unknown", "unknown, 11 h")]
    lane = Lane("Tests", (Point(0.5, "disc", "level 5"), Point(0.2, "disc")))

    assert {"down, 3 h 36", "unknown, 11 h", "level 5"} <= set(words_of(timeline_of(bands, (lane,))))


@pytest.mark.parametrize("layout", [WIDE, NARROW])
def test_of_names_that_would_lie_on_each_other_the_gravest_is_kept(layout: Layout) -> None:
    bands = [
        Band(0.50, 0.505, "watch", "to watch, 10 h"),
        Band(0.51, 0.511, "bad", "down, 3 h 36"),
        Band(0.53, 0.531, "unknown", "unknown, 11 h"),
    ]

    assert [word for word in words_of(timeline_of(bands, layout=layout)) if "," in word] == ["down, 3 h 36"]


@pytest.mark.parametrize("layout", [WIDE, NARROW])
def test_the_name_of_the_newest_mark_stays_inside_the_frame(layout: Layout) -> None:
    drawn = timeline_of(
        [Band(0.99, 1, "bad", "down, 51 min")], (Lane("Tests", (Point(1, "disc", "level 5"),)),)
    )

    (name,) = (part for part in ET.fromstring(drawn).iter() if part.text == "down, 51 min")
    assert float(name.get("x", 0)) < WIDE.x(0.99)
    assert "level 5" in words_of(drawn)


def test_a_name_never_lies_on_another_mark() -> None:
    lane = Lane("Tests", (Point(0.5, "disc", "level 5"), Point(0.48, "disc")))

    assert "level 5" not in words_of(timeline_of([Band(0, 1, "good")], (lane,)))


@pytest.mark.parametrize("name", ["Tests", "Tests de restauration", "Tests de restauration du second site"])
def test_the_name_of_a_row_never_lies_under_its_first_marks(name: str) -> None:
    drawn = timeline_of([Band(0, 1, "good")], (Lane(name, (Point(0, "disc"),)),))

    (disc,) = (part for part in shapes(drawn, "d-good") if part.get("r"))
    # The widest font in which names were measured takes 7.2 for a letter.
    assert float(disc.get("cx", 0)) - 5 > 7.2 * len(name)
    assert shapes(drawn, "d-now")[0].get("x1") == "990"


def test_what_has_just_begun_is_drawn_before_now() -> None:
    (outage,) = shapes(timeline_of([Band(0.99999, 1, "bad")]), "d-bad")

    assert float(outage.get("x", 0)) + float(outage.get("width", 0)) <= WIDE.x(1)


def test_a_phone_has_a_drawing_of_its_own_with_names_above_the_rows() -> None:
    lane = Lane("Backups", (Point(0.5, "tick"),))
    wide, narrow = (timeline_of([Band(0, 1, "unknown")], (lane,), layout) for layout in (WIDE, NARROW))

    # Both are on one page: nothing they are called by may be the same.
    ids = [{part.get("id") for part in ET.fromstring(each).iter()} - {None} for each in (wide, narrow)]
    assert not ids[0] & ids[1]
    assert float(ET.fromstring(narrow).get("viewBox", "").split()[2]) <= 288
    (band,) = shapes(narrow, "d-dotted")
    assert float(band.get("x", 0)) < 10
