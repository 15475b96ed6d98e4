"""The part of `dispatch.py` in which activities fight for resources, in lock step over all draws.

In each step every draw starts one activity: of all that could start, the one that can start first, and
among equals the first in the list. Draws are rows; each keeps, per resource, what would start next there.
Tables are addressed flat, row after row: an index in two dimensions costs three times as much.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.order import Predecessors, successors_of

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Rows = Integers | slice

_ALL = slice(None)
# An activity with more followers than this announces its end to each of them by itself.
_FEW = 4
# Columns are searched by blocks of this width, so that a long queue costs its root and not its length.
_WIDTH = 16


class Race:
    """Activities `raced`, in the order of the list, over `capacities` units of each resource.

    Columns are grouped by resource, in list order inside a group; each group fills whole blocks, the
    rest of its last block standing empty. Activities that hold nothing but lie between two that do are a
    group without units.
    """

    def __init__(
        self,
        predecessors: Predecessors,
        resources: tuple[int | None, ...],
        capacities: tuple[int, ...],
        raced: Sequence[int],
    ) -> None:
        groups: dict[int | None, list[int]] = {}
        for activity in raced:
            groups.setdefault(resources[activity], []).append(activity)
        self._predecessors = predecessors
        self._capacities = [0 if resource is None else capacities[resource] for resource in groups]
        widths = [-(-len(group) // _WIDTH) for group in groups.values()]
        self._edges = np.cumsum([0, *widths])
        self._group_of_block = np.repeat(np.arange(len(groups)), widths)
        self._column = {
            activity: int(self._edges[rank]) * _WIDTH + place
            for rank, group in enumerate(groups.values())
            for place, activity in enumerate(group)
        }
        self._activity = np.zeros(int(self._edges[-1]) * _WIDTH, dtype=np.int64)
        self._activity[list(self._column.values())] = list(self._column)
        # How many of the raced each column waits for; an empty one waits for something that never comes.
        self._awaits = np.ones(len(self._activity), dtype=np.int16)
        for activity, column in self._column.items():
            self._awaits[column] = sum(other in self._column for other in predecessors[activity])
        # Where nobody waits for two, nothing has to be counted.
        self._is_joint = any(self._awaits[column] > 1 for column in self._column.values())
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
        self._is_hub = np.zeros(len(self._activity), dtype=np.bool_)
        self._is_hub[list(self._hubs)] = True
        most = max((len(line) for line in few.values()), default=0)
        # One table per place in line, so that each is read flat.
        self._few = np.full((most, len(self._activity)), -1, dtype=np.int64)
        for column, line in few.items():
            self._few[: len(line), column] = line

    def run(self, durations: Floats, starts: Floats, draws: slice) -> None:
        """Fill `starts` of the raced in some draws; what comes before them must be filled already.

        Both arrays must be contiguous: they are read and written flat.
        """
        first, after, _ = draws.indices(durations.shape[1])
        self._count = after - first
        self._row_at = np.arange(self._count) * len(self._activity)
        # Per resource its units in the order in which they are free, each a line over the draws.
        self._units = [np.zeros((max(1, units), self._count)) for units in self._capacities]
        self._set_readiness(durations[:, draws], starts[:, draws])
        self._set_next()
        lasting, begun, cells = durations.reshape(-1), starts.reshape(-1), np.arange(first, after)
        for _ in self._column:
            group = self._first_group()
            column, at = _of_group(self._which, group), _of_group(self._when, group)
            cell = self._activity.take(column) * durations.shape[1] + cells
            begun[cell] = at
            self._start(group, column, at + lasting.take(cell))

    def _first_group(self) -> Integers | int:
        """Return, for each draw, the group whose next activity starts first."""
        return 0 if len(self._when) == 1 else self._when.argmin(axis=0)

    def _set_readiness(self, durations: Floats, starts: Floats) -> None:
        """Set, per draw and column, how many awaited are still to start, and the end of those that did."""
        earliest = np.zeros((self._count, len(self._activity)))
        for activity, column in self._column.items():
            for other in self._predecessors[activity]:
                if other not in self._column:
                    np.maximum(earliest[:, column], starts[other] + durations[other], out=earliest[:, column])
        # From when an activity could start: inf while it waits for something, and once it has started.
        ready = np.where(self._awaits == 0, earliest, np.inf)
        self._soonest = ready.reshape(self._count, -1, _WIDTH).min(axis=2)
        self._ready = ready.reshape(-1)
        self._earliest = earliest.reshape(-1)
        self._awaited = np.tile(self._awaits, self._count)

    def _set_next(self) -> None:
        """Set, per group and draw, which column would start next and when (inf: none)."""
        groups = len(self._capacities)
        self._when = np.full((groups, self._count), np.inf)
        self._which = np.zeros((groups, self._count), dtype=np.int64)
        for group in range(groups):
            self._find_next(group, _ALL)

    def _find_next(self, group: int, rows: Rows) -> None:
        """Find a group's next in some draws: the first in the list of those that can start first.

        Either someone waits for the unit, and the first such takes it, or the first to be ready does.
        """
        soonest = self._soonest[rows, self._edges[group] : self._edges[group + 1]]
        free = self._units[group][0, rows]
        waiting = soonest <= free[:, None]
        block = waiting.argmax(axis=1)
        nobody = np.flatnonzero(~_each(waiting, block))
        block[nobody] = soonest.take(nobody, axis=0).argmin(axis=1)
        when = np.maximum(free, _each(soonest, block))
        block += self._edges[group]
        place = (self._blocks(self._row_at[rows] // _WIDTH + block) <= when[:, None]).argmax(axis=1)
        self._when[group, rows] = when
        self._which[group, rows] = block * _WIDTH + place

    def _blocks(self, at: Integers) -> Floats:
        """Return when the activities of some blocks of columns could start."""
        blocks: Floats = self._ready.reshape(-1, _WIDTH).take(at, axis=0)
        return blocks

    def _start(self, group: Integers | int, column: Integers, ends: Floats) -> None:
        """Start one activity in each draw: it takes a unit, and those that wait for it learn its end."""
        cell = self._row_at + column
        self._ready[cell] = np.inf
        block = cell // _WIDTH
        self._soonest.reshape(-1)[block] = _least(self._blocks(block))
        # Before the next is looked for: it may be one of those.
        self._announce_ends(group, column, ends)
        for other in range(len(self._capacities)):
            rows = _ALL if isinstance(group, int) else np.flatnonzero(group == other)
            if self._capacities[other]:
                held = self._units[other][:, rows]
                occupy(held, ends[rows])
                self._units[other][:, rows] = held
            self._find_next(other, rows)

    def _announce_ends(self, group: Integers | int, column: Integers, ends: Floats) -> None:
        for table in self._few:
            followers = table.take(column)
            rows = np.flatnonzero(followers >= 0)
            self._announce(group, rows, followers.take(rows), ends.take(rows))
        if self._hubs and self._is_hub.take(column).any():
            for hub, line in self._hubs.items():
                rows = np.flatnonzero(column == hub)
                for follower in line if len(rows) else ():
                    self._announce(group, rows, np.full(len(rows), follower), ends.take(rows))

    def _announce(self, group: Integers | int, rows: Integers, followers: Integers, ends: Floats) -> None:
        """Tell one follower per draw that something it waits for ends then."""
        cell = self._row_at.take(rows) + followers
        earliest = np.maximum(self._earliest.take(cell), ends)
        if self._is_joint:
            awaited = self._awaited.take(cell) - 1
            self._earliest[cell] = earliest
            self._awaited[cell] = awaited
            freed = np.flatnonzero(awaited == 0)
            rows, cell, earliest = rows.take(freed), cell.take(freed), earliest.take(freed)
        self._offer(group, rows, cell, earliest)

    def _offer(self, started: Integers | int, rows: Integers, cell: Integers, ready: Floats) -> None:
        """Make one activity per draw ready, and the next of its group if it starts sooner or ranks before."""
        self._ready[cell] = ready
        block = cell // _WIDTH
        soonest = self._soonest.reshape(-1)
        soonest[block] = np.minimum(soonest.take(block), ready)
        if isinstance(started, int):
            return  # the only group looks for its next when all have been told
        columns = cell - self._row_at.take(rows)
        group = self._group_of_block.take(columns // _WIDTH)
        free = np.stack([units[0] for units in self._units])[group, rows]
        when = np.maximum(ready, free)
        known, which = self._when[group, rows], self._which[group, rows]
        better = np.flatnonzero((when < known) | ((when == known) & (columns < which)))
        self._when[group[better], rows[better]] = when[better]
        self._which[group[better], rows[better]] = columns[better]


def occupy(units: Floats, until: Floats) -> None:
    """Give the unit that is free first to somebody until then, in each draw.

    `units` says when each is free, a line over the draws per unit, the earliest first: so it stays.
    """
    for unit, later in pairwise(units):
        np.minimum(until, later, out=unit)
        until = np.maximum(until, later)
    units[-1] = until


def _of_group(table: npt.NDArray[Any], group: Integers | int) -> npt.NDArray[Any]:
    """Return each draw's value for its own group, out of lines by group."""
    at = np.arange(table.shape[1])
    values: npt.NDArray[Any] = table.reshape(-1).take(group * table.shape[1] + at)
    return values


def _each(table: npt.NDArray[Any], column: Integers) -> npt.NDArray[Any]:
    """Return one value of each row."""
    values: npt.NDArray[Any] = table.reshape(-1).take(np.arange(len(column)) * table.shape[1] + column)
    return values


def _least(table: Floats) -> Floats:
    """Return the least of each row: over a short axis, finding its place first is twice as fast as `min`."""
    return _each(table, table.argmin(axis=1))
