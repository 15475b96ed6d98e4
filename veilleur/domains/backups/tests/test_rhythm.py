"""A service's promise that changes gives its plans another rhythm at once, not with their next run."""

import json
from datetime import timedelta

import pytest

from veilleur.domains.backups.actions import ask_run, follow_promises, switch_plan
from veilleur.domains.backups.factories import NOON, make_plan, make_repository, make_run
from veilleur.domains.backups.jobs import READERS
from veilleur.domains.backups.models import Plan
from veilleur.domains.backups.queries import due_runs, is_promise_kept, whole_plan
from veilleur.domains.backups.rules.states import SourceKind
from veilleur.domains.estate.actions import add_dependency, set_service_objectives
from veilleur.domains.estate.factories import make_asset, make_data_set, make_service
from veilleur.domains.estate.rules.map import DependencyKind, NewEdge
from veilleur.domains.journal.jobs import read_news
from veilleur.domains.journal.queries import whole_entries
from veilleur.domains.organisations.factories import make_organisation
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CHANGED = {"backups.plan_rhythm_changed"}


class Made:
    """A service, its data, and the plan that copies it every twelve hours."""

    def __init__(self) -> None:
        self.organisation = make_organisation()
        asset = make_asset(self.organisation)
        self.service = make_service(self.organisation, runs_on=asset)
        self.data_set = make_data_set(self.organisation, stored_on=asset, used_by=self.service)
        self.plan = make_plan(
            self.organisation.pk,
            repository=make_repository(self.organisation.pk),
            items={self.data_set: (SourceKind.FILES, "/srv/data")},
        )

    @property
    def rhythm(self) -> tuple[timedelta, timedelta]:
        row = whole_plan(self.organisation.pk, self.plan.public_id)
        assert row is not None
        return row.rpo, row.interval

    @property
    def is_kept(self) -> bool:
        row = whole_plan(self.organisation.pk, self.plan.public_id)
        assert row is not None
        return is_promise_kept(self.organisation.pk, row)

    def promise(self, rpo: timedelta) -> None:
        done = set_service_objectives(
            now=NOON,
            actor=Actor("anna"),
            organisation_id=self.organisation.pk,
            service=self.service.public_id,
            rto_s=3600,
            rpo_s=int(rpo.total_seconds()),
        )
        assert not isinstance(done, Refused)

    def follow(self) -> None:
        follow_promises(now=NOON, actor=Actor("anna"), organisation_id=self.organisation.pk)

    def facts(self) -> list[dict[str, object]]:
        return [json.loads(one.body) for one in whole_entries(self.organisation.pk, kinds=CHANGED)]


@pytest.fixture
def made(transactional_db: None) -> Made:
    made = Made()
    # A reader that starts from now must have started before the fact it is to see.
    read_news(READERS, lambda: NOON)
    return made


def test_a_stricter_promise_makes_a_plan_due_that_was_not(made: Made) -> None:
    make_run(made.plan, made.data_set, started_at=NOON - HOUR)
    assert due_runs(made.organisation.pk, NOON) == ()

    made.promise(HOUR)
    read_news(READERS, lambda: NOON)

    assert made.rhythm == (HOUR, 30 * MINUTE)
    assert due_runs(made.organisation.pk, NOON) == (made.plan.public_id,)
    assert made.facts() == [
        {
            "rpo_s": 3600,
            "interval_s": 1800,
            "rpo_s_before": 86400,
            "interval_s_before": 43200,
            "is_kept": True,
        }
    ]


def test_a_looser_promise_spares_runs(made: Made) -> None:
    made.promise(HOUR)
    read_news(READERS, lambda: NOON)
    made.promise(timedelta(days=2))
    read_news(READERS, lambda: NOON)

    assert made.rhythm == (timedelta(days=2), timedelta(days=1))


def test_a_stricter_service_that_needs_the_data_too_counts_from_when_it_does(made: Made) -> None:
    other = make_service(made.organisation, "Till", rpo_s=3600)
    edge = NewEdge(other.public_id, made.data_set.public_id, DependencyKind.NEEDS_TO_START)

    drawn = add_dependency(now=NOON, actor=Actor("anna"), organisation_id=made.organisation.pk, edge=edge)
    assert not isinstance(drawn, Refused)
    read_news(READERS, lambda: NOON)

    assert made.rhythm == (HOUR, 30 * MINUTE)


def test_what_does_not_change_is_no_fact(made: Made) -> None:
    for _ in range(2):
        made.follow()

    assert made.facts() == []


def test_a_promise_that_no_schedule_keeps_is_followed_as_nearly_as_runs_allow(made: Made) -> None:
    make_run(made.plan, made.data_set, started_at=NOON - HOUR, lasted=20 * MINUTE)

    made.promise(15 * MINUTE)
    read_news(READERS, lambda: NOON)

    assert made.rhythm == (15 * MINUTE, 30 * MINUTE)
    assert not made.is_kept
    assert [fact["is_kept"] for fact in made.facts()] == [False]


def test_a_plan_that_is_off_has_its_rhythm_ready(made: Made) -> None:
    common = {"now": NOON, "actor": Actor("anna"), "organisation_id": made.organisation.pk}
    switch_plan(**common, plan=made.plan.public_id, on=False)

    made.promise(HOUR)
    read_news(READERS, lambda: NOON)

    assert made.rhythm == (HOUR, 30 * MINUTE)
    assert due_runs(made.organisation.pk, NOON) == ()
    assert ask_run(**common, plan=made.plan.public_id) == Refused("plan_off")


def test_a_plan_that_ended_keeps_what_it_had(made: Made) -> None:
    Plan.objects.of(made.organisation.pk).update(ended_at=NOON)

    made.promise(HOUR)
    read_news(READERS, lambda: NOON)

    assert made.facts() == []


def test_another_organisation_keeps_its_rhythm(made: Made) -> None:
    other = Made()

    made.promise(HOUR)
    read_news(READERS, lambda: NOON)

    assert other.rhythm == (timedelta(days=1), 12 * HOUR)
