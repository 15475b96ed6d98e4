"""Facts about on-call rotas. People appear by pseudonym; times are instants, their end excluded."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.rules.kinds import fact_kind


@fact_kind("organisations.rota_made", version=1)
@dataclass(frozen=True)
class RotaMade:
    """A rota exists from now on, and covers these hours. Subject: the rota."""

    name: str
    cover: str
    holidays: str


@fact_kind("organisations.rota_changed", version=1)
@dataclass(frozen=True)
class RotaChanged:
    """A rota has another name or team, or covers other hours from now on. Subject: the rota."""

    name: str
    cover: str
    holidays: str
    changed: tuple[str, ...]


@fact_kind("organisations.rota_ended", version=1)
@dataclass(frozen=True)
class RotaEnded:
    """Nobody is on call by a rota any more. Subject: the rota."""


@fact_kind("organisations.turns_planned", version=1)
@dataclass(frozen=True)
class TurnsPlanned:
    """These people take turns, in this order, from `begins` on. Subject: the rota."""

    people: tuple[str, ...]
    begins: datetime
    days: int


@fact_kind("organisations.turns_stopped", version=1)
@dataclass(frozen=True)
class TurnsStopped:
    """Nobody takes turns on a rota any more; what was planned by hand stays. Subject: the rota."""


@fact_kind("organisations.shift_planned", version=1)
@dataclass(frozen=True)
class ShiftPlanned:
    """A stretch was given to somebody by hand; no pseudonym: it was left open. Subject: the rota."""

    pseudonym: str
    starts_at: datetime
    ends_at: datetime


@fact_kind("organisations.duty_taken_over", version=1)
@dataclass(frozen=True)
class DutyTakenOver:
    """Somebody took a stretch over, of their own will. Subject: the rota."""

    pseudonym: str
    starts_at: datetime
    ends_at: datetime


@fact_kind("organisations.swap_asked", version=1)
@dataclass(frozen=True)
class SwapAsked:
    """Somebody offered a stretch of duty for somebody else's. Subject: the swap."""

    rota: UUID
    asked_by: str
    asked_of: str


@fact_kind("organisations.swap_closed", version=1)
@dataclass(frozen=True)
class SwapClosed:
    """A swap was agreed to, declined or withdrawn. Subject: the swap."""

    rota: UUID
    outcome: str


@fact_kind("organisations.intervention_noted", version=1)
@dataclass(frozen=True)
class InterventionNoted:
    """Somebody on call says when they worked. Subject: the rota."""

    pseudonym: str
    starts_at: datetime
    ends_at: datetime
