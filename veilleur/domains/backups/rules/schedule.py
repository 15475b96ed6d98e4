"""When a plan runs, derived from the data loss that is accepted (RPO), and when its proof is renewed."""

from datetime import datetime, timedelta

from veilleur.shared.refusal import Refused

DEFAULT_RPO = timedelta(hours=24)
DEFAULT_TEST_EVERY = timedelta(days=7)
FREE_SPACE_EVERY = timedelta(days=7)  # giving bytes back is long and holds the repository alone
RETRY_AFTER = timedelta(minutes=15)  # a failed run is due again this soon, whatever its interval

# Intervals people can read on a clock; the longest that keeps the promise is taken.
_LADDER = tuple(
    timedelta(minutes=minutes) for minutes in (1440, 720, 480, 360, 240, 180, 120, 60, 30, 15, 10, 5)
)


def interval_for(rpo: timedelta, measured: timedelta | None) -> timedelta | Refused:
    """Return the time from one start to the next so that interval + duration <= RPO.

    Worst loss = from the start of the last finished run to the end of the next. `measured` is how long a run
    takes, None before the first (then one tenth of the RPO is kept for it). Refused("rpo_too_short") when
    even a run every 5 minutes cannot keep the promise: another means than copies is needed.
    """
    duration = rpo / 10 if measured is None else measured
    for interval in _LADDER:
        if interval + duration <= rpo and interval >= duration:
            return interval
    return Refused("rpo_too_short")


def densest_interval(measured: timedelta | None) -> timedelta:
    """Return the shortest time between starts in which a run of that length ends: what is nearest to a
    promise that no schedule can keep.
    """
    fitting = [interval for interval in _LADDER if measured is None or interval >= measured]
    return fitting[-1] if fitting else _LADDER[0]


def next_run_due(
    last_started: datetime | None, last_failed: bool, interval: timedelta, made_at: datetime
) -> datetime:
    """Return when a plan is due: at once when it never ran, soon after a failure, else one interval later."""
    if last_started is None:
        return made_at
    return last_started + (min(RETRY_AFTER, interval) if last_failed else interval)


def next_test_due(
    last_ended: datetime | None, last_passed: bool, every: timedelta, first_copy_at: datetime | None
) -> datetime | None:
    """Return when the next restore test is due; None while there is nothing to restore.

    A test that failed or could not run is tried again after a day at the latest, so that it does not stop
    silently.
    """
    if first_copy_at is None:
        return None
    if last_ended is None:
        return first_copy_at
    return last_ended + (every if last_passed else min(every, timedelta(days=1)))
