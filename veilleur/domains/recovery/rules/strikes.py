"""One strike, simulated: which services come back, when, with what loss, and what holds them up.

Called by `simulation.py` for each strike of a scenario; the drawing of the middle run is in `gantt.py`.
"""

from dataclasses import dataclass, field, replace
from functools import reduce
from uuid import UUID

import numpy as np
import numpy.typing as npt

from veilleur.domains.recovery.rules.bounds import ancestors, heaviest_step, longest_paths, lower_bound
from veilleur.domains.recovery.rules.contest import NOTHING_KNOWN, Outcome, Worst, contest
from veilleur.domains.recovery.rules.draws import Draws, SharedDraws, Workload
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
from veilleur.domains.recovery.rules.findings import (
    Bottleneck,
    GanttRow,
    Loss,
    Quantiles,
    ServiceFinding,
    SharedMeans,
)
from veilleur.domains.recovery.rules.gantt import MiddleRun, middle_run
from veilleur.domains.recovery.rules.inputs import Company, Service
from veilleur.domains.recovery.rules.loss import graver_loss, last_point, newest_point, worst_gap
from veilleur.domains.recovery.rules.network import Network, build_network
from veilleur.domains.recovery.rules.people import RESTORE
from veilleur.domains.recovery.rules.runbook import plan_of
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST, Strike

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class StrikeFinding:
    """What one strike does to each service it touches, and to all of them together.

    `beaten` are the services that have a worse strike for sure: only what they lose here is told.
    `quantiles` are those of the last service back, None without a figure or where another strike is worse.
    """

    machine_name: str
    services: tuple[ServiceFinding, ...]
    beaten: dict[UUID, Loss | None] = field(default_factory=dict)
    quantiles: Quantiles | None = None
    gantt: tuple[GanttRow, ...] = ()
    gantt_left_out: int = 0
    shared: tuple[SharedMeans, ...] = ()


@dataclass(frozen=True)
class _Runs:
    """All draws of the services that have a figure. The outcome and the middle run are None when no service
    can have its worst here.
    """

    draws: Draws
    outcome: Outcome | None
    middle: MiddleRun | None


def simulate_strike(
    company: Company, strike: Strike, shared: SharedDraws, worst: Worst = NOTHING_KNOWN
) -> StrikeFinding:
    """Return the finding of one strike. Only services that have a figure are raced; the others come after.

    `worst` is known of other strikes: it spares what would not be kept, and changes no figure.
    """
    whole = build_network(company, strike)
    evidence = _all_evidence(company, strike, whole)
    work = Workload(company, strike)
    timed = frozenset(service for service, known in evidence.items() if known.kind == FIGURE)
    network = whole if len(timed) == len(evidence) else build_network(company, strike, timed)
    runs = _run(company, network, work, shared, worst) if timed else None
    report = _Report(company, strike, work, whole, _Bounds(whole, work.shortest(whole)), runs)
    outcome = runs.outcome if runs else None
    beaten = timed.difference(outcome.ends if outcome else ())
    touched = [service for service in company.services if service.id in evidence]
    found = StrikeFinding(
        next((machine.name for machine in company.machines if machine.id == strike.machine), ""),
        tuple(report.finding(each, evidence[each.id]) for each in touched if each.id not in beaten),
        {service.id: report.loss(service) for service in touched if service.id in beaten},
    )
    if outcome is None or runs is None or runs.middle is None:
        return found
    return replace(
        found,
        quantiles=quantiles_of(outcome.last),
        gantt=runs.middle.rows,
        gantt_left_out=runs.middle.left_out,
        shared=runs.middle.shared,
    )


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


def _run(company: Company, network: Network, work: Workload, shared: SharedDraws, worst: Worst) -> _Runs:
    drawn = work.draw(network, shared)
    plan = plan_of(network, company, work.typical(network))
    outcome = contest(plan, drawn.durations, network.ends, _lost(network, drawn), worst)
    if outcome is None:
        return _Runs(drawn, None, None)
    names = {
        f"repository:{copy.repository}": copy.repository_name
        for data_set in company.data_sets
        for copy in data_set.copies
    }
    return _Runs(drawn, outcome, middle_run(plan, network, drawn.durations, outcome.last, names))


def _lost(network: Network, drawn: Draws) -> dict[UUID, Booleans]:
    """Return the draws in which a service never comes back, one of its data sets being lost for good."""
    lost = {data_set: used < 0 for data_set, used in drawn.used.items() if (used < 0).any()}
    if not lost:
        return {}
    found = {}
    for service, end in network.ends.items():
        restored = [lost[data_set] for data_set in _restored(network, end) if data_set in lost]
        if restored:
            found[service] = np.logical_or.reduce(restored)
    return found


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
        outcome = self._runs.outcome if self._runs else None
        ends = outcome.ends.get(service.id) if outcome else None
        in_time = chance_within(ends, service.rto_s) if ends is not None and service.rto_s else None
        if ends is not None and self._runs is not None and self._runs.middle is not None:
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
            loss=self.loss(service),
            proof=self._proof(restored),
        )

    def _bottleneck(self, step: tuple[str, str] | None) -> Bottleneck | None:
        if step is None:
            return None
        return Bottleneck(step[0], self._repositories.get(step[1], ""))

    def loss(self, service: Service) -> Loss | None:
        """Return what the service itself loses; what it waits for loses its own."""
        lost = [key for key in service.data_sets if key in self._strike.lost_data]
        return graver_loss(self._loss_of(key) for key in lost)

    def _loss_of(self, data_set: UUID) -> Loss:
        copies = surviving_copies(self._data_sets[data_set], self._strike)
        gap = worst_gap(copies)
        used = self._runs.draws.used.get(data_set) if self._runs else None
        fallback = None
        if used is not None and (used >= 0).any():
            tried = np.cumsum(np.bincount(used[used >= 0]))
            rank = int(np.searchsorted(tried, int(0.95 * tried[-1]), side="right"))
            fallback = self._work.attempts[data_set][rank].started_at if rank else None
        return Loss(
            last_point_at=last_point(copies),
            newest_at=newest_point(copies),
            fallback_at=fallback,
            worst_gap_s=gap.total_seconds() if gap is not None else None,
            is_renewed=any(copy.is_renewed for copy in copies),
        )

    def _proof(self, restored: list[UUID]) -> Proof | None:
        """Return the weakest proof of all that must be restored; None where one has none, or nothing must."""
        proofs = [proof_of(surviving_copies(self._data_sets[key], self._strike)) for key in restored]
        return reduce(weaker, proofs) if proofs else None
