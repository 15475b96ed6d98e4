"""Intervals that keep a promise, and when work is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.backups.rules.schedule import (
    densest_interval,
    interval_for,
    next_run_due,
    next_test_due,
)
from veilleur.shared.refusal import Refused

NOW = datetime(2026, 10, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("rpo", "measured", "interval"),
    [
        # 24 h would leave no time for the run itself
        (DAY, None, 12 * HOUR),
        (DAY, timedelta(minutes=5), 12 * HOUR),
        (2 * DAY, HOUR, DAY),
        (4 * HOUR, timedelta(minutes=10), 3 * HOUR),
        (HOUR, timedelta(minutes=1), timedelta(minutes=30)),
        (timedelta(minutes=6), timedelta(seconds=30), timedelta(minutes=5)),
        # a run takes as long as the whole promise
        (HOUR, HOUR, None),
        # shorter than any schedule of copies
        (timedelta(minutes=5), timedelta(seconds=1), None),
        # runs would never end before the next is due
        (HOUR, timedelta(minutes=40), None),
    ],
)
def test_the_longest_interval_that_keeps_the_promise_is_taken(
    rpo: timedelta, measured: timedelta | None, interval: timedelta | None
) -> None:
    expected = Refused("rpo_too_short") if interval is None else interval

    assert interval_for(rpo, measured) == expected


@given(st.integers(60, 30 * 86400), st.integers(0, 86400))
def test_no_interval_ever_breaks_the_promise(rpo_s: int, measured_s: int) -> None:
    rpo, measured = timedelta(seconds=rpo_s), timedelta(seconds=measured_s)

    interval = interval_for(rpo, measured)

    assert isinstance(interval, Refused) or (interval + measured <= rpo and interval >= measured)


@pytest.mark.parametrize(
    ("measured", "interval"),
    [
        (None, timedelta(minutes=5)),
        (timedelta(minutes=5), timedelta(minutes=5)),
        (timedelta(minutes=6), timedelta(minutes=10)),
        (5 * HOUR, 6 * HOUR),
        # longer than any interval: once a day, and each run a day late
        (3 * DAY, DAY),
    ],
)
def test_what_no_schedule_can_keep_is_kept_as_nearly_as_runs_allow(
    measured: timedelta | None, interval: timedelta
) -> None:
    assert densest_interval(measured) == interval


def test_a_plan_runs_at_once_then_after_its_interval_and_soon_after_a_failure() -> None:
    assert next_run_due(None, False, DAY, NOW) == NOW
    assert next_run_due(NOW, False, DAY, NOW - DAY) == NOW + DAY
    assert next_run_due(NOW, True, DAY, NOW - DAY) == NOW + timedelta(minutes=15)
    assert next_run_due(NOW, True, timedelta(minutes=5), NOW) == NOW + timedelta(minutes=5)


def test_a_test_is_due_with_the_first_copy_then_regularly_and_a_day_after_a_failure() -> None:
    week = 7 * DAY

    assert next_test_due(None, False, week, None) is None
    assert next_test_due(None, False, week, NOW) == NOW
    assert next_test_due(NOW, True, week, NOW) == NOW + week
    assert next_test_due(NOW, False, week, NOW) == NOW + DAY
