"""What each scenario strikes, and which copies survive it."""

from veilleur.domains.recovery.rules.inputs import NEEDS_TO_START, Machine
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST, homes, strikes_of, survives
from veilleur.domains.recovery.tests.support import (
    MACHINE,
    NAS,
    OTHER_MACHINE,
    make_company,
    make_copy,
    make_data_set,
    make_service,
    need,
)


def test_when_only_data_is_lost_every_copy_survives() -> None:
    here, elsewhere = make_copy(MACHINE), make_copy()
    (strike,) = strikes_of(make_company(make_data_set(1, here, elsewhere)), DATA_LOST)

    assert survives(here, strike)
    assert survives(elsewhere, strike)
    assert strike.lost_machines == frozenset()


def test_when_the_machine_is_lost_its_copies_are_lost_with_it() -> None:
    here, on_nas, elsewhere = make_copy(MACHINE), make_copy(NAS), make_copy()
    (strike,) = strikes_of(make_company(make_data_set(1, here, on_nas, elsewhere)), MACHINE_LOST)

    assert not survives(here, strike)
    assert survives(on_nas, strike)
    assert survives(elsewhere, strike)


def test_each_machine_is_struck_by_itself() -> None:
    first, second = make_data_set(1), make_data_set(2, machine=OTHER_MACHINE)
    company = make_company(
        first, second, services=(make_service(1, first), make_service(2, second, machines=(OTHER_MACHINE,)))
    )

    strikes = strikes_of(company, MACHINE_LOST)

    assert [strike.machine for strike in strikes] == [MACHINE, OTHER_MACHINE]
    assert [strike.lost_data for strike in strikes] == [{first.id}, {second.id}]


def test_a_lost_host_takes_its_virtual_machines_and_hides_their_smaller_loss() -> None:
    machines = (Machine(MACHINE, "vm-01", hosts=frozenset({NAS})), Machine(NAS, "hv-01"))
    company = make_company(make_data_set(1, make_copy(NAS)), machines=machines)

    (strike,) = strikes_of(company, MACHINE_LOST)

    assert strike.machine == NAS
    assert strike.lost_machines == {NAS, MACHINE}


def test_data_is_lost_on_one_machine_at_a_time_whatever_hosts_it() -> None:
    machines = (Machine(MACHINE, "vm-01", hosts=frozenset({NAS})), Machine(NAS, "hv-01"))

    (strike,) = strikes_of(make_company(make_data_set(1), machines=machines), DATA_LOST)

    assert strike.machine == MACHINE


def test_data_lives_where_it_is_stored_else_where_its_services_run() -> None:
    stored, carried = make_data_set(1, machine=NAS), make_data_set(2)
    carried = type(carried)(carried.id, carried.name, frozenset(), carried.copies)
    company = make_company(stored, carried)

    assert homes(company) == {stored.id: {NAS}, carried.id: {MACHINE}}


def test_who_waits_for_the_struck_is_disturbed_even_from_afar() -> None:
    data = make_data_set(1)
    struck = make_service(1, data)
    near = make_service(2, machines=(OTHER_MACHINE,))
    far = make_service(3, machines=(OTHER_MACHINE,))
    company = make_company(
        data,
        services=(struck, near, far),
        needs=(need(near, struck, NEEDS_TO_START), need(far, near, NEEDS_TO_START)),
    )

    strike = strikes_of(company, MACHINE_LOST)[0]

    assert strike.struck == {struck.id}
    assert strike.disturbed == {near.id, far.id}


def test_a_service_of_which_nobody_knows_the_machine_is_struck_by_itself() -> None:
    company = make_company(services=(make_service(1, machines=()),))

    for scenario in (DATA_LOST, MACHINE_LOST):
        (strike,) = strikes_of(company, scenario)
        assert strike.machine is None
        assert len(strike.struck) == 1


def test_a_company_without_services_is_not_struck() -> None:
    assert strikes_of(make_company(services=()), MACHINE_LOST) == ()
