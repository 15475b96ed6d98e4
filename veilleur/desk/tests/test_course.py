"""The course of a recovery in words: when each step is, and which of the shared means limits."""

from dataclasses import replace

import pytest
from django.utils import translation

from veilleur.desk.pages.course import CourseView, course_of
from veilleur.desk.tests.test_restart_words import ERP, LOST, scenario
from veilleur.domains.recovery.rules.evidence import NEVER
from veilleur.domains.recovery.rules.findings import GanttRow, SharedMeans
from veilleur.domains.recovery.rules.report import ServiceAnswer

HOUR = 3600.0
DECIDE = GanttRow("decide", "", "management", "", 0, HOUR, 2 * HOUR, is_critical=True)
PREPARE = GanttRow(
    "prepare", "erp-01", "technician", "technicians", HOUR, 4 * HOUR, 5 * HOUR, is_critical=True
)
RESTORE = GanttRow(
    "restore", "Base ERP", "automatic", "Off site", 5 * HOUR, 2 * HOUR, 3 * HOUR, is_critical=True
)
VALIDATE = GanttRow("validate", "ERP", "business_referent", "", 7 * HOUR, HOUR, 2 * HOUR, is_critical=True)
WHOLE = (DECIDE, PREPARE, RESTORE, VALIDATE)
PEOPLE = SharedMeans("technicians", 2, ((HOUR, 5 * HOUR),), ((HOUR, 5 * HOUR),), gain_s=0.0)
PLACE = SharedMeans("Off site", 1, ((5 * HOUR, 7 * HOUR),), ((5 * HOUR, 7 * HOUR),), gain_s=0.0)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def course(
    *services: ServiceAnswer, rows: tuple[GanttRow, ...] = (DECIDE, PREPARE, RESTORE), shared=(PEOPLE, PLACE)
) -> CourseView:
    """Return the course of a scenario that its first service decides."""
    first = services[0]
    answer = replace(scenario(first), services=services, gantt=rows, shared=shared)
    view = course_of(answer)
    assert view is not None
    return view


def test_a_scenario_without_a_middle_run_has_no_course() -> None:
    assert course_of(scenario(ERP)) is None


def test_each_step_says_from_when_to_when() -> None:
    view = course(ERP)

    assert [step.when for step in view.steps] == [
        "from the event to 1\u00a0h",
        "from 1\u00a0h to 5\u00a0h",
        "from 5\u00a0h to 7\u00a0h",
    ]


def test_what_most_of_the_run_depends_on_is_said_to_limit() -> None:
    more = replace(PEOPLE, gain_s=HOUR)

    assert course(ERP).limit == (
        "What limits: the technicians; 4\u00a0h of 7\u00a0h wait for their work. "
        "One more would change nothing."
    )
    assert course(ERP, shared=(more, PLACE)).limit.endswith("One more would gain 1\u00a0h.")
    assert [means.bar.is_limit for means in course(ERP).means] == [True, False]


def test_a_place_that_limits_is_named() -> None:
    slow = replace(RESTORE, duration_s=20 * HOUR)
    place = replace(PLACE, critical=((5 * HOUR, 25 * HOUR),), gain_s=2 * HOUR)
    limit = course(ERP, rows=(DECIDE, PREPARE, slow), shared=(PEOPLE, place)).limit

    assert limit == (
        "What limits: Off site; 20\u00a0h of 25\u00a0h wait for it. "
        "Reading one more copy at once would gain 2\u00a0h."
    )


def test_where_nothing_shared_limits_the_longest_wait_is_named() -> None:
    slow = replace(DECIDE, duration_s=30 * HOUR)
    view = course(ERP, rows=(slow, PREPARE, RESTORE))

    assert view.limit == (
        "Neither the technicians nor the places limit; the longest wait is for: Notice and decide."
    )
    assert [means.bar.is_limit for means in view.means] == [False, False]


def test_the_figures_of_the_only_service_need_no_word() -> None:
    view = course(ERP, rows=WHOLE)

    assert view.figures == ""
    assert all(word in view.svg for word in ("admitted 4", "P50 ", "P80 9", "P95 "))


def test_promise_figures_and_caption_are_of_the_service_that_the_course_ends_with() -> None:
    worst_first = replace(
        ERP, name="Letters", rto_s=12 * 3600, quantiles=replace(ERP.quantiles, p80_s=20 * HOUR)
    )
    validated_before = replace(VALIDATE, name="Letters", start_s=5 * HOUR)
    view = course(worst_first, ERP, rows=(*WHOLE, validated_before))

    assert view.figures.startswith("ERP is the last to come back in this course")
    assert "admitted 4" in view.svg
    assert "P80 9" in view.svg
    assert "admitted 12" not in view.svg
    assert "P80 20" not in view.svg


def test_where_one_never_comes_back_the_figures_are_those_of_the_last_that_does() -> None:
    view = course(LOST, replace(ERP, name="Files"), ERP, rows=WHOLE)

    assert LOST.kind == NEVER
    assert view.figures.startswith("ERP is the last")
    assert "P80 9" in view.svg


def test_without_any_figure_nothing_is_marked() -> None:
    assert "P80" not in course(LOST, rows=WHOLE).svg
    assert "admitted" not in course(LOST, rows=WHOLE).svg
