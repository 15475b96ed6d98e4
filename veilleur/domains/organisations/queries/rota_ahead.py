"""Who is on call in the days to come, for later domains: by the organisation's rotas and its providers'."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from veilleur.domains.organisations.models import Mandate, OnCallRota, Organisation
from veilleur.domains.organisations.queries.mandates import running_at
from veilleur.domains.organisations.queries.rota import plans_of, standing
from veilleur.domains.organisations.rules.duty import Piece, Plan, pieces_ahead
from veilleur.domains.organisations.rules.profiles import Feature, shows

_OF_PROVIDER = "a mandate says whose rotas serve the organisation"


@dataclass(frozen=True)
class AheadRow:
    """A rota and who is on call by it from now on. `provider`: whose, "" for the organisation's own.

    `plan` is the digest of all that decides it: it moves with what people plan, and not with time. A piece
    names a public id as text, None where nobody is on call and somebody should be.
    """

    id: UUID
    name: str
    provider: str
    cover: str
    team: str
    team_email: str
    plan: str
    pieces: tuple[Piece, ...]

    @property
    def people(self) -> frozenset[UUID]:
        """Return who is on call at some time in it."""
        return frozenset(UUID(piece.person) for piece in self.pieces if piece.person is not None)


def whole_rotas_ahead(organisation_id: int, now: datetime, ahead: timedelta) -> list[AheadRow]:
    """Return each rota that did not end with who is on call in [now, now + ahead), in order.

    The organisation's own by name, then those by which providers with a mandate serve it. Ten queries.
    """
    own = OnCallRota.objects.of(organisation_id).select_related("team", "organisation")
    mandates = running_at(Mandate.objects.of(organisation_id), now)
    served = OnCallRota.objects.across_organisations(_OF_PROVIDER).filter(
        organisation_id__in=mandates.values("provider_id"), serves_customers=True
    )
    rotas = [*standing(own, now), *standing(served.select_related("team", "organisation"), now)]
    plans = plans_of(rotas)
    return [
        AheadRow(
            id=rota.public_id,
            name=rota.name,
            provider="" if rota.organisation_id == organisation_id else rota.organisation.name,
            cover=plans[rota.pk].terms_at(now).cover,
            team="" if rota.team is None else rota.team.name,
            team_email="" if rota.team is None else rota.team.email,
            plan=_digest(plans[rota.pk]),
            pieces=tuple(pieces_ahead(plans[rota.pk], now, now + ahead)),
        )
        for rota in rotas
    ]


def is_on_call_expected(organisation_id: int) -> bool:
    """Return whether the organisation's profile switches on-call on."""
    profile = Organisation.objects.values_list("profile", flat=True).get(pk=organisation_id)
    return shows(profile, Feature.ON_CALL, is_used=False)


def _digest(plan: Plan) -> str:
    whole = json.dumps(asdict(plan), sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()
