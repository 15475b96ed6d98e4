"""Reads of organisations, persons and memberships: who looks, at what, and who may sign in at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery

from veilleur.domains.organisations.labels import ROLE_DUTIES
from veilleur.domains.organisations.models import (
    DirectoryAccount,
    Invitation,
    Membership,
    Organisation,
    Person,
    ProviderAccount,
    SetupLink,
)
from veilleur.domains.organisations.queries.directories import not_of_elsewhere
from veilleur.domains.organisations.queries.erasures import erased_in, shown_name
from veilleur.domains.organisations.queries.mandates import ever_serving, mandates_held_by
from veilleur.domains.organisations.queries.providers import not_of_provider_elsewhere
from veilleur.domains.organisations.queries.role_words import RoleWords
from veilleur.domains.organisations.queries.second_factors import people_with_second_factor
from veilleur.domains.organisations.rules.mandates import permissions_by_mandate, role_by_mandate
from veilleur.domains.organisations.rules.roles import permissions_of
from veilleur.domains.organisations.rules.tokens import digest_of
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class OrganisationRow:
    """What pages show of an organisation."""

    id: UUID
    name: str
    language: str
    time_zone: str
    is_demo: bool
    profile: str
    second_factor_roles: tuple[str, ...]


@dataclass(frozen=True)
class MemberRow(RoleWords):
    """What pages show of a member. `id` is the person's; `since` is when the membership began.

    `directory`, `provider`: the name of the one that says who this is and which role they have, if any.
    """

    id: UUID
    name: str
    email: str
    role: str
    side: str
    since: datetime
    signed_in_at: datetime | None
    has_second_factor: bool
    directory: str = ""
    provider: str = ""

    @property
    def duty(self) -> str:
        """Return what the role allows, in a sentence."""
        return str(ROLE_DUTIES[self.role])


@dataclass(frozen=True)
class InvitationRow(RoleWords):
    """What pages show of an invitation that works; `expires_at` excluded."""

    id: UUID
    email: str
    name: str
    role: str
    side: str
    expires_at: datetime
    organisation: OrganisationRow


def viewer_of(person_id: int, now: datetime, *, chosen: UUID | None = None) -> Viewer | None:
    """Return who that person is for queries at `now`, or None without a current membership.

    `chosen` is the public id of the organisation to look at: one's own, or a customer's by a mandate. Any
    other, and one whose membership or mandate has ended, is passed over for the first organisation joined.
    Whom a directory or a provider brought has no own organisation but its. Two queries.
    """
    own = list(_at(_memberships_that_count(), now).filter(person_id=person_id))
    if not own:
        return None
    role_at = {member.organisation_id: member.role for member in own}
    places = [(member.organisation, permissions_of(member.role), member.role) for member in own]
    for mandate in mandates_held_by(set(role_at), now).select_related("organisation").order_by("id"):
        role = role_by_mandate(role_at[mandate.provider_id], mandate.strongest_role)
        if role is not None:
            places.append((mandate.organisation, permissions_by_mandate(role, mandate.scopes), role))
    at = next((place[0] for place in places if place[0].public_id == chosen), places[0][0])
    here = [place for place in places if place[0].pk == at.pk]
    return Viewer(
        person_id=person_id,
        organisation_id=at.pk,
        organisation_ids=frozenset(place[0].pk for place in places),
        permissions=frozenset[str]().union(*(permissions for _, permissions, _ in here)),
        needs_second_factor=any(role in at.second_factor_roles for _, _, role in here),
    )


def visible_organisation(viewer: Viewer) -> OrganisationRow:
    """Return the organisation that the viewer is looking at."""
    return _row(Organisation.objects.get(id=viewer.organisation_id))


def visible_organisations(viewer: Viewer) -> list[OrganisationRow]:
    """Return all organisations that the viewer may look at, by name."""
    rows = Organisation.objects.filter(id__in=viewer.organisation_ids).order_by("name", "id")
    return [_row(organisation) for organisation in rows]


def whole_organisations(*, with_demo: bool = True) -> list[Organisation]:
    """Return every organisation in order of creation: for processes that serve all of them."""
    rows = Organisation.objects.order_by("id")
    return list(rows if with_demo else rows.filter(is_demo=False))


def organisation_of(public_id: UUID) -> Organisation | None:
    """Return the organisation with that public id: for commands, where the operator sees everything."""
    return Organisation.objects.filter(public_id=public_id).first()


def person_with_email(email: str) -> Person | None:
    """Return the person who signs in with that address, whatever its case: for commands and sign-in only."""
    return Person.objects.filter(email=Person.objects.normalize_email(email)).first()


def organisation_ids_of(person_id: int, now: datetime) -> list[int]:
    """Return the database keys of the organisations a person belongs to at `now`, in ascending order."""
    memberships = _current_memberships(now).filter(person_id=person_id)
    return sorted(memberships.values_list("organisation_id", flat=True))


def chains_of(person_id: int, now: datetime) -> Sequence[int | None]:
    """Return the journal's chains for facts about a person: each organisation, or the installation (None)."""
    return organisation_ids_of(person_id, now) or [None]


def is_anybody_able_to_sign_in(organisation_id: int, now: datetime) -> bool:
    """Return whether an active person with a password belongs to the organisation at `now`."""
    people = _current_memberships(now).filter(organisation_id=organisation_id, person__is_active=True)
    return any(
        person.has_usable_password()
        for person in Person.objects.filter(id__in=people.values("person_id")).only("password")
    )


