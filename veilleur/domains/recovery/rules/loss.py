"""How much work is lost: the age of what would come back, now and at the worst of the last ninety days.

Counted on surviving and complete points, from their start: what a point shows is the state at its start.
Only verified ones are certain. Used by `strikes.py`; ages are taken from `now` by `answer.py`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from veilleur.domains.recovery.rules.inputs import Copy, Point

HISTORY = timedelta(days=90)


def complete_points(copies: Iterable[Copy]) -> list[Point]:
    """Return the complete points of all copies, oldest first."""
    points = [point for copy in copies for point in copy.complete_points]
    return sorted(points, key=lambda point: point.started_at)


def last_point(copies: Iterable[Copy]) -> datetime | None:
    """Return the start of the newest verified point: what is certain to come back. None without any."""
    verified = [point.started_at for point in complete_points(copies) if point.is_verified]
    return verified[-1] if verified else None


def newest_point(copies: Iterable[Copy]) -> datetime | None:
    """Return the start of the newest complete point, verified or not: what should come back."""
    points = complete_points(copies)
    return points[-1].started_at if points else None


def worst_gap(copies: Iterable[Copy]) -> timedelta | None:
    """Return the greatest loss that a failure could have caused in the ninety days before the newest point.

    That is the greatest end(i + 1) - start(i): until the next point has ended, the one before is all
    there is. A point whose end is not known counts as ended when it started. None with fewer than two.
    """
    points = complete_points(copies)
    if not points:
        return None
    since = points[-1].started_at - HISTORY
    gaps = [
        (later.finished_at or later.started_at) - earlier.started_at
        for earlier, later in pairwise(points)
        if later.started_at >= since
    ]
    return max(gaps, default=None)
