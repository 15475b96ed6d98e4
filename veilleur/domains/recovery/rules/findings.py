"""What the simulation found: the values that are kept. Nothing here depends on the present instant.

Made by `simulation.py`, kept by `actions.py` as JSON, judged against `now` by `answer.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from veilleur.domains.recovery.rules.evidence import Proof


@dataclass(frozen=True)
class Quantiles:
    """Seconds from the event to the restart. None where that draw loses the data for good.

    `p80_error_s` is the half-width of the 95 % interval that 10 000 draws leave around P80.
    """

    p50_s: float | None
    p80_s: float | None
    p95_s: float | None
    p80_error_s: float | None


@dataclass(frozen=True)
class Bottleneck:
    """What takes most of the time: a step's code, and the repository's name where it is one."""

    step: str
    name: str = ""


@dataclass(frozen=True)
class Loss:
    """What comes back of the data that is lost.

    `last_point_at` is the newest surviving, complete point that a test vouches for, None if there is none;
    `newest_at` the newest complete one, relied on or not. `fallback_at` is what comes back one time in
    twenty, when newer restores fail (None: nothing older). `worst_gap_s` is the greatest loss of the
    last ninety days, had every complete point been good. `is_renewed` is False once no plan adds points
    to any copy that survives.
    """

    last_point_at: datetime | None
    newest_at: datetime | None = None
    fallback_at: datetime | None = None
    worst_gap_s: float | None = None
    is_renewed: bool = True


@dataclass(frozen=True)
class ServiceFinding:
    """One service in the worst strike of a scenario.

    `kind`, `reason` as in `evidence.py`, `about_name` what the reason is about. `within_rto` is the
    chance (0 to 1) of being back in time. `loss` is None where nothing is lost. `needs_key` says that
    a copy must be read with the recovery key.
    """

    service: UUID
    name: str
    kind: str
    reason: str | None = None
    about_name: str = ""
    machine: UUID | None = None
    machine_name: str = ""
    quantiles: Quantiles | None = None
    within_rto: float | None = None
    within_rto_error: float | None = None
    lower_bound_s: float | None = None
    bottleneck: Bottleneck | None = None
    rto_s: int | None = None
    rpo_s: int | None = None
    rto_is_default: bool = False
    rpo_is_default: bool = False
    needs_key: bool = False
    loss: Loss | None = None
    proof: Proof | None = None


@dataclass(frozen=True)
class GanttRow:
    """One activity of the middle run: each lasts its mean over the draws that end near P50.

    `start_s` and `duration_s` are seconds from the event; `late_s` is its duration one time in twenty.
    """

    step: str
    name: str
    role: str
    resource: str
    start_s: float
    duration_s: float
    late_s: float
    is_critical: bool


@dataclass(frozen=True)
class SharedMeans:
    """What several steps of the middle run share: a repository by its name, or the technicians by their code.

    `units` serve at a time. `busy` are the stretches, in seconds from the event and in order, in which at
    least one unit works; `critical` those in which it works on the critical chain. `gain_s` is how much
    earlier this run would end with one unit more.
    """

    name: str
    units: int
    busy: tuple[tuple[float, float], ...]
    critical: tuple[tuple[float, float], ...]
    gain_s: float

    @property
    def busy_s(self) -> float:
        """Return for how many seconds at least one unit works."""
        return sum(end - start for start, end in self.busy)

    @property
    def critical_s(self) -> float:
        """Return for how many seconds the end of everything depends on it."""
        return sum(end - start for start, end in self.critical)


def what_limits(shared: Sequence[SharedMeans], run_s: float) -> SharedMeans | None:
    """Return what most of a run of `run_s` seconds depends on; None when that is steps that share nothing."""
    alone_s = run_s - sum(means.critical_s for means in shared)
    heaviest = max(shared, key=lambda means: means.critical_s, default=None)
    return heaviest if heaviest is not None and heaviest.critical_s >= alone_s else None


@dataclass(frozen=True)
class ScenarioFinding:
    """One scenario: every service, and the whole (the minimum vital set, for now every service).

    `quantiles` are of the last service back in the worst strike, over the services that have a figure;
    they answer for all only when every service has one.
    """

    scenario: str
    services: tuple[ServiceFinding, ...] = ()
    quantiles: Quantiles | None = None
    machine_name: str = ""
    gantt: tuple[GanttRow, ...] = ()
    gantt_left_out: int = 0
    shared: tuple[SharedMeans, ...] = ()


@dataclass(frozen=True)
class Findings:
    """Both scenarios of one organisation, and the key as it was known."""

    draws: int
    seed: int
    key_issued_at: datetime | None = None
    key_typed_back_at: datetime | None = None
    key_tested_alone_at: datetime | None = None
    scenarios: tuple[ScenarioFinding, ...] = field(default_factory=tuple)
