"""One strike, simulated: which services come back, when, with what loss, and what holds them up.

Called by `simulation.py` for each strike of a scenario; the drawing of the middle run is in `gantt.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from uuid import UUID

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.bounds import ancestors, heaviest_step, longest_paths, lower_bound
from veilleur.domains.recovery.rules.dispatch import Plan, dispatch
from veilleur.domains.recovery.rules.draws import Draws, Workload
from veilleur.domains.recovery.rules.evidence import (
    CIRCULAR_NEED,
    FIGURE,
    NEVER,
    UNPROVEN,
    Evidence,
    Proof,
    evidence_of_service,
    graver,
    proof_of,
    surviving_copies,
    weaker,
)
from veilleur.domains.recovery.rules.figures import chance_within, quantiles_of
from veilleur.domains.recovery.rules.findings import Bottleneck, GanttRow, Loss, Quantiles, ServiceFinding
from veilleur.domains.recovery.rules.gantt import MiddleRun, middle_run
from veilleur.domains.recovery.rules.inputs import Company, Service
from veilleur.domains.recovery.rules.loss import last_point, newest_point, worst_gap
from veilleur.domains.recovery.rules.network import Network, build_network
from veilleur.domains.recovery.rules.people import RESTORE
from veilleur.domains.recovery.rules.runbook import plan_of
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST, Strike
from veilleur.domains.recovery.rules.streams import Streams

Floats = npt.NDArray[np.float64]

# Draws dispatched at a time: their state stays in the processor's cache.
_CHUNK = 2_000


@dataclass(frozen=True)
class StrikeFinding:
    """What one strike does to each service it touches, and to all of them together."""

    machine_name: str
    services: tuple[ServiceFinding, ...]
    quantiles: Quantiles | None = None
    gantt: tuple[GanttRow, ...] = ()
    gantt_left_out: int = 0


@dataclass(frozen=True)
class _Runs:
    """All draws of the services that have a figure; `ends` are seconds, inf where the data is lost."""

    network: Network
    draws: Draws
    ends: dict[UUID, Floats]
    middle: MiddleRun


def simulate_strike(company: Company, strike: Strike, draws: int, seed: int) -> StrikeFinding:
    """Return the finding of one strike. Only services that have a figure are raced; the others come after."""
    whole = build_network(company, strike)
    evidence = _all_evidence(company, strike, whole)
    work = Workload(company, strike)
    timed = frozenset(service for service, known in evidence.items() if known.kind == FIGURE)
    runs = _run(company, strike, timed, work, Streams(seed, draws)) if timed else None
    bounds = _Bounds(whole, work.shortest(whole))
    report = _Report(company, strike, work, whole, bounds, runs)
    services = tuple(
        report.finding(service, evidence[service.id])
        for service in company.services
        if service.id in evidence
    )
    name = next((machine.name for machine in company.machines if machine.id == strike.machine), "")
    if runs is None:
        return StrikeFinding(name, services)
    last = np.max(np.stack(list(runs.ends.values())), axis=0)
    return StrikeFinding(name, services, quantiles_of(last), runs.middle.rows, runs.middle.left_out)


def graver_loss(losses: Iterable[Loss]) -> Loss | None:
    """Return the greatest loss of several: the oldest point, none at all before any; None without loss."""
    return reduce(_graver_loss, losses) if (losses := list(losses)) else None


def _graver_loss(first: Loss, second: Loss) -> Loss:
    fallbacks = [loss.fallback_at for loss in (first, second) if loss.fallback_at is not None]
    gaps = [loss.worst_gap_s for loss in (first, second) if loss.worst_gap_s is not None]
    return Loss(
        last_point_at=_older(first.last_point_at, second.last_point_at),
        newest_at=_older(first.newest_at, second.newest_at),
        fallback_at=min(fallbacks, default=None),
        worst_gap_s=max(gaps, default=None),
    )


def _older(first: datetime | None, second: datetime | None) -> datetime | None:
    return None if first is None or second is None else min(first, second)


def _all_evidence(company: Company, strike: Strike, network: Network) -> dict[UUID, Evidence]:
    """Return what decides for each service touched, what it waits for included."""
    touched = strike.struck | strike.disturbed
    found = {service.id: Evidence(FIGURE) for service in company.services if service.id in touched}
    names = {service.id: service.name for service in company.services}
    for service in company.services:
        if service.id in strike.struck:
            found[service.id] = evidence_of_service(company, service, strike)
        if service.id in network.circular:
            circle = Evidence(UNPROVEN, CIRCULAR_NEED, service.id, names[service.id])
            found[service.id] = graver(found[service.id], circle)
    changed = True
    while changed:
        changed = False
        for need in company.needs:
            if need.dependent in found and need.dependency in found:
                combined = graver(found[need.dependent], found[need.dependency])
                changed |= combined != found[need.dependent]
                found[need.dependent] = combined
    return found


def _run(company: Company, strike: Strike, timed: frozenset[UUID], work: Workload, streams: Streams) -> _Runs:
    network = build_network(company, strike, timed)
    drawn = work.draw(network, streams)
    plan = plan_of(network, company, work.typical(network))
    ends = _dispatch_ends(plan, network, drawn)
    last = np.max(np.stack(list(ends.values())), axis=0)
    names = {
        f"repository:{copy.repository}": copy.repository_name
        for data_set in company.data_sets
        for copy in data_set.copies
    }
    return _Runs(network, drawn, ends, middle_run(plan, network, drawn.durations, last, names))


def _dispatch_ends(plan: Plan, network: Network, drawn: Draws) -> dict[UUID, Floats]:
    """Return when each service is back in each draw: never (inf) where one of its data sets is lost."""
    rows = list(network.ends.values())
    ends = np.empty((len(rows), drawn.durations.shape[1]))
    for first in range(0, ends.shape[1], _CHUNK):
        part = np.ascontiguousarray(drawn.durations[:, first : first + _CHUNK])
        ends[:, first : first + _CHUNK] = (dispatch(plan, part) + part)[rows]
    for row, end in zip(ends, rows, strict=True):
        for data_set in _restored(network, end):
            row[drawn.used[data_set] < 0] = np.inf
    return dict(zip(network.ends, ends, strict=True))


def _restored(network: Network, end: int) -> list[UUID]:
    """Return the data sets that must come back before an activity ends."""
    activities = [network.activities[index] for index in ancestors(network, end)]
    return [activity.subject for activity in activities if activity.step == RESTORE and activity.subject]


class _Bounds:
    """Lower bounds in the network of all services touched."""

    def __init__(self, network: Network, shortest: list[float]) -> None:
        self._network = network
        self._shortest = shortest
        self._paths = longest_paths(network, shortest)

    def of(self, service: UUID) -> tuple[float, tuple[str, str]]:
        """Return the service's bound in seconds, and the step and resource that make most of it."""
        bound = lower_bound(self._network, self._shortest, self._paths, self._network.ends[service])
        return bound.seconds, heaviest_step(self._network, self._shortest, bound.activities)


