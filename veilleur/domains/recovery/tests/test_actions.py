"""What is written: the kept answer with what it changes, and what people say of their steps and means."""

from datetime import date, timedelta

import pytest

from veilleur.domains.backups.factories import make_restore_test
from veilleur.domains.journal.queries import answer_of, whole_entries
from veilleur.domains.journal.rules.kinds import read_fact
from veilleur.domains.organisations.factories import make_organisation
from veilleur.domains.recovery.actions import ask_recompute, estimate_human_step, state_means
from veilleur.domains.recovery.factories import NOON, make_small_company
from veilleur.domains.recovery.facts import AnswerChanged, HumanStepEstimated, MeansStated
from veilleur.domains.recovery.models import HumanStep, RecoveryMeans
from veilleur.domains.recovery.queries import whole_means
from veilleur.domains.recovery.rules.inputs import Estimate, Means
from veilleur.domains.recovery.rules.people import KEY, PREPARE
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST
from veilleur.domains.recovery.rules.simulation import FORMULA
from veilleur.domains.recovery.tests.work import run_jobs
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import SYSTEM, Actor

pytestmark = pytest.mark.django_db
ANNA = Actor("anna")
SPARE = Estimate(1800, 2700, 7200, date(2026, 11, 20))


def facts_of(organisation_id: int, kind: str) -> list[object]:
    return [
        read_fact(entry.kind, entry.version, entry.body)
        for entry in whole_entries(organisation_id)
        if entry.kind == kind
    ]


def estimate(organisation_id: int, scenario: str, step: str, value: Estimate = SPARE) -> HumanStep | Refused:
    return estimate_human_step(
        now=NOON, actor=ANNA, organisation_id=organisation_id, scenario=scenario, step=step, estimate=value
    )


def recompute(organisation_id: int, later: timedelta = timedelta()) -> None:
    ask_recompute(now=NOON + later, actor=SYSTEM, organisation_id=organisation_id)
    run_jobs(NOON + later + timedelta(minutes=1))


def test_an_estimate_replaces_the_default_and_then_itself() -> None:
    organisation = make_organisation()

    estimate(organisation.pk, MACHINE_LOST, PREPARE, Estimate(60, 60, 60, date(2026, 11, 1)))
    estimate(organisation.pk, MACHINE_LOST, PREPARE)

    assert whole_means(organisation.pk).estimates == {(MACHINE_LOST, PREPARE): SPARE}
    assert facts_of(organisation.pk, "recovery.human_step_estimated")[-1] == HumanStepEstimated(
        MACHINE_LOST, PREPARE, 1800, 2700, 7200
    )


@pytest.mark.parametrize(
    ("scenario", "step"), [(DATA_LOST, KEY), (MACHINE_LOST, "restore"), ("flood", PREPARE)]
)
def test_a_step_that_a_scenario_does_not_have_is_refused(scenario: str, step: str) -> None:
    organisation = make_organisation()

    refused = estimate(organisation.pk, scenario, step)

    assert isinstance(refused, Refused)
    assert refused.reason == "unknown_step"
    assert not HumanStep.objects.of(organisation.pk).exists()


def test_means_are_stated_once_and_changed_after() -> None:
    organisation = make_organisation()

    for technicians in (2, 3):
        state_means(now=NOON, actor=ANNA, organisation_id=organisation.pk, means=Means(technicians, 2))

    assert RecoveryMeans.objects.of(organisation.pk).count() == 1
    assert (whole_means(organisation.pk).technicians, whole_means(organisation.pk).streams) == (3, 2)
    assert facts_of(organisation.pk, "recovery.means_stated")[-1] == MeansStated(3, 2)


def test_the_first_answer_is_a_fact_for_each_service_and_scenario() -> None:
    organisation = make_organisation()
    make_small_company(organisation, is_elsewhere=False)

    recompute(organisation.pk)

    assert facts_of(organisation.pk, "recovery.answer_changed") == [
        AnswerChanged(DATA_LOST, "figure", "good", "", "", ""),
        AnswerChanged(MACHINE_LOST, "never", "bad", "copies_on_lost_machine", "", ""),
    ]


def test_only_what_changes_is_recorded() -> None:
    organisation = make_organisation()
    made = make_small_company(organisation, is_tested=False)
    recompute(organisation.pk)
    before = len(facts_of(organisation.pk, "recovery.answer_changed"))

    recompute(organisation.pk, timedelta(minutes=5))
    assert len(facts_of(organisation.pk, "recovery.answer_changed")) == before
    make_restore_test(made.run, finished_at=NOON)
    recompute(organisation.pk, timedelta(minutes=10))

    assert facts_of(organisation.pk, "recovery.answer_changed")[before:] == [
        AnswerChanged(DATA_LOST, "figure", "good", "", "unproven", "unknown")
    ]


def test_the_answer_says_up_to_which_fact_it_is_true() -> None:
    organisation = make_organisation()
    make_small_company(organisation)

    recompute(organisation.pk)

    answer = answer_of(organisation.pk, organisation.public_id, FORMULA)
    assert answer is not None
    # Read before the computation: the two facts of the answer itself came after.
    assert answer.up_to_sequence == 0
    assert answer.next_change_at_us is None
