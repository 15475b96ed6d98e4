"""The clock ran a year ahead and was set back: no work stands still until it is as late again."""

from datetime import timedelta

import pytest

from veilleur.domains.journal.actions.leases import renew_lease
from veilleur.domains.journal.jobs import export_heads, feed_periodics, run_one_job, take_due_job
from veilleur.domains.journal.rules.work import LEASE, Clock, JobTicket, Periodic
from veilleur.domains.journal.tests.support import ANNA, NOW, TICKET, Drawer, Timepiece, ask_for_job
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.django_db

AHEAD = NOW + timedelta(days=365)
HOURLY = (Periodic("sample.work", timedelta(hours=1)),)


class Worker:
    """A handler that counts its runs and may be told to fail."""

    def __init__(self) -> None:
        self.runs = 0
        self.fails = False

    def __call__(self, _ticket: JobTicket, _clock: Clock) -> None:
        self.runs += 1
        if self.fails:
            raise RuntimeError


@pytest.mark.parametrize(
    ("fails", "runs"),
    [
        (False, 3),  # once ahead, then one hour later and hourly
        (True, 4),  # a try again does not wait for an hour
    ],
)
def test_periodic_work_goes_on_at_its_pace(fails: bool, runs: int) -> None:
    worker, clock = Worker(), Timepiece()
    worker.fails = fails
    feed_periodics(HOURLY, AHEAD)
    run_one_job({"sample.work": worker}, lambda: AHEAD)
    feed_periodics(HOURLY, AHEAD)
    worker.fails = False

    for _ in range(9):
        feed_periodics(HOURLY, clock())
        run_one_job({"sample.work": worker}, clock)
        clock.pass_by(timedelta(minutes=20))

    assert worker.runs == runs


def test_work_that_waits_after_a_failure_is_not_hurried() -> None:
    worker, clock = Worker(), Timepiece()
    worker.fails = True
    often = (Periodic("sample.work", timedelta(seconds=1)),)
    feed_periodics(often, clock())
    run_one_job({"sample.work": worker}, clock)

    clock.pass_by(timedelta(seconds=5))
    feed_periodics(often, clock())
    run_one_job({"sample.work": worker}, clock)

    assert worker.runs == 1


def test_the_lease_of_a_worker_that_died_meanwhile_has_ended_and_that_of_a_living_one_has_not() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    ticket = take_due_job(AHEAD, {"sample.work"})
    assert ticket is not None

    renew_lease(now=NOW, actor=SYSTEM, ticket=ticket)
    assert take_due_job(NOW + LEASE / 2, {"sample.work"}) is None
    renew_lease(now=AHEAD, actor=SYSTEM, ticket=ticket)
    assert take_due_job(NOW + LEASE / 2, {"sample.work"}) is not None


def test_heads_sent_while_the_clock_was_ahead_keep_no_others_waiting(
    organisation_id: int, drawer: Drawer
) -> None:
    export_heads(TICKET, Timepiece(AHEAD))
    before = len(drawer.sent())

    export_heads(TICKET, Timepiece(NOW))

    assert len(drawer.sent()) == before + 1
