"""What monitoring asks of engines: to probe, to keep results until they are drained, to keep series."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event
from typing import Protocol
from uuid import UUID

from veilleur.domains.monitoring.rules.outcomes import Evidence, Order, Outcome
from veilleur.shared.binding import Slot


@dataclass(frozen=True)
class SpooledResult:
    """One accepted result. Instants are UTC microseconds; `lasted_us` was measured apart from the clock."""

    sequence: int
    check: UUID
    started_us: int
    lasted_us: int
    evidence: Evidence
    code: str
    value: int | None


@dataclass(frozen=True)
class SpooledFault:
    """A fault of the watch itself began, or (`is_over`) ended, at `at_us`."""

    sequence: int
    code: str
    at_us: int
    is_over: bool


Spooled = SpooledResult | SpooledFault


@dataclass(frozen=True)
class Pulse:
    """When the watch process started and when its loop last went round, in UTC microseconds."""

    started_us: int
    last_loop_us: int


class Prober(Protocol):
    """Carries out one check."""

    async def probe(self, order: Order) -> Outcome:
        """Return the outcome of one probe, within the order's time-out.

        What goes wrong on the monitor's side is an outcome with `Evidence.OWN_FAULT`, not an exception.
        """


class TlsFinder(Protocol):
    """Finds out which ports speak TLS."""

    def speaking_tls(self, targets: Sequence[str]) -> tuple[str, ...]:
        """Return those of the "address:port" targets that completed a handshake, in their order.

        A port that speaks first is left alone. Takes some seconds at most, whatever their number.
        """


class Spool(Protocol):
    """The watch's own durable queue, read from another process."""

    def spool_id(self) -> UUID:
        """Return the identity of this spool; a spool made anew has another one and counts from 1 again."""

    def read(self, after: int, limit: int) -> tuple[Spooled, ...]:
        """Return the next accepted items after a sequence number, in order."""

    def trim(self, up_to: int) -> None:
        """Forget the items up to and including a sequence number."""

    def pulse(self) -> Pulse | None:
        """Return the watch's last sign of life, None before the first."""


@dataclass(frozen=True)
class Sample:
    """One value of a series at one minute (UTC microseconds, start of the minute)."""

    at_us: int
    value: float


@dataclass(frozen=True)
class Bucket:
    """The values of [start_us, start_us + step) together."""

    start_us: int
    minimum: float
    maximum: float
    mean: float
    count: int


@dataclass(frozen=True)
class MinuteRow:
    """All values of one asset in one minute, by metric name."""

    asset: UUID
    minute_us: int
    values: dict[str, float]


class TelemetryStore(Protocol):
    """Keeps series apart from the main database, so that they never lock a page."""

    def write(self, rows: Sequence[MinuteRow]) -> None:
        """Keep rows durably, in one commit; a second row of a minute adds to and replaces its values."""

    def raw(self, asset: UUID, metric: str, start_us: int, end_us: int) -> tuple[Sample, ...]:
        """Return the values of [start_us, end_us) in order of time."""

    def latest(self, asset: UUID) -> dict[str, Sample]:
        """Return the last value of each metric; cost does not grow with the history."""

    def aggregate(
        self, asset: UUID, metric: str, start_us: int, end_us: int, step_s: int
    ) -> tuple[Bucket, ...]:
        """Return the values of [start_us, end_us) by steps aligned to the epoch; empty steps are left out."""

    def trim(self, before_us: int) -> int:
        """Forget minutes that began before an instant and return how many rows went."""


class Watchman(Protocol):
    """Keeps watch: the loop of the `watch` process."""

    def keep_watch(self, load_orders: Callable[[], Sequence[Order]], stop: Event) -> None:
        """Probe all orders again and again until `stop` is set; results go to the spool, figures to series.

        `load_orders` is called in a thread now and then; what it raises is a fault of the watch, and
        the last orders stay in force.
        """


TLS_FINDER: Slot[TlsFinder] = Slot("monitoring.tls_finder")
SPOOL: Slot[Spool] = Slot("monitoring.spool")
TELEMETRY: Slot[TelemetryStore] = Slot("monitoring.telemetry")
WATCHMAN: Slot[Watchman] = Slot("monitoring.watchman")
