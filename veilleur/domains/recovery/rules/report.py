"""The report that pages, commands and the home page show: findings judged at one instant.

Made by `queries.py` from kept findings; `document.py` turns it into JSON.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from veilleur.domains.recovery.rules.answer import (
    Judgement,
    LossJudgement,
    company_kind,
    judge_loss,
    judge_restart,
    key_reason,
    next_step,
)
from veilleur.domains.recovery.rules.durations import TESTS_FOR_EVIDENCE
from veilleur.domains.recovery.rules.evidence import FIGURE, KINDS
from veilleur.domains.recovery.rules.findings import (
    Findings,
    GanttRow,
    Quantiles,
    ScenarioFinding,
    ServiceFinding,
    SharedMeans,
)
from veilleur.domains.recovery.rules.inputs import RecoveryKey
from veilleur.shared.verdict import Verdict, worst

_STATES = (Verdict.BAD, Verdict.UNKNOWN, Verdict.WATCH, Verdict.GOOD)
_NOTHING = Quantiles(None, None, None, None)


@dataclass(frozen=True)
class ServiceAnswer:
    """One service in one scenario. All durations and ages are seconds, None where `reason` says why.

    `state` is the worse of `restart_state` and `loss_state`. `next_step` is a code of `answer.py`.
    """

    service: UUID
    name: str
    kind: str
    state: Verdict
    restart_state: Verdict
    loss_state: Verdict
    reason: str | None
    about_name: str
    machine_name: str
    quantiles: Quantiles
    within_rto: float | None
    within_rto_error: float | None
    lower_bound_s: float | None
    rto_s: int | None
    rpo_s: int | None
    rto_is_default: bool
    rpo_is_default: bool
    loss_now_s: float | None
    loss_newest_s: float | None
    loss_fallback_s: float | None
    loss_worst_s: float | None
    loss_reason: str | None
    proof_level: int | None
    proof_age_s: float | None
    tests: int
    is_opinion: bool
    bottleneck: str | None
    bottleneck_name: str
    next_step: str | None


@dataclass(frozen=True)
class ScenarioAnswer:
    """One scenario for the whole company: the last service back, and the greatest loss.

    `services` are worst first. `gantt` is the middle run of the services that have a figure, `shared` what
    its steps share.
    """

    scenario: str
    kind: str
    state: Verdict
    restart_state: Verdict
    loss_state: Verdict
    reason: str | None
    quantiles: Quantiles
    lower_bound_s: float | None
    rto_s: int | None
    rpo_s: int | None
    loss_now_s: float | None
    loss_reason: str | None
    machine_name: str
    next_step: str | None
    services: tuple[ServiceAnswer, ...]
    gantt: tuple[GanttRow, ...]
    gantt_left_out: int
    shared: tuple[SharedMeans, ...] = ()

    @property
    def worst_service(self) -> ServiceAnswer | None:
        """Return the service that decides the answer; None when there is none."""
        return self.services[0] if self.services else None

    @property
    def worst_loss(self) -> ServiceAnswer | None:
        """Return the service with the greatest known loss among those in the worst state of theirs."""
        known = [
            service
            for service in self.services
            if service.loss_state is self.loss_state and service.loss_now_s is not None
        ]
        return max(known, key=lambda service: service.loss_now_s or 0.0, default=None)


@dataclass(frozen=True)
class RestartReport:
    """Both scenarios at one instant. `key_reason` is None once the recovery key counts as kept.

    `hidden_services` counts services that are part of the answer but may not be shown to this viewer.
    """

    now: datetime
    computed_at: datetime
    draws: int
    key_reason: str | None
    scenarios: tuple[ScenarioAnswer, ...]
    hidden_services: int = 0

    @property
    def state(self) -> Verdict:
        """Return the worst state of the two scenarios."""
        return worst(scenario.state for scenario in self.scenarios)

    def scenario(self, code: str) -> ScenarioAnswer:
        """Return one scenario by its code; KeyError for another word."""
        for answer in self.scenarios:
            if answer.scenario == code:
                return answer
        raise KeyError(code)


def report_of(findings: Findings, *, now: datetime, computed_at: datetime) -> RestartReport:
    """Return the report of kept findings at an instant; ages and states are counted from `now`."""
    key = RecoveryKey(findings.key_issued_at, findings.key_typed_back_at, findings.key_tested_alone_at)
    return RestartReport(
        now=now,
        computed_at=computed_at,
        draws=findings.draws,
        key_reason=key_reason(key),
        scenarios=tuple(_scenario_answer(finding, key, now) for finding in findings.scenarios),
    )


def shown_to(report: RestartReport, visible: frozenset[UUID]) -> RestartReport:
    """Return the report with only the services a viewer may see; the others are counted, never dropped.

    What decides a scenario stays: it is computed on the whole. The drawing names services, so it is
    shown only when all of them may be seen.
    """
    all_services = {service.service for answer in report.scenarios for service in answer.services}
    hidden = all_services - visible
    if not hidden:
        return report
    scenarios = tuple(
        replace(
            answer,
            services=tuple(service for service in answer.services if service.service in visible),
            gantt=(),
            gantt_left_out=len(answer.gantt) + answer.gantt_left_out,
            shared=(),
        )
        for answer in report.scenarios
    )
    return replace(report, scenarios=scenarios, hidden_services=len(hidden))


def _scenario_answer(finding: ScenarioFinding, key: RecoveryKey, now: datetime) -> ScenarioAnswer:
    judged = [judge_restart(service, key, now) for service in finding.services]
    answers = [
        _service_answer(service, judgement, judge_loss(service, judgement, now), now)
        for service, judgement in zip(finding.services, judged, strict=True)
    ]
    services = tuple(sorted(answers, key=_worst_first))
    whole = company_kind(judged)
    first = services[0] if services else None
    losses = [service.loss_now_s for service in services]
    unknown_loss = next((service.loss_reason for service in services if service.loss_now_s is None), None)
    known = [loss for loss in losses if loss is not None]
    return ScenarioAnswer(
        scenario=finding.scenario,
        kind=whole.kind,
        state=worst(service.state for service in services),
        restart_state=whole.state,
        loss_state=worst(service.loss_state for service in services),
        reason=whole.reason,
        quantiles=(finding.quantiles or _NOTHING) if whole.kind == FIGURE else _NOTHING,
        lower_bound_s=max((s.lower_bound_s for s in services if s.lower_bound_s is not None), default=None),
        rto_s=first.rto_s if first else None,
        rpo_s=first.rpo_s if first else None,
        loss_now_s=max(known) if known and len(known) == len(losses) else None,
        loss_reason=unknown_loss,
        machine_name=first.machine_name if first else "",
        next_step=next((service.next_step for service in services if service.next_step), None),
        services=services,
        gantt=finding.gantt,
        gantt_left_out=finding.gantt_left_out,
        shared=finding.shared,
    )


def _service_answer(
    finding: ServiceFinding, judged: Judgement, loss: LossJudgement, now: datetime
) -> ServiceAnswer:
    has_figure = judged.kind == FIGURE
    proof = finding.proof
    return ServiceAnswer(
        service=finding.service,
        name=finding.name,
        kind=judged.kind,
        state=worst((judged.state, loss.state)),
        restart_state=judged.state,
        loss_state=loss.state,
        reason=judged.reason,
        about_name=finding.about_name,
        machine_name=finding.machine_name,
        quantiles=(finding.quantiles or _NOTHING) if has_figure else _NOTHING,
        within_rto=finding.within_rto if has_figure else None,
        within_rto_error=finding.within_rto_error if has_figure else None,
        lower_bound_s=finding.lower_bound_s,
        rto_s=finding.rto_s,
        rpo_s=finding.rpo_s,
        rto_is_default=finding.rto_is_default,
        rpo_is_default=finding.rpo_is_default,
        loss_now_s=loss.seconds,
        loss_newest_s=loss.newest_s,
        loss_fallback_s=loss.fallback_s,
        loss_worst_s=_worst_loss_s(finding, loss),
        loss_reason=loss.reason,
        proof_level=proof.level if proof else None,
        proof_age_s=(now - proof.tested_at).total_seconds() if proof else None,
        tests=proof.tests if proof else 0,
        is_opinion=proof is None or proof.tests < TESTS_FOR_EVIDENCE,
        bottleneck=finding.bottleneck.step if finding.bottleneck else None,
        bottleneck_name=finding.bottleneck.name if finding.bottleneck else "",
        next_step=next_step(judged.reason, loss.reason),
    )


def _worst_loss_s(finding: ServiceFinding, loss: LossJudgement) -> float | None:
    """Return the greatest loss of ninety days, of which this instant is one; None where none was counted."""
    past = finding.loss.worst_gap_s if finding.loss else None
    return max((each for each in (past, loss.seconds) if each is not None and finding.loss), default=None)


def _worst_first(answer: ServiceAnswer) -> tuple[int, int, float, str]:
    """Return a sort key: gravest kind, worst state, most over its objective, then by name."""
    p80, rto = answer.quantiles.p80_s, answer.rto_s
    over = p80 / rto if p80 is not None and rto else 0.0
    return KINDS.index(answer.kind), _STATES.index(answer.restart_state), -over, answer.name
