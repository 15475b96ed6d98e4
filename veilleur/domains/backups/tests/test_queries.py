"""What other domains read of the backups: copies, their points and tests, and what was there once."""

from datetime import timedelta

import pytest

from veilleur.domains.backups.actions import remove_points
from veilleur.domains.backups.factories import (
    NOON,
    make_plan,
    make_recovery_key,
    make_repository,
    make_restore_test,
    make_run,
)
from veilleur.domains.backups.queries import recovery_key_state, whole_protection
from veilleur.domains.backups.rules.protection import PAST
from veilleur.domains.backups.rules.states import RunState, SourceKind, TestState
from veilleur.domains.estate.factories import make_asset, make_data_set
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def made():
    organisation = make_organisation()
    asset = make_asset(organisation)
    data_set = make_data_set(organisation, stored_on=asset)
    plan = make_plan(
        organisation.pk,
        repository=make_repository(organisation.pk),
        items={data_set: (SourceKind.FILES, "/srv/data")},
    )
    return organisation, data_set, plan


def only_copy(organisation):
    (protection,) = whole_protection(organisation.pk, NOON)
    return protection.copies[0]


def test_data_without_a_plan_says_so() -> None:
    organisation = make_organisation()
    make_data_set(organisation, stored_on=make_asset(organisation))

    (protection,) = whole_protection(organisation.pk, NOON)

    assert (protection.copies, protection.not_protected_reason) == ((), "no_plan")


def test_a_plan_that_never_ran_protects_nothing(made) -> None:
    organisation, _data_set, _plan = made

    assert whole_protection(organisation.pk, NOON)[0].not_protected_reason == "never_run"


def test_points_come_newest_first_and_a_partial_run_is_no_complete_point(made) -> None:
    organisation, data_set, plan = made
    make_run(plan, data_set, started_at=NOON - 2 * DAY)
    make_run(plan, data_set, started_at=NOON - DAY, state=RunState.PARTIAL)

    points = only_copy(organisation).points

    assert [point.started_at for point in points] == [NOON - DAY, NOON - 2 * DAY]
    assert [point.is_complete for point in points] == [False, True]


def test_a_failed_run_leaves_no_point(made) -> None:
    organisation, data_set, plan = made
    make_run(plan, data_set, started_at=NOON - DAY, state=RunState.FAILED)

    assert whole_protection(organisation.pk, NOON)[0].copies == ()


def test_only_the_copy_that_was_restored_is_verified_and_a_failed_test_undoes_its_own(made) -> None:
    organisation, data_set, plan = made
    older = make_run(plan, data_set, started_at=NOON - 2 * DAY)
    newer = make_run(plan, data_set, started_at=NOON - DAY)
    make_restore_test(older, finished_at=NOON - DAY / 2)
    make_restore_test(newer, finished_at=NOON - DAY / 4, state=TestState.FAILED)

    newest, oldest = only_copy(organisation).points

    assert (oldest.is_verified, oldest.is_complete, oldest.proof_level) == (True, True, 5)
    assert (newest.is_verified, newest.is_complete, newest.proof_level) == (False, False, 0)


def test_a_point_that_retention_removed_is_gone_but_its_past_is_not(made) -> None:
    organisation, data_set, plan = made
    old = make_run(plan, data_set, started_at=NOON - 3 * DAY)
    make_run(plan, data_set, started_at=NOON - DAY)
    remove_points(
        now=NOON,
        actor=Actor("anna"),
        organisation_id=organisation.pk,
        repository=plan.repository.public_id,
        runs=(old.public_id,),
    )

    copy = only_copy(organisation)

    assert [point.started_at for point in copy.points] == [NOON - DAY]
    assert [point.started_at for point in copy.past] == [NOON - 3 * DAY, NOON - DAY]
    assert all(point.stored_at >= point.started_at for point in copy.past)


def test_the_past_ends_where_it_is_no_longer_judged(made) -> None:
    organisation, data_set, plan = made
    make_run(plan, data_set, started_at=NOON - PAST - DAY)
    make_run(plan, data_set, started_at=NOON - DAY, state=RunState.PARTIAL)
    make_run(plan, data_set, started_at=NOON - DAY / 2)

    # Too old, not complete, and the one that counts.
    assert [point.started_at for point in only_copy(organisation).past] == [NOON - DAY / 2]


def test_another_organisation_is_not_counted(made) -> None:
    _organisation, data_set, plan = made
    make_run(plan, data_set, started_at=NOON - DAY)

    assert whole_protection(make_organisation("Autre").pk, NOON) == ()


def test_a_key_is_kept_only_once_typed_back_and_tried_alone(made) -> None:
    organisation, _data_set, _plan = made
    assert not recovery_key_state(organisation.pk).is_kept()

    make_recovery_key(organisation.pk)

    assert recovery_key_state(organisation.pk).is_kept()
