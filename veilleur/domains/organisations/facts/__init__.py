"""Facts about organisations and the people in them. Bodies name no one: persons appear by pseudonym, as actor
or by the public id that is the fact's subject.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.rules.kinds import Body, fact_kind, upcaster


@fact_kind("organisations.organisation_created", version=1)
@dataclass(frozen=True)
class OrganisationCreated:
    """An organisation exists from now on. Subject: the organisation."""

    name: str
    language: str
    time_zone: str
    is_demo: bool


@fact_kind("organisations.organisation_named", version=1)
@dataclass(frozen=True)
class OrganisationNamed:
    """An organisation has another name. Subject: the organisation."""

    name: str
    name_before: str


@fact_kind("organisations.person_created", version=1)
@dataclass(frozen=True)
class PersonCreated:
    """Somebody got an account, in no organisation yet. Subject: the person."""

    pseudonym: str
    may_sign_in: bool


@fact_kind("organisations.member_added", version=2)
@dataclass(frozen=True)
class MemberAdded:
    """A person belongs to the organisation from now on, in that role. Subject: the person."""

    pseudonym: str
    role: str
    side: str


@upcaster("organisations.member_added", from_version=1)
def _member_with_role(body: Body) -> Body:
    # Before there were roles, whoever belonged to an organisation could do everything in it.
    return body | {"role": "manager", "side": "internal"}


@fact_kind("organisations.role_changed", version=1)
@dataclass(frozen=True)
class RoleChanged:
    """A member has another role, or works for another side, from now on. Subject: the person."""

    pseudonym: str
    role: str
    role_before: str
    side: str
    side_before: str


@fact_kind("organisations.member_left", version=1)
@dataclass(frozen=True)
class MemberLeft:
    """A person no longer belongs to the organisation, whose sessions ended with it. Subject: the person."""

    pseudonym: str


@fact_kind("organisations.account_closed", version=1)
@dataclass(frozen=True)
class AccountClosed:
    """A person who belongs nowhere any more can no longer sign in. Subject: the person."""

    pseudonym: str


@fact_kind("organisations.invitation_issued", version=1)
@dataclass(frozen=True)
class InvitationIssued:
    """Somebody was invited; who it is, is in the table only. Subject: the invitation."""

    role: str
    side: str
    expires_at: datetime


@fact_kind("organisations.invitation_withdrawn", version=1)
@dataclass(frozen=True)
class InvitationWithdrawn:
    """An invitation no longer works. Subject: the invitation."""


@fact_kind("organisations.invitation_accepted", version=1)
@dataclass(frozen=True)
class InvitationAccepted:
    """An invitation was used, once and for all. Subject: the invitation."""

    pseudonym: str


@fact_kind("organisations.profile_chosen", version=1)
@dataclass(frozen=True)
class ProfileChosen:
    """The organisation shows more of Veilleur, or less. Subject: the organisation."""

    profile: str
    profile_before: str


@fact_kind("organisations.first_week_said", version=1)
@dataclass(frozen=True)
class FirstWeekSaid:
    """The actor says something of the first week (`rules/first_week.py`), or takes it back. Subject: the
    organisation.
    """

    saying: str
    stands: bool


@fact_kind("organisations.second_factor_asked", version=1)
@dataclass(frozen=True)
class SecondFactorAsked:
    """Whoever has one of these roles gets in with a second factor only. Subject: the organisation."""

    roles: tuple[str, ...]
    roles_before: tuple[str, ...]


@fact_kind("organisations.team_made", version=1)
@dataclass(frozen=True)
class TeamMade:
    """A team exists from now on. Subject: the team."""

    name: str


@fact_kind("organisations.team_changed", version=1)
@dataclass(frozen=True)
class TeamChanged:
    """A team has another name or address, or others are in it. Members by pseudonym. Subject: the team."""

    name: str
    joined: tuple[str, ...]
    left: tuple[str, ...]


@fact_kind("organisations.team_dissolved", version=1)
@dataclass(frozen=True)
class TeamDissolved:
    """A team no longer exists; nobody is in it. Subject: the team."""


@fact_kind("organisations.mandate_offered", version=1)
@dataclass(frozen=True)
class MandateOffered:
    """The customer offered a mandate by a link. Subject: the mandate. `until` excluded; None: no end yet."""

    strongest_role: str
    scopes: tuple[str, ...]
    until: datetime | None


@fact_kind("organisations.mandate_taken_up", version=1)
@dataclass(frozen=True)
class MandateTakenUp:
    """A provider's people may work at the customer from now on. In both chains. Subject: the mandate."""

    customer: UUID
    provider: UUID
    strongest_role: str
    scopes: tuple[str, ...]
    until: datetime | None


@fact_kind("organisations.mandate_changed", version=1)
@dataclass(frozen=True)
class MandateChanged:
    """The customer gives more, less, or for another time. In both chains. Subject: the mandate."""

    customer: UUID
    provider: UUID
    strongest_role: str
    scopes: tuple[str, ...]
    until: datetime | None


@fact_kind("organisations.mandate_ended", version=1)
@dataclass(frozen=True)
class MandateEnded:
    """A provider's people may no longer work at the customer. In both chains. Subject: the mandate.

    `by` is "customer", "provider", or "replaced" when another mandate took its place. An offer that was
    withdrawn names no provider.
    """

    customer: UUID
    provider: UUID | None
    by: str


@fact_kind("organisations.setup_link_issued", version=1)
@dataclass(frozen=True)
class SetupLinkIssued:
    """A one-time set-up link was made; earlier open ones no longer work. Subject: the link."""

    expires_at: datetime


@fact_kind("organisations.setup_link_redeemed", version=1)
@dataclass(frozen=True)
class SetupLinkRedeemed:
    """A set-up link was used, once and for all. Subject: the link."""

    pseudonym: str


@fact_kind("organisations.open_links_ended", version=1)
@dataclass(frozen=True)
class OpenLinksEnded:
    """After a restore: sessions, invitations, set-up links and offers that were open in the copy ended."""

    links: int


@fact_kind("organisations.signed_in", version=1)
@dataclass(frozen=True)
class SignedIn:
    """A member signed in, by the means named. Subject: the person."""

    means: str


@fact_kind("organisations.signed_out", version=1)
@dataclass(frozen=True)
class SignedOut:
    """A member signed out. Subject: the person."""


@fact_kind("organisations.sessions_ended", version=1)
@dataclass(frozen=True)
class SessionsEnded:
    """A member ended every session but the one in use. Subject: the person."""

    count: int


@fact_kind("organisations.sign_in_failed", version=1)
@dataclass(frozen=True)
class SignInFailed:
    """A sign-in was refused. The address is a keyed digest: equal addresses are seen to be equal, no more."""

    address_digest: str
    means: str


@fact_kind("organisations.second_factor_added", version=1)
@dataclass(frozen=True)
class SecondFactorAdded:
    """A member signs in with a second factor of this kind as well. Subject: the person."""

    factor: str


@fact_kind("organisations.second_factor_removed", version=1)
@dataclass(frozen=True)
class SecondFactorRemoved:
    """A second factor was removed, by the person or at the command line ("all"). Subject: the person."""

    factor: str
    by_operator: bool


@fact_kind("organisations.recovery_codes_made", version=1)
@dataclass(frozen=True)
class RecoveryCodesMade:
    """A member made recovery codes; those before no longer work. Subject: the person."""


@fact_kind("organisations.password_changed", version=1)
@dataclass(frozen=True)
class PasswordChanged:
    """A member's password changed, by the person or at the command line. Subject: the person."""

    by_operator: bool
