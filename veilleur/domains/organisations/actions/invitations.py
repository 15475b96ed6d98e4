"""Invitations: how everybody but the first person joins an organisation."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.authority import has_lost, person_acting
from veilleur.domains.organisations.actions.memberships import add_member, hold_members
from veilleur.domains.organisations.actions.passwords import HashedPassword
from veilleur.domains.organisations.actions.people import create_person, is_address_in_use
from veilleur.domains.organisations.facts import InvitationAccepted, InvitationIssued, InvitationWithdrawn
from veilleur.domains.organisations.models import Invitation, Organisation, Person
from veilleur.domains.organisations.queries import list_current_members, open_invitation, person_with_email
from veilleur.domains.organisations.queries.providers import is_brought, is_of_provider
from veilleur.domains.organisations.rules.roles import Permission, Role, Side
from veilleur.domains.organisations.rules.tokens import INVITATION_LIFETIME, TOKEN_BYTES, digest_of
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class Invited:
    """Who is to join, and as what."""

    email: str
    name: str
    role: Role
    side: Side = Side.INTERNAL


@recorded
def invite(*, now: datetime, actor: Actor, organisation_id: int, invited: Invited) -> str | Refused:
    """Return the token of a link by which somebody joins; an earlier open one for the address stops working.

    Refuse "member_already" for the address of somebody who belongs to the organisation, "no_longer_allowed"
    where whoever invites lost the right to it. The token is 256 random bits and shown this once: only its
    digest is kept.
    """
    hold_members(organisation_id)
    if has_lost(Permission.MANAGE_PEOPLE, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    email = Person.objects.normalize_email(invited.email)
    known = person_with_email(email)
    if known is not None and list_current_members(organisation_id, now).filter(person=known).exists():
        return Refused("member_already")
    Invitation.objects.of(organisation_id).filter(email=email, closed_at=None).update(closed_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = Invitation(
        organisation_id=organisation_id,
        public_id=new_id(now),
        email=email,
        name=invited.name,
        role=invited.role,
        side=invited.side,
        token_digest=digest_of(token),
        created_at=now,
        expires_at=now + INVITATION_LIFETIME,
        made_by=person_acting(actor),
    )
    invitation.save(force_insert=True)
    fact = InvitationIssued(role=invited.role, side=invited.side, expires_at=invitation.expires_at)
    record(fact, subject=invitation.public_id, organisation_id=organisation_id)
    return token


@recorded
def withdraw_invitation(
    *, now: datetime, actor: Actor, organisation_id: int, invitation: UUID
) -> Refused | None:
    """Make an open invitation stop working; refuse "no_such_invitation" for any other."""
    mine = Invitation.objects.of(organisation_id).filter(public_id=invitation, closed_at=None)
    if mine.update(closed_at=now) != 1:
        return Refused("no_such_invitation")
    record(InvitationWithdrawn(), subject=invitation, organisation_id=organisation_id)
    return None


@recorded
def accept_as_somebody_new(
    *, now: datetime, actor: Actor, token: str, name: str, password: HashedPassword, language: str
) -> Person | Refused:
    """Create the invited person, a member in the role that was offered. Whoever left and has a closed account
    gets another one: what the former did keeps its name, and nothing of it opens again.

    Refuse "invitation_invalid" for a token that is unknown, used, withdrawn or too old, without saying which;
    "email_taken" where the address is somebody's by now, who accepts after signing in. Raise IntegrityError
    where it becomes somebody's at this very instant.
    """
    offered = open_invitation(token, now)
    if offered is not None and is_address_in_use(offered.email):
        return Refused("email_taken")
    invitation = _closed(token, now)
    if invitation is None:
        return Refused("invitation_invalid")
    person = create_person(
        now=now, actor=actor, email=invitation.email, name=name, language=language, password=password
    )
    _join(invitation, person, now=now, actor=actor)
    return person


@recorded
def accept_as_member_elsewhere(*, now: datetime, actor: Actor, token: str, person_id: int) -> Refused | None:
    """Make somebody who signed in already a member in the role that was offered.

    Refuse "invitation_invalid", as for somebody new; "invitation_for_another" where the link was made for
    another address than that person's; "account_of_directory" or "account_of_provider" for somebody whom one
    brought: who keeps it could come in as them.
    """
    offered = open_invitation(token, now)
    if offered is not None:
        hold_members(Organisation.objects.values_list("pk", flat=True).get(public_id=offered.organisation.id))
    # Held before it is weighed: whoever is erased at this very moment is nobody to let in.
    person = Person.objects.select_for_update().get(pk=person_id)
    if is_brought(person_id):
        return Refused("account_of_provider" if is_of_provider(person_id) else "account_of_directory")
    if offered is not None and offered.email != person.email:
        return Refused("invitation_for_another")
    invitation = _closed(token, now)
    if invitation is None:
        return Refused("invitation_invalid")
    _join(invitation, person, now=now, actor=actor)
    return None


def _closed(token: str, now: datetime) -> Invitation | None:
    """Return the invitation of a token, closed by this very call; of two who come at once one gets None."""
    rows = Invitation.objects.across_organisations("the token says for which organisation").filter(
        token_digest=digest_of(token), closed_at=None, expires_at__gt=now
    )
    invitation: Invitation | None = rows.first()
    if invitation is None or rows.filter(pk=invitation.pk).update(closed_at=now) != 1:
        return None
    return invitation


def _join(invitation: Invitation, person: Person, *, now: datetime, actor: Actor) -> None:
    add_member(
        now=now,
        actor=actor,
        organisation_id=invitation.organisation_id,
        person_id=person.pk,
        role=Role(invitation.role),
        side=Side(invitation.side),
    )
    person.refresh_from_db()
    record(
        InvitationAccepted(pseudonym=person.pseudonym),
        subject=invitation.public_id,
        organisation_id=invitation.organisation_id,
    )
