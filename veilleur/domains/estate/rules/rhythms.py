"""The rhythms in which an activity is busier than usual: words without arithmetic, for tables and forms."""

from dataclasses import dataclass
from enum import StrEnum

_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Rhythm(StrEnum):
    """How often a busy period comes back."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


@dataclass(frozen=True, order=True)
class BusyPeriod:
    """Days on which an activity can least be done without, again and again.

    `first` and `last` are both included, and run over the end of the week, month or year where `last` is
    before `first`. Weekly: 0 (Monday) to 6. Monthly: 1 to 31, where a day that a month lacks is its last.
    Yearly: month times 100 plus day, 1101 is 1 November; 229 is the last day of any February.
    """

    rhythm: str
    first: int
    last: int
    name: str


def is_day_of(rhythm: str, day: int) -> bool:
    """Return whether a number stands for a day in that rhythm."""
    if rhythm == Rhythm.WEEKLY:
        return 0 <= day <= 6
    if rhythm == Rhythm.MONTHLY:
        return 1 <= day <= 31
    month, date = divmod(day, 100)
    return rhythm == Rhythm.YEARLY and 1 <= month <= 12 and 1 <= date <= _DAYS_OF_MONTH[month - 1]
