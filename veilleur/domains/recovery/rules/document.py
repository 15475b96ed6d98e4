"""Findings and reports as JSON: what is kept in an `Answer`, and what `veilleur restart-time --json` prints.

Durations are seconds, rounded to a tenth: the draws are not finer. Instants are ISO 8601 in UTC.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from veilleur.domains.recovery.rules.evidence import Proof
from veilleur.domains.recovery.rules.findings import (
    Bottleneck,
    Findings,
    GanttRow,
    Loss,
    Quantiles,
    ScenarioFinding,
    ServiceFinding,
    SharedMeans,
)
from veilleur.domains.recovery.rules.report import RestartReport, ScenarioAnswer, ServiceAnswer
from veilleur.shared.verdict import Verdict

# Version of the printed document; a field may be added without a new one, never changed or removed.
SCHEMA_VERSION = 1

# Exit codes of `veilleur restart-time`; an error is above 63 (sysexits.h).
EXIT_CODES = {Verdict.GOOD: 0, Verdict.WATCH: 0, Verdict.BAD: 1, Verdict.UNKNOWN: 2}

Document = dict[str, Any]


def document(report: RestartReport, organisation: UUID, name: str) -> Document:
    """Return the document of docs/reference/restart-time.md for a report with at least one scenario."""
    return {
        "schema_version": SCHEMA_VERSION,
        "organisation": {"id": str(organisation), "name": name},
        "now": _text(report.now),
        "computed_at": _text(report.computed_at),
        "draws": report.draws,
        "state": str(report.state),
        "exit_code": EXIT_CODES[report.state],
        "key_is_kept": report.key_reason is None,
        "key_reason": report.key_reason,
        "hidden_services": report.hidden_services,
        "scenarios": [_scenario(answer) for answer in report.scenarios],
    }


def _scenario(answer: ScenarioAnswer) -> Document:
    return {
        "scenario": answer.scenario,
        "kind": answer.kind,
        "state": str(answer.state),
        "restart_state": str(answer.restart_state),
        "loss_state": str(answer.loss_state),
        "reason": answer.reason,
        **_figures(answer),
        "lower_bound_s": _round(answer.lower_bound_s),
        "loss_now_s": _round(answer.loss_now_s),
        "loss_reason": answer.loss_reason,
        "machine": answer.machine_name or None,
        "next_step": answer.next_step,
        "services": [_service(service) for service in answer.services],
    }


def _service(answer: ServiceAnswer) -> Document:
    return {
        "service": {"id": str(answer.service), "name": answer.name},
        "kind": answer.kind,
        "state": str(answer.state),
        "restart_state": str(answer.restart_state),
        "loss_state": str(answer.loss_state),
        "reason": answer.reason,
        "about": answer.about_name or None,
        "machine": answer.machine_name or None,
        **_figures(answer),
        "within_rto": answer.within_rto,
        "within_rto_error": answer.within_rto_error,
        "lower_bound_s": _round(answer.lower_bound_s),
        "rto_s": answer.rto_s,
        "rto_is_default": answer.rto_is_default,
        "rpo_s": answer.rpo_s,
        "rpo_is_default": answer.rpo_is_default,
        "loss_now_s": _round(answer.loss_now_s),
        "loss_newest_s": _round(answer.loss_newest_s),
        "loss_fallback_s": _round(answer.loss_fallback_s),
        "loss_worst_90_days_s": _round(answer.loss_worst_s),
        "loss_reason": answer.loss_reason,
        "proof_level": answer.proof_level,
        "proof_age_s": _round(answer.proof_age_s),
        "tests": answer.tests,
        "is_opinion": answer.is_opinion,
        "bottleneck": answer.bottleneck,
        "bottleneck_name": answer.bottleneck_name or None,
        "next_step": answer.next_step,
    }


def _figures(answer: ScenarioAnswer | ServiceAnswer) -> Document:
    figures = answer.quantiles
    return {
        "p50_s": _round(figures.p50_s),
        "p80_s": _round(figures.p80_s),
        "p95_s": _round(figures.p95_s),
        "p80_error_s": _round(figures.p80_error_s),
    }


def _round(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def kept(findings: Findings) -> Document:
    """Return findings as JSON values, for an `Answer`; `found` is its inverse."""
    plain: Document = _plain(asdict(findings))
    return plain


def found(value: Mapping[str, Any]) -> Findings:
    """Return the findings that `kept` made JSON of; KeyError or TypeError for anything else."""
    return Findings(
        draws=value["draws"],
        seed=value["seed"],
        key_issued_at=_instant(value["key_issued_at"]),
        key_typed_back_at=_instant(value["key_typed_back_at"]),
        key_tested_alone_at=_instant(value["key_tested_alone_at"]),
        scenarios=tuple(_found_scenario(scenario) for scenario in value["scenarios"]),
    )


def _found_scenario(value: Mapping[str, Any]) -> ScenarioFinding:
    return ScenarioFinding(
        scenario=value["scenario"],
        services=tuple(_found_service(service) for service in value["services"]),
        quantiles=_found_quantiles(value["quantiles"]),
        machine_name=value["machine_name"],
        gantt=tuple(GanttRow(**row) for row in value["gantt"]),
        gantt_left_out=value["gantt_left_out"],
        # Findings kept before the means had rows of their own come back without them.
        shared=tuple(_found_means(means) for means in value.get("shared", ())),
    )


def _found_means(value: Mapping[str, Any]) -> SharedMeans:
    stretches = {name: tuple((start, end) for start, end in value[name]) for name in ("busy", "critical")}
    return SharedMeans(**{**value, **stretches})


def _found_service(value: Mapping[str, Any]) -> ServiceFinding:
    loss, proof, bottleneck = value["loss"], value["proof"], value["bottleneck"]
    nested = {
        "service": UUID(value["service"]),
        "machine": UUID(value["machine"]) if value["machine"] else None,
        "quantiles": _found_quantiles(value["quantiles"]),
        "bottleneck": Bottleneck(**bottleneck) if bottleneck else None,
        "loss": _found_loss(loss) if loss else None,
        "proof": Proof(**{**proof, "tested_at": _instant(proof["tested_at"])}) if proof else None,
    }
    return ServiceFinding(**{**value, **nested})


def _found_loss(value: Mapping[str, Any]) -> Loss:
    instants = {name: _instant(value[name]) for name in ("last_point_at", "newest_at", "fallback_at")}
    return Loss(**instants, worst_gap_s=value["worst_gap_s"], is_renewed=value["is_renewed"])


def _found_quantiles(value: Mapping[str, Any] | None) -> Quantiles | None:
    return Quantiles(**value) if value else None


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _plain(value: Any) -> Any:
    """Return a value in JSON's own types: instants and identities as text, tuples as lists."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return _text(value)
    return str(value) if isinstance(value, UUID) else value
