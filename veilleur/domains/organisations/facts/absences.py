"""Facts about people who are away from on-call duty. Why they are is in none: the journal forgets nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.rules.kinds import fact_kind


@fact_kind("organisations.absence_entered", version=1)
@dataclass(frozen=True)
class AbsenceEntered:
    """Somebody is away; by these rotas, by public id, the stand-in is on call. Subject: the absence."""

    pseudonym: str
    starts_at: datetime
    ends_at: datetime
    stand_in: str
    rotas: tuple[UUID, ...]


@fact_kind("organisations.absence_ended", version=1)
@dataclass(frozen=True)
class AbsenceEnded:
    """Somebody who was said to be away is back, or never went. Subject: the absence."""

    pseudonym: str
