"""Every kind of answer about a restart in words: no figure without evidence, no sentence left with a gap."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from veilleur.desk.pages import restart_words as words
from veilleur.desk.pages.restart import loss_row
from veilleur.desk.pages.restart_answers import loss_answer, restart_answer
from veilleur.desk.pages.steps import Step, in_order, month_end, steps_of
from veilleur.domains.recovery import labels
from veilleur.domains.recovery.rules.evidence import FIGURE, KEY_ONLY_HERE, NEVER, UNPROVEN
from veilleur.domains.recovery.rules.findings import Quantiles
from veilleur.domains.recovery.rules.report import RestartReport, ScenarioAnswer, ServiceAnswer
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST
from veilleur.shared.verdict import Verdict

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOUR = 3600.0
NOTHING = Quantiles(None, None, None, None)
SOME = Quantiles(6 * HOUR, 9 * HOUR, 12 * HOUR, 60.0)
ERP = ServiceAnswer(
    service=UUID(int=1),
    name="ERP",
    kind=FIGURE,
    state=Verdict.BAD,
    restart_state=Verdict.BAD,
    loss_state=Verdict.GOOD,
    reason="rto_missed",
    about_name="",
    machine_name="erp-01",
    quantiles=SOME,
    within_rto=0.2,
    within_rto_error=0.01,
    lower_bound_s=HOUR,
    rto_s=4 * 3600,
    rpo_s=86400,
    rto_is_default=False,
    rpo_is_default=False,
    loss_now_s=3 * HOUR,
    loss_fallback_s=None,
    loss_newest_s=3 * HOUR,
    loss_worst_s=26 * HOUR,
    loss_reason=None,
    proof_level=5,
    proof_age_s=12 * 24 * HOUR,
    tests=1,
    is_opinion=True,
    bottleneck="restore",
    bottleneck_name="Safe",
    next_step="shorten_bottleneck",
)
LOST = replace(
    ERP,
    kind=NEVER,
    reason="copies_on_lost_machine",
    quantiles=NOTHING,
    loss_state=Verdict.BAD,
    loss_now_s=None,
    loss_reason="all_lost",
    next_step="add_copy_elsewhere",
)
KEY = replace(LOST, kind=KEY_ONLY_HERE, reason="key_not_issued", next_step="issue_key")
UNTRIED = replace(
    ERP,
    kind=UNPROVEN,
    reason="never_tested",
    restart_state=Verdict.UNKNOWN,
    quantiles=NOTHING,
    loss_state=Verdict.UNKNOWN,
    loss_now_s=None,
    loss_reason="no_verified_point",
    proof_level=None,
    proof_age_s=None,
    tests=0,
    next_step="run_restore_test",
)
ALL = [ERP, LOST, KEY, UNTRIED]


def scenario(service: ServiceAnswer | None, code: str = MACHINE_LOST) -> ScenarioAnswer:
    """Return a scenario that one service decides; None: no service at all."""
    first = service or replace(UNTRIED, reason="no_data_declared", lower_bound_s=None)
    return ScenarioAnswer(
        scenario=code,
        kind=first.kind,
        state=first.state,
        restart_state=first.restart_state,
        loss_state=first.loss_state,
        reason=first.reason,
        quantiles=first.quantiles,
        lower_bound_s=first.lower_bound_s,
        rto_s=first.rto_s,
        rpo_s=first.rpo_s,
        loss_now_s=first.loss_now_s,
        loss_reason=first.loss_reason,
        machine_name=first.machine_name,
        next_step=first.next_step,
        services=(service,) if service else (),
        gantt=(),
        gantt_left_out=0,
    )


def report(lost: ServiceAnswer | None, damaged: ServiceAnswer | None = ERP) -> RestartReport:
    """Return a report of both scenarios."""
    answers = (scenario(damaged, DATA_LOST), scenario(lost))
    return RestartReport(now=NOW, computed_at=NOW, draws=10_000, key_reason=None, scenarios=answers)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("service", "sentence"),
    [
        (ERP, "It would take 9\u00a0h to work again, where 4\u00a0h is admitted."),
        (
            replace(ERP, restart_state=Verdict.GOOD),
            "Work would go on again after 9\u00a0h; 4\u00a0h is admitted.",
        ),
        (
            replace(ERP, rto_s=None),
            "It would take 9\u00a0h to work again; nobody has said how long is admitted.",
        ),
        (LOST, "If its machine is lost, ERP never comes back."),
        (KEY, "If the machine is lost, no copy can be read: the recovery key is only here."),
        (UNTRIED, "It would take at least 1\u00a0h; nobody has proven that everything comes back."),
        (None, "No service is known yet, so no restart time can be given."),
    ],
)
def test_a_scenario_is_concluded_in_one_sentence(service: ServiceAnswer | None, sentence: str) -> None:
    assert words.headline(scenario(service)) == sentence


@pytest.mark.parametrize(
    ("service", "figure"),
    [(ERP, ("", "9\u00a0h")), (LOST, ("", "never")), (KEY, ("", "—")), (UNTRIED, ("at least", "1\u00a0h"))],
)
def test_a_figure_is_shown_only_where_there_is_evidence(
    service: ServiceAnswer, figure: tuple[str, str]
) -> None:
    assert words.figure_of(service) == figure


@pytest.mark.parametrize("service", ALL)
@pytest.mark.parametrize("state", list(Verdict))
def test_every_row_has_a_word_and_a_sentence(service: ServiceAnswer, state: Verdict) -> None:
    row = replace(service, restart_state=state, loss_state=state)

    for said in (words.state_word(row), words.say(row), words.loss_word(row), words.loss_figure(row)):
        assert said
        assert "{" not in said


def test_fewer_tests_than_enough_leave_the_spread_an_opinion() -> None:
    assert words.tests_behind(ERP) == "1 timed test: the spread is still an opinion"
    assert words.tests_behind(replace(ERP, tests=3, is_opinion=False)) == "3 timed tests"


def test_a_restart_that_may_fail_says_so() -> None:
    row = replace(ERP, quantiles=Quantiles(6 * HOUR, 9 * HOUR, None, None))

    assert "one time in twenty the data does not come back at all" in words.say(row)


def test_question_two_shows_both_scenarios_and_takes_the_worse_state() -> None:
    answer = restart_answer(report(LOST, replace(ERP, restart_state=Verdict.GOOD)), NOW)

    assert answer.verdict is Verdict.BAD
    assert answer.figure == "never"
    assert [line.label for line in answer.lines] == ["Machine lost", "Data lost"]
    assert [line.verdict for line in answer.lines] == [Verdict.BAD, Verdict.GOOD]


def test_question_three_never_gives_a_figure_for_a_loss_that_is_not_known() -> None:
    assert loss_answer(report(UNTRIED)).figure == "—"
    assert loss_answer(report(LOST)).figure == "all"
    assert loss_answer(report(ERP)).figure == "3\u00a0h"


@pytest.mark.parametrize("made", [None, report(None, None)])
def test_without_a_service_both_questions_are_unknown(made: RestartReport | None) -> None:
    assert restart_answer(made, NOW).verdict is Verdict.UNKNOWN
    assert loss_answer(made).verdict is Verdict.UNKNOWN


def test_steps_come_from_what_was_found_the_loss_of_the_machine_first_and_each_once() -> None:
    steps = steps_of(report(LOST, replace(ERP, next_step="add_copy_elsewhere")), [], NOW)

    assert [(str(step.text), step.about) for step in steps] == [
        (str(labels.NEXT_STEPS["add_copy_elsewhere"]), "ERP"),
    ]


OLD = replace(
    ERP,
    state=Verdict.WATCH,
    restart_state=Verdict.WATCH,
    reason="proof_old",
    proof_age_s=20 * 86_400.0,
    next_step="run_restore_test",
)


@pytest.mark.parametrize(
    ("answer", "due", "is_late"),
    [
        # what is bad is for now
        (LOST, None, True),
        # a proof of 20 days counts for 35
        (OLD, NOW + timedelta(days=15), False),
        # one of 40 days should have been renewed five days ago
        (
            replace(OLD, state=Verdict.UNKNOWN, reason="proof_expired", proof_age_s=40 * 86_400.0),
            NOW - timedelta(days=5),
            True,
        ),
        # what is only to be watched is for this month
        (replace(OLD, reason="rto_at_risk"), month_end(NOW), False),
    ],
)
def test_a_step_is_due_by_what_it_is_about(
    answer: ServiceAnswer, due: datetime | None, is_late: bool
) -> None:
    (step,) = steps_of(report(answer, None), [], NOW)

    assert (step.due_at, step.is_late) == (due, is_late)


def test_a_month_ends_in_the_zone_of_the_page() -> None:
    with timezone.override("Europe/Paris"):
        assert month_end(datetime(2026, 10, 31, 23, 30, tzinfo=UTC)).isoformat()[:16] == "2026-11-30T23:59"
        assert month_end(datetime(2026, 12, 31, 22, 30, tzinfo=UTC)).isoformat()[:16] == "2026-12-31T23:59"


def test_what_is_for_now_comes_before_what_has_a_date() -> None:
    soon, later = Step("soon", "", NOW), Step("later", "", NOW + timedelta(days=1))

    assert in_order([later, Step("now", ""), soon]) == (Step("now", ""), soon, later)
    # What is lost already comes before what grows from now on.
    lost = Step("lost", "", is_late=True)
    assert in_order([Step("now", ""), lost]) == (lost, Step("now", ""))


@pytest.mark.parametrize("code", labels.NEXT_STEPS)
def test_every_step_leads_somewhere(code: str) -> None:
    (step,) = steps_of(report(replace(LOST, next_step=code), None), [], NOW)

    assert step.url.startswith("/")


def test_what_one_service_asks_for_is_done_on_its_own_page_and_what_several_do_is_not() -> None:
    first = replace(LOST, next_step="declare_data")
    other = replace(first, service=UUID(int=2), name="Shop")

    (of_one,) = steps_of(report(first, first), [], NOW)
    (of_two,) = steps_of(report(first, other), [], NOW)

    assert of_one.url == reverse("desk:service_data", args=[LOST.service])
    assert of_two.url == reverse("desk:estate")


def test_a_step_that_the_restart_page_explains_leads_to_its_scenario() -> None:
    (step,) = steps_of(report(None, ERP), [], NOW)

    assert step.url == f"{reverse('desk:restart')}?scenario={DATA_LOST}"


def test_the_key_is_asked_for_also_where_something_graver_comes_first() -> None:
    not_issued = replace(report(LOST, None), key_reason="key_not_issued")
    asked_already = replace(report(KEY, None), key_reason="key_not_issued")

    copy, key = steps_of(not_issued, [], NOW)
    (only,) = steps_of(asked_already, [], NOW)

    assert copy.url == reverse("desk:add_place")
    assert (key.url, key.due_at) == (reverse("desk:recovery_key"), month_end(NOW))
    assert only.url == key.url


def company(*services: ServiceAnswer, state: Verdict) -> ScenarioAnswer:
    """Return the loss of the data of several services, the worst first; all work again after ten hours."""
    whole = Quantiles(8 * HOUR, 10 * HOUR, 13 * HOUR, 60.0)
    return replace(scenario(services[0], DATA_LOST), services=services, restart_state=state, quantiles=whole)


def test_what_is_admitted_for_one_service_is_not_held_against_all_of_them() -> None:
    other = replace(ERP, service=UUID(int=2), name="Shop", restart_state=Verdict.GOOD, rto_s=86400)
    good = replace(ERP, restart_state=Verdict.GOOD, rto_s=86400)

    missed = company(ERP, other, state=Verdict.BAD)
    kept = company(good, other, state=Verdict.GOOD)
    unasked = company(good, replace(other, rto_s=None), state=Verdict.GOOD)

    assert [" ".join(words.headline(each).split()) for each in (missed, kept, unasked)] == [
        "ERP would take 9 h to come back, where 4 h is admitted.",
        "Everything would work again after 10 h, each service within what is admitted.",
        "Everything would work again after 10 h.",
    ]


def test_the_loss_that_is_told_is_that_of_one_service_with_its_own_promise() -> None:
    other = replace(ERP, service=UUID(int=2), name="Shop", loss_now_s=60 * HOUR, rpo_s=7 * 86400)
    late = replace(ERP, loss_state=Verdict.BAD, loss_now_s=30 * HOUR)
    both = replace(company(late, other, state=Verdict.GOOD), loss_state=Verdict.BAD, loss_now_s=60 * HOUR)

    answer = loss_answer(RestartReport(NOW, NOW, 10_000, None, (both, replace(both, scenario=MACHINE_LOST))))

    assert [" ".join(each.split()) for each in (answer.sentence, answer.figure, answer.figure_note)] == [
        "ERP would lose the work of the last 30 h, where 24 h is admitted.",
        "30 h",
        "24 h admitted",
    ]


def test_where_everything_would_be_lost_nothing_was_ever_worse() -> None:
    assert loss_row(LOST).worst == loss_row(LOST).figure == "all"
    assert loss_row(ERP).worst.startswith("26")
