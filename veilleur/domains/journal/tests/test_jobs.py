"""The job table: scheduling, leases, retries, periodic work, and what happens when a worker is gone."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest

from veilleur.domains.journal.actions import require_lease
from veilleur.domains.journal.actions.leases import finish_job, hold, renew_lease
from veilleur.domains.journal.jobs import (
    HANDLERS,
    PERIODICS,
    feed_periodics,
    forget_jobs,
    run_one_job,
    run_ticket,
    take_due_job,
)
from veilleur.domains.journal.jobs import leasing as leasing_module
from veilleur.domains.journal.models import Job
from veilleur.domains.journal.queries import last_run, next_due_at, troubled_jobs, waiting_since
from veilleur.domains.journal.rules.chain import from_us
from veilleur.domains.journal.rules.errors import LeaseLost, NotYet
from veilleur.domains.journal.rules.work import LEASE, Clock, JobTicket, Periodic
from veilleur.domains.journal.tests.support import ANNA, NOW, Timepiece, ask_for_job, run_inside
from veilleur.shared.viewer import SYSTEM

pytestmark = pytest.mark.django_db

KINDS = frozenset({"sample.work"})
MINUTE = timedelta(minutes=1)


class Worker:
    """A handler that remembers its tickets and may be told to fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.tickets: list[JobTicket] = []
        self.error = error

    def __call__(self, ticket: JobTicket, clock: Clock) -> None:
        self.tickets.append(ticket)
        if self.error is not None:
            raise self.error


def job() -> Job:
    return Job.objects.get(kind="sample.work")


def due_of(row: Job) -> timedelta:
    assert row.due_at_us is not None
    return from_us(row.due_at_us) - NOW


def test_a_due_job_is_run_once_with_what_it_was_given() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW, payload={"plan": "7", "parts": [1, None]})
    worker, clock = Worker(), Timepiece()

    assert run_one_job({"sample.work": worker}, clock)
    assert not run_one_job({"sample.work": worker}, clock)

    (ticket,) = worker.tickets
    assert (ticket.kind, ticket.key, ticket.attempts) == ("sample.work", "one", 1)
    assert ticket.payload == {"plan": "7", "parts": [1, None]}
    assert last_run("sample.work", "one") == NOW


def test_a_job_is_not_run_before_it_is_due() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW + MINUTE)
    worker, clock = Worker(), Timepiece()

    assert not run_one_job({"sample.work": worker}, clock)
    clock.pass_by(MINUTE)
    assert run_one_job({"sample.work": worker}, clock)


def test_the_job_that_is_due_longest_comes_first() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW, key="late")
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW - MINUTE, key="later")

    ticket = take_due_job(NOW, KINDS)

    assert ticket is not None
    assert ticket.key == "later"


def test_a_job_of_a_kind_nobody_handles_here_is_left_alone() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)

    assert not run_one_job({"other.work": Worker()}, Timepiece())
    assert take_due_job(NOW, KINDS) is not None


@pytest.mark.parametrize(("first", "second"), [(MINUTE, 2 * MINUTE), (2 * MINUTE, MINUTE)])
def test_a_waiting_job_asked_for_twice_keeps_the_earlier_instant(first: timedelta, second: timedelta) -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW + first)
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW + second)

    assert due_of(job()) == MINUTE


def test_a_job_asked_for_while_it_runs_is_run_once_more() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    ticket = take_due_job(NOW, KINDS)
    assert ticket is not None

    ask_for_job(now=NOW, actor=ANNA, due_at=NOW + MINUTE)
    finish_job(now=NOW, actor=SYSTEM, ticket=ticket)

    assert due_of(job()) == MINUTE
    assert take_due_job(NOW + MINUTE, KINDS) is not None


def test_a_finished_job_can_be_asked_for_again() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    worker, clock = Worker(), Timepiece()
    run_one_job({"sample.work": worker}, clock)

    ask_for_job(now=NOW, actor=ANNA, due_at=NOW, payload={"again": True})
    run_one_job({"sample.work": worker}, clock)

    assert [ticket.attempts for ticket in worker.tickets] == [1, 1]
    assert worker.tickets[1].payload == {"again": True}


def test_a_leased_job_is_not_taken_twice() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)

    assert take_due_job(NOW, KINDS) is not None
    assert take_due_job(NOW + LEASE, KINDS) is None


