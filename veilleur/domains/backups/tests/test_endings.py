"""A plan renamed, switched off and ended, a place retired: what counts afterwards, and what is left."""

import json
from datetime import timedelta

import pytest

from veilleur.domains.backups.actions import (
    add_repository,
    ask_run,
    ask_test,
    end_plan,
    make_plan,
    rename_plan,
    retire_data_set,
    retire_repository,
    switch_plan,
)
from veilleur.domains.backups.factories import NOON, make_repository, make_restore_test, make_run
from veilleur.domains.backups.factories import make_plan as make_made_plan
from veilleur.domains.backups.models import Copy
from veilleur.domains.backups.queries import (
    due_runs,
    due_tests,
    lookouts,
    visible_ended_plans,
    visible_holdings,
    visible_plans,
    visible_repositories,
    visible_retired,
    whole_protection,
)
from veilleur.domains.backups.queries.bare import whole_bare_data
from veilleur.domains.backups.rules.plans import NewItem, NewPlan, NewRepository
from veilleur.domains.backups.rules.states import Medium, SourceKind
from veilleur.domains.estate.factories import make_asset, make_data_set
from veilleur.domains.estate.queries import visible_retired_data_sets, whole_map
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor, Viewer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Made:
    """A data set, its copy of yesterday, restored since, in a place that one plan goes into."""

    def __init__(self) -> None:
        self.organisation = make_organisation()
        self.asset = make_asset(self.organisation)
        self.data_set = make_data_set(self.organisation, stored_on=self.asset)
        self.place = make_repository(self.organisation.pk)
        self.plan = self.plan_into(self.place)
        run = make_run(self.plan, self.data_set, started_at=NOON - DAY)
        make_restore_test(run, finished_at=NOON - DAY / 2)
        self.by = {"now": NOON, "actor": Actor("anna"), "organisation_id": self.organisation.pk}
        self.viewer = Viewer(1, self.organisation.pk, frozenset({self.organisation.pk}))

    def plan_into(self, place: object) -> object:
        items = {self.data_set: (SourceKind.FILES, "/srv/data")}
        return make_made_plan(self.organisation.pk, repository=place, items=items)

    def switch(self, on: bool) -> Refused | None:
        return switch_plan(**self.by, plan=self.plan.public_id, on=on)

    def end(self) -> Refused | None:
        return end_plan(**self.by, plan=self.plan.public_id)

    def retire(self) -> Refused | None:
        return retire_repository(**self.by, repository=self.place.public_id)

    def protection(self) -> object:
        (protection,) = whole_protection(self.organisation.pk, NOON)
        return protection

    def facts(self) -> list[str]:
        return [entry.kind for entry in whole_entries(self.organisation.pk)]


@pytest.fixture
def made() -> Made:
    return Made()


def test_what_a_plan_that_is_off_protected_counts_as_not_protected(made: Made) -> None:
    assert made.protection().not_protected_reason is None

    made.switch(False)

    protection = made.protection()
    assert protection.not_protected_reason == "plan_off"
    assert [(len(copy.points), copy.is_renewed) for copy in protection.copies] == [(1, False)]


def test_nothing_is_due_and_nothing_is_looked_at_while_a_plan_is_off(made: Made) -> None:
    later = NOON + 30 * DAY
    assert due_runs(made.organisation.pk, later)
    assert due_tests(made.organisation.pk, later)

    made.switch(False)

    assert due_runs(made.organisation.pk, later) == due_tests(made.organisation.pk, later) == ()
    assert lookouts(made.organisation.pk, NOON) == ()
    assert ask_run(**made.by, plan=made.plan.public_id) == Refused("plan_off")


def test_what_is_switched_on_again_is_protected_and_due(made: Made) -> None:
    made.switch(False)
    made.switch(True)

    assert made.protection().not_protected_reason is None
    assert due_runs(made.organisation.pk, NOON) == (made.plan.public_id,)
    assert made.facts() == ["backups.plan_switched"] * 2


def test_switched_twice_is_one_fact(made: Made) -> None:
    for _ in range(2):
        made.switch(False)

    assert made.facts() == ["backups.plan_switched"]


def test_another_plan_that_runs_keeps_the_data_protected(made: Made) -> None:
    made.plan_into(make_repository(made.organisation.pk, name="Safe"))

    made.switch(False)

    protection = made.protection()
    assert protection.not_protected_reason is None
    # The copy that no plan renews is told from the one that the other plan will make.
    assert [copy.is_renewed for copy in protection.copies] == [False]


def test_a_plan_has_another_name_and_its_copies(made: Made) -> None:
    refused = rename_plan(**made.by, plan=made.plan.public_id, name=" Accounting ")

    assert refused is None
    assert [plan.name for plan in visible_plans(made.viewer)] == ["Accounting"]
    (entry,) = whole_entries(made.organisation.pk)
    assert (entry.kind, json.loads(entry.body)) == (
        "backups.plan_renamed",
        {"name": "Accounting", "name_before": "Plan"},
    )
    assert rename_plan(**made.by, plan=made.plan.public_id, name="  ") == Refused("name_missing")


