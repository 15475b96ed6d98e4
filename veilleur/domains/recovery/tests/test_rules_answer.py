"""Which answer is given, in which order, how good it is, and what to do next."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from veilleur.domains.recovery.rules import answer, evidence
from veilleur.domains.recovery.rules.answer import (
    Judgement,
    company_kind,
    judge_loss,
    judge_restart,
    key_reason,
    next_step,
)
from veilleur.domains.recovery.rules.evidence import FIGURE, KEY_ONLY_HERE, KINDS, NEVER, UNPROVEN, Proof
from veilleur.domains.recovery.rules.findings import Loss, Quantiles, ServiceFinding
from veilleur.domains.recovery.rules.inputs import RecoveryKey
from veilleur.domains.recovery.rules.report import report_of
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, MACHINE_LOST
from veilleur.domains.recovery.rules.simulation import simulate
from veilleur.domains.recovery.tests.support import (
    DAY,
    HOUR,
    KEPT,
    MACHINE,
    NOW,
    make_company,
    make_copy,
    make_data_set,
    make_point,
    make_test,
)
from veilleur.shared.verdict import Verdict

GOOD = ServiceFinding(
    service=MACHINE,
    name="ERP",
    kind=FIGURE,
    quantiles=Quantiles(3600.0, 7200.0, 10800.0, 60.0),
    within_rto=1.0,
    within_rto_error=0.0,
    lower_bound_s=1800.0,
    rto_s=14_400,
    rpo_s=86_400,
    loss=Loss(NOW - HOUR, NOW - HOUR, None, 43_200.0),
    proof=Proof(5, NOW - DAY, 4),
)
NO_KEY = RecoveryKey()


# The one table of the order: which copies survive the loss of the machine, whether the key is kept, whether
# the surviving copy was ever restored, and what each scenario must answer.
@pytest.mark.parametrize(
    ("place", "is_key_kept", "is_tested", "when_data_is_lost", "when_machine_is_lost"),
    [
        ("nowhere", True, False, NEVER, NEVER),
        ("nowhere", False, False, NEVER, NEVER),
        ("here", True, True, FIGURE, NEVER),
        ("here", True, False, UNPROVEN, NEVER),
        ("here", False, True, FIGURE, NEVER),  # never comes before the key
        ("here", False, False, UNPROVEN, NEVER),
        ("elsewhere", True, True, FIGURE, FIGURE),
        ("elsewhere", True, False, UNPROVEN, UNPROVEN),
        ("elsewhere", False, True, FIGURE, KEY_ONLY_HERE),  # the key comes before the figure
        ("elsewhere", False, False, UNPROVEN, KEY_ONLY_HERE),  # and before "unproven"
    ],
)
def test_never_then_the_key_then_unproven_then_the_figure(
    place: str, is_key_kept: bool, is_tested: bool, when_data_is_lost: str, when_machine_is_lost: str
) -> None:
    tests = (make_test(),) if is_tested else ()
    copies = {
        "nowhere": (),
        "here": (make_copy(MACHINE, tests=tests),),
        "elsewhere": (make_copy(tests=tests),),
    }
    data = replace(make_data_set(1), copies=copies[place])
    company = make_company(data, key=KEPT if is_key_kept else NO_KEY)

    report = report_of(simulate(company, draws=200), now=NOW, computed_at=NOW)

    assert report.scenario(DATA_LOST).kind == when_data_is_lost
    assert report.scenario(MACHINE_LOST).kind == when_machine_is_lost
    for scenario in report.scenarios:
        (service,) = scenario.services
        assert service.kind == scenario.kind
        assert (service.quantiles.p80_s is None) is (service.kind != FIGURE)
        assert (service.reason is None) is (service.restart_state is Verdict.GOOD)


@pytest.mark.parametrize(
    ("finding_kind", "needs_key", "is_key_kept"),
    list(product((NEVER, UNPROVEN, FIGURE), (True, False), (True, False))),
)
def test_the_order_holds_for_every_combination(finding_kind: str, needs_key: bool, is_key_kept: bool) -> None:
    finding = replace(GOOD, kind=finding_kind, needs_key=needs_key, reason="never_tested")

    judged = judge_restart(finding, KEPT if is_key_kept else NO_KEY, NOW)

    present = {finding_kind}
    if needs_key and not is_key_kept:
        present.add(KEY_ONLY_HERE)
    assert judged.kind == next(kind for kind in KINDS if kind in present)
    assert (judged.state is Verdict.BAD) is (judged.kind in (NEVER, KEY_ONLY_HERE))


ISSUED = NOW - 10 * DAY


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (RecoveryKey(), answer.KEY_NOT_ISSUED),
        (RecoveryKey(ISSUED), answer.KEY_NOT_TYPED_BACK),
        (RecoveryKey(ISSUED, tested_alone_at=ISSUED + HOUR), answer.KEY_NOT_TYPED_BACK),
        (RecoveryKey(ISSUED, ISSUED + HOUR), answer.KEY_NOT_TESTED),
        (RecoveryKey(ISSUED, ISSUED + HOUR, ISSUED + 2 * HOUR), None),
        # What was done with an earlier key says nothing of the present one.
        (RecoveryKey(ISSUED, ISSUED - HOUR, ISSUED + HOUR), answer.KEY_NOT_TYPED_BACK),
        (RecoveryKey(ISSUED, ISSUED + HOUR, ISSUED - HOUR), answer.KEY_NOT_TESTED),
    ],
)
def test_a_key_counts_after_it_was_typed_back_and_used_alone(key: RecoveryKey, reason: str | None) -> None:
    assert key_reason(key) == reason


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({}, Verdict.GOOD, None),
        ({"quantiles": Quantiles(3600.0, 14_401.0, 20_000.0, 1.0)}, Verdict.BAD, answer.RTO_MISSED),
        ({"quantiles": Quantiles(3600.0, 7200.0, 14_401.0, 1.0)}, Verdict.WATCH, answer.RTO_AT_RISK),
        ({"quantiles": Quantiles(3600.0, 7200.0, None, 1.0)}, Verdict.WATCH, answer.RESTORE_MAY_FAIL),
        ({"quantiles": Quantiles(3600.0, None, None, None)}, Verdict.BAD, answer.RESTORE_MAY_FAIL),
        ({"lower_bound_s": 14_401.0}, Verdict.BAD, answer.NO_ORDER_MEETS_RTO),
        ({"rto_s": None}, Verdict.UNKNOWN, answer.NO_OBJECTIVE),
        ({"proof": Proof(5, NOW - answer.PROOF_IS_FRESH - HOUR, 4)}, Verdict.WATCH, answer.PROOF_OLD),
    ],
)
def test_a_figure_is_judged_against_its_objective_and_its_age(
    changes: dict[str, object], state: Verdict, reason: str | None
) -> None:
    assert judge_restart(replace(GOOD, **changes), KEPT, NOW) == Judgement(FIGURE, state, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize("proof", [None, Proof(5, NOW - answer.PROOF_EXPIRES - HOUR, 4)])
def test_without_a_fresh_proof_nothing_is_known(proof: Proof | None) -> None:
    judged = judge_restart(replace(GOOD, proof=proof), KEPT, NOW)

    assert judged == Judgement(UNPROVEN, Verdict.UNKNOWN, answer.PROOF_EXPIRED)


def test_a_failed_test_is_bad_not_unknown() -> None:
    finding = replace(GOOD, kind=UNPROVEN, reason=evidence.LAST_TEST_FAILED)

    assert judge_restart(finding, KEPT, NOW).state is Verdict.BAD


@pytest.mark.parametrize(
    ("last", "newest", "gap", "state", "reason"),
    [
        (HOUR, HOUR, 40_000.0, Verdict.GOOD, None),
        (HOUR, HOUR, 90_000.0, Verdict.WATCH, answer.RPO_EXCEEDED_LATELY),
        (2 * DAY, HOUR, None, Verdict.WATCH, answer.NEWEST_NOT_VERIFIED),
        (2 * DAY, 2 * DAY, None, Verdict.BAD, answer.RPO_EXCEEDED),
        (None, HOUR, None, Verdict.UNKNOWN, answer.NO_VERIFIED_POINT),
    ],
)
def test_a_loss_is_judged_against_what_is_admitted(
    last: timedelta | None, newest: timedelta, gap: float | None, state: Verdict, reason: str | None
) -> None:
    finding = replace(GOOD, loss=Loss(NOW - last if last else None, NOW - newest, None, gap))

    judged = judge_loss(finding, Judgement(FIGURE, Verdict.GOOD, None), NOW)

    assert (judged.state, judged.reason) == (state, reason)
    assert judged.seconds == (last.total_seconds() if last else None)
    assert judged.newest_s == newest.total_seconds()


@pytest.mark.parametrize("kind", [NEVER, KEY_ONLY_HERE])
def test_what_never_comes_back_is_all_lost(kind: str) -> None:
    judged = judge_loss(GOOD, Judgement(kind, Verdict.BAD, "x"), NOW)

    assert (judged.seconds, judged.state, judged.reason) == (None, Verdict.BAD, answer.ALL_LOST)


def test_a_service_that_only_waits_loses_nothing() -> None:
    figure = judge_loss(replace(GOOD, loss=None), Judgement(FIGURE, Verdict.GOOD, None), NOW)
    unknown = replace(GOOD, loss=None, kind=UNPROVEN, reason=evidence.NO_DATA_DECLARED)

    assert (figure.seconds, figure.state) == (0.0, Verdict.GOOD)
    assert judge_loss(unknown, Judgement(UNPROVEN, Verdict.UNKNOWN, "x"), NOW).state is Verdict.UNKNOWN


def test_without_an_objective_a_loss_is_not_judged() -> None:
    judged = judge_loss(replace(GOOD, rpo_s=None), Judgement(FIGURE, Verdict.GOOD, None), NOW)

    assert (judged.state, judged.reason) == (Verdict.UNKNOWN, answer.NO_OBJECTIVE)


def test_the_company_is_as_badly_off_as_its_worst_service() -> None:
    good = Judgement(FIGURE, Verdict.GOOD, None)
    unknown = Judgement(UNPROVEN, Verdict.UNKNOWN, evidence.NEVER_TESTED)
    late = Judgement(FIGURE, Verdict.BAD, answer.RTO_MISSED)

    assert company_kind([good, unknown, late]) == Judgement(UNPROVEN, Verdict.BAD, evidence.NEVER_TESTED)
    assert company_kind([good, late]) == late
    assert company_kind([]).state is Verdict.UNKNOWN


def test_every_reason_that_is_not_good_has_a_next_step() -> None:
    reasons = (*evidence.NEVER_REASONS, *evidence.UNPROVEN_REASONS, *answer.KEY_REASONS)

    assert all(next_step(reason) for reason in reasons)
    assert next_step(None, answer.RPO_EXCEEDED) == "back_up_now"
    assert next_step(None, None) is None


def restart_after(later: timedelta, *, point: timedelta, test: timedelta) -> tuple[str, Verdict]:
    copy = make_copy(points=(make_point(point),), tests=(make_test(test),))
    findings = simulate(make_company(make_data_set(1, copy)), draws=200)
    at: datetime = NOW + later
    service = report_of(findings, now=at, computed_at=NOW).scenario(DATA_LOST).services[0]
    return service.kind, service.loss_state


def test_the_worst_loss_of_ninety_days_is_never_less_than_the_present_one() -> None:
    past = tuple((NOW - days * DAY, NOW - days * DAY) for days in (4, 3, 2))
    copy = make_copy(points=(make_point(2 * DAY),), tests=(make_test(DAY),))
    findings = simulate(make_company(make_data_set(1, replace(copy, past=past))), draws=200)

    now, later = (
        report_of(findings, now=at, computed_at=NOW).scenario(DATA_LOST).services[0]
        for at in (NOW - 2 * DAY + HOUR, NOW)
    )

    assert (now.loss_now_s, now.loss_worst_s) == (3_600.0, 86_400.0)
    assert (later.loss_now_s, later.loss_worst_s) == (172_800.0, 172_800.0)


def test_kept_findings_age_by_themselves() -> None:
    assert restart_after(timedelta(), point=HOUR, test=HOUR) == (FIGURE, Verdict.GOOD)
    assert restart_after(2 * DAY, point=HOUR, test=HOUR) == (FIGURE, Verdict.BAD)
    assert restart_after(40 * DAY, point=HOUR, test=HOUR) == (UNPROVEN, Verdict.BAD)


@pytest.mark.parametrize(
    ("newest", "worst_gap_s", "state"),
    [
        # within the promise, but nothing keeps it there: never good
        (NOW - HOUR, 43_200.0, Verdict.WATCH),
        (NOW - HOUR, 900_000.0, Verdict.WATCH),
        (NOW - 2 * DAY, 43_200.0, Verdict.BAD),
    ],
)
def test_a_loss_that_no_plan_keeps_small_is_never_good(
    newest: datetime, worst_gap_s: float, state: Verdict
) -> None:
    finding = replace(GOOD, loss=Loss(newest, newest, None, worst_gap_s, is_renewed=False))

    judged = judge_loss(finding, judge_restart(finding, KEPT, NOW), NOW)

    assert (judged.state, judged.reason) == (state, "no_new_copies")
    assert judged.seconds == (NOW - newest).total_seconds()
    assert next_step(judged.reason) == "switch_plan_on"


def test_one_copy_that_a_plan_renews_is_enough_and_only_if_it_survives() -> None:
    renewed_here = make_copy(machine=MACHINE)
    left_elsewhere = replace(make_copy(), is_renewed=False)
    company = make_company(make_data_set(1, renewed_here, left_elsewhere))

    found = {
        scenario.scenario: scenario.services[0].loss.is_renewed
        for scenario in simulate(company).scenarios
        if scenario.services[0].loss is not None
    }

    assert found == {DATA_LOST: True, MACHINE_LOST: False}


def test_what_is_dated_later_than_now_proves_nothing() -> None:
    """Kept while the clock was ahead, judged after it was set back."""
    later = NOW + HOUR
    proven = replace(GOOD, proof=Proof(5, later, 4))
    lost = replace(GOOD, loss=Loss(later, later, None, 43_200.0))

    restart = judge_restart(proven, KEPT, NOW)
    loss = judge_loss(lost, judge_restart(GOOD, KEPT, NOW), NOW)

    assert (restart.kind, restart.state) == (UNPROVEN, Verdict.UNKNOWN)
    assert (loss.seconds, loss.state) == (None, Verdict.UNKNOWN)
