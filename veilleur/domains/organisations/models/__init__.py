"""Tables of organisations: who exists, who belongs where, what lets somebody in."""

from veilleur.domains.organisations.models.absences import OnCallAbsence, OnCallStandIn
from veilleur.domains.organisations.models.api_tokens import ApiToken
from veilleur.domains.organisations.models.directories import Directory, DirectoryAccount, DirectoryGroup
from veilleur.domains.organisations.models.erasures import Erasure
from veilleur.domains.organisations.models.first_week import FirstWeekSaying
from veilleur.domains.organisations.models.invitations import Invitation, SetupLink
from veilleur.domains.organisations.models.mandates import Mandate
from veilleur.domains.organisations.models.people import Membership, Organisation, Person, PersonManager
from veilleur.domains.organisations.models.providers import IdentityProvider, ProviderAccount, ProviderRole
from veilleur.domains.organisations.models.rota import (
    OnCallIntervention,
    OnCallRota,
    OnCallShift,
    OnCallSwap,
    OnCallTerms,
    OnCallTurns,
    OnCallTurnTaker,
)
from veilleur.domains.organisations.models.teams import Team, TeamMember

__all__ = [
    "ApiToken",
    "Directory",
    "DirectoryAccount",
    "DirectoryGroup",
    "Erasure",
    "FirstWeekSaying",
    "IdentityProvider",
    "Invitation",
    "Mandate",
    "Membership",
    "OnCallAbsence",
    "OnCallIntervention",
    "OnCallRota",
    "OnCallShift",
    "OnCallStandIn",
    "OnCallSwap",
    "OnCallTerms",
    "OnCallTurnTaker",
    "OnCallTurns",
    "Organisation",
    "Person",
    "PersonManager",
    "ProviderAccount",
    "ProviderRole",
    "SetupLink",
    "Team",
    "TeamMember",
]
