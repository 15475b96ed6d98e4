"""The loop of the `watch` process: starts what is due, counts what it skips, suspects itself first."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Event
from uuid import UUID

from veilleur.domains.monitoring.ports import Prober, SpooledResult, TelemetryStore
from veilleur.domains.monitoring.rules.kinds import KINDS
from veilleur.domains.monitoring.rules.outcomes import Evidence, Order, Outcome, health_of
from veilleur.domains.monitoring.rules.states import Standing, take_result
from veilleur.engines.probe.figures import Figures
from veilleur.engines.probe.ledger import MINUTE_US, Ledger
from veilleur.engines.probe.spool import SqliteSpool
from veilleur.engines.probe.timetable import Timetable

log = logging.getLogger("veilleur.watch")


def _wall_us() -> int:
    return time.time_ns() // 1000


@dataclass(frozen=True)
class Habits:
    """How the loop works. Durations in seconds.

    Checks whose last probe timed out share the slow lane: dead targets hold no slot of the living.
    """

    reload_s: float = 10.0
    flush_s: float = 0.5
    tick_s: float = 0.25
    fast_lane: int = 400
    slow_lane: int = 100
    keep_series_s: int = 35 * 24 * 3600
    # The clock is the machine's, set by others; a loop that stood still this long proves nothing either.
    clock_step_s: float = 2.0
    standstill_s: float = 1.0
    wall_us: Callable[[], int] = _wall_us


DEFAULT_HABITS = Habits()


class LoopWatchman:
    """Implements monitoring's `Watchman` with one asyncio loop."""

    def __init__(
        self,
        prober: Prober,
        spool: SqliteSpool,
        telemetry: TelemetryStore,
        habits: Habits = DEFAULT_HABITS,
    ) -> None:
        self._prober = prober
        self._spool = spool
        self._telemetry = telemetry
        self._habits = habits

    def keep_watch(self, load_orders: Callable[[], Sequence[Order]], stop: Event) -> None:
        """Probe all orders again and again until `stop` is set; see `Watchman.keep_watch`."""
        keep_us = self._habits.keep_series_s * 1_000_000
        ledger = Ledger(self._spool, self._telemetry, self._habits.wall_us, keep_us)
        asyncio.run(_Watch(self._prober, ledger, self._habits).run(load_orders, stop))


class _Watch:
    """One run of the loop."""

    def __init__(self, prober: Prober, ledger: Ledger, habits: Habits) -> None:
        self._prober = prober
        self._ledger = ledger
        self._habits = habits
        self._timetable = Timetable()
        self._figures = Figures()
        self._lanes = _Lanes(habits)
        # Only to know when to ask again soon; what is believed is decided when results are drained.
        self._standings: dict[UUID, Standing] = {}
        self._suspicion = _Suspicion(habits)
        self._minute = 0

    async def run(self, load_orders: Callable[[], Sequence[Order]], stop: Event) -> None:
        await self._ledger.start()
        helpers = [
            asyncio.create_task(self._keep_loading(load_orders)),
            asyncio.create_task(self._keep_flushing()),
        ]
        try:
            while not stop.is_set():
                self._go_round()
                await self._sleep()
                for helper in helpers:
                    if helper.done():
                        helper.result()
        finally:
            await _end([*helpers, *self._lanes.tasks.values()])
            await self._ledger.close()

    def _go_round(self) -> None:
        now = time.monotonic()
        self._suspicion.look(now)
        self._ledger.fault("clock_stepped", is_on=self._suspicion.take_clock_step())
        for order, due in self._timetable.take_due(now):
            self._start(order, due, now)
        self._measure_itself()

    async def _sleep(self) -> None:
        next_due = self._timetable.next_due()
        wait = self._habits.tick_s
        if next_due is not None:
            wait = max(0.0, min(wait, next_due - time.monotonic()))
        self._suspicion.wakes_at = time.monotonic() + wait
        await asyncio.sleep(wait)

    def _start(self, order: Order, due: float, now: float) -> None:
        self._timetable.plan_period(order, now)
        if not self._lanes.has_room(order.check):
            self._figures.skipped += 1
            return
        self._figures.lateness_ms.append((now - due) * 1000)
        self._lanes.enter(order.check, asyncio.create_task(self._probe(order)))

    async def _probe(self, order: Order) -> None:
        started_us, began = self._habits.wall_us(), time.monotonic()
        outcome = self._suspicion.excuse(await self._prober.probe(order), began)
        ended = time.monotonic()
        self._figures.made += 1
        self._lanes.remember(order.check, is_slow=outcome.code == "timed_out")
        self._ledger.accept(
            SpooledResult(
                sequence=0,
                check=order.check,
                started_us=started_us,
                lasted_us=round((ended - began) * 1_000_000),
                evidence=outcome.evidence,
                code=outcome.code,
                value=outcome.value,
            )
        )
        self._ledger.measure(order.asset, outcome.series, started_us)
        if self._is_in_doubt(order, outcome, started_us):
            self._timetable.plan(order, ended + order.policy.retry_s)

    def _is_in_doubt(self, order: Order, outcome: Outcome, started_us: int) -> bool:
        """Return whether the outcome speaks against what is believed, so that it must be confirmed soon."""
        known = self._standings.get(order.check, Standing())
        health = health_of(outcome.evidence, outcome.value, order.limits, known.seen)
        attempts = order.policy.max_attempts
        now_us = self._habits.wall_us()
        step = take_result(known, health, started_us, max_attempts=attempts, now_us=now_us)
        self._standings[order.check] = step.standing
        return step.standing.is_soft

    def _measure_itself(self) -> None:
        minute = self._habits.wall_us() // MINUTE_US
        if minute == self._minute:
            return
        is_first, self._minute = not self._minute, minute
        if not is_first:
            series = self._figures.take()
            # Of the machine that the watch runs on: the one whose own figures it can read.
            here = {order.asset for order in self._timetable.orders() if KINDS[order.kind].needs_to_be_here}
            for asset in here:
                self._ledger.measure(asset, series, (minute - 1) * MINUTE_US)

    async def _keep_flushing(self) -> None:
        while True:
            await asyncio.sleep(self._habits.flush_s)
            await self._ledger.flush()

    async def _keep_loading(self, load_orders: Callable[[], Sequence[Order]]) -> None:
        """Read the orders now and then, in a thread; while they cannot be read, the last stay in force."""
        # Not waited for at the end: a database that hangs must not keep the process.
        thread = ThreadPoolExecutor(1, thread_name_prefix="orders")
        while True:
            reading = asyncio.get_running_loop().run_in_executor(thread, load_orders)
            done, _late = await asyncio.wait({reading}, timeout=self._habits.reload_s * 3)
            if not done:
                self._ledger.fault("orders_unreadable", is_on=True)
            self._take_orders(await _settled(reading))
            await asyncio.sleep(self._habits.reload_s)

    def _take_orders(self, orders: Sequence[Order] | Exception) -> None:
        self._ledger.fault("orders_unreadable", is_on=isinstance(orders, Exception))
        if isinstance(orders, Exception):
            log.error("watch: the list of checks cannot be read: %s", orders)
            return
        self._timetable.replace(orders, time.monotonic())
        named = {order.check for order in orders}
        self._standings = {check: known for check, known in self._standings.items() if check in named}
        self._lanes.forget_others(named)


