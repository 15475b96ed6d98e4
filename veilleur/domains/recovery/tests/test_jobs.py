"""Facts ask for the restart times, once however many come; pages read what is kept."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import pytest

from veilleur.domains.backups.factories import make_restore_test
from veilleur.domains.estate.actions import set_service_objectives
from veilleur.domains.journal.actions import forget_answers, keep_answer
from veilleur.domains.journal.jobs import read_news, rebuild
from veilleur.domains.journal.ports import FORMULAS
from veilleur.domains.journal.queries import answer_of, whole_answers, whole_entries
from veilleur.domains.journal.rules.answers import NewAnswer
from veilleur.domains.journal.rules.kinds import known_kinds
from veilleur.domains.journal.rules.work import JobTicket, LeaseLost
from veilleur.domains.organisations.factories import make_organisation
from veilleur.domains.recovery.actions import RECOMPUTE
from veilleur.domains.recovery.factories import NOON, make_small_company
from veilleur.domains.recovery.jobs import (
    FOLLOWED,
    PERIODICS,
    READERS,
    RECOMPUTE_ALL,
    recompute,
    recompute_all,
)
from veilleur.domains.recovery.queries import (
    RESTART_TIMES,
    computed_restart_times,
    kept_findings,
    restart_times,
)
from veilleur.domains.recovery.rules.scenarios import DATA_LOST
from veilleur.domains.recovery.rules.simulation import FORMULA
from veilleur.domains.recovery.tests.work import run_jobs
from veilleur.shared.viewer import Actor

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _formulas(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(FORMULAS, "_engine", (RESTART_TIMES,))
    return


def change_objectives(organisation_id: int, service: object, rto_s: int) -> None:
    set_service_objectives(
        now=NOON,
        actor=Actor("anna"),
        organisation_id=organisation_id,
        service=service,  # type: ignore[arg-type]
        rto_s=rto_s,
        rpo_s=86_400,
    )


def start_following() -> None:
    """A reader that starts from now must have started before the fact it is to see."""
    read_news(READERS, lambda: NOON)


def test_every_kind_that_is_followed_exists() -> None:
    for domain in ("estate", "backups", "recovery"):
        import_module(f"veilleur.domains.{domain}.facts")

    known = {kind.name for kind in known_kinds()}

    assert known >= FOLLOWED


@pytest.mark.django_db(transaction=True)
def test_a_fact_of_the_estate_renews_the_kept_answer() -> None:
    organisation = make_organisation()
    made = make_small_company(organisation)
    start_following()
    change_objectives(organisation.pk, made.service.public_id, rto_s=600)

    read_news(READERS, lambda: NOON)
    ran = run_jobs(SOON)

    kept = kept_findings(organisation.pk)
    assert ran == 1
    assert kept is not None
    assert [scenario.services[0].rto_s for scenario in kept.scenarios] == [600, 600]


@pytest.mark.django_db(transaction=True)
def test_many_facts_are_answered_by_one_computation() -> None:
    organisation = make_organisation()
    made = make_small_company(organisation)
    start_following()
    for rto_s in (600, 1200, 1800):
        change_objectives(organisation.pk, made.service.public_id, rto_s)

    assert read_news(READERS, lambda: NOON) == 3

    assert run_jobs(SOON) == 1


def test_what_is_kept_equals_what_is_computed_and_what_is_rebuilt() -> None:
    organisation = make_organisation()
    make_small_company(organisation)
    recompute_all(JobTicket(RECOMPUTE_ALL, "", {}, 1, uuid4()), lambda: NOON)
    run_jobs(SOON)
    kept = answer_of(organisation.pk, organisation.public_id, FORMULA)
    assert kept is not None

    computed = computed_restart_times(organisation.pk, SOON)
    assert restart_times(organisation.pk, SOON) == computed

    rebuild(now=SOON, organisation_ids=[organisation.pk])
    rebuilt = answer_of(organisation.pk, organisation.public_id, FORMULA)
    assert rebuilt is not None
    assert (rebuilt.value, rebuilt.public_id) == (kept.value, kept.public_id)


def test_a_computation_that_runs_twice_records_nothing_twice() -> None:
    organisation = make_organisation()
    make_small_company(organisation)
    for _ in range(2):
        recompute_all(JobTicket(RECOMPUTE_ALL, "", {}, 1, uuid4()), lambda: NOON)
        run_jobs(SOON)

    # One fact for each scenario.
    assert len(whole_entries(organisation.pk)) == 2
    assert len(whole_answers(organisation.pk, FORMULA)) == 1


def test_a_kept_answer_ages_without_being_computed_again() -> None:
    organisation = make_organisation()
    made = make_small_company(organisation)
    make_restore_test(made.run, finished_at=NOON - timedelta(hours=1))
    recompute_all(JobTicket(RECOMPUTE_ALL, "", {}, 1, uuid4()), lambda: NOON)
    run_jobs(SOON)

    later = restart_times(organisation.pk, NOON + timedelta(days=2)).scenario(DATA_LOST).services[0]

    assert later.proof_age_s == timedelta(days=2, hours=1).total_seconds()
    assert later.loss_now_s == timedelta(days=2, hours=3).total_seconds()
    assert later.loss_reason == "rpo_exceeded"


def test_an_answer_of_an_older_formula_is_not_read() -> None:
    organisation = make_organisation()
    make_small_company(organisation)
    recompute_all(JobTicket(RECOMPUTE_ALL, "", {}, 1, uuid4()), lambda: NOON)
    run_jobs(SOON)

    forget_answers(now=SOON, actor=Actor("anna"), organisation_id=organisation.pk)
    older = NewAnswer(organisation.public_id, FORMULA, 0, {"from": "elsewhere"})
    keep_answer(now=SOON, actor=Actor("anna"), organisation_id=organisation.pk, answer=older)

    assert kept_findings(organisation.pk) is None
    assert restart_times(organisation.pk, SOON) == computed_restart_times(organisation.pk, SOON)


def test_a_worker_that_lost_its_lease_keeps_nothing() -> None:
    organisation = make_organisation()
    make_small_company(organisation)
    lost = JobTicket(RECOMPUTE, "x", {"organisation": str(organisation.public_id)}, 1, uuid4())

    with pytest.raises(LeaseLost):
        recompute(lost, lambda: NOON)

    assert whole_answers(organisation.pk, FORMULA) == ()


@pytest.mark.parametrize("payload", [{}, {"organisation": "0198c0de-0000-7000-8000-000000000000"}])
def test_a_job_for_nobody_does_nothing(payload: dict[str, str]) -> None:
    organisation = make_organisation()

    recompute(JobTicket(RECOMPUTE, "x", payload, 1, uuid4()), lambda: NOON)

    assert whole_answers(organisation.pk, FORMULA) == ()
    assert whole_entries(organisation.pk) == whole_entries(None) == ()


def test_everything_is_computed_anew_once_an_hour() -> None:
    assert [(each.kind, each.every) for each in PERIODICS] == [(RECOMPUTE_ALL, timedelta(hours=1))]
