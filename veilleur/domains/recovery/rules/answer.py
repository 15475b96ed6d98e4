"""The answer at one instant: what kind it is, how good it is, and the next step. Ages come in here.

Findings (`simulation.py`) in, the report's rows (`report.py`) out; no draw is made again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from veilleur.domains.backups.rules.proof import ProofAge
from veilleur.domains.recovery.rules.evidence import (
    CIRCULAR_NEED,
    COPIES_ON_LOST_MACHINE,
    FIGURE,
    KEY_ONLY_HERE,
    LAST_TEST_FAILED,
    MACHINE_UNKNOWN,
    NEVER,
    NEVER_TESTED,
    NO_COMPLETE_POINT,
    NO_COPY,
    NO_DATA_DECLARED,
    NO_FULL_TEST,
    PLACE_NOT_REACHED,
    REBUILD_NEVER_TESTED,
    UNPROVEN,
)
from veilleur.domains.recovery.rules.findings import Quantiles, ServiceFinding
from veilleur.domains.recovery.rules.inputs import RecoveryKey
from veilleur.shared.verdict import Verdict, worst

# A test is evidence for its point; for later ones it ages, and in the end nothing is known any more.
PROOF_IS_FRESH, PROOF_EXPIRES = ProofAge().good, ProofAge().watch

# Why the key counts for nothing yet.
KEY_NOT_ISSUED = "key_not_issued"
KEY_NOT_TYPED_BACK = "key_not_typed_back"
KEY_NOT_TESTED = "key_not_tested"
# Why a proof no longer counts, or a figure is not good.
PROOF_EXPIRED = "proof_expired"
RESTORE_MAY_FAIL = "restore_may_fail"
RTO_MISSED = "rto_missed"
RTO_AT_RISK = "rto_at_risk"
NO_ORDER_MEETS_RTO = "no_order_meets_rto"
PROOF_OLD = "proof_old"
NO_OBJECTIVE = "no_objective"
# Why a loss is not known or not good.
ALL_LOST = "all_lost"
NO_VERIFIED_POINT = "no_verified_point"
RPO_EXCEEDED = "rpo_exceeded"
NEWEST_NOT_VERIFIED = "newest_not_verified"
RPO_EXCEEDED_LATELY = "rpo_exceeded_lately"
NO_NEW_COPIES = "no_new_copies"

KEY_REASONS = (KEY_NOT_ISSUED, KEY_NOT_TYPED_BACK, KEY_NOT_TESTED)

# What to do next, by the reason that decides.
NEXT_STEPS = {
    NO_COPY: "protect_data",
    COPIES_ON_LOST_MACHINE: "add_copy_elsewhere",
    NO_COMPLETE_POINT: "make_complete_backup",
    KEY_NOT_ISSUED: "issue_key",
    KEY_NOT_TYPED_BACK: "type_key_back",
    KEY_NOT_TESTED: "test_with_key_alone",
    NEVER_TESTED: "run_restore_test",
    NO_FULL_TEST: "run_full_restore_test",
    LAST_TEST_FAILED: "mend_failed_copy",
    PLACE_NOT_REACHED: "reach_place",
    NO_DATA_DECLARED: "declare_data",
    MACHINE_UNKNOWN: "say_where_it_runs",
    REBUILD_NEVER_TESTED: "run_drill",
    CIRCULAR_NEED: "break_circle",
    PROOF_EXPIRED: "run_restore_test",
    PROOF_OLD: "run_restore_test",
    RESTORE_MAY_FAIL: "run_restore_test",
    NO_ORDER_MEETS_RTO: "change_means",
    RTO_MISSED: "shorten_bottleneck",
    RTO_AT_RISK: "shorten_bottleneck",
    NO_OBJECTIVE: "set_objectives",
    NO_VERIFIED_POINT: "run_restore_test",
    NEWEST_NOT_VERIFIED: "run_restore_test",
    RPO_EXCEEDED: "back_up_now",
    RPO_EXCEEDED_LATELY: "back_up_more_often",
    NO_NEW_COPIES: "switch_plan_on",
}


@dataclass(frozen=True)
class Judgement:
    """Kind, state and reason of one service's restart; `reason` is None only for a good figure."""

    kind: str
    state: Verdict
    reason: str | None


@dataclass(frozen=True)
class LossJudgement:
    """What would be lost at this instant, in seconds of work; None where it cannot be counted.

    `seconds` counts on verified points, `newest_s` on the newest complete one, `fallback_s` on what
    comes back one time in twenty.
    """

    seconds: float | None
    state: Verdict
    reason: str | None
    newest_s: float | None = None
    fallback_s: float | None = None


def key_reason(key: RecoveryKey) -> str | None:
    """Return why the recovery key does not count as kept; None once it does.

    It counts after a person has typed it back from the kept copy and a restore test has run with it
    alone, both since it was last issued.
    """
    if key.issued_at is None:
        return KEY_NOT_ISSUED
    if key.typed_back_at is None or key.typed_back_at < key.issued_at:
        return KEY_NOT_TYPED_BACK
    if key.tested_alone_at is None or key.tested_alone_at < key.issued_at:
        return KEY_NOT_TESTED
    return None


