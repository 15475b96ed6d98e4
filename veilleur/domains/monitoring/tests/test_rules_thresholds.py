"""A value on the edge rests: it is raised at one figure and cleared at another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.monitoring.rules.kinds import KINDS
from veilleur.domains.monitoring.rules.outcomes import Evidence, health_of
from veilleur.domains.monitoring.rules.states import Health
from veilleur.domains.monitoring.rules.thresholds import Limits, Threshold, judge

OK, WARNING, CRITICAL, UNKNOWN = Health.OK, Health.WARNING, Health.CRITICAL, Health.UNKNOWN
FULL = Limits(warning=Threshold(90, 85), critical=Threshold(97, 94))
DAYS = Limits(warning=Threshold(30, 31), critical=Threshold(7, 8))


@pytest.mark.parametrize(
    ("value", "was", "health"),
    [
        (89, OK, OK),
        (90, OK, WARNING),
        (86, WARNING, WARNING),  # below the raise, above the clear
        (85, WARNING, OK),
        (86, OK, OK),
        (97, OK, CRITICAL),
        (95, CRITICAL, CRITICAL),
        (94, CRITICAL, WARNING),
        (86, CRITICAL, WARNING),  # critical is over, warning is not cleared
        (80, CRITICAL, OK),
        (96, WARNING, WARNING),
        (86, UNKNOWN, OK),
    ],
)
def test_a_rising_value(value: int, was: Health, health: Health) -> None:
    assert judge(value, FULL, was) is health


@pytest.mark.parametrize(
    ("value", "was", "health"),
    [(31, OK, OK), (30, OK, WARNING), (31, WARNING, OK), (7, WARNING, CRITICAL), (8, CRITICAL, WARNING)],
)
def test_a_falling_value(value: int, was: Health, health: Health) -> None:
    assert judge(value, DAYS, was) is health


@given(st.lists(st.integers(84, 100), min_size=2, max_size=30))
def test_a_value_between_clear_and_raise_never_changes_the_health(values: list[int]) -> None:
    was = OK
    for value in values:
        health = judge(value, FULL, was)
        if 85 < value < 90 and was in (OK, WARNING):
            assert health is was
        was = health


def test_without_limits_an_answer_is_good() -> None:
    assert judge(10**9, Limits(), CRITICAL) is OK


@pytest.mark.parametrize("was", list(Health))
def test_the_monitors_own_fault_is_never_the_targets(was: Health) -> None:
    assert health_of(Evidence.OWN_FAULT, 99_999, FULL, was) is UNKNOWN


def test_a_failure_is_critical_and_an_answer_without_figure_good() -> None:
    assert health_of(Evidence.FAILED, None, FULL, OK) is CRITICAL
    assert health_of(Evidence.ANSWERED, None, FULL, CRITICAL) is OK


def test_shipped_limits_leave_room_between_raise_and_clear() -> None:
    for kind in KINDS.values():
        for limit in (kind.limits.warning, kind.limits.critical):
            assert limit is None or limit.raise_at != limit.clear_at
