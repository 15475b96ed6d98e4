"""Run sheets: how a run ends, and what runs say of who has really done a procedure and how long it takes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

MOST_STEPS = 200
LONGEST_NOTE = 2_000


class Outcome(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Run:
    """One run. `doers`: the pseudonyms of those who ticked a step; `ended_at` and `outcome` go together."""

    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    doers: frozenset[str]


@dataclass(frozen=True)
class Practice:
    """What runs say of a procedure. `times`: how often each person has really done it, by pseudonym."""

    times: dict[str, int]
    last_at: datetime | None
    usual: timedelta | None


def practice_of(runs: Sequence[Run]) -> Practice:
    """Return who has done it, when last, and the median of how long it took: of finished runs only."""
    finished = [run for run in runs if run.outcome is Outcome.FINISHED and run.ended_at is not None]
    ends = [run.ended_at for run in finished if run.ended_at is not None]
    lasted = [(end - run.started_at).total_seconds() for run, end in zip(finished, ends, strict=True)]
    return Practice(
        times=dict(Counter(doer for run in finished for doer in sorted(run.doers)).most_common()),
        last_at=max(ends, default=None),
        usual=timedelta(seconds=median(lasted)) if lasted else None,
    )


def why_not_ended(outcome: Outcome, *, left: int, reason: str) -> str | None:
    """Return the reason code for which a run cannot end so, None where it can.

    A run is finished when every step is ticked; whoever gives up says why.
    """
    if outcome is Outcome.FINISHED and left > 0:
        return "steps_left"
    if outcome is Outcome.GIVEN_UP and not reason.strip():
        return "reason_missing"
    return None
