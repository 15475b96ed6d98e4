"""The loop with a prober that does as it is told: retries, lanes, its own faults, an orderly end."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from veilleur.domains.monitoring.ports import MinuteRow, SpooledFault, SpooledResult
from veilleur.domains.monitoring.rules.outcomes import Evidence, Order, Outcome
from veilleur.domains.monitoring.rules.states import Policy
from veilleur.domains.monitoring.rules.thresholds import Limits
from veilleur.engines.probe.figures import Figures
from veilleur.engines.probe.spool import SqliteSpool
from veilleur.engines.probe.watchman import Habits, LoopWatchman
from veilleur.engines.telemetry_sqlite import SqliteTelemetry

ASSET = UUID(int=5)
GOOD = Outcome(Evidence.ANSWERED, "connected", 1_000, (("listener.connect_ms", 1.0),))
REFUSED = Outcome(Evidence.FAILED, "refused")
TIMED_OUT = Outcome(Evidence.FAILED, "timed_out")
QUICK = Habits(reload_s=0.05, flush_s=0.05, tick_s=0.02)


@dataclass
class Obedient:
    """A prober whose outcomes are set by target; `hangs` targets hold their slot until the time-out."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    hangs: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    async def probe(self, order: Order) -> Outcome:
        self.asked.append(order.target)
        if order.target in self.hangs:
            await asyncio.sleep(order.policy.timeout_s)
            return TIMED_OUT
        return self.outcomes.get(order.target, GOOD)


def order(target: str = "a", *, period_s: int = 1, retry_s: int = 1, timeout_s: int = 1) -> Order:
    policy = Policy(period_s=period_s, retry_s=retry_s, timeout_s=timeout_s)
    return Order(uuid4(), ASSET, "listener", target, policy, Limits())


@pytest.fixture
def spool(tmp_path: Path) -> SqliteSpool:
    return SqliteSpool(tmp_path / "spool.sqlite3")


@pytest.fixture
def telemetry(tmp_path: Path) -> SqliteTelemetry:
    return SqliteTelemetry(tmp_path / "telemetry.sqlite3")


@dataclass
class Running:
    """A loop running in a thread until the test ends it."""

    spool: SqliteSpool
    thread: threading.Thread
    stop: threading.Event

    def items(self) -> list[SpooledResult | SpooledFault]:
        # Closed at once: whoever asks again and again may have a thousand files open and no more.
        with closing(SqliteSpool(self.spool._path)) as spool:
            return list(spool.read(0, 10_000))

    def results(self) -> list[SpooledResult]:
        return [item for item in self.items() if isinstance(item, SpooledResult)]

    def faults(self) -> list[tuple[str, bool]]:
        # Each start closes what an earlier process may have left open: that is not counted here.
        found = [(i.code, i.is_over) for i in self.items() if isinstance(i, SpooledFault)]
        return found[4:]

    def until(self, condition: Callable[[], bool], seconds: float = 8) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not in time: {self.items()[-5:]}"
            time.sleep(0.02)

    def end(self) -> None:
        self.stop.set()
        self.thread.join(timeout=10)
        assert not self.thread.is_alive()


def start(watchman: LoopWatchman, spool: SqliteSpool, load: Callable[[], Sequence[Order]]) -> Running:
    stop = threading.Event()
    thread = threading.Thread(target=watchman.keep_watch, args=(load, stop), daemon=True)
    thread.start()
    return Running(spool, thread, stop)


def test_each_order_is_made_once_a_period_and_its_figures_are_kept(
    spool: SqliteSpool, telemetry: SqliteTelemetry
) -> None:
    orders = [order("a"), order("b")]
    running = start(LoopWatchman(Obedient(), spool, telemetry, QUICK), spool, lambda: orders)

    running.until(lambda: len(running.results()) >= 6)
    running.end()

    by_check = {
        each.check: [result.started_us for result in running.results() if result.check == each.check]
        for each in orders
    }
    for starts in by_check.values():
        # After the first quick round, one a second on its own phase.
        gaps = [later - sooner for sooner, later in pairwise(starts[1:])]
        assert all(gap > 900_000 for gap in gaps)
    assert telemetry.latest(ASSET)["listener.connect_ms"].value == 1.0
    assert spool.pulse() is not None


def test_a_first_failure_is_asked_again_soon_and_a_believed_one_at_the_usual_pace(
    spool: SqliteSpool, telemetry: SqliteTelemetry
) -> None:
    # The next regular round is minutes away: what is asked before it is asked because of the doubt.
    one = order("a", period_s=600, retry_s=1)
    prober = Obedient(outcomes={"a": REFUSED})
    running = start(LoopWatchman(prober, spool, telemetry, QUICK), spool, lambda: [one])

    running.until(lambda: len(prober.asked) >= 3, seconds=15)
    time.sleep(1.5)
    running.end()

    starts = [result.started_us for result in running.results()]
    assert len(starts) == 3
    assert all(later - sooner >= 1_000_000 for sooner, later in pairwise(starts))


def test_dead_targets_hold_no_slot_of_the_living(spool: SqliteSpool, telemetry: SqliteTelemetry) -> None:
    dead = [order(f"dead{n}", timeout_s=2) for n in range(20)]
    living = [order(f"living{n}") for n in range(5)]
    prober = Obedient(hangs={each.target for each in dead})
    habits = replace(QUICK, fast_lane=25, slow_lane=2)
    running = start(LoopWatchman(prober, spool, telemetry, habits), spool, lambda: [*dead, *living])
    running.until(lambda: sum(result.code == "timed_out" for result in running.results()) >= 20)

    prober.asked.clear()
    time.sleep(3)
    asked = list(prober.asked)
    running.end()

    assert all(asked.count(each.target) >= 2 for each in living)
    # Two at a time, two seconds each.
    assert 1 <= sum(target.startswith("dead") for target in asked) <= 6


