"""How much work is lost: the age of what would come back, now and at the worst of the last ninety days.

Counted on surviving and complete points, from their start: what a point shows is the state at its start.
Only those that a restore test vouches for are relied on. Used by `strikes.py`; ages are taken from `now` by
`answer.py`. Why a test vouches for later points: docs/decisions/0008-a-restore-test-vouches-for-its-chain.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce

from veilleur.domains.backups.rules.proof import ProofAge
from veilleur.domains.recovery.rules.findings import Loss
from veilleur.domains.recovery.rules.inputs import FULL_RESTORE, Copy, Point

HISTORY = timedelta(days=90)
# A passed test vouches for points made this long after it; then its chain may have changed too much.
VOUCHES_FOR = ProofAge().watch


def complete_points(copies: Iterable[Copy]) -> list[Point]:
    """Return the complete points of all copies, oldest first."""
    points = [point for copy in copies for point in copy.complete_points]
    return sorted(points, key=lambda point: point.started_at)


def vouched_points(copy: Copy) -> list[Point]:
    """Return the complete points of a copy that may be relied on, newest first.

    A point counts if it was restored itself, or if it was made at most `VOUCHES_FOR` after the end of a
    passed full test of the same copy. Once the newest test that ran has failed nothing counts, not even what
    was restored before: the repository is not what it was then. Nor while it cannot be opened.
    """
    if not copy.may_be_relied_on:
        return []
    ends = [test.finished_at for test in copy.tests if test.passed and test.level >= FULL_RESTORE]
    newest = max(ends, default=None)
    return [
        point
        for point in copy.complete_points
        if point.is_verified or (newest is not None and point.started_at - newest <= VOUCHES_FOR)
    ]


def last_point(copies: Iterable[Copy]) -> datetime | None:
    """Return the start of the newest point that a test vouches for: what comes back. None without any."""
    return max((point.started_at for copy in copies for point in vouched_points(copy)), default=None)


def newest_point(copies: Iterable[Copy]) -> datetime | None:
    """Return the start of the newest complete point, verified or not: what should come back."""
    points = complete_points(copies)
    return points[-1].started_at if points else None


def worst_gap(copies: Iterable[Copy]) -> timedelta | None:
    """Return the greatest loss that a failure could have caused in the ninety days before the newest point.

    The loss at an instant counts from the latest start among the points that had ended by then, whatever
    the copy; it is greatest just before the next point ends. None with fewer than two points.
    """
    past = sorted((point for copy in copies for point in copy.past), key=lambda point: point[1])
    if not past:
        return None
    since = past[-1][1] - HISTORY
    gaps = []
    latest_start = past[0][0]
    for start, end in past[1:]:
        if end >= since:
            gaps.append(end - latest_start)
        latest_start = max(latest_start, start)
    return max(gaps, default=None)


def graver_loss(losses: Iterable[Loss]) -> Loss | None:
    """Return the greatest loss of several: the oldest point, none at all before any; None without loss."""
    return reduce(_graver_loss, losses) if (losses := list(losses)) else None


def _graver_loss(first: Loss, second: Loss) -> Loss:
    fallbacks = [loss.fallback_at for loss in (first, second) if loss.fallback_at is not None]
    gaps = [loss.worst_gap_s for loss in (first, second) if loss.worst_gap_s is not None]
    return Loss(
        last_point_at=_older(first.last_point_at, second.last_point_at),
        newest_at=_older(first.newest_at, second.newest_at),
        fallback_at=min(fallbacks, default=None),
        worst_gap_s=max(gaps, default=None),
        is_renewed=first.is_renewed and second.is_renewed,
    )


def _older(first: datetime | None, second: datetime | None) -> datetime | None:
    return None if first is None or second is None else min(first, second)
