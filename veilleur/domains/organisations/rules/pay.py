"""Hours that pay tells apart. Each terms of a rota say which public holidays count in their time."""

from collections.abc import Sequence
from datetime import timedelta

from veilleur.domains.organisations.rules.duty import Terms, stretches
from veilleur.domains.organisations.rules.rest import PayKind, hours_by_kind
from veilleur.shared.intervals import IntervalSet


def paid_hours(terms: Sequence[Terms], duty: IntervalSet) -> dict[PayKind, timedelta]:
    """Return how long somebody was on call, by kind of hour. The kinds add up to the whole, exactly.

    An hour is of the day on which it lies on the wall, and a holiday by the terms that counted then: a rota
    that was changed since leaves it what it was.
    """
    figures = dict.fromkeys(PayKind, timedelta())
    spans = list(duty)
    if not spans:
        return figures
    for one, low, high in stretches(terms, spans[0][0], spans[-1][1]):
        for kind, hours in hours_by_kind(duty.clip(low, high), one.zone, one.holidays).items():
            figures[kind] += hours
    return figures