def judge_restart(finding: ServiceFinding, key: RecoveryKey, now: datetime) -> Judgement:
    """Return the answer for one service: never, then the key is only here, then unproven, then the figure."""
    if finding.kind == NEVER:
        return Judgement(NEVER, Verdict.BAD, finding.reason)
    missing = key_reason(key) if finding.needs_key else None
    if missing is not None:
        return Judgement(KEY_ONLY_HERE, Verdict.BAD, missing)
    if finding.kind == UNPROVEN:
        failed = finding.reason == LAST_TEST_FAILED
        return Judgement(UNPROVEN, Verdict.BAD if failed else Verdict.UNKNOWN, finding.reason)
    # Dated later than now: from before the clock was set back, so nobody knows how old it is.
    if finding.proof is None or not timedelta() <= now - finding.proof.tested_at <= PROOF_EXPIRES:
        return Judgement(UNPROVEN, Verdict.UNKNOWN, PROOF_EXPIRED)
    return _judge_figure(finding, now - finding.proof.tested_at)


def judge_loss(finding: ServiceFinding, judged: Judgement, now: datetime) -> LossJudgement:
    """Return what would be lost now, against the RPO. Data that never comes back is all lost."""
    if judged.kind in (NEVER, KEY_ONLY_HERE):
        return LossJudgement(None, Verdict.BAD, ALL_LOST)
    loss = finding.loss
    if loss is None:
        return _judge_no_loss(finding)
    newest, fallback = _age(loss.newest_at, now), _age(loss.fallback_at, now)
    seconds = _age(loss.last_point_at, now)
    if seconds is None:
        return LossJudgement(None, Verdict.UNKNOWN, NO_VERIFIED_POINT, newest, fallback)
    state, reason = _against_rpo(finding.rpo_s, seconds, newest, loss.worst_gap_s)
    if not loss.is_renewed and reason != NO_OBJECTIVE:
        # Within the promise for now, but nothing keeps it there: never good.
        state, reason = worst((state, Verdict.WATCH)), NO_NEW_COPIES
    return LossJudgement(seconds, state, reason, newest, fallback)


def next_step(*reasons: str | None) -> str | None:
    """Return the code of what to do about the first reason that has one; None when nothing must be."""
    return next((NEXT_STEPS[reason] for reason in reasons if reason in NEXT_STEPS), None)


def company_kind(judgements: list[Judgement]) -> Judgement:
    """Return the answer for the whole: the gravest kind; among equals the worst state, then the first."""
    if not judgements:
        return Judgement(UNPROVEN, Verdict.UNKNOWN, NO_DATA_DECLARED)
    order = (NEVER, KEY_ONLY_HERE, UNPROVEN, FIGURE)
    state = worst(judged.state for judged in judgements)
    ranks = (Verdict.BAD, Verdict.UNKNOWN, Verdict.WATCH, Verdict.GOOD)
    gravest = min(judgements, key=lambda judged: (order.index(judged.kind), ranks.index(judged.state)))
    return Judgement(gravest.kind, state, gravest.reason)


def _judge_figure(finding: ServiceFinding, proof_age: timedelta) -> Judgement:
    """Judge a figure by the first of these that holds, gravest first."""
    figures, rto = finding.quantiles or Quantiles(None, None, None, None), finding.rto_s
    if rto is None:
        return Judgement(FIGURE, Verdict.UNKNOWN, NO_OBJECTIVE)
    tests = (
        (figures.p80_s is None, Verdict.BAD, RESTORE_MAY_FAIL),
        ((finding.lower_bound_s or 0.0) > rto, Verdict.BAD, NO_ORDER_MEETS_RTO),
        ((figures.p80_s or 0.0) > rto, Verdict.BAD, RTO_MISSED),
        (figures.p95_s is None, Verdict.WATCH, RESTORE_MAY_FAIL),
        ((figures.p95_s or 0.0) > rto, Verdict.WATCH, RTO_AT_RISK),
        (proof_age > PROOF_IS_FRESH, Verdict.WATCH, PROOF_OLD),
    )
    for holds, state, reason in tests:
        if holds:
            return Judgement(FIGURE, state, reason)
    return Judgement(FIGURE, Verdict.GOOD, None)


def _judge_no_loss(finding: ServiceFinding) -> LossJudgement:
    """Judge a service of which nothing is lost: known only when its data is known."""
    if finding.kind == FIGURE:
        return LossJudgement(0.0, Verdict.GOOD, None)
    return LossJudgement(None, Verdict.UNKNOWN, finding.reason)


def _against_rpo(
    rpo_s: int | None, seconds: float, newest: float | None, worst_gap_s: float | None
) -> tuple[Verdict, str | None]:
    """Judge a loss. A newest point that keeps the promise but was never restored is to be watched."""
    if rpo_s is None:
        return Verdict.UNKNOWN, NO_OBJECTIVE
    if newest is None or newest > rpo_s:
        return Verdict.BAD, RPO_EXCEEDED
    if seconds > rpo_s:
        return Verdict.WATCH, NEWEST_NOT_VERIFIED
    if worst_gap_s is not None and worst_gap_s > rpo_s:
        return Verdict.WATCH, RPO_EXCEEDED_LATELY
    return Verdict.GOOD, None


def _age(instant: datetime | None, now: datetime) -> float | None:
    """Return the seconds since; None also for an instant later than now, from before a clock was set back."""
    return None if instant is None or instant > now else (now - instant).total_seconds()
