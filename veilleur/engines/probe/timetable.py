"""When each order is due: phases spread over the period, so that a minute's checks do not start together.

Times are seconds of the monotonic clock. No input, no output: the loop asks it what is due.
"""

import heapq
from collections.abc import Iterable
from uuid import UUID

from veilleur.domains.monitoring.rules.outcomes import Order

# The first round of a new order comes soon, whatever its period: somebody waits for its first result.
_FIRST_WITHIN_S = 5.0


class Timetable:
    """The orders in force and their next due times."""

    def __init__(self) -> None:
        self._orders: dict[UUID, Order] = {}
        self._due: dict[UUID, float] = {}
        self._queue: list[tuple[float, int, UUID]] = []

    def replace(self, orders: Iterable[Order], now: float) -> None:
        """Put new orders in force; those known keep their due times, those no longer named are dropped."""
        named = {order.check: order for order in orders}
        for check in self._orders.keys() - named.keys():
            del self._due[check]
        fresh = named.keys() - self._orders.keys()
        self._orders = named
        for check in fresh:
            within = min(_FIRST_WITHIN_S, self._orders[check].policy.period_s)
            self._put(check, now + _phase(check) * within)

    def take_due(self, now: float) -> list[tuple[Order, float]]:
        """Return the orders due by now and their due times, earliest first; each must be planned again."""
        found = []
        while self._queue and self._queue[0][0] <= now:
            due, _tie, check = heapq.heappop(self._queue)
            # An entry that was planned anew, or whose order is gone, is a leftover.
            if self._due.get(check) == due:
                found.append((self._orders[check], due))
        return found

    def plan(self, order: Order, due: float) -> None:
        """Set when an order is due next; one that is no longer in force stays out."""
        if order.check in self._orders:
            self._put(order.check, due)

    def plan_period(self, order: Order, now: float) -> None:
        """Set the next due time after `now` on the order's own phase; rounds missed are not made up for."""
        period = order.policy.period_s
        anchor = _phase(order.check) * period
        self.plan(order, anchor + ((now - anchor) // period + 1) * period)

    def next_due(self) -> float | None:
        """Return when the next order is due, None without any."""
        return self._queue[0][0] if self._queue else None

    def __len__(self) -> int:
        return len(self._orders)

    def orders(self) -> tuple[Order, ...]:
        """Return the orders in force."""
        return tuple(self._orders.values())

    def _put(self, check: UUID, due: float) -> None:
        self._due[check] = due
        heapq.heappush(self._queue, (due, check.int & 0xFFFFFFFF, check))


def _phase(check: UUID) -> float:
    """Return where in its period a check has its place, from 0 to 1: always the same, evenly spread."""
    return (check.int & 0xFFFFFFFF) / 2**32
