"""What waits for what in a recovery: only what is needed to restore holds a restore up."""

from datetime import timedelta

import pytest

from veilleur.domains.recovery.rules.inputs import (
    NEEDS_TO_RESTORE,
    NEEDS_TO_START,
    NEEDS_TO_VALIDATE,
    Means,
)
from veilleur.domains.recovery.rules.network import Network, build_network
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST, strikes_of
from veilleur.domains.recovery.tests.support import (
    ELSEWHERE,
    LOCAL,
    MACHINE,
    make_company,
    make_copy,
    make_data_set,
    make_point,
    make_service,
    need,
)

SECOND_DATA = make_data_set(2).id


def waits(network: Network) -> dict[str, set[str]]:
    """What each activity waits for directly, by key."""
    keys = [activity.key for activity in network.activities]
    return {keys[n]: {keys[other] for other in awaited} for n, awaited in enumerate(network.predecessors)}


def two_services(kind: str) -> tuple[Network, str, str]:
    first, second = make_data_set(1), make_data_set(2)
    company = make_company(first, second)
    company = make_company(first, second, needs=(need(company.services[1], company.services[0], kind),))
    (strike,) = strikes_of(company, DATA_LOST)
    return build_network(company, strike), f"check:{company.services[0].id}", str(company.services[1].id)


def test_a_lost_machine_needs_a_decision_a_key_a_place_a_restore_a_check_and_a_word() -> None:
    company = make_company(make_data_set(1))
    (strike,) = strikes_of(company, MACHINE_LOST)
    data, service = company.data_sets[0].id, company.services[0].id

    assert waits(build_network(company, strike)) == {
        "decide": set(),
        "key": {"decide"},
        f"prepare:{MACHINE}": {"decide"},
        f"restore:{data}": {"key", f"prepare:{MACHINE}"},
        f"check:{service}": {f"restore:{data}"},
        f"validate:{service}": {f"check:{service}"},
    }


def test_when_only_data_is_lost_nobody_fetches_the_key() -> None:
    company = make_company(make_data_set(1))
    (strike,) = strikes_of(company, DATA_LOST)

    assert "key" not in waits(build_network(company, strike))


@pytest.mark.parametrize(
    ("kind", "step"),
    [(NEEDS_TO_RESTORE, "restore"), (NEEDS_TO_START, "check"), (NEEDS_TO_VALIDATE, "validate")],
)
def test_a_need_holds_up_its_own_step_and_no_earlier_one(kind: str, step: str) -> None:
    network, awaited, service = two_services(kind)

    held_up = {key for key, others in waits(network).items() if awaited in others}

    own_validation = awaited.replace("check", "validate")
    assert held_up - {own_validation} == {f"{step}:{SECOND_DATA if step == 'restore' else service}"}


def test_one_place_is_prepared_once_for_all_its_services() -> None:
    company = make_company(make_data_set(1), make_data_set(2), make_data_set(3))
    (strike,) = strikes_of(company, MACHINE_LOST)

    steps = [activity.step for activity in build_network(company, strike).activities]

    assert steps.count("prepare") == 1
    assert steps.count("restore") == steps.count("check") == steps.count("validate") == 3


def test_a_data_set_of_two_services_is_restored_once() -> None:
    data = make_data_set(1)
    company = make_company(data, services=(make_service(1, data), make_service(2, data)))
    (strike,) = strikes_of(company, DATA_LOST)

    network = build_network(company, strike)

    assert [activity.step for activity in network.activities].count("restore") == 1
    assert len(network.ends) == 2


def test_a_disturbed_service_is_only_checked_and_validated() -> None:
    data = make_data_set(1)
    struck, waiting = make_service(1, data), make_service(2, machines=())
    company = make_company(data, services=(struck, waiting), needs=(need(waiting, struck, NEEDS_TO_START),))
    strike = strikes_of(company, MACHINE_LOST)[0]

    network = waits(build_network(company, strike))

    assert network[f"check:{waiting.id}"] == {"decide", f"check:{struck.id}"}
    assert f"restore:{waiting.id}" not in network


def test_a_circle_is_found_named_and_cut() -> None:
    first, second, third = make_data_set(1), make_data_set(2), make_data_set(3)
    services = tuple(make_service(n, data) for n, data in enumerate((first, second, third), start=1))
    company = make_company(
        first,
        second,
        third,
        needs=(
            need(services[0], services[1], NEEDS_TO_START),
            need(services[1], services[0], NEEDS_TO_RESTORE),
            need(services[2], services[0], NEEDS_TO_START),
        ),
    )
    (strike,) = strikes_of(company, DATA_LOST)

    network = build_network(company, strike)

    assert network.circular == {services[0].id, services[1].id}
    assert f"check:{services[0].id}" in waits(network)[f"check:{services[2].id}"]


def test_a_service_that_needs_itself_is_nobodys_problem() -> None:
    data = make_data_set(1)
    service = make_service(1, data)
    company = make_company(data, needs=(need(service, service, NEEDS_TO_START),))
    (strike,) = strikes_of(company, DATA_LOST)

    assert build_network(company, strike).circular == frozenset()


def test_a_restore_is_fed_by_the_newest_surviving_tested_copy() -> None:
    newest_untested = make_copy(MACHINE, tests=(), points=(make_point(timedelta(minutes=5)),))
    tested = make_copy()
    company = make_company(make_data_set(1, newest_untested, tested))

    for scenario, expected in ((DATA_LOST, ELSEWHERE), (MACHINE_LOST, ELSEWHERE)):
        (strike,) = strikes_of(company, scenario)
        network = build_network(company, strike)
        assert f"repository:{expected}" in network.capacities
        assert f"repository:{LOCAL}" not in network.capacities


def test_means_are_the_capacities() -> None:
    company = make_company(make_data_set(1), means=Means(technicians=3, streams=2))
    (strike,) = strikes_of(company, DATA_LOST)

    assert build_network(company, strike).capacities == {"technicians": 3, f"repository:{ELSEWHERE}": 2}
