"""Which services a strike can still be the worst for, found with as few races as that takes.

A service is answered for its worst strike, and most strikes are nobody's worst. Each draw's end is first
bounded from above (`ceilings.py`); draws are then raced, the doubtful ones first, until too many end
before what is known from elsewhere. Nothing is estimated: who is left out has a lower P80 for sure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.ceilings import latest_starts
from veilleur.domains.recovery.rules.dispatch import Plan, dispatch
from veilleur.domains.recovery.rules.figures import p80_is_below

Floats = npt.NDArray[np.float64]
Booleans = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

# Where to stop and see whether enough draws have been raced: often a few clear a strike.
_MORE_AND_MORE = (1_000, 2_500, 5_000)


@dataclass(frozen=True)
class Worst:
    """The worst of other strikes: P80 in seconds, per service and of the last service back; inf is never.

    `graver` are the services that another strike leaves without a figure at all.
    """

    p80_s: Mapping[UUID, float] = field(default_factory=dict)
    whole_p80_s: float = -np.inf
    graver: frozenset[UUID] = frozenset()


NOTHING_KNOWN = Worst()


@dataclass(frozen=True)
class Outcome:
    """Ends in seconds, exact in each draw: of the services that may have their worst here, and of the last
    service back.
    """

    ends: dict[UUID, Floats]
    last: Floats


def contest(
    plan: Plan, durations: Floats, rows: Mapping[UUID, int], lost: Mapping[UUID, Booleans], worst: Worst
) -> Outcome | None:
    """Return the outcome of a strike; None where neither a service nor the whole can be at its worst.

    `rows` is each service's last activity; `lost` tells the draws in which a service never comes back.
    """
    services = list(rows)
    bars = np.array([worst.p80_s.get(service, -np.inf) for service in services] + [worst.whole_p80_s])
    matters = np.array([service not in worst.graver for service in services] + [True])
    table = np.full((len(bars), durations.shape[1]), np.inf)
    if not np.isneginf(bars[matters]).any():
        _fill(table, slice(None), latest_starts(plan, durations), durations, rows, lost)
    is_open = matters & ~p80_is_below(table, bars)
    if not is_open.any():
        return None
    parts = np.split(_doubtful_first(table[is_open], bars[is_open]), _MORE_AND_MORE)
    for chosen in filter(len, parts):
        lasting = durations.take(chosen, axis=1)
        _fill(table, chosen, dispatch(plan, lasting), lasting, rows, lost)
        is_open &= ~p80_is_below(table, bars)
        if not is_open.any():
            return None
    return Outcome({service: table[row] for row, service in enumerate(services) if is_open[row]}, table[-1])


def _fill(
    table: Floats,
    chosen: Integers | slice,
    starts: Floats,
    durations: Floats,
    rows: Mapping[UUID, int],
    lost: Mapping[UUID, Booleans],
) -> None:
    """Write the ends of some draws: never (inf) where data is lost; the last line is the last of all."""
    last = np.zeros(starts.shape[1])
    for row, (service, end) in enumerate(rows.items()):
        ends = starts[end] + durations[end]
        if service in lost:
            ends[lost[service][chosen]] = np.inf
        table[row, chosen] = ends
        np.maximum(last, ends, out=last)
    table[-1, chosen] = last


def _doubtful_first(table: Floats, bars: Floats) -> Integers:
    """Return the draws in the order in which to race them: those that may be late, soonest first, for a race
    is likely to clear them; then those in time for sure, which count only for somebody whose worst this is.
    """
    latest = np.where(table < bars[:, None], -np.inf, table).max(axis=0)
    latest[np.isneginf(latest)] = np.inf
    return np.argsort(latest, kind="stable")
