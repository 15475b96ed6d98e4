"""What the loop writes, in one thread of its own: results and faults to the spool, figures to the series.

The loop never waits for a disk. What cannot be written is kept and written later, within bounds.
"""

import asyncio
import logging
import math
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID

from veilleur.domains.monitoring.ports import MinuteRow, Spooled, SpooledFault, TelemetryStore
from veilleur.engines.probe.spool import SqliteSpool

log = logging.getLogger("veilleur.watch")

MINUTE_US = 60_000_000
_MOST_WAITING = 20_000
# A sign of life is worth a commit this often; results are committed as they come.
_BEAT_S = 5.0
_SERIES_S = 10.0
_TRIM_S = 3600.0


@dataclass
class Faults:
    """Which faults of the watch last now; only beginnings and ends are told."""

    lasting: set[str] = field(default_factory=set)

    def turn(self, code: str, *, is_on: bool, at_us: int) -> tuple[SpooledFault, ...]:
        """Return the item that says a fault began or ended, none while nothing changes."""
        if is_on == (code in self.lasting):
            return ()
        if is_on:
            self.lasting.add(code)
        else:
            self.lasting.discard(code)
        return (SpooledFault(0, code, at_us, is_over=not is_on),)


class Ledger:
    """Gathers what the loop brings and writes it from one thread; `wall_us` is the clock in microseconds.

    `keep_us` is how long series are kept.
    """

    def __init__(
        self, spool: SqliteSpool, telemetry: TelemetryStore, wall_us: Callable[[], int], keep_us: int
    ) -> None:
        self._spool = spool
        self._telemetry = telemetry
        self._wall_us = wall_us
        self._keep_us = keep_us
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._waiting: deque[Spooled] = deque()
        self._minutes: dict[tuple[UUID, int], dict[str, float]] = {}
        self._faults = Faults()
        self._written_at = self._series_at = self._trimmed_at = -math.inf
        self.dropped = 0

    def accept(self, item: Spooled) -> None:
        """Take an item for the next writing; beyond the bound the oldest one is dropped and counted."""
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(item)

    def fault(self, code: str, *, is_on: bool) -> None:
        """Note that a fault of the watch lasts, or is over."""
        for item in self._faults.turn(code, is_on=is_on, at_us=self._wall_us()):
            if is_on:
                log.error("watch: %s", code)
            self.accept(item)

    def has_fault(self, code: str) -> bool:
        """Return whether a fault lasts."""
        return code in self._faults.lasting

    def measure(self, asset: UUID, series: Iterable[tuple[str, float]], at_us: int) -> None:
        """Take figures for the row of their minute."""
        row = self._minutes.setdefault((asset, at_us // MINUTE_US * MINUTE_US), {})
        row.update(series)

    async def start(self) -> None:
        """Note the start of the process, and that faults of the one before it are over."""
        at_us = self._wall_us()
        for code in ("spool_unwritable", "telemetry_unwritable", "orders_unreadable", "clock_stepped"):
            self.accept(SpooledFault(0, code, at_us, is_over=True))
        await self._write("spool", lambda: self._spool.note_start(at_us))

    async def flush(self, *, is_last: bool = False) -> None:
        """Write what is due for writing; a disk that refuses is a fault, and nothing of it is lost."""
        now = time.monotonic()
        if self._waiting or now - self._written_at >= _BEAT_S or is_last:
            await self._flush_spool()
            self._written_at = now
        if self._minutes and (now - self._series_at >= _SERIES_S or is_last):
            await self._flush_series()
            self._series_at = now
        if now - self._trimmed_at >= _TRIM_S and not is_last:
            before_us = self._wall_us() - self._keep_us
            await self._write("telemetry", lambda: self._telemetry.trim(before_us))
            self._trimmed_at = now

    async def close(self) -> None:
        """Write what is left and end the thread."""
        await self.flush(is_last=True)
        await self._write("spool", self._spool.close)
        self._thread.shutdown()

    async def _flush_spool(self) -> None:
        items, at_us, dropped = list(self._waiting), self._wall_us(), self.dropped
        is_done = await self._write("spool", lambda: self._spool.append(items, last_loop_us=at_us))
        self.fault("spool_unwritable", is_on=not is_done)
        if is_done:
            # What was dropped meanwhile went from the left, where the written items were.
            for _ in range(len(items) - min(self.dropped - dropped, len(items))):
                self._waiting.popleft()

    async def _flush_series(self) -> None:
        rows = [MinuteRow(asset, minute, dict(values)) for (asset, minute), values in self._minutes.items()]
        is_done = await self._write("telemetry", lambda: self._telemetry.write(rows))
        self.fault("telemetry_unwritable", is_on=not is_done)
        if is_done or len(self._minutes) > _MOST_WAITING:
            # The present minute is still being filled: its row is written again, whole.
            current = self._wall_us() // MINUTE_US * MINUTE_US
            self._minutes = {key: values for key, values in self._minutes.items() if key[1] >= current}

    async def _write(self, what: str, write: Callable[[], object]) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self._thread, _try, write, what)


def _try(write: Callable[[], object], what: str) -> bool:
    try:
        write()
    except (sqlite3.Error, OSError) as error:
        log.error("watch: the %s cannot be written: %s", what, error)
        return False
    return True
