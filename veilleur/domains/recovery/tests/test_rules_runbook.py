"""Who goes first when not everybody can be in time."""

from datetime import date
from uuid import UUID

import pytest

from veilleur.domains.recovery.rules.inputs import Company, Estimate, Machine, Means
from veilleur.domains.recovery.rules.network import build_network
from veilleur.domains.recovery.rules.people import DEFAULT_ESTIMATES
from veilleur.domains.recovery.rules.runbook import stretch
from veilleur.domains.recovery.rules.scenarios import MACHINE_LOST, strikes_of
from veilleur.domains.recovery.rules.simulation import simulate_scenario
from veilleur.domains.recovery.tests.support import (
    MACHINE,
    OTHER_MACHINE,
    make_company,
    make_copy,
    make_data_set,
    make_service,
    make_test,
)

H = 3600
HOST = UUID(int=109)
# One technician, who prepares each machine in two hours; all else by people takes ten minutes.
MEANS = Means(
    estimates={
        (scenario, step): Estimate(*[2 * H if step == "prepare" else 600] * 3, date(2026, 11, 20))
        for scenario, step in DEFAULT_ESTIMATES
    }
)


def two_services(plans_take_h: float) -> Company:
    """Drawings with a day admitted and a directory with five hours, on two machines of one lost host."""
    plans = make_data_set(1, make_copy(tests=(make_test(total_s=plans_take_h * H),)))
    directory = make_data_set(2, make_copy(tests=(make_test(total_s=600.0),)), machine=OTHER_MACHINE)
    return make_company(
        plans,
        directory,
        services=(
            make_service(1, plans, rto_s=24 * H),
            make_service(2, directory, rto_s=5 * H, machines=(OTHER_MACHINE,)),
        ),
        machines=(
            Machine(MACHINE, "cao-01", frozenset({HOST})),
            Machine(OTHER_MACHINE, "ad-01", frozenset({HOST})),
            Machine(HOST, "hv-01"),
        ),
        means=MEANS,
    )


def p80_hours(company: Company) -> list[float]:
    """Return each service's P80 when the host is lost."""
    found = simulate_scenario(company, MACHINE_LOST, draws=500, seed=1).services
    quantiles = [service.quantiles for service in found if service.quantiles is not None]
    return [each.p80_s / H for each in quantiles if each.p80_s is not None]


@pytest.mark.parametrize("plans_take_h", [10, 50])
def test_a_short_restore_does_not_wait_for_one_that_is_late_whatever_is_done(plans_take_h: int) -> None:
    plans, directory = p80_hours(two_services(plans_take_h))

    assert plans > plans_take_h
    assert directory < 5


def test_objectives_that_each_could_meet_alone_are_not_stretched() -> None:
    company = two_services(10)
    (strike,) = strikes_of(company, MACHINE_LOST)
    network = build_network(company, strike)
    lasting = [600.0 for _ in network.activities]
    plans, directory = (service.id for service in company.services)

    assert stretch(network, lasting, {plans: 24.0 * H, directory: 5.0 * H}) == 1.0
    assert stretch(network, lasting, {plans: 600.0, directory: 5.0 * H}) > 6
