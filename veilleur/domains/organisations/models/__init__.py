"""Tables of organisations: who exists, who belongs where, what lets somebody in."""

from veilleur.domains.organisations.models.directories import Directory, DirectoryAccount, DirectoryGroup
from veilleur.domains.organisations.models.invitations import Invitation, SetupLink
from veilleur.domains.organisations.models.mandates import Mandate
from veilleur.domains.organisations.models.people import Membership, Organisation, Person, PersonManager
from veilleur.domains.organisations.models.providers import IdentityProvider, ProviderAccount, ProviderRole
from veilleur.domains.organisations.models.teams import Team, TeamMember

__all__ = [
    "Directory",
    "DirectoryAccount",
    "DirectoryGroup",
    "IdentityProvider",
    "Invitation",
    "Mandate",
    "Membership",
    "Organisation",
    "Person",
    "PersonManager",
    "ProviderAccount",
    "ProviderRole",
    "SetupLink",
    "Team",
    "TeamMember",
]
