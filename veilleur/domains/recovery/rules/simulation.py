"""The simulation of both scenarios: from a company to its findings. Deterministic for a given seed.

Calls `scenarios`, `evidence`, `network`, `draws`, `order`, `contest` (which races with `dispatch`) and
`bounds`, in that order, for each strike; a service is answered for the worst strike it is in.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from veilleur.domains.recovery.rules.attempts import KeptRestores
from veilleur.domains.recovery.rules.contest import Worst
from veilleur.domains.recovery.rules.draws import SharedDraws
from veilleur.domains.recovery.rules.evidence import FIGURE, KINDS
from veilleur.domains.recovery.rules.findings import Findings, Loss, ScenarioFinding, ServiceFinding
from veilleur.domains.recovery.rules.inputs import Company
from veilleur.domains.recovery.rules.loss import graver_loss
from veilleur.domains.recovery.rules.scenarios import SCENARIOS, strikes_of
from veilleur.domains.recovery.rules.streams import Streams
from veilleur.domains.recovery.rules.strikes import StrikeFinding, simulate_strike

# Bump when a figure may change for the same company; kept answers of another version are recomputed.
FORMULA = "recovery.restart_times"
FORMULA_VERSION = 3

DRAWS = 10_000
SEED = 20261121


def simulate(company: Company, *, draws: int = DRAWS, seed: int = SEED) -> Findings:
    """Return the findings of both scenarios.

    Cost: 200 services with 10 000 draws take about 2 s on one machine, 4 s on 40 (`bench/recovery.py`).
    """
    key = company.key
    restores = KeptRestores(Streams(seed, draws))
    return Findings(
        draws=draws,
        seed=seed,
        key_issued_at=key.issued_at,
        key_typed_back_at=key.typed_back_at,
        key_tested_alone_at=key.tested_alone_at,
        scenarios=tuple(_simulate(company, scenario, restores) for scenario in SCENARIOS),
    )


def simulate_scenario(company: Company, scenario: str, draws: int, seed: int) -> ScenarioFinding:
    """Return one scenario's finding: each service in its worst strike, services in the company's order."""
    return _simulate(company, scenario, KeptRestores(Streams(seed, draws)))


def _simulate(company: Company, scenario: str, restores: KeptRestores) -> ScenarioFinding:
    strikes = strikes_of(company, scenario)
    shared = SharedDraws(company, scenario, restores)
    found: dict[int, StrikeFinding] = {}
    # What touches most is likely the worst: simulated first, it spares most of the others.
    for place in sorted(range(len(strikes)), key=lambda place: -strikes[place].size):
        worst = _worst_of(found.values())
        found[place] = simulate_strike(company, strikes[place], shared, worst)
    return combine(company, scenario, [found[place] for place in range(len(strikes))])


def combine(company: Company, scenario: str, strikes: list[StrikeFinding]) -> ScenarioFinding:
    """Return the scenario's finding out of its strikes', in their order: the first of equals decides."""
    worst = _worst_by_service(strikes)
    services = tuple(worst[service.id] for service in company.services if service.id in worst)
    timed = [strike for strike in strikes if strike.quantiles is not None]
    if not timed:
        return ScenarioFinding(scenario, services)
    slowest = max(timed, key=_whole_p80_s)
    return ScenarioFinding(
        scenario,
        services,
        slowest.quantiles,
        slowest.machine_name,
        slowest.gantt,
        slowest.gantt_left_out,
        slowest.shared,
    )


def _worst_of(strikes: Iterable[StrikeFinding]) -> Worst:
    """Return what the strikes simulated so far leave to beat."""
    strikes = list(strikes)
    p80_s: dict[UUID, float] = {}
    graver = set()
    for finding in (finding for strike in strikes for finding in strike.services):
        if finding.kind != FIGURE:
            graver.add(finding.service)
        elif finding.quantiles is not None:
            known = p80_s.get(finding.service, 0.0)
            p80_s[finding.service] = max(known, _seconds(finding.quantiles.p80_s))
    whole = max((_whole_p80_s(strike) for strike in strikes), default=-math.inf)
    return Worst(p80_s, whole, frozenset(graver))


def _whole_p80_s(strike: StrikeFinding) -> float:
    return -math.inf if strike.quantiles is None else _seconds(strike.quantiles.p80_s)


def _worst_by_service(strikes: Iterable[StrikeFinding]) -> dict[UUID, ServiceFinding]:
    """Return each service's gravest finding, with the greatest loss of all its strikes."""
    worst: dict[UUID, ServiceFinding] = {}
    losses: dict[UUID, list[Loss]] = {}
    for strike in strikes:
        for finding in strike.services:
            worst[finding.service] = min(worst.get(finding.service, finding), finding, key=_gravity)
        told = [(finding.service, finding.loss) for finding in strike.services]
        for service, loss in [*told, *strike.beaten.items()]:
            losses.setdefault(service, []).extend([] if loss is None else [loss])
    return {
        service: replace(finding, loss=graver_loss(losses[service])) for service, finding in worst.items()
    }


def _gravity(finding: ServiceFinding) -> tuple[int, float, float]:
    """Return a key that is smallest for the finding that decides."""
    p80 = finding.quantiles.p80_s if finding.quantiles and finding.kind == FIGURE else None
    time = -_seconds(p80) if finding.kind == FIGURE else 0.0
    return KINDS.index(finding.kind), time, -(finding.lower_bound_s or 0.0)


def _seconds(value: float | None) -> float:
    return math.inf if value is None else value
