"""The clock ran ahead and was set back: what was made meanwhile is not fresh, and nothing waits for it."""

from datetime import timedelta
from typing import Any

import pytest

from veilleur.domains.backups.factories import NOON, make_plan, make_repository, make_restore_test, make_run
from veilleur.domains.backups.models import Run
from veilleur.domains.backups.queries import due_runs, due_tests, newest_copy, whole_protection
from veilleur.domains.backups.rules.states import RunState, SourceKind
from veilleur.domains.estate.factories import make_asset, make_data_set
from veilleur.domains.organisations.factories import make_organisation

pytestmark = pytest.mark.django_db
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)


class Ahead:
    """A plan with an honest copy of an hour ago, proven, and one that a clock a year ahead dated."""

    def __init__(self) -> None:
        self.organisation = make_organisation()
        self.data_set = make_data_set(self.organisation, stored_on=make_asset(self.organisation))
        place = make_repository(self.organisation.pk)
        items = {self.data_set: (SourceKind.FILES, "/srv/data")}
        self.plan = make_plan(self.organisation.pk, repository=place, items=items)
        self.honest = self.run(NOON - HOUR)
        make_restore_test(self.honest, finished_at=NOON - HOUR / 2)
        make_restore_test(self.run(NOON + YEAR), finished_at=NOON + YEAR + HOUR)

    def run(self, at: Any, **fields: Any) -> Run:
        return make_run(self.plan, self.data_set, started_at=at, **fields)

    def copy(self) -> Any:
        (protection,) = whole_protection(self.organisation.pk, NOON)
        (copy,) = protection.copies
        return copy


@pytest.fixture
def ahead() -> Ahead:
    return Ahead()


def test_a_copy_and_a_test_dated_later_than_now_count_for_nothing(ahead: Ahead) -> None:
    copy = ahead.copy()

    assert [point.started_at for point in copy.points] == [NOON - HOUR]
    assert [test.finished_at for test in copy.tests] == [NOON - HOUR / 2]
    assert [past.started_at for past in copy.past] == [NOON - HOUR]


def test_a_place_that_is_gone_is_not_reached_whatever_was_dated_later(ahead: Ahead) -> None:
    ahead.run(NOON - HOUR / 4, state=RunState.FAILED, reason="place_missing")

    assert not ahead.copy().is_reached


def test_runs_and_tests_go_on_as_if_the_clock_had_never_been_ahead(ahead: Ahead) -> None:
    at, day = ahead.organisation.pk, 24 * HOUR

    assert due_runs(at, NOON) == due_tests(at, NOON) == ()
    assert due_runs(at, NOON + day) == (ahead.plan.public_id,)
    assert due_tests(at, NOON + 8 * day) == (ahead.plan.public_id,)
    newest = newest_copy(at, ahead.plan.repository.public_id, ahead.data_set.public_id, NOON)
    assert newest is not None
    assert newest.run == ahead.honest.public_id


def test_a_plan_made_while_the_clock_was_ahead_runs_at_once(ahead: Ahead) -> None:
    ahead.plan.made_at = NOON + YEAR
    ahead.plan.save()
    Run.objects.of(ahead.organisation.pk).filter(pk=ahead.honest.pk).update(started_us=2**60)

    assert due_runs(ahead.organisation.pk, NOON) == (ahead.plan.public_id,)