class _Report:
    """Turns what was computed for a strike into one finding per service."""

    def __init__(
        self,
        company: Company,
        strike: Strike,
        work: Workload,
        network: Network,
        bounds: _Bounds,
        runs: _Runs | None,
    ) -> None:
        self._strike = strike
        self._work = work
        self._network = network
        self._bounds = bounds
        self._runs = runs
        self._data_sets = {data_set.id: data_set for data_set in company.data_sets}
        self._names = {machine.id: machine.name for machine in company.machines}
        self._repositories = {
            f"repository:{copy.repository}": copy.repository_name
            for data_set in company.data_sets
            for copy in data_set.copies
        }

    def finding(self, service: Service, evidence: Evidence) -> ServiceFinding:
        """Return the service's finding; a service that never comes back has neither bound nor figure."""
        restored = _restored(self._network, self._network.ends[service.id])
        bound, step = self._bounds.of(service.id) if evidence.kind != NEVER else (None, None)
        ends = self._runs.ends.get(service.id) if self._runs else None
        in_time = chance_within(ends, service.rto_s) if ends is not None and service.rto_s else None
        if ends is not None and self._runs is not None:
            step = self._runs.middle.heaviest[service.id]
        return ServiceFinding(
            service=service.id,
            name=service.name,
            kind=evidence.kind,
            reason=evidence.reason,
            about_name=evidence.about_name,
            machine=self._strike.machine,
            machine_name=self._names.get(self._strike.machine, "") if self._strike.machine else "",
            quantiles=quantiles_of(ends) if ends is not None else None,
            within_rto=in_time[0] if in_time else None,
            within_rto_error=in_time[1] if in_time else None,
            lower_bound_s=bound,
            bottleneck=self._bottleneck(step),
            rto_s=service.rto_s,
            rpo_s=service.rpo_s,
            rto_is_default=service.rto_is_default,
            rpo_is_default=service.rpo_is_default,
            needs_key=self._strike.scenario == MACHINE_LOST and bool(restored),
            loss=self._loss(service),
            proof=self._proof(restored),
        )

    def _bottleneck(self, step: tuple[str, str] | None) -> Bottleneck | None:
        if step is None:
            return None
        return Bottleneck(step[0], self._repositories.get(step[1], ""))

    def _loss(self, service: Service) -> Loss | None:
        """Return what the service itself loses; what it waits for loses its own."""
        lost = [key for key in service.data_sets if key in self._strike.lost_data]
        return graver_loss(self._loss_of(key) for key in lost)

    def _loss_of(self, data_set: UUID) -> Loss:
        copies = surviving_copies(self._data_sets[data_set], self._strike)
        gap = worst_gap(copies)
        used = self._runs.draws.used.get(data_set) if self._runs else None
        fallback = None
        if used is not None and (used >= 0).any():
            rank = int(np.sort(used[used >= 0])[int(0.95 * (used >= 0).sum())])
            fallback = self._work.attempts[data_set][rank].started_at if rank else None
        return Loss(
            last_point_at=last_point(copies),
            newest_at=newest_point(copies),
            fallback_at=fallback,
            worst_gap_s=gap.total_seconds() if gap is not None else None,
        )

    def _proof(self, restored: list[UUID]) -> Proof | None:
        """Return the weakest proof of all that must be restored; None where one has none, or nothing must."""
        proofs = [proof_of(surviving_copies(self._data_sets[key], self._strike)) for key in restored]
        return reduce(weaker, proofs) if proofs else None