async def _settled(reading: "asyncio.Future[Sequence[Order]]") -> Sequence[Order] | Exception:
    try:
        return await reading
    except Exception as error:  # noqa: BLE001 - whatever keeps the orders from us is one fault of the watch
        return error


async def _end(tasks: Sequence["asyncio.Task[None]"]) -> None:
    """Cancel tasks and wait for their ends; a probe that was cut short brought no result."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class _Lanes:
    """The probes in flight, in two lanes with a cap each."""

    habits: Habits
    tasks: dict[UUID, "asyncio.Task[None]"] = field(default_factory=dict)
    slow: set[UUID] = field(default_factory=set)

    def has_room(self, check: UUID) -> bool:
        """Return whether the check may start: it is not in flight, and its lane is not full."""
        if check in self.tasks:
            return False
        in_slow = len(self.slow & self.tasks.keys())
        if check in self.slow:
            return in_slow < self.habits.slow_lane
        return len(self.tasks) - in_slow < self.habits.fast_lane

    def enter(self, check: UUID, task: "asyncio.Task[None]") -> None:
        self.tasks[check] = task
        task.add_done_callback(lambda _done: self.tasks.pop(check, None))

    def remember(self, check: UUID, *, is_slow: bool) -> None:
        if is_slow:
            self.slow.add(check)
        else:
            self.slow.discard(check)

    def forget_others(self, named: set[UUID]) -> None:
        self.slow &= named


@dataclass
class _Suspicion:
    """What the loop holds against itself: a clock that was set, a moment in which it stood still."""

    habits: Habits
    wakes_at: float = 0.0
    _offset_us: int | None = None
    _stepped_at: float = float("-inf")
    _stood_still_at: float = float("-inf")
    _has_stepped: bool = False

    def look(self, now: float) -> None:
        """Note what happened since the last look, at a round or at the end of a probe between two."""
        if self.wakes_at and now - self.wakes_at > self.habits.standstill_s:
            self._stood_still_at = now
        offset_us = self.habits.wall_us() - round(now * 1_000_000)
        before, self._offset_us = self._offset_us, offset_us
        if before is not None and abs(offset_us - before) > self.habits.clock_step_s * 1_000_000:
            self._stepped_at = now
            self._has_stepped = True

    def take_clock_step(self) -> bool:
        """Return whether the clock was set to another time since this was last asked."""
        has_stepped, self._has_stepped = self._has_stepped, False
        return has_stepped

    def excuse(self, outcome: Outcome, began: float) -> Outcome:
        """Return the outcome, or the loop's own fault where that may have caused it."""
        self.look(time.monotonic())
        if self._stepped_at >= began:
            return replace(outcome, evidence=Evidence.OWN_FAULT, code="clock_stepped", value=None, series=())
        if outcome.code == "timed_out" and self._stood_still_at >= began:
            return replace(outcome, evidence=Evidence.OWN_FAULT, code="overloaded")
        return outcome