def test_a_job_whose_worker_is_gone_is_retaken_when_the_lease_ends() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    first = take_due_job(NOW, KINDS)

    second = take_due_job(NOW + LEASE + timedelta.resolution, KINDS)

    assert first is not None
    assert second is not None
    assert second.attempts == 2
    assert second.token != first.token


def test_the_result_of_a_worker_that_lost_its_lease_is_refused() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    first = take_due_job(NOW, KINDS)
    later = NOW + 2 * LEASE
    second = take_due_job(later, KINDS)
    assert first is not None
    assert second is not None

    with pytest.raises(LeaseLost):
        run_inside(now=later, actor=SYSTEM, body=lambda: require_lease(first))
    with pytest.raises(LeaseLost):
        finish_job(now=later, actor=SYSTEM, ticket=first)
    assert not renew_lease(now=later, actor=SYSTEM, ticket=first)
    finish_job(now=later, actor=SYSTEM, ticket=second)


def test_a_result_that_is_late_but_that_nobody_took_over_is_accepted() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    ticket = take_due_job(NOW, KINDS)
    assert ticket is not None
    late = NOW + 2 * LEASE

    run_inside(now=late, actor=SYSTEM, body=lambda: require_lease(ticket))

    assert take_due_job(late + LEASE / 2, KINDS) is None, "requiring the lease renews it"


def test_a_renewed_lease_keeps_others_away() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    ticket = take_due_job(NOW, KINDS)
    assert ticket is not None

    assert renew_lease(now=NOW + LEASE / 2, actor=SYSTEM, ticket=ticket)

    assert take_due_job(NOW + LEASE + MINUTE / 4, KINDS) is None


def test_a_failing_job_waits_and_says_why() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    worker, clock = Worker(ValueError("no such disk")), Timepiece()

    run_one_job({"sample.work": worker}, clock)

    (trouble,) = troubled_jobs()
    assert (trouble.attempts, trouble.last_error) == (1, "ValueError: no such disk")
    assert trouble.due_at == NOW + timedelta(seconds=10)
    assert last_run("sample.work", "one") is None


def test_a_job_that_succeeds_at_last_forgets_its_failures() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    worker, clock = Worker(ValueError("no")), Timepiece()
    run_one_job({"sample.work": worker}, clock)
    worker.error = None
    clock.pass_by(MINUTE)

    run_one_job({"sample.work": worker}, clock)

    assert [ticket.attempts for ticket in worker.tickets] == [1, 2]
    assert troubled_jobs() == ()
    assert job().attempts == 0


def test_a_handler_that_finds_its_lease_gone_ends_quietly() -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    first = take_due_job(NOW, KINDS)
    second = take_due_job(NOW + 2 * LEASE, KINDS)
    assert first is not None
    assert second is not None
    worker = Worker(LeaseLost("gone"))

    run_ticket(first, worker, Timepiece(NOW + 2 * LEASE))
    run_ticket(first, Worker(ValueError("too late")), Timepiece(NOW + 2 * LEASE))

    assert job().lease_token == second.token
    assert troubled_jobs() == ()


def test_periodic_work_comes_back_one_period_after_it_was_due() -> None:
    periodic = (Periodic("sample.work", timedelta(hours=1)),)
    worker, clock = Worker(), Timepiece()

    for _ in range(3):
        feed_periodics(periodic, clock())
        run_one_job({"sample.work": worker}, clock)
        clock.pass_by(timedelta(minutes=20))

    assert len(worker.tickets) == 1
    feed_periodics(periodic, clock())
    run_one_job({"sample.work": worker}, clock)
    assert len(worker.tickets) == 2


def test_periodic_work_missed_for_a_week_is_run_once() -> None:
    periodic = (Periodic("sample.work", timedelta(hours=1)),)
    worker, clock = Worker(), Timepiece()
    feed_periodics(periodic, clock())
    run_one_job({"sample.work": worker}, clock)

    clock.pass_by(timedelta(days=7))
    for _ in range(3):
        feed_periodics(periodic, clock())
        run_one_job({"sample.work": worker}, clock)

    assert len(worker.tickets) == 2


def test_feeding_twice_changes_nothing() -> None:
    periodics = (Periodic("sample.work", MINUTE, key="a"), Periodic("sample.work", MINUTE, key="b"))

    assert feed_periodics(periodics, NOW) == 2
    before = list(Job.objects.order_by("pk").values())

    assert feed_periodics(periodics, NOW + MINUTE) == 0
    assert list(Job.objects.order_by("pk").values()) == before


