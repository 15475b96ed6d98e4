"""The simulation as a whole: from a company to its findings."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from veilleur.domains.recovery.rules import evidence
from veilleur.domains.recovery.rules.evidence import FIGURE, NEVER, UNPROVEN
from veilleur.domains.recovery.rules.figures import chance_within, draws_near_middle, quantiles_of
from veilleur.domains.recovery.rules.findings import (
    ScenarioFinding,
    ServiceFinding,
    SharedMeans,
    what_limits,
)
from veilleur.domains.recovery.rules.gantt import merged
from veilleur.domains.recovery.rules.inputs import (
    NEEDS_TO_RESTORE,
    NEEDS_TO_START,
    Company,
    Estimate,
    Means,
)
from veilleur.domains.recovery.rules.people import DEFAULT_ESTIMATES
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST
from veilleur.domains.recovery.rules.simulation import simulate, simulate_scenario
from veilleur.domains.recovery.tests.support import (
    DAY,
    HOUR,
    MACHINE,
    NOW,
    OTHER_MACHINE,
    make_company,
    make_copy,
    make_data_set,
    make_point,
    make_service,
    make_test,
    need,
)

TODAY = date(2026, 11, 20)
SURE = Means(estimates={key: Estimate(600, 600, 600, TODAY) for key in DEFAULT_ESTIMATES})


def scenario(company: Company, code: str = DATA_LOST, draws: int = 2000) -> ScenarioFinding:
    return simulate_scenario(company, code, draws, seed=1)


def only(company: Company, code: str = DATA_LOST) -> ServiceFinding:
    (finding,) = scenario(company, code).services
    return finding


def test_the_same_seed_gives_the_same_findings_and_another_seed_others() -> None:
    company = make_company(make_data_set(1), make_data_set(2))

    assert simulate(company, draws=500, seed=3) == simulate(company, draws=500, seed=3)
    assert simulate(company, draws=500, seed=3) != simulate(company, draws=500, seed=4)


def test_without_any_variance_the_figure_is_the_sum_of_the_steps() -> None:
    tests = tuple(make_test(n * DAY) for n in range(1, 400))
    company = make_company(make_data_set(1, make_copy(tests=tests)), means=SURE)

    finding = only(company)

    # Four steps of ten minutes by people, and a restore of ten minutes measured four hundred times.
    assert finding.quantiles is not None
    assert finding.quantiles.p50_s == pytest.approx(3000, rel=0.01)
    assert finding.quantiles.p95_s == pytest.approx(3000, rel=0.05)


def test_the_lower_bound_holds_and_percentiles_are_in_order() -> None:
    company = make_company(*(make_data_set(n) for n in range(1, 7)))

    for code in (DATA_LOST, MACHINE_LOST):
        for finding in scenario(company, code).services:
            figures = finding.quantiles
            assert figures is not None
            assert figures.p50_s is not None
            assert figures.p80_s is not None
            assert figures.p95_s is not None
            assert finding.lower_bound_s is not None
            assert finding.lower_bound_s < figures.p50_s < figures.p80_s < figures.p95_s


def test_a_lost_machine_takes_longer_than_lost_data() -> None:
    company = make_company(make_data_set(1))
    lost_data, lost_machine = only(company).quantiles, only(company, MACHINE_LOST).quantiles

    assert lost_data is not None
    assert lost_machine is not None
    assert (lost_machine.p80_s or 0) > (lost_data.p80_s or 0) + 3600


def test_without_a_test_there_is_a_bound_and_no_figure() -> None:
    finding = only(make_company(make_data_set(1, make_copy(tests=()))))

    assert (finding.kind, finding.reason) == (UNPROVEN, evidence.NEVER_TESTED)
    assert finding.quantiles is None
    # The four steps of people at their best, and a gigabyte at the greatest speed there is.
    assert finding.lower_bound_s == pytest.approx(600 + 300 + 300 + 300 + 0.2)
    assert finding.bottleneck is not None


def test_with_every_copy_on_the_lost_machine_there_is_neither_figure_nor_bound() -> None:
    finding = only(make_company(make_data_set(1, make_copy(MACHINE))), MACHINE_LOST)

    assert (finding.kind, finding.reason) == (NEVER, evidence.COPIES_ON_LOST_MACHINE)
    assert (finding.quantiles, finding.lower_bound_s, finding.bottleneck) == (None, None, None)
    assert finding.about_name == "data 1"


@pytest.mark.parametrize(
    ("copy", "kind", "reason"),
    [
        (make_copy(points=()), NEVER, evidence.NO_COMPLETE_POINT),
        (make_copy(points=(make_point(is_complete=False),)), NEVER, evidence.NO_COMPLETE_POINT),
        (make_copy(tests=(make_test(level=4),)), UNPROVEN, evidence.NO_FULL_TEST),
        (make_copy(tests=(make_test(passed=False, level=0),)), UNPROVEN, evidence.LAST_TEST_FAILED),
        (make_copy(is_reached=False), UNPROVEN, evidence.PLACE_NOT_REACHED),
        (make_copy(), FIGURE, None),
    ],
)
def test_the_reason_says_what_is_missing(copy: object, kind: str, reason: str | None) -> None:
    finding = only(make_company(make_data_set(1, copy)))  # type: ignore[arg-type]

    assert (finding.kind, finding.reason) == (kind, reason)


def test_a_second_good_copy_makes_up_for_a_broken_one() -> None:
    broken = make_copy(MACHINE, tests=(make_test(passed=False, level=0),))

    assert only(make_company(make_data_set(1, broken, make_copy()))).kind == FIGURE


def test_services_of_which_too_little_is_known_are_unproven() -> None:
    no_data = make_company(services=(make_service(1),))
    no_machine = make_company(services=(make_service(1, machines=()),))

    assert only(no_data).reason == evidence.NO_DATA_DECLARED
    assert only(no_machine, MACHINE_LOST).reason == evidence.NO_DATA_DECLARED
    placed = make_data_set(1, machine=OTHER_MACHINE)
    elsewhere = make_company(placed, services=(make_service(1, placed),))
    by_machine = scenario(elsewhere, MACHINE_LOST).services[0]
    assert by_machine.reason == evidence.REBUILD_NEVER_TESTED


def test_who_needs_something_lost_is_lost_too() -> None:
    good, bad = make_data_set(1), replace(make_data_set(2), copies=())
    company = make_company(good, bad)
    company = replace(company, needs=(need(company.services[0], company.services[1], NEEDS_TO_START),))

    found = {finding.name: finding for finding in scenario(company).services}

    assert found["service 1"].kind == NEVER
    assert found["service 1"].about_name == "data 2"


def test_services_that_wait_for_each_other_are_unproven_together() -> None:
    company = make_company(make_data_set(1), make_data_set(2))
    first, second = company.services
    needs = (need(first, second, NEEDS_TO_START), need(second, first, NEEDS_TO_START))

    found = scenario(replace(company, needs=needs)).services

    assert {finding.reason for finding in found} == {evidence.CIRCULAR_NEED}
    assert all(finding.lower_bound_s for finding in found)


def test_needing_to_restore_costs_more_than_needing_to_start() -> None:
    """The typed needs change the answer: a long restore may run while what it needs to start is restored."""
    data_sets = [make_data_set(n, make_copy(tests=(make_test(total_s=7200.0),) * 9)) for n in (1, 2)]
    company = make_company(*data_sets, means=replace(SURE, technicians=2, streams=2))

    def p50(kind: str) -> float:
        first, second = company.services
        finding = scenario(replace(company, needs=(need(second, first, kind),))).services[1]
        assert finding.quantiles is not None
        return finding.quantiles.p50_s or 0.0

    assert p50(NEEDS_TO_RESTORE) > p50(NEEDS_TO_START) + 3600


def test_a_service_is_answered_for_the_worst_machine_it_rests_on() -> None:
    quick, slow = (
        make_data_set(1),
        make_data_set(2, make_copy(tests=(make_test(total_s=90_000.0),) * 5), machine=OTHER_MACHINE),
    )
    both = make_service(1, quick, slow, machines=(MACHINE, OTHER_MACHINE))
    finding = only(make_company(quick, slow, services=(both,)))

    assert finding.machine_name == "srv-02"
    assert finding.quantiles is not None
    assert (finding.quantiles.p50_s or 0) > 80_000


def test_the_greatest_loss_of_all_strikes_is_kept() -> None:
    young = make_data_set(1, make_copy(points=(make_point(HOUR),)))
    old = make_data_set(2, make_copy(points=(make_point(30 * HOUR),)), machine=OTHER_MACHINE)
    both = make_service(1, young, old, machines=(MACHINE, OTHER_MACHINE))

    loss = only(make_company(young, old, services=(both,))).loss

    assert loss is not None
    assert loss.last_point_at == NOW - 30 * HOUR


def test_a_restore_that_may_fail_falls_back_on_an_older_point() -> None:
    fresh = make_point(HOUR, proof_level=1, is_verified=False)
    finding = only(make_company(make_data_set(1, make_copy(points=(fresh, make_point(DAY))))))

    assert finding.loss is not None
    assert finding.loss.newest_at == NOW - HOUR
    # The test that passed vouches for the newest point, which may fail all the same.
    assert finding.loss.last_point_at == NOW - HOUR
    assert finding.loss.fallback_at == NOW - DAY


def test_draws_that_lose_everything_leave_no_p95() -> None:
    untried = make_copy(points=(make_point(proof_level=1, is_verified=False),))

    figures = only(make_company(make_data_set(1, untried))).quantiles

    assert figures is not None
    assert figures.p50_s is not None
    assert figures.p95_s is None


def test_only_services_with_a_figure_are_raced() -> None:
    slow_but_unproven = make_data_set(1, make_copy(tests=(), points=(make_point(total_bytes=10**13),)))
    company = make_company(slow_but_unproven, make_data_set(2))
    alone = make_company(make_data_set(2), services=(company.services[1],))

    together = {finding.name: finding for finding in scenario(company).services}

    assert together["service 2"].quantiles == only(alone).quantiles


def test_the_weakest_proof_behind_a_figure_is_shown() -> None:
    strong = make_data_set(1, make_copy(tests=(make_test(HOUR, level=6), make_test(DAY))))
    weak = make_data_set(2, make_copy(tests=(make_test(9 * DAY),)))
    company = make_company(strong, weak, services=(make_service(1, strong, weak),))

    proof = only(company).proof

    assert proof is not None
    assert (proof.level, proof.tested_at, proof.tests) == (5, NOW - 9 * DAY, 1)


def test_the_middle_run_of_a_chain_ends_at_p50_and_is_critical_throughout() -> None:
    found = scenario(make_company(make_data_set(1)), draws=10_000)

    assert found.quantiles is not None
    end = max(row.start_s + row.duration_s for row in found.gantt)
    assert end == pytest.approx(found.quantiles.p50_s, rel=0.01)
    assert all(row.is_critical for row in found.gantt)
    assert [row.step for row in found.gantt] == ["decide", "prepare", "restore", "check", "validate"]
    assert all(row.late_s >= 0 for row in found.gantt)
    assert [row.resource for row in found.gantt] == ["", "technicians", "Off site", "technicians", ""]


def test_a_drawing_too_long_to_be_read_keeps_its_critical_chain() -> None:
    found = scenario(make_company(*(make_data_set(n) for n in range(1, 41))), draws=100)

    # 40 services make 1 + 1 + 3 x 40 activities.
    assert len(found.gantt) + found.gantt_left_out == 122
    assert found.gantt_left_out > 0
    critical = [row for row in found.gantt if row.is_critical]
    assert critical[0].start_s == 0.0
    assert sum(row.duration_s for row in critical) == pytest.approx(
        max(row.start_s + row.duration_s for row in found.gantt)
    )


def test_what_the_steps_share_has_its_hours_and_what_one_more_would_gain() -> None:
    """Two data sets are read from one place one after the other; a second stream would read both at once."""
    company = make_company(make_data_set(1), make_data_set(2), means=replace(SURE, technicians=2, streams=1))
    found = scenario(company, draws=100)

    restores = [row for row in found.gantt if row.step == "restore"]
    repository = next(means for means in found.shared if means.name == "Off site")
    technicians = next(means for means in found.shared if means.name == "technicians")
    assert (repository.units, technicians.units) == (1, 2)
    assert repository.busy_s == pytest.approx(sum(row.duration_s for row in restores))
    assert [start for start, _ in repository.busy] == [restores[0].start_s]
    assert repository.critical_s == pytest.approx(repository.busy_s)
    assert repository.gain_s == pytest.approx(min(row.duration_s for row in restores))
    assert technicians.gain_s == 0.0


def test_whoever_is_never_waited_for_would_gain_nothing() -> None:
    found = scenario(make_company(make_data_set(1)), draws=100)

    assert [means.name for means in found.shared] == ["technicians", "Off site"]
    assert [means.gain_s for means in found.shared] == [0.0, 0.0]


def test_what_limits_is_what_most_of_the_run_depends_on() -> None:
    link = SharedMeans("link", 1, ((0.0, 50.0),), ((0.0, 50.0),), 0.0)
    people = SharedMeans("technicians", 1, ((50.0, 90.0),), ((50.0, 80.0),), 0.0)

    assert what_limits((link, people), 100.0) == link
    # Now most of it is decisions and validations, that nobody shares.
    assert what_limits((link, people), 300.0) is None
    assert what_limits((), 300.0) is None


def test_stretches_that_touch_are_one() -> None:
    assert merged([(4, 6), (0, 2), (2, 3), (5, 9)]) == ((0, 3), (4, 9))
    assert merged([]) == ()


def test_two_investments_are_compared_on_the_same_draws() -> None:
    """Whoever waits for nobody, whatever the means, has the very same figures: not merely like ones."""
    company = make_company(make_data_set(1))

    alone = only(company)
    with_many = only(replace(company, means=Means(technicians=8, streams=8)))

    assert alone.quantiles == with_many.quantiles


def test_a_company_without_services_has_scenarios_without_answers() -> None:
    findings = simulate(make_company(services=()), draws=10)

    assert [found.services for found in findings.scenarios] == [(), ()]
    assert [found.scenario for found in findings.scenarios] == [DATA_LOST, MACHINE_LOST]


def test_a_quantile_is_a_draw_that_so_many_do_not_exceed() -> None:
    figures = quantiles_of(np.arange(1.0, 10_001.0))

    assert (figures.p50_s, figures.p80_s, figures.p95_s) == (5000.0, 8000.0, 9500.0)
    # 1.96 x sqrt(0.8 x 0.2 x 10 000) ranks.
    assert figures.p80_error_s == pytest.approx(78.4, abs=1.0)


def test_the_error_of_p80_covers_what_it_says() -> None:
    rng = np.random.default_rng(9)
    truth = float(np.quantile(rng.lognormal(0, 0.5, 2_000_000), 0.8))
    hits = 0
    for _ in range(400):
        figures = quantiles_of(rng.lognormal(0, 0.5, 1000))
        assert figures.p80_s is not None
        assert figures.p80_error_s is not None
        hits += abs(figures.p80_s - truth) <= figures.p80_error_s
    assert hits / 400 == pytest.approx(0.95, abs=0.04)


def test_infinite_draws_count_as_late() -> None:
    ends = np.array([1.0, 2.0, np.inf, np.inf])

    assert chance_within(ends, 2.0)[0] == 0.5
    assert quantiles_of(ends).p50_s == 2.0
    assert quantiles_of(ends).p80_s is None


def test_the_draws_near_the_middle_are_around_p50() -> None:
    ends = np.random.default_rng(1).permutation(1000).astype(float)

    near = ends[draws_near_middle(ends, 0.01)]

    assert sorted(near) == [float(n) for n in range(494, 504)]
    assert draws_near_middle(np.array([5.0]), 0.01).tolist() == [0]