def organisation_of_setup_link(token: str, now: datetime) -> OrganisationRow | None:
    """Return the organisation that an open set-up link leads into, None for any link that does not work."""
    link = _open_link(SetupLink, token, now)
    return None if link is None else _row(link.organisation)


def visible_names(viewer: Viewer) -> dict[str, str]:
    """Return names by pseudonym: of all who ever belonged to the viewer's organisation, or to one that served
    it. Whoever was erased there has none. Three queries.
    """
    members = [*Membership.objects.visible_to(viewer).select_related("person"), *ever_serving(viewer)]
    erased = erased_in({member.organisation_id for member in members})
    return {
        member.person.pseudonym: shown_name(member.person, member.organisation_id, erased)
        for member in members
    }


def visible_members(viewer: Viewer, now: datetime) -> list[MemberRow]:
    """Return who belongs to the viewer's organisation at `now`, by name. Two queries."""
    rows = _with_directory(_at(Membership.objects.visible_to(viewer), now))
    members = list(rows.order_by("person__name", "pk"))
    safe = people_with_second_factor([member.person_id for member in members])
    return [_member_row(member, has_second_factor=member.person_id in safe) for member in members]


def visible_member(viewer: Viewer, person: UUID, now: datetime) -> MemberRow | None:
    """Return one member of the viewer's organisation at `now`, named by the person's public id."""
    rows = _with_directory(_at(Membership.objects.visible_to(viewer), now))
    member = rows.filter(person__public_id=person).first()
    if member is None:
        return None
    return _member_row(member, has_second_factor=bool(people_with_second_factor([member.person_id])))


def visible_invitations(viewer: Viewer, now: datetime) -> list[InvitationRow]:
    """Return the invitations to the viewer's organisation that still work at `now`, the newest first."""
    rows = Invitation.objects.visible_to(viewer).select_related("organisation")
    rows = rows.filter(closed_at=None, expires_at__gt=now).order_by("-created_at", "-pk")
    return [_invitation_row(invitation) for invitation in rows]


def open_invitation(token: str, now: datetime) -> InvitationRow | None:
    """Return the invitation that an open link stands for, None for any link that does not work."""
    invitation = _open_link(Invitation, token, now)
    return None if invitation is None else _invitation_row(invitation)


def list_current_members(organisation_id: int, now: datetime) -> TenantQuerySet:
    """Return the memberships of an organisation that run at `now`: for actions, which weigh them."""
    return _at(Membership.objects.of(organisation_id), now)


def _open_link(kind: type[SetupLink | Invitation], token: str, now: datetime) -> Any:
    """Return the row of a link that works, with its organisation; None for any other token."""
    rows = kind.objects.across_organisations("the token says for which organisation")
    rows = rows.select_related("organisation").filter(token_digest=digest_of(token))
    return rows.filter(closed_at=None, expires_at__gt=now).first()


def _current_memberships(now: datetime) -> TenantQuerySet:
    return _at(Membership.objects.across_organisations("a person's organisations are what is asked"), now)


@cache
def _memberships_that_count() -> TenantQuerySet:
    """Return the query that every page begins with, never run as it is: making it takes half of its time."""
    rows = Membership.objects.across_organisations("a person's organisations are what is asked")
    rows = rows.filter(not_of_elsewhere(), not_of_provider_elsewhere(), person__is_active=True)
    return rows.select_related("organisation").order_by("since", "id")


def _at(memberships: TenantQuerySet, now: datetime) -> TenantQuerySet:
    return memberships.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now)


def _with_directory(memberships: TenantQuerySet) -> TenantQuerySet:
    accounts = DirectoryAccount.objects.across_organisations("of the membership's own organisation").filter(
        organisation_id=OuterRef("organisation_id"), person_id=OuterRef("person_id"), gone_at=None
    )
    by_provider = ProviderAccount.objects.across_organisations("of the membership's own organisation").filter(
        organisation_id=OuterRef("organisation_id"), person_id=OuterRef("person_id"), gone_at=None
    )
    named: TenantQuerySet = memberships.select_related("person").annotate(
        directory_name=Subquery(accounts.values("directory__name")[:1]),
        provider_name=Subquery(by_provider.values("provider__name")[:1]),
    )
    return named


def _member_row(member: Any, *, has_second_factor: bool) -> MemberRow:
    return MemberRow(
        id=member.person.public_id,
        name=member.person.name,
        email=member.person.email,
        role=member.role,
        side=member.side,
        since=member.since,
        signed_in_at=member.person.last_login,
        has_second_factor=has_second_factor,
        directory=member.directory_name or "",
        provider=member.provider_name or "",
    )


def _invitation_row(invitation: Invitation) -> InvitationRow:
    return InvitationRow(
        id=invitation.public_id,
        email=invitation.email,
        name=invitation.name,
        role=invitation.role,
        side=invitation.side,
        expires_at=invitation.expires_at,
        organisation=_row(invitation.organisation),
    )


def _row(organisation: Organisation) -> OrganisationRow:
    return OrganisationRow(
        id=organisation.public_id,
        name=organisation.name,
        language=organisation.language,
        time_zone=organisation.time_zone,
        is_demo=organisation.is_demo,
        profile=organisation.profile,
        second_factor_roles=tuple(organisation.second_factor_roles),
    )
