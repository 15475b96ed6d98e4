"""The part of `dispatch.py` in which activities fight for resources, in lock step over all draws.

In each step every draw starts one activity: of all that could start, the one that can start first, and
among equals the first in the list. Draws are rows; each keeps, per resource, what would start next there.
"""

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.order import Predecessors, successors_of

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# An activity with more followers than this announces its end to all of them at once, by itself.
_FEW = 4
# Columns looked at before a whole group is.
_FRONT = 16


class Race:
    """Activities `raced`, in the order of the list, over `capacities` units of each resource.

    Columns are grouped by resource, in list order inside a group. The last group, for activities that
    hold nothing but lie between two that do, has no units.
    """

    def __init__(
        self,
        predecessors: Predecessors,
        resources: tuple[int | None, ...],
        capacities: tuple[int, ...],
        raced: list[int],
    ) -> None:
        groups: list[list[int]] = [[] for _ in range(len(capacities) + 1)]
        for activity in raced:
            resource = resources[activity]
            groups[len(capacities) if resource is None else resource].append(activity)
        self._predecessors = predecessors
        self._capacities = capacities
        self._activities = [activity for group in groups for activity in group]
        self._column = {activity: column for column, activity in enumerate(self._activities)}
        self._edges = np.cumsum([0, *(len(group) for group in groups)])
        self._group = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        self._set_followers()

    def _set_followers(self) -> None:
        """Tabulate who waits for whom: few followers in a padded table, many in a list of their own."""
        followers = [
            np.array([self._column[f] for f in following if f in self._column], dtype=np.int64)
            for following in self._followers_by_column()
        ]
        self._hubs = {column: line for column, line in enumerate(followers) if len(line) > _FEW}
        self._is_hub = np.array([len(line) > _FEW for line in followers])
        width = max((len(line) for line in followers if len(line) <= _FEW), default=0)
        self._few = np.full((len(followers), width), -1, dtype=np.int64)
        for column, line in enumerate(followers):
            if len(line) <= _FEW:
                self._few[column, : len(line)] = line

    def _followers_by_column(self) -> list[list[int]]:
        following = successors_of(self._predecessors)
        return [following[activity] for activity in self._activities]

    def run(self, durations: Floats, starts: Floats) -> None:
        """Fill `starts` for the raced activities; those that come before must be filled already."""
        self._draws = durations.shape[1]
        self._rows = np.arange(self._draws)
        self._durations = np.ascontiguousarray(durations[self._activities].T)
        self._units = [np.zeros((self._draws, capacity)) for capacity in self._capacities]
        self._set_readiness(durations, starts)
        self._set_candidates()
        began = np.zeros_like(self._durations)
        for _ in self._activities:
            group = self._when.argmin(axis=1)
            column, at = self._which[self._rows, group], self._when[self._rows, group]
            began[self._rows, column] = at
            self._start(group, column, at)
        starts[self._activities] = began.T

    def _set_readiness(self, durations: Floats, starts: Floats) -> None:
        """Set, per draw and column, how many awaited are still to start, and the end of those that did."""
        count = len(self._activities)
        self._earliest = np.zeros((self._draws, count))
        awaited = np.zeros(count, dtype=np.int16)
        for column, activity in enumerate(self._activities):
            for other in self._predecessors[activity]:
                if other in self._column:
                    awaited[column] += 1
                else:
                    ends = starts[other] + durations[other]
                    np.maximum(self._earliest[:, column], ends, out=self._earliest[:, column])
        self._awaited = np.repeat(awaited[None, :], self._draws, axis=0)
        # From when an activity could start: inf while it waits for something, and once it has started.
        self._ready = np.where(self._awaited == 0, self._earliest, np.inf)
        self._was_ready = awaited == 0
        self._started = np.zeros(count, dtype=np.int64)

    def _set_candidates(self) -> None:
        """Set, per draw and group, which column would start next and when (inf: none), and the free unit."""
        groups = len(self._edges) - 1
        self._when = np.full((self._draws, groups), np.inf)
        self._which = np.zeros((self._draws, groups), dtype=np.int64)
        self._free = np.zeros((self._draws, groups))
        for group in range(groups):
            self._find_next(group, self._rows)

    def _find_next(self, group: int, rows: Integers) -> None:
        """Find anew, in some draws, the next of a group: the first in the list of those that can start first."""
        low, high = self._window(group)
        if low >= high:
            self._when[rows, group] = np.inf
            return
        free = self._free[rows, group]
        # Where a unit was awaited, the first in the list that is ready takes it, most often near the front.
        waiting = self._ready[:, low : min(low + _FRONT, high)][rows] <= free[:, None]
        first = waiting.argmax(axis=1)
        self._when[rows, group] = free
        self._which[rows, group] = first + low
        missed = np.flatnonzero(~waiting[np.arange(len(rows)), first])
        if len(missed):
            possible = np.maximum(self._ready[:, low:high][rows[missed]], free[missed, None])
            first = possible.argmin(axis=1)
            self._when[rows[missed], group] = possible[np.arange(len(missed)), first]
            self._which[rows[missed], group] = first + low

    def _window(self, group: int) -> tuple[int, int]:
        """Return the columns of a group worth looking at: not started in all draws, ready in some."""
        low, end = int(self._edges[group]), int(self._edges[group + 1])
        started, seen = self._started[low:end], self._was_ready[low:end]
        left = np.flatnonzero(started < self._draws)
        if not len(left) or not seen.any():
            return 0, 0
        return low + int(left[0]), low + int(np.flatnonzero(seen)[-1]) + 1

    def _start(self, group: Integers, column: Integers, at: Floats) -> None:
        """Start one activity in each draw: it takes a unit, and those that wait for it learn its end."""
        ends = at + self._durations[self._rows, column]
        self._ready[self._rows, column] = np.inf
        self._started += np.bincount(column, minlength=len(self._started))
        rows_of = [np.flatnonzero(group == other) for other in range(len(self._edges) - 1)]
        for resource, units in enumerate(self._units):
            rows = rows_of[resource]
            held = units[rows]
            held[np.arange(len(rows)), held.argmin(axis=1)] = ends[rows]
            units[rows] = held
            self._free[rows, resource] = held.min(axis=1)
        for other, rows in enumerate(rows_of):
            if len(rows):
                self._find_next(other, rows)
        self._announce_ends(column, ends)

    def _announce_ends(self, column: Integers, ends: Floats) -> None:
        for followers in self._few[column].T:
            rows = np.flatnonzero(followers >= 0)
            self._announce(rows, followers[rows], ends[rows])
        if self._is_hub[column].any():
            for hub, line in self._hubs.items():
                rows = np.flatnonzero(column == hub)
                for follower in line if len(rows) else ():
                    self._announce(rows, np.full(len(rows), follower), ends[rows])

    def _announce(self, rows: Integers, followers: Integers, ends: Floats) -> None:
        """Tell one follower per draw that something it waits for ends then."""
        earliest = np.maximum(self._earliest[rows, followers], ends)
        awaited = self._awaited[rows, followers] - 1
        self._earliest[rows, followers] = earliest
        self._awaited[rows, followers] = awaited
        freed = np.flatnonzero(awaited == 0)
        if len(freed):
            self._offer(rows[freed], followers[freed], earliest[freed])

    def _offer(self, rows: Integers, columns: Integers, ready: Floats) -> None:
        """Make one activity per draw ready, and the next of its group if it starts sooner or ranks before."""
        self._ready[rows, columns] = ready
        self._was_ready[columns] = True
        group = self._group[columns]
        when = np.maximum(ready, self._free[rows, group])
        known, which = self._when[rows, group], self._which[rows, group]
        better = np.flatnonzero((when < known) | ((when == known) & (columns < which)))
        self._when[rows[better], group[better]] = when[better]
        self._which[rows[better], group[better]] = columns[better]
