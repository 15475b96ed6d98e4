"""What new evidence changed: old and new findings, both judged at the same instant.

Used by `actions.py`; what only time changes is no fact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.recovery.rules.answer import Judgement, judge_restart
from veilleur.domains.recovery.rules.findings import Findings
from veilleur.domains.recovery.rules.inputs import RecoveryKey


@dataclass(frozen=True)
class Change:
    """One service in one scenario; `before` is None at its first answer."""

    scenario: str
    before: Judgement | None
    after: Judgement


def changes_between(old: Findings | None, new: Findings, now: datetime) -> list[tuple[UUID, Change]]:
    """Return (service, change) for each answer that differs in kind, state or reason, in the new order."""
    before = dict(_judged(old, now)) if old is not None else {}
    return [
        (service, Change(scenario, before.get((scenario, service)), judged))
        for (scenario, service), judged in _judged(new, now)
        if before.get((scenario, service)) != judged
    ]


def _judged(findings: Findings, now: datetime) -> Iterator[tuple[tuple[str, UUID], Judgement]]:
    key = RecoveryKey(findings.key_issued_at, findings.key_typed_back_at, findings.key_tested_alone_at)
    for scenario in findings.scenarios:
        for service in scenario.services:
            yield (scenario.scenario, service.service), judge_restart(service, key, now)
