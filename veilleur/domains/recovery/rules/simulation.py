"""The simulation of both scenarios: from a company to its findings. Deterministic for a given seed.

Calls `scenarios`, `evidence`, `network`, `draws`, `order`, `dispatch` and `bounds`, in that order, for
each strike; a service is answered for the worst strike it is in.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from veilleur.domains.recovery.rules.evidence import FIGURE, KINDS
from veilleur.domains.recovery.rules.findings import Findings, ScenarioFinding, ServiceFinding
from veilleur.domains.recovery.rules.inputs import Company
from veilleur.domains.recovery.rules.scenarios import SCENARIOS, strikes_of
from veilleur.domains.recovery.rules.strikes import StrikeFinding, graver_loss, simulate_strike

# Bump when a figure may change for the same company; kept answers of another version are recomputed.
FORMULA = "recovery.restart_times"
FORMULA_VERSION = 1

DRAWS = 10_000
SEED = 20261121


def simulate(company: Company, *, draws: int = DRAWS, seed: int = SEED) -> Findings:
    """Return the findings of both scenarios.

    Cost: about a second for a small company; 200 services on one machine take 3 s with 10 000 draws.
    """
    key = company.key
    return Findings(
        draws=draws,
        seed=seed,
        key_issued_at=key.issued_at,
        key_typed_back_at=key.typed_back_at,
        key_tested_alone_at=key.tested_alone_at,
        scenarios=tuple(simulate_scenario(company, scenario, draws, seed) for scenario in SCENARIOS),
    )


def simulate_scenario(company: Company, scenario: str, draws: int, seed: int) -> ScenarioFinding:
    """Return one scenario's finding: each service in its worst strike, services in the company's order."""
    strikes = [simulate_strike(company, strike, draws, seed) for strike in strikes_of(company, scenario)]
    worst = _worst_by_service(strikes)
    services = tuple(worst[service.id] for service in company.services if service.id in worst)
    timed = [strike for strike in strikes if strike.quantiles is not None]
    if not timed:
        return ScenarioFinding(scenario, services)
    slowest = max(timed, key=lambda strike: _seconds(strike.quantiles.p80_s if strike.quantiles else None))
    return ScenarioFinding(
        scenario,
        services,
        slowest.quantiles,
        slowest.machine_name,
        slowest.gantt,
        slowest.gantt_left_out,
    )


def _worst_by_service(strikes: Iterable[StrikeFinding]) -> dict[UUID, ServiceFinding]:
    """Return each service's gravest finding, with the greatest loss of all its strikes."""
    worst: dict[UUID, ServiceFinding] = {}
    for strike in strikes:
        for finding in strike.services:
            known = worst.get(finding.service)
            worst[finding.service] = finding if known is None else _graver(known, finding)
    return worst


def _graver(first: ServiceFinding, second: ServiceFinding) -> ServiceFinding:
    losses = [finding.loss for finding in (first, second) if finding.loss is not None]
    return replace(min(first, second, key=_gravity), loss=graver_loss(losses))


def _gravity(finding: ServiceFinding) -> tuple[int, float, float]:
    """Return a key that is smallest for the finding that decides."""
    p80 = finding.quantiles.p80_s if finding.quantiles and finding.kind == FIGURE else None
    time = -_seconds(p80) if finding.kind == FIGURE else 0.0
    return KINDS.index(finding.kind), time, -(finding.lower_bound_s or 0.0)


def _seconds(value: float | None) -> float:
    return float("inf") if value is None else value
