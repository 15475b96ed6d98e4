"""What is spared is never missed: findings with and without the contest between strikes are the same."""

import math
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veilleur.domains.recovery.rules.attempts import KeptRestores
from veilleur.domains.recovery.rules.contest import Worst
from veilleur.domains.recovery.rules.draws import SharedDraws
from veilleur.domains.recovery.rules.evidence import FIGURE
from veilleur.domains.recovery.rules.figures import p80_is_below, quantiles_of
from veilleur.domains.recovery.rules.findings import Quantiles, ScenarioFinding
from veilleur.domains.recovery.rules.inputs import Company
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST, SCENARIOS, Strike, strikes_of
from veilleur.domains.recovery.rules.simulation import combine, simulate, simulate_scenario
from veilleur.domains.recovery.rules.streams import Streams
from veilleur.domains.recovery.rules.strikes import StrikeFinding, simulate_strike
from veilleur.domains.recovery.tests.companies import only_with, random_company
from veilleur.domains.recovery.tests.support import (
    OTHER_MACHINE,
    make_company,
    make_copy,
    make_data_set,
    make_service,
    make_test,
)

Item = TypeVar("Item")
DRAWS = 1_100  # more than the first part that a contest races


def fresh(company: Company, scenario: str) -> SharedDraws:
    return SharedDraws(company, scenario, KeptRestores(Streams(5, DRAWS)))


def p80(quantiles: Quantiles | None) -> float:
    return math.inf if quantiles is None or quantiles.p80_s is None else quantiles.p80_s


def all_strikes(company: Company, scenario: str) -> list[StrikeFinding]:
    """Every strike in full, none knowing of the others."""
    shared = fresh(company, scenario)
    return [simulate_strike(company, strike, shared) for strike in strikes_of(company, scenario)]


@pytest.mark.parametrize("proven", [True, False])
@pytest.mark.parametrize("seed", range(30))
def test_findings_are_those_of_every_strike_simulated_in_full(seed: int, proven: bool) -> None:
    company = random_company(seed, proven=proven)

    for scenario in SCENARIOS:
        in_full = combine(company, scenario, all_strikes(company, scenario))
        assert simulate_scenario(company, scenario, DRAWS, seed=5) == in_full


def test_the_random_companies_have_strikes_that_are_spared_and_strikes_that_are_not() -> None:
    """Else the comparison above would compare nothing."""
    spared = kept = 0
    for seed in range(20):
        company = random_company(seed, proven=True)
        strikes = all_strikes(company, MACHINE_LOST)
        worst = combine(company, MACHINE_LOST, strikes)
        bars = {found.service: p80(found.quantiles) for found in worst.services}
        for strike in strikes_of(company, MACHINE_LOST):
            found = simulate_strike(
                company, strike, fresh(company, MACHINE_LOST), Worst(bars, p80(worst.quantiles))
            )
            spared += len(found.beaten)
            kept += len(found.services)

    assert spared > 20
    assert kept > 20


@pytest.mark.parametrize("seed", range(12))
def test_a_strike_alone_is_what_it_is_in_a_company_with_others(seed: int) -> None:
    company = random_company(seed)

    for scenario in SCENARIOS:
        for strike, among_others in zip(
            strikes_of(company, scenario), all_strikes(company, scenario), strict=True
        ):
            smaller = only_with(company, strike.struck | strike.disturbed)
            alone = simulate_strike(smaller, strike, fresh(smaller, scenario))
            assert alone == among_others


@pytest.mark.parametrize("seed", range(12))
def test_the_order_in_which_a_company_is_listed_changes_nothing(seed: int) -> None:
    company, rng = random_company(seed), np.random.default_rng(seed)
    shuffled = replace(
        company,
        services=mixed(rng, company.services),
        data_sets=mixed(rng, company.data_sets),
        machines=mixed(rng, company.machines),
        needs=mixed(rng, company.needs),
    )

    for scenario in SCENARIOS:
        first, second = (simulate_scenario(each, scenario, DRAWS, seed=5) for each in (company, shuffled))
        assert figures(first) == figures(second)
        assert first.quantiles == second.quantiles


def mixed(rng: np.random.Generator, items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(items[place] for place in rng.permutation(len(items)))


def figures(finding: ScenarioFinding) -> dict[UUID, object]:
    return {
        each.service: (each.kind, each.machine, each.quantiles, each.within_rto, each.loss)
        for each in finding.services
    }


@pytest.mark.parametrize("seed", range(12))
def test_no_service_is_answered_better_for_having_more_strikes(seed: int) -> None:
    company = random_company(seed, proven=True)
    strikes = all_strikes(company, MACHINE_LOST)

    for count in range(1, len(strikes)):
        fewer = combine(company, MACHINE_LOST, strikes[:count]).services
        more = {found.service: found for found in combine(company, MACHINE_LOST, strikes).services}
        for found in fewer:
            assert p80(more[found.service].quantiles) >= p80(found.quantiles)


@pytest.mark.parametrize("seed", range(12))
def test_more_people_never_raise_a_lower_bound(seed: int) -> None:
    company = random_company(seed)
    means = replace(company.means, technicians=company.means.technicians + 1, streams=3)

    for strike in strikes_of(company, MACHINE_LOST):
        before, after = bounds(company, strike), bounds(replace(company, means=means), strike)
        assert all(after[service] <= bound * (1 + 1e-9) for service, bound in before.items())


def bounds(company: Company, strike: Strike) -> dict[UUID, float]:
    found = simulate_strike(company, strike, fresh(company, strike.scenario)).services
    return {each.service: each.lower_bound_s for each in found if each.lower_bound_s is not None}


def test_a_service_with_a_graver_strike_is_still_counted_in_the_whole_of_another() -> None:
    # The second service has no figure where its own machine is lost, and the longest one on the other.
    hopeless = make_data_set(2, make_copy(OTHER_MACHINE), machine=OTHER_MACHINE)
    slow = make_data_set(3, make_copy(tests=(make_test(total_s=90_000.0),) * 5))
    company = make_company(
        make_data_set(1),
        hopeless,
        slow,
        services=(
            make_service(1, make_data_set(1)),
            make_service(2, hopeless, slow, machines=(OTHER_MACHINE,)),
        ),
    )

    found = simulate_scenario(company, MACHINE_LOST, DRAWS, seed=5)

    assert [service.kind == FIGURE for service in found.services] == [True, False]
    assert p80(found.quantiles) > 80_000


@settings(max_examples=200)
@given(
    ends=st.lists(st.sampled_from([1.0, 2.0, 3.0, math.inf]), min_size=1, max_size=40),
    bar=st.sampled_from([1.0, 2.0, 3.0, math.inf]),
)
def test_being_below_is_what_ranking_says(ends: list[float], bar: float) -> None:
    draws = np.array(ends)

    assert p80_is_below(draws[None, :], np.array([bar])).tolist() == [p80(quantiles_of(draws)) < bar]


def test_both_scenarios_together_are_each_by_itself() -> None:
    """What they share is drawn once: nothing of the first may leak into the second."""
    company = random_company(3)

    together = simulate(company, draws=DRAWS, seed=5).scenarios

    assert together == tuple(simulate_scenario(company, code, DRAWS, seed=5) for code in SCENARIOS)
