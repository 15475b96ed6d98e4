"""Facts about API tokens."""

from dataclasses import dataclass
from datetime import datetime

from veilleur.domains.journal.rules.kinds import fact_kind


@fact_kind("organisations.api_token_made", version=1)
@dataclass(frozen=True)
class ApiTokenMade:
    """A program may come in by a token from now on, until `expires_at`, excluded. Subject: the token."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime
    is_organisations: bool


@fact_kind("organisations.api_token_revoked", version=1)
@dataclass(frozen=True)
class ApiTokenRevoked:
    """A token opens nothing any more, and why: "asked", "left" or "restored". Subject: the token."""

    reason: str


@fact_kind("organisations.api_token_refused", version=1)
@dataclass(frozen=True)
class ApiTokenRefused:
    """A token was used after its end, for the first time. Subject: the token."""

    expired_at: datetime