def test_a_list_of_checks_that_cannot_be_read_is_a_fault_and_the_last_stays_in_force(
    spool: SqliteSpool, telemetry: SqliteTelemetry
) -> None:
    one, broken = order("a"), threading.Event()

    def load() -> list[Order]:
        if broken.is_set():
            raise sqlite3.OperationalError("database is locked")
        return [one]

    running = start(LoopWatchman(Obedient(), spool, telemetry, QUICK), spool, load)
    running.until(lambda: len(running.results()) >= 1)
    broken.set()
    running.until(lambda: ("orders_unreadable", False) in running.faults())
    count = len(running.results())
    running.until(lambda: len(running.results()) > count)
    broken.clear()
    running.until(lambda: ("orders_unreadable", True) in running.faults())
    running.end()

    assert {result.evidence for result in running.results()} == {Evidence.ANSWERED}
    assert running.faults() == [("orders_unreadable", False), ("orders_unreadable", True)]


def test_a_spool_that_cannot_be_written_loses_nothing_and_says_so_afterwards(
    spool: SqliteSpool, telemetry: SqliteTelemetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    prober, is_full = Obedient(), threading.Event()
    append = spool.append

    def refuse(items: Sequence[SpooledResult], *, last_loop_us: int) -> None:
        if is_full.is_set():
            raise sqlite3.OperationalError("database or disk is full")
        append(items, last_loop_us=last_loop_us)

    monkeypatch.setattr(spool, "append", refuse)
    running = start(LoopWatchman(prober, spool, telemetry, QUICK), spool, lambda: [order_a])
    running.until(lambda: len(running.results()) >= 1)
    is_full.set()
    running.until(lambda: len(prober.asked) >= 4)
    is_full.clear()
    running.until(lambda: ("spool_unwritable", True) in running.faults())
    running.end()

    assert len(running.results()) == len(prober.asked)
    assert running.faults() == [("spool_unwritable", False), ("spool_unwritable", True)]


order_a = order("a")


@pytest.mark.parametrize("step_us", [3_600_000_000, -3_600_000_000])
def test_a_clock_that_is_set_makes_the_results_under_way_unknown(
    step_us: int, spool: SqliteSpool, telemetry: SqliteTelemetry
) -> None:
    shift = [0]
    habits = replace(QUICK, wall_us=lambda: time.time_ns() // 1000 + shift[0])
    prober = Obedient(hangs={"slow"})
    orders = [order("slow", timeout_s=1)]
    running = start(LoopWatchman(prober, spool, telemetry, habits), spool, lambda: orders)
    running.until(lambda: len(prober.asked) >= 1)

    shift[0] = step_us
    running.until(lambda: ("clock_stepped", True) in running.faults())
    running.until(lambda: len(running.results()) >= 2)
    running.end()

    first, second = running.results()[:2]
    assert (first.evidence, first.code) == (Evidence.OWN_FAULT, "clock_stepped")
    assert second.code == "timed_out"


def test_a_time_out_while_the_loop_itself_stood_still_says_nothing_of_the_target(
    spool: SqliteSpool, telemetry: SqliteTelemetry
) -> None:
    class Blocking(Obedient):
        async def probe(self, order: Order) -> Outcome:
            if order.target == "blocks":
                time.sleep(0.6)
            return await super().probe(order)

    habits = replace(QUICK, standstill_s=0.3)
    prober = Blocking(hangs={"slow"})
    orders = [order("slow"), order("blocks")]
    running = start(LoopWatchman(prober, spool, telemetry, habits), spool, lambda: orders)

    running.until(lambda: any(result.code == "overloaded" for result in running.results()))
    running.end()

    found = [result for result in running.results() if result.code == "overloaded"]
    assert {result.evidence for result in found} == {Evidence.OWN_FAULT}


def test_an_orderly_end_keeps_what_was_accepted_and_drops_probes_under_way(
    spool: SqliteSpool, telemetry: SqliteTelemetry
) -> None:
    prober = Obedient(hangs={"slow"})
    habits = replace(QUICK, flush_s=60)
    orders = [order("a"), order("slow", timeout_s=30)]
    running = start(LoopWatchman(prober, spool, telemetry, habits), spool, lambda: orders)
    running.until(lambda: "a" in prober.asked and "slow" in prober.asked)
    time.sleep(0.1)

    began = time.monotonic()
    running.end()

    assert time.monotonic() - began < 3
    assert {result.check for result in running.results()} == {orders[0].check}


def test_an_unwritable_series_file_is_a_fault_of_the_watch_only(spool: SqliteSpool, tmp_path: Path) -> None:
    class Broken(SqliteTelemetry):
        def write(self, rows: Sequence[MinuteRow]) -> None:
            raise sqlite3.OperationalError("disk I/O error")

    watchman = LoopWatchman(Obedient(), spool, Broken(tmp_path / "series"), QUICK)
    running = start(watchman, spool, lambda: [order_a])
    running.until(lambda: ("telemetry_unwritable", False) in running.faults())
    running.end()

    assert {result.evidence for result in running.results()} == {Evidence.ANSWERED}


def test_the_loop_says_how_late_it_was() -> None:
    figures = Figures(lateness_ms=[float(n) for n in range(1, 201)], skipped=3, made=197)

    series = dict(figures.take())

    assert series == {
        "watch.checks": 197.0,
        "watch.skipped": 3.0,
        "watch.lateness_p99_ms": 198.0,
        "watch.lateness_max_ms": 200.0,
    }
    assert dict(figures.take()) == {"watch.checks": 0.0, "watch.skipped": 0.0}
