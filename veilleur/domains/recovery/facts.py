"""Kinds of journal fact of recovery."""

from dataclasses import dataclass

from veilleur.domains.journal.rules.kinds import fact_kind


@fact_kind("recovery.answer_changed", version=1)
@dataclass(frozen=True)
class AnswerChanged:
    """New evidence changed what a service's restart is, in one scenario. The subject is the service.

    Codes of `rules/answer.py`; "" before the first answer and for no reason.
    """

    scenario: str
    kind: str
    state: str
    reason: str
    kind_before: str
    state_before: str


@fact_kind("recovery.human_step_estimated", version=1)
@dataclass(frozen=True)
class HumanStepEstimated:
    """Somebody said how long a step done by people takes: at best, most likely, at worst, in seconds."""

    scenario: str
    step: str
    low_s: int
    likely_s: int
    high_s: int


@fact_kind("recovery.means_stated", version=1)
@dataclass(frozen=True)
class MeansStated:
    """Somebody said how many people restore at once, and how many restores one repository feeds."""

    technicians: int
    streams: int