def test_a_plan_that_ended_is_gone_but_its_copies_are_not(made: Made) -> None:
    assert made.end() is None

    assert visible_plans(made.viewer) == ()
    assert [plan.ended_at for plan in visible_ended_plans(made.viewer)] == [NOON]
    assert due_runs(made.organisation.pk, NOON + 30 * DAY) == ()
    assert made.protection().not_protected_reason == "plan_ended"
    assert [held.points for held in visible_holdings(made.viewer, made.place.public_id)] == [1]
    assert made.facts() == ["backups.plan_ended"]


def test_nothing_can_be_asked_of_a_plan_that_ended(made: Made) -> None:
    made.end()

    asked = [
        made.end(),
        made.switch(True),
        rename_plan(**made.by, plan=made.plan.public_id, name="Again"),
        ask_run(**made.by, plan=made.plan.public_id),
        ask_test(**made.by, plan=made.plan.public_id),
    ]

    assert asked == [Refused("no_such_plan")] * 5
    assert made.facts() == ["backups.plan_ended"]


@pytest.mark.parametrize("is_on", [True, False])
def test_a_place_that_a_plan_goes_into_is_not_retired(made: Made, is_on: bool) -> None:
    made.switch(is_on)

    assert made.retire() == Refused("place_in_use", "Plan")
    assert visible_retired(made.viewer) == ()


def test_what_is_in_a_retired_place_counts_no_more_and_is_still_known(made: Made) -> None:
    made.end()

    assert made.retire() is None

    assert made.protection().copies == ()
    assert visible_repositories(made.viewer) == ()
    assert [row.folder for row in visible_retired(made.viewer)] == [made.place.folder]
    assert Copy.objects.of(made.organisation.pk).get().removed_us is None
    assert made.facts() == ["backups.plan_ended", "backups.repository_retired"]
    assert made.retire() == Refused("no_such_repository")


def test_no_plan_goes_into_a_retired_place(made: Made) -> None:
    made.end()
    made.retire()

    item = NewItem(made.data_set.public_id, SourceKind.FILES, "/srv/data")
    refused = make_plan(**made.by, plan=NewPlan("Again", made.place.public_id, (item,)))

    assert refused == Refused("no_such_repository")


def test_the_same_folder_added_again_brings_its_copies_back(made: Made) -> None:
    made.end()
    made.retire()
    place = NewRepository(made.place.public_id, "Safe", made.place.folder, Medium.NETWORK, None)

    added = add_repository(**made.by, repository=place)

    assert not isinstance(added, Refused)
    assert (added.public_id, added.name) == (made.place.public_id, "Safe")
    assert [len(copy.points) for copy in made.protection().copies] == [1]
    assert made.facts()[-1] == "backups.repository_reopened"


def test_a_stranger_changes_nothing(made: Made) -> None:
    stranger = {"now": NOON, "actor": Actor("carla"), "organisation_id": make_organisation().pk}
    plan, place = made.plan.public_id, made.place.public_id

    asked = [
        switch_plan(**stranger, plan=plan, on=False),
        rename_plan(**stranger, plan=plan, name="Mine"),
        end_plan(**stranger, plan=plan),
        retire_repository(**stranger, repository=place),
    ]

    assert asked == [Refused("no_such_plan")] * 3 + [Refused("no_such_repository")]
    assert made.facts() == []


def test_data_is_kept_no_more_once_no_plan_has_it_and_its_copies_and_its_past_stay(made: Made) -> None:
    wanted = {**made.by, "data_set": made.data_set.public_id}
    assert retire_data_set(**wanted) == Refused("data_in_plan", "Plan")
    made.end()

    assert retire_data_set(**wanted) is None

    assert whole_protection(made.organisation.pk, NOON) == ()
    assert whole_bare_data(made.organisation.pk, NOON) == ()
    assert [row.retired_at for row in visible_retired_data_sets(made.viewer)] == [NOON]
    assert [held.points for held in visible_holdings(made.viewer, made.place.public_id)] == [1]
    assert made.facts() == ["backups.plan_ended", "estate.dependency_ended", "estate.data_set_retired"]
    before = whole_map(made.organisation.pk, NOON - timedelta(minutes=1))
    assert made.data_set.public_id in {node.id for node in before.nodes}


def test_data_is_retired_once(made: Made) -> None:
    made.end()
    wanted = {**made.by, "data_set": made.data_set.public_id}
    retire_data_set(**wanted)

    assert retire_data_set(**wanted) == Refused("no_such_data_set")
    assert made.facts().count("estate.data_set_retired") == 1
