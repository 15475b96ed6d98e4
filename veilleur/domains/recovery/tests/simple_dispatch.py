"""A second implementation of the dispatch, one draw at a time, event by event, with simpy.

It shares no code with `rules/race.py`: what the two give alike is not a shared mistake.
"""

from collections.abc import Generator, Sequence
from typing import Any

import simpy

from veilleur.domains.recovery.rules.dispatch import Plan


class SimpleDispatch:
    """One draw of one plan: a dispatcher walks the list whenever something has ended."""

    def __init__(self, plan: Plan, durations: Sequence[float]) -> None:
        self.plan = plan
        self.durations = durations
        self.starts: dict[int, float] = {}
        self.ended: set[int] = set()
        self.free = list(plan.capacities)
        self.clock = simpy.Environment()
        self.something_ended = self.clock.event()

    def run(self) -> list[float]:
        """Return the start of each activity, in seconds."""
        self.clock.process(self._dispatch())
        self.clock.run()
        return [self.starts[activity] for activity in range(len(self.durations))]

    def _dispatch(self) -> Generator[simpy.Event, Any, None]:
        while len(self.ended) < len(self.durations):
            for activity in self.plan.priority:
                if self._may_start(activity):
                    self.clock.process(self._work(activity))
            self.something_ended = self.clock.event()
            yield self.something_ended
            # Let everything that ends at this very instant end before anybody is chosen.
            yield self.clock.timeout(0)

    def _may_start(self, activity: int) -> bool:
        if activity in self.starts or not self.ended.issuperset(self.plan.predecessors[activity]):
            return False
        resource = self.plan.resources[activity]
        if resource is not None:
            if self.free[resource] == 0:
                return False
            self.free[resource] -= 1
        self.starts[activity] = self.clock.now
        return True

    def _work(self, activity: int) -> Generator[simpy.Event, Any, None]:
        yield self.clock.timeout(self.durations[activity])
        self.ended.add(activity)
        resource = self.plan.resources[activity]
        if resource is not None:
            self.free[resource] += 1
        if not self.something_ended.triggered:
            self.something_ended.succeed()
