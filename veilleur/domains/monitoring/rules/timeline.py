"""The state of something over time: from changes of belief to intervals that do not overlap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from veilleur.domains.monitoring.rules.states import Health, verdict_of
from veilleur.shared.intervals import IntervalSet, to_microseconds
from veilleur.shared.verdict import Verdict


@dataclass(frozen=True)
class Belief:
    """One check was believed to be in `health` from `since_us` on."""

    since_us: int
    health: Health


@dataclass(frozen=True)
class Stretch:
    """The worst state of several checks between two instants, start included, end excluded."""

    start: datetime
    end: datetime
    verdict: Verdict


def health_sets(beliefs: Sequence[Belief], start_us: int, end_us: int) -> dict[Verdict, IntervalSet]:
    """Return, for one check, when it was in which state within [start, end), in UTC microseconds.

    `beliefs` come in any order; of two that began together the later in the sequence counts. Before
    the first one the state is unknown.
    """
    ordered = sorted(beliefs, key=lambda belief: belief.since_us)
    edges = [start_us, *(min(max(each.since_us, start_us), end_us) for each in ordered), end_us]
    verdicts = [Verdict.UNKNOWN, *(verdict_of(each.health) for each in ordered)]
    pairs: dict[Verdict, tuple[list[int], list[int]]] = {each: ([], []) for each in Verdict}
    for verdict, begin, end in zip(verdicts, edges[:-1], edges[1:], strict=True):
        if begin < end:
            pairs[verdict][0].append(begin)
            pairs[verdict][1].append(end)
    return {verdict: IntervalSet.from_microseconds(*both) for verdict, both in pairs.items()}


def worst_over_time(
    checks: Iterable[Sequence[Belief]], start: datetime, end: datetime
) -> tuple[Stretch, ...]:
    """Return the worst state of all checks over [start, end), as stretches in order without gaps.

    Bad, then unknown, then to watch, then good; unknown throughout where there is no check. Empty
    when the two instants are the same.
    """
    low, high = to_microseconds(start), to_microseconds(end)
    whole = IntervalSet.of([(start, end)])
    by_verdict = dict.fromkeys(Verdict, IntervalSet.empty())
    for beliefs in checks:
        for verdict, when in health_sets(beliefs, low, high).items():
            by_verdict[verdict] = by_verdict[verdict] | when
    left, stretches = whole, list[Stretch]()
    for verdict in (Verdict.BAD, Verdict.UNKNOWN, Verdict.WATCH, Verdict.GOOD):
        stretches.extend(Stretch(begin, stop, verdict) for begin, stop in by_verdict[verdict] & left)
        left = left - by_verdict[verdict]
    stretches.extend(Stretch(begin, stop, Verdict.UNKNOWN) for begin, stop in left)
    return tuple(sorted(stretches, key=lambda each: each.start))
