"""Whether a repository could be opened the last time decides whether its copies count as known."""

from datetime import timedelta

import pytest

from veilleur.domains.backups.actions import switch_plan
from veilleur.domains.backups.factories import NOON, make_plan, make_repository, make_restore_test, make_run
from veilleur.domains.backups.queries import lookouts, whole_protection
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.domains.estate.factories import make_asset, make_data_set
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def made():
    organisation = make_organisation()
    data_set = make_data_set(organisation, stored_on=make_asset(organisation))
    repository = make_repository(organisation.pk)
    plan = make_plan(
        organisation.pk, repository=repository, items={data_set: (SourceKind.FILES, "/srv/data")}
    )
    run = make_run(plan, data_set, started_at=NOON - 10 * HOUR)
    make_restore_test(run, finished_at=NOON - 9 * HOUR)
    return organisation, data_set, plan, run


def is_reached(organisation) -> bool:
    (protection,) = whole_protection(organisation.pk, NOON)
    return protection.copies[0].is_reached


def fail_run(plan, data_set, reason: str, at=NOON - 2 * HOUR) -> None:
    make_run(plan, data_set, started_at=at, state=RunState.FAILED, reason=reason)


@pytest.mark.parametrize("reason", ["place_missing", "no_repository", "wrong_password", "repository_damaged"])
def test_what_is_in_a_place_that_could_not_be_opened_is_unknown_until_it_is_used_again(made, reason) -> None:
    organisation, data_set, plan, _run = made
    assert is_reached(organisation)

    fail_run(plan, data_set, reason)
    assert not is_reached(organisation)

    make_run(plan, data_set, started_at=NOON - HOUR)
    assert is_reached(organisation)


@pytest.mark.parametrize("reason", ["source_missing", "disk_full", "key_unavailable", "engine_stopped"])
def test_a_run_that_failed_for_another_reason_says_nothing_about_the_place(made, reason: str) -> None:
    organisation, data_set, plan, _run = made

    fail_run(plan, data_set, reason)

    assert is_reached(organisation)


def test_a_test_that_found_the_place_gone_speaks_for_all_that_is_in_it(made) -> None:
    organisation, _data_set, _plan, run = made

    make_restore_test(run, finished_at=NOON - HOUR, state=TestState.SKIPPED, reason="place_missing")
    assert not is_reached(organisation)

    make_restore_test(run, finished_at=NOON)
    assert is_reached(organisation)


def test_each_repository_is_looked_at_once_and_only_for_a_plan_that_is_on(made) -> None:
    organisation, data_set, plan, _run = made
    items = {data_set: (SourceKind.FILES, "/srv/data")}
    second = make_plan(organisation.pk, repository=plan.repository, items=items)
    assert [(one.plan, one.is_gone) for one in lookouts(organisation.pk, NOON)] == [(plan.public_id, False)]

    fail_run(plan, data_set, "no_repository")
    assert [one.is_gone for one in lookouts(organisation.pk, NOON)] == [True]

    for each in (plan, second):
        switch_plan(
            now=NOON, actor=Actor("anna"), organisation_id=organisation.pk, plan=each.public_id, on=False
        )
    assert lookouts(organisation.pk, NOON) == ()
    assert lookouts(make_organisation("Autre").pk, NOON) == ()


@pytest.mark.parametrize("reason", ["repository_damaged", "wrong_password", "no_repository"])
def test_a_test_that_fails_because_of_the_repository_counts_for_every_copy_in_it(made, reason: str) -> None:
    organisation, data_set, plan, run = made
    other = make_data_set(organisation, name="Other", stored_on=make_asset(organisation))
    items = {other: (SourceKind.FILES, "/srv/other")}
    neighbour = make_run(
        make_plan(organisation.pk, repository=plan.repository, items=items), other, started_at=NOON - 8 * HOUR
    )
    make_restore_test(neighbour, finished_at=NOON - 7 * HOUR)

    make_restore_test(run, finished_at=NOON - 3 * HOUR, state=TestState.FAILED, reason=reason)
    # A backup that ends well reads nothing of what is damaged.
    make_run(plan, data_set, started_at=NOON - 2 * HOUR)
    assert newest_tests(organisation) == {data_set.name: False, "Other": False}

    make_restore_test(neighbour, finished_at=NOON - HOUR)
    assert newest_tests(organisation) == {data_set.name: False, "Other": True}


def test_what_is_wrong_with_one_copy_says_nothing_of_the_others_beside_it(made) -> None:
    organisation, data_set, plan, run = made
    other = make_data_set(organisation, name="Other", stored_on=make_asset(organisation))
    items = {other: (SourceKind.FILES, "/srv/other")}
    neighbour = make_run(
        make_plan(organisation.pk, repository=plan.repository, items=items), other, started_at=NOON - 8 * HOUR
    )
    make_restore_test(neighbour, finished_at=NOON - 7 * HOUR)

    make_restore_test(run, finished_at=NOON - 3 * HOUR, state=TestState.FAILED, reason="facts_differ")

    assert newest_tests(organisation) == {data_set.name: False, "Other": True}


def newest_tests(organisation) -> dict[str, bool]:
    """Return whether the newest test that counts for each data set passed."""
    return {each.name: each.copies[0].tests[0].passed for each in whole_protection(organisation.pk, NOON)}
