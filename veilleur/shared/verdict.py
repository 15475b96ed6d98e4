"""The four words every answer of the product uses, and how they combine."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """State of an answer. Without fresh evidence it is UNKNOWN, never GOOD."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"
    UNKNOWN = "unknown"


WORST_FIRST = (Verdict.BAD, Verdict.UNKNOWN, Verdict.WATCH, Verdict.GOOD)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict: bad, then unknown, then to watch; unknown when there is none."""
    present = set(verdicts)
    return next((verdict for verdict in WORST_FIRST if verdict in present), Verdict.UNKNOWN)
