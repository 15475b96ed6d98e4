"""The part of `dispatch.py` in which activities fight for resources, in lock step over all draws.

In each step every draw starts one activity: of all that could start, the one that can start first, and
among equals the first in the list. Draws are rows; each keeps, per resource, what would start next there.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.order import Predecessors, successors_of

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

# An activity with more followers than this announces its end to each of them by itself.
_FEW = 4
# Columns are searched by blocks of this width, so that a long queue costs its root and not its length.
_WIDTH = 16


class Race:
    """Activities `raced`, in the order of the list, over `capacities` units of each resource.

    Columns are grouped by resource, in list order inside a group; each group fills whole blocks, the
    rest of its last block standing empty. The last group, of activities that hold nothing but lie
    between two that do, has no units.
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
        self._raced = raced
        widths = [-(-len(group) // _WIDTH) for group in groups]
        self._edges = np.cumsum([0, *widths])
        self._group_of_block = np.repeat(np.arange(len(groups)), widths)
        self._column = {
            activity: int(self._edges[rank]) * _WIDTH + place
            for rank, group in enumerate(groups)
            for place, activity in enumerate(group)
        }
        self._columns = np.array([self._column[activity] for activity in raced], dtype=np.int64)
        self._set_followers()

    def _set_followers(self) -> None:
        """Tabulate who waits for whom: few followers in a padded table, many in a list of their own."""
        followers: dict[int, list[int]] = {}
        for activity, following in enumerate(successors_of(self._predecessors)):
            if activity in self._column:
                followers[self._column[activity]] = [
                    self._column[other] for other in following if other in self._column
                ]
        few = {column: line for column, line in followers.items() if len(line) <= _FEW}
        self._hubs = {column: line for column, line in followers.items() if len(line) > _FEW}
        count = int(self._edges[-1]) * _WIDTH
        self._is_hub = np.zeros(count, dtype=np.bool_)
        self._is_hub[list(self._hubs)] = True
        self._few = np.full((count, max((len(line) for line in few.values()), default=0)), -1, dtype=np.int64)
        for column, line in few.items():
            self._few[column, : len(line)] = line

    def run(self, durations: Floats, starts: Floats) -> None:
        """Fill `starts` for the raced activities; those that come before must be filled already."""
        self._draws = durations.shape[1]
        self._rows = np.arange(self._draws)
        self._durations = np.zeros((self._draws, len(self._is_hub)))
        self._durations[:, self._columns] = durations[self._raced].T
        self._units = [np.zeros((self._draws, capacity)) for capacity in self._capacities]
        self._set_readiness(durations, starts)
        self._set_next()
        began = np.zeros_like(self._durations)
        for _ in self._raced:
            group = self._when.argmin(axis=1)
            column, at = self._which[self._rows, group], self._when[self._rows, group]
            began[self._rows, column] = at
            self._start(group, column, at)
        starts[self._raced] = began[:, self._columns].T

    def _set_readiness(self, durations: Floats, starts: Floats) -> None:
        """Set, per draw and column, how many awaited are still to start, and the end of those that did."""
        self._earliest = np.zeros_like(self._durations)
        # An empty column waits for something that never comes.
        awaited = np.ones(len(self._is_hub), dtype=np.int16)
        for activity in self._raced:
            column = self._column[activity]
            awaited[column] = sum(other in self._column for other in self._predecessors[activity])
            for other in self._predecessors[activity]:
                if other not in self._column:
                    ends = starts[other] + durations[other]
                    np.maximum(self._earliest[:, column], ends, out=self._earliest[:, column])
        self._awaited = np.repeat(awaited[None, :], self._draws, axis=0)
        # From when an activity could start: inf while it waits for something, and once it has started.
        ready = np.where(self._awaited == 0, self._earliest, np.inf)
        self._ready = ready.reshape(self._draws, -1, _WIDTH)
        self._soonest = self._ready.min(axis=2)

    def _set_next(self) -> None:
        """Set, per draw and group, which column would start next and when (inf: none), and the free unit."""
        groups = len(self._edges) - 1
        self._when = np.full((self._draws, groups), np.inf)
        self._which = np.zeros((self._draws, groups), dtype=np.int64)
        self._free = np.zeros((self._draws, groups))
        for group in range(groups):
            self._find_next(group, self._rows)

    def _find_next(self, group: int, rows: Integers) -> None:
        """Find a group's next in some draws: the first in the list of those that can start first.

        Either someone waits for the unit, and the first such takes it, or the first to be ready does.
        """
        low, high = self._edges[group], self._edges[group + 1]
        if low == high:
            return
        soonest = self._soonest[:, low:high].take(rows, axis=0)
        free = self._free[rows, group]
        waiting = soonest <= free[:, None]
        block = waiting.argmax(axis=1)
        nobody = np.flatnonzero(~_each(waiting, block))
        block[nobody] = soonest.take(nobody, axis=0).argmin(axis=1)
        when = np.maximum(free, _each(soonest, block))
        block += low
        place = (self._block(rows, block) <= when[:, None]).argmax(axis=1)
        self._when[rows, group] = when
        self._which[rows, group] = block * _WIDTH + place

    def _block(self, rows: Integers, block: Integers) -> Floats:
        """Return, for each draw, when the activities of one block of columns could start."""
        blocks: Floats = self._ready.reshape(-1, _WIDTH).take(rows * self._ready.shape[1] + block, axis=0)
        return blocks

    def _start(self, group: Integers, column: Integers, at: Floats) -> None:
        """Start one activity in each draw: it takes a unit, and those that wait for it learn its end."""
        ends = at + self._durations[self._rows, column]
        block, place = column // _WIDTH, column % _WIDTH
        self._ready[self._rows, block, place] = np.inf
        self._soonest[self._rows, block] = _least(self._block(self._rows, block))
        for other in range(len(self._edges) - 1):
            rows = np.flatnonzero(group == other)
            if not len(rows):
                continue
            if other < len(self._units):
                self._take_unit(other, rows, ends[rows])
            self._find_next(other, rows)
        self._announce_ends(column, ends)

    def _take_unit(self, resource: int, rows: Integers, ends: Floats) -> None:
        units = self._units[resource]
        if units.shape[1] == 1:
            self._free[rows, resource] = ends
            return
        held = units.take(rows, axis=0)
        held[np.arange(len(rows)), held.argmin(axis=1)] = ends
        units[rows] = held
        self._free[rows, resource] = _least(held)

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
        block = columns // _WIDTH
        self._ready[rows, block, columns % _WIDTH] = ready
        self._soonest[rows, block] = np.minimum(self._soonest[rows, block], ready)
        group = self._group_of_block[block]
        when = np.maximum(ready, self._free[rows, group])
        known, which = self._when[rows, group], self._which[rows, group]
        better = np.flatnonzero((when < known) | ((when == known) & (columns < which)))
        self._when[rows[better], group[better]] = when[better]
        self._which[rows[better], group[better]] = columns[better]


def _each(table: npt.NDArray[Any], column: Integers) -> npt.NDArray[Any]:
    """Return one value of each row."""
    return table[np.arange(len(column)), column]


def _least(table: Floats) -> Floats:
    """Return the least of each row: over a short axis, finding its place first is twice as fast as `min`."""
    return _each(table, table.argmin(axis=1))