def test_held_work_is_held_by_one_worker_at_a_time() -> None:
    first = hold(now=NOW, actor=SYSTEM, kind="sample.hold", key="a")
    assert first is not None

    assert hold(now=NOW, actor=SYSTEM, kind="sample.hold", key="a") is None
    finish_job(now=NOW, actor=SYSTEM, ticket=first)
    assert hold(now=NOW, actor=SYSTEM, kind="sample.hold", key="a") is not None
    assert take_due_job(NOW + 2 * LEASE, {"sample.hold"}) is None, "what is held is never due"


def test_the_loop_knows_how_long_it_may_sleep() -> None:
    assert next_due_at(NOW) is None
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW + MINUTE)
    assert next_due_at(NOW) == NOW + MINUTE
    assert next_due_at(NOW + 2 * MINUTE) == NOW + 2 * MINUTE

    assert take_due_job(NOW + MINUTE, KINDS) is not None

    assert next_due_at(NOW + MINUTE) == NOW + MINUTE + LEASE


def test_rows_of_jobs_long_finished_are_forgotten_and_waiting_ones_kept() -> None:
    clock = Timepiece()
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW, key="old")
    run_one_job({"sample.work": Worker()}, clock)
    clock.pass_by(timedelta(days=31))
    ask_for_job(now=clock(), actor=ANNA, due_at=clock() + MINUTE, key="waiting")
    ticket = JobTicket("journal.forget_jobs", "", {}, 1, uuid4())

    forget_jobs(ticket, clock)
    forget_jobs(ticket, clock)

    assert list(Job.objects.values_list("key", flat=True)) == ["waiting"]


def test_each_periodic_work_of_the_journal_has_its_handler() -> None:
    assert {periodic.kind for periodic in PERIODICS} == HANDLERS.keys()


@pytest.fixture
def quick_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Renew every few milliseconds instead of every twenty seconds."""
    monkeypatch.setattr(leasing_module, "RENEW_EVERY", timedelta(milliseconds=5))


@pytest.mark.django_db(transaction=True)
def test_the_lease_of_a_slow_job_is_renewed_while_it_works(quick_leases: None) -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    clock, was_renewed = Timepiece(), threading.Event()

    def work_slowly(ticket: JobTicket, clock_: Clock) -> None:
        clock.pass_by(LEASE / 2)
        for _ in range(400):
            until = job().leased_until_us
            if until is not None and from_us(until) > NOW + LEASE:
                was_renewed.set()
                break
            threading.Event().wait(0.01)
        clock.pass_by(LEASE * 0.75)
        assert take_due_job(clock(), KINDS) is None

    run_one_job({"sample.work": work_slowly}, clock)

    assert was_renewed.is_set(), "the lease was never renewed"
    assert troubled_jobs() == ()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lease of")]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_hangs_is_let_go_after_the_longest_run(
    quick_leases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leasing_module, "LONGEST_RUN", timedelta(hours=1))
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    clock = Timepiece()

    def hang(ticket: JobTicket, clock_: Clock) -> None:
        clock.pass_by(timedelta(hours=2))
        threading.Event().wait(0.1)
        assert take_due_job(clock(), KINDS) is not None, "nobody may hold it for ever"

    run_one_job({"sample.work": hang}, clock)

    assert job().attempts == 2


def test_a_job_waits_until_somebody_takes_it_and_again_once_its_lease_has_ended() -> None:
    assert waiting_since(NOW) is None
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW + MINUTE)
    assert waiting_since(NOW) is None
    assert waiting_since(NOW + 2 * MINUTE) == NOW + MINUTE

    take_due_job(NOW + 2 * MINUTE, KINDS)
    assert waiting_since(NOW + 2 * MINUTE) is None
    # Whoever took it stands still: it gives no sign of life until the lease is over.
    assert waiting_since(NOW + 2 * MINUTE + LEASE + MINUTE) == NOW + MINUTE


def test_a_job_that_finds_it_is_too_early_comes_back_and_is_one_line_of_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ask_for_job(now=NOW, actor=ANNA, due_at=NOW)
    caplog.set_level("INFO")

    run_one_job({"sample.work": Worker(NotYet("the machine is not registered so far"))}, Timepiece())

    (told,) = [record for record in caplog.records if record.name.startswith("veilleur")]
    assert (told.levelname, told.exc_info) == ("INFO", None)
    assert told.getMessage() == "job sample.work one waits: the machine is not registered so far"
    assert due_of(job()) > timedelta(0)
