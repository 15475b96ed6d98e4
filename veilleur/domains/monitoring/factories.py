"""Checks and results for tests: plain functions with honest defaults, no journal fact."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from veilleur.domains.monitoring.models import Check, CheckState
from veilleur.domains.monitoring.ports import SpooledResult
from veilleur.domains.monitoring.rules.kinds import KINDS
from veilleur.domains.monitoring.rules.outcomes import Evidence
from veilleur.shared.ids import new_id
from veilleur.shared.intervals import to_microseconds

SINCE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def make_check(asset: Model, kind: str = "listener", target: str = "127.0.0.1:5432", **fields: Any) -> Check:
    """Make an active check of an asset, with the limits and the pace of its kind."""
    organisation_id = asset.organisation_id  # type: ignore[attr-defined]
    rules = KINDS[kind]
    warning, critical = rules.limits.warning, rules.limits.critical
    values = {
        "organisation_id": organisation_id,
        "public_id": new_id(SINCE),
        "asset_id": asset.pk,
        "kind": kind,
        "target": target,
        "period_s": rules.policy.period_s,
        "retry_s": rules.policy.retry_s,
        "max_attempts": rules.policy.max_attempts,
        "timeout_s": rules.policy.timeout_s,
        "warning_raise": warning.raise_at if warning else None,
        "warning_clear": warning.clear_at if warning else None,
        "critical_raise": critical.raise_at if critical else None,
        "critical_clear": critical.clear_at if critical else None,
        "since": SINCE,
        "recorded_at": SINCE,
        **fields,
    }
    check = Check(**values)
    check.save()
    CheckState(
        organisation_id=organisation_id,
        public_id=new_id(SINCE),
        check_row=check,
        hard_since_us=to_microseconds(SINCE),
    ).save()
    return check


def make_result(check: UUID, started_at: datetime, sequence: int = 0, **fields: Any) -> SpooledResult:
    """Make the result of a target that answered."""
    values = {
        "sequence": sequence,
        "check": check,
        "started_us": to_microseconds(started_at),
        "lasted_us": 1_200,
        "evidence": Evidence.ANSWERED,
        "code": "connected",
        "value": None,
        **fields,
    }
    return SpooledResult(**values)
