"""Rules of background work: delays, periods, and what a reader that acts on the world is given."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from veilleur.domains.journal.rules.work import (
    LEASE,
    RENEW_EVERY,
    Origin,
    Periodic,
    ReadEntry,
    Reader,
    may_act,
    next_due,
    reader_delay,
    retry_delay,
)
from veilleur.domains.journal.tests.support import NOW

HOUR = timedelta(hours=1)
ENTRY = ReadEntry(
    id=UUID(int=1),
    organisation=UUID(int=2),
    organisation_id=3,
    epoch=2,
    sequence=9,
    occurred_at=NOW - HOUR,
    recorded_at=NOW,
    actor="anna",
    origin=Origin.LIVE,
    kind="sample.noted",
    version=1,
    subject=None,
    fact=None,
    body=None,
)
ACTING = Reader("acting", frozenset({"sample.noted"}), "now", 2 * HOUR, lambda entry, clock: None)
KEEPING = replace(ACTING, name="keeping", greatest_age=None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"occurred_at": NOW - 2 * HOUR}, True),  # the greatest age itself is still acted upon
        ({"occurred_at": NOW - 2 * HOUR - timedelta.resolution}, False),  # older: too late to act
        ({"origin": Origin.DEMO}, False),
        ({"origin": Origin.IMPORTED}, False),
        ({"epoch": 1}, False),  # brought back by a restore
    ],
)
def test_a_reader_that_acts_on_the_world_is_given_young_live_facts_only(
    change: dict[str, object], expected: bool
) -> None:
    entry = replace(ENTRY, **change)

    assert may_act(ACTING, entry, current_epoch=2, now=NOW) is expected
    assert may_act(KEEPING, entry, current_epoch=2, now=NOW)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 10), (2, 20), (3, 40), (9, 2560), (10, 3600), (1000, 3600)]
)
def test_a_failing_job_waits_twice_as_long_each_time_up_to_an_hour(attempts: int, seconds: int) -> None:
    assert retry_delay(attempts) == timedelta(seconds=seconds)


def test_a_reader_waits_less_than_three_minutes_in_all_before_it_parks() -> None:
    waits = [reader_delay(failures).total_seconds() for failures in (1, 2, 3, 4)]

    assert waits == [1, 5, 25, 125]


def test_a_lease_outlives_two_missed_renewals() -> None:
    assert 3 * RENEW_EVERY <= LEASE


def test_periodic_work_is_due_one_period_later() -> None:
    assert next_due(Periodic("a", HOUR), last_due=NOW - HOUR / 2, now=NOW) == NOW + HOUR / 2


def test_missed_periods_are_not_made_up_for() -> None:
    assert next_due(Periodic("a", HOUR), last_due=NOW - 100 * HOUR, now=NOW) == NOW
