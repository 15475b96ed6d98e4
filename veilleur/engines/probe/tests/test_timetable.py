"""Orders have their place in the period, and rounds missed are not made up for."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from veilleur.domains.monitoring.rules.outcomes import Order
from veilleur.domains.monitoring.rules.states import Policy
from veilleur.domains.monitoring.rules.thresholds import Limits
from veilleur.engines.probe.timetable import Timetable

ASSET = UUID(int=1)


def order(check: UUID, period_s: int = 60) -> Order:
    return Order(check, ASSET, "load", "", Policy(period_s=period_s), Limits())


def test_a_new_order_is_due_within_seconds_and_then_once_a_period() -> None:
    timetable, one = Timetable(), order(uuid4())
    timetable.replace([one], now=1000.0)

    ((found, due),) = timetable.take_due(1005.0)
    timetable.plan_period(found, 1005.0)

    assert found == one
    assert 1000.0 <= due <= 1005.0
    following = timetable.next_due()
    assert following is not None
    assert 1005.0 < following <= 1065.0
    assert timetable.take_due(following)[0][1] == following


def test_checks_of_one_minute_are_spread_over_it() -> None:
    timetable = Timetable()
    orders = [order(uuid4()) for _ in range(600)]
    timetable.replace(orders, now=0.0)
    for each, _due in timetable.take_due(10.0):
        timetable.plan_period(each, 10.0)

    counts = [len(timetable.take_due(10.0 + tenth * 6)) for tenth in range(1, 11)]

    assert sum(counts) == 600
    assert max(counts) < 110


def test_an_order_known_keeps_its_time_and_one_dropped_has_none() -> None:
    timetable, kept, dropped = Timetable(), order(uuid4()), order(uuid4())
    timetable.replace([kept, dropped], now=0.0)
    first = dict(timetable.take_due(0.0))
    assert not first

    timetable.replace([kept], now=4.0)
    timetable.plan(dropped, 4.0)

    assert [found.check for found, _ in timetable.take_due(100.0)] == [kept.check]
    assert len(timetable) == 1


def test_an_order_planned_anew_comes_once() -> None:
    timetable, one = Timetable(), order(uuid4())
    timetable.replace([one], now=0.0)
    timetable.plan(one, 7.0)

    assert [due for _, due in timetable.take_due(100.0)] == [7.0]


def test_changed_settings_hold_from_the_next_round() -> None:
    timetable, check = Timetable(), uuid4()
    timetable.replace([order(check)], now=0.0)
    timetable.replace([order(check, period_s=5)], now=1.0)

    ((found, _),) = timetable.take_due(100.0)

    assert found.policy.period_s == 5


@given(st.uuids(), st.integers(1, 3600), st.floats(0, 10**7), st.floats(0, 10**5))
def test_the_next_round_is_always_ahead_by_at_most_a_period(
    check: UUID, period_s: int, now: float, pause: float
) -> None:
    timetable, one = Timetable(), order(check, period_s)
    timetable.replace([one], now)
    timetable.take_due(now + 5)

    timetable.plan_period(one, now + 5 + pause)

    due = timetable.next_due()
    assert due is not None
    assert now + 5 + pause <= due <= now + 5 + pause + period_s * 1.001
