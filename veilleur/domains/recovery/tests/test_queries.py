"""Restart times read from the estate, the backups and the kept answer."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from veilleur.domains.backups.factories import make_restore_test, make_run
from veilleur.domains.backups.rules.states import TestState
from veilleur.domains.estate.factories import make_asset, make_dependency, make_service
from veilleur.domains.estate.rules.map import DependencyKind
from veilleur.domains.journal.actions import keep_answer
from veilleur.domains.journal.rules.answers import NewAnswer
from veilleur.domains.organisations.factories import make_organisation
from veilleur.domains.recovery.factories import NOON, make_small_company
from veilleur.domains.recovery.queries import (
    compute_restart_times,
    computed_restart_times,
    organisation_key,
    restart_times,
    subjects,
    visible_restart_times,
    whole_company,
    whole_means,
)
from veilleur.domains.recovery.rules.evidence import FIGURE, KEY_ONLY_HERE, NEVER, UNPROVEN
from veilleur.domains.recovery.rules.inputs import NEEDS_TO_START, Means
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST
from veilleur.domains.recovery.rules.simulation import FORMULA, FORMULA_VERSION
from veilleur.shared.viewer import SYSTEM, Viewer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("is_elsewhere", "is_tested", "data_lost", "machine_lost"),
    [
        (True, True, FIGURE, KEY_ONLY_HERE),
        (True, False, UNPROVEN, KEY_ONLY_HERE),
        (False, True, FIGURE, NEVER),
        (False, False, UNPROVEN, NEVER),
    ],
)
def test_the_tables_lead_to_the_answer(
    is_elsewhere: bool, is_tested: bool, data_lost: str, machine_lost: str
) -> None:
    organisation = make_organisation()
    make_small_company(organisation, is_elsewhere=is_elsewhere, is_tested=is_tested)

    report = computed_restart_times(organisation.pk, NOON)

    assert report.scenario(DATA_LOST).kind == data_lost
    assert report.scenario(MACHINE_LOST).kind == machine_lost


def test_the_company_is_what_the_map_and_the_backups_say() -> None:
    organisation = make_organisation()
    made = make_small_company(organisation)
    host = make_asset(organisation, "hv-01")
    make_dependency(made.asset, host, DependencyKind.RUNS_ON)
    directory_server = make_asset(organisation, "ad-01")
    directory = make_service(organisation, "Directory", runs_on=directory_server)
    make_dependency(made.service, directory_server, DependencyKind.AUTHENTICATES_WITH)

    company = whole_company(organisation.pk, NOON)

    by_name = {service.name: service for service in company.services}
    assert set(by_name["ERP"].machines) == {made.asset.public_id, directory_server.public_id}
    assert by_name["ERP"].data_sets == (made.data_set.public_id,)
    assert [machine.hosts for machine in company.machines if machine.name == "srv-01"] == [{host.public_id}]
    (each,) = company.needs
    assert (each.dependent, each.dependency, each.kind) == (
        made.service.public_id,
        directory.public_id,
        NEEDS_TO_START,
    )
    (data_set,) = company.data_sets
    assert data_set.machines == {made.asset.public_id}
    (copy,) = data_set.copies
    (test,) = copy.tests
    # Fetch 60 s and restore 30 s, then start 10 s; comparing, 20 s, is no part of a recovery.
    assert (test.transfer_s, test.start_s, test.has_run) == (90.0, 10.0, True)


@pytest.mark.parametrize(
    ("state", "seconds", "speaks_against_it"),
    [
        # found damaged before anything was fetched
        (TestState.FAILED, 0.0, True),
        # ran out of room half-way: nothing is known of the copy
        (TestState.SKIPPED, 40.0, False),
        (TestState.INTERRUPTED, 40.0, False),
    ],
)
def test_the_state_of_a_test_says_whether_it_counts_and_not_its_time(
    state: TestState, seconds: float, speaks_against_it: bool
) -> None:
    organisation = make_organisation()
    made = make_small_company(organisation)
    run = make_run(made.plan, made.data_set, started_at=NOON - timedelta(minutes=5))
    make_restore_test(run, finished_at=NOON, state=state, phases=(seconds, 0.0, 0.0, 0.0))

    ((copy,),) = (data_set.copies for data_set in whole_company(organisation.pk, NOON).data_sets)

    assert copy.last_test_failed is speaks_against_it


def test_services_that_share_a_machine_or_data_do_not_wait_for_each_other() -> None:
    organisation = make_organisation()
    made = make_small_company(organisation)
    other = make_service(organisation, "Reports", runs_on=made.asset)
    make_dependency(other, made.data_set, DependencyKind.NEEDS_TO_START)
    make_dependency(other, made.asset, DependencyKind.NEEDS_TO_START)
    make_dependency(made.service, made.asset, DependencyKind.NEEDS_TO_START)

    assert whole_company(organisation.pk, NOON).needs == ()


def test_without_a_kept_answer_it_is_computed_at_once() -> None:
    organisation = make_organisation()
    make_small_company(organisation)

    assert restart_times(organisation.pk, NOON) == computed_restart_times(organisation.pk, NOON)


def test_an_answer_from_before_the_clock_was_set_back_is_not_believed() -> None:
    organisation = make_organisation()
    later = NOON + timedelta(days=365)
    make_small_company(organisation, now=later)
    subject = organisation_key(organisation.pk)
    value = compute_restart_times(organisation.pk, subject, later).value
    answer = NewAnswer(subject, FORMULA, FORMULA_VERSION, value)
    keep_answer(now=later, actor=SYSTEM, organisation_id=organisation.pk, answer=answer)

    before, after = (restart_times(organisation.pk, at).scenario(DATA_LOST) for at in (later, NOON))

    assert before.kind == FIGURE
    assert (after.kind, after.services[0].proof_age_s) == (NEVER, None)


def test_a_new_backup_lowers_the_loss() -> None:
    organisation = make_organisation()
    made = make_small_company(organisation)
    before = computed_restart_times(organisation.pk, NOON).scenario(DATA_LOST).services[0]

    make_run(made.plan, made.data_set, started_at=NOON - timedelta(minutes=10))
    after = computed_restart_times(organisation.pk, NOON).scenario(DATA_LOST).services[0]

    assert (before.loss_now_s, before.loss_newest_s) == (10_800.0, 10_800.0)
    # The test of the older point vouches for it.
    assert (after.loss_now_s, after.loss_newest_s) == (600.0, 600.0)


def test_a_stranger_sees_nothing_and_a_member_sees_all() -> None:
    organisation, other = make_organisation(), make_organisation("Fonderie du Perche")
    make_small_company(organisation)
    member = Viewer(1, organisation.pk, frozenset({organisation.pk}))
    stranger = Viewer(2, organisation.pk, frozenset({other.pk}))

    shown = visible_restart_times(member, NOON)

    assert shown is not None
    assert [service.name for service in shown.scenario(DATA_LOST).services] == ["ERP"]
    assert shown.hidden_services == 0
    assert visible_restart_times(stranger, NOON) is None


def test_another_organisation_s_data_changes_nothing() -> None:
    organisation, other = make_organisation(), make_organisation("Fonderie du Perche")
    make_small_company(other)

    report = computed_restart_times(organisation.pk, NOON)

    assert [scenario.services for scenario in report.scenarios] == [(), ()]


def test_means_are_one_person_and_one_stream_until_somebody_says_better() -> None:
    assert whole_means(make_organisation().pk) == Means()


def test_the_subject_of_the_answer_is_the_organisation() -> None:
    organisation = make_organisation()

    assert list(subjects(organisation.pk)) == [organisation.public_id] == [organisation_key(organisation.pk)]
    assert compute_restart_times(organisation.pk, organisation.public_id, NOON).next_change_at is None


def test_the_number_of_queries_does_not_grow_with_the_company() -> None:
    def queries_for(count: int) -> int:
        organisation = make_organisation()
        for _ in range(count):
            make_small_company(organisation)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            whole_company(organisation.pk, NOON)
        return len(seen)

    assert queries_for(1) == queries_for(4)
