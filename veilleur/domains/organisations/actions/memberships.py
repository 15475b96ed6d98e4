"""Who belongs to an organisation, in which role, and who no longer does."""

from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.authority import has_lost
from veilleur.domains.organisations.actions.revoking import revoke_tokens_of_leaver
from veilleur.domains.organisations.facts import (
    AccountClosed,
    InvitationWithdrawn,
    MandateEnded,
    MemberAdded,
    MemberLeft,
    RoleChanged,
)
from veilleur.domains.organisations.models import (
    DirectoryAccount,
    Invitation,
    Mandate,
    Membership,
    Organisation,
    Person,
    ProviderAccount,
    TeamMember,
)
from veilleur.domains.organisations.queries import list_current_members
from veilleur.domains.organisations.queries.directories import live_accounts
from veilleur.domains.organisations.queries.providers import (
    is_brought,
    is_of_provider,
    live_provider_accounts,
)
from veilleur.domains.organisations.rules.roles import Permission, Role, Side, is_last_manager
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@recorded
def add_member(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    person_id: int,
    role: Role,
    side: Side = Side.INTERNAL,
) -> Membership:
    """Make the person a member from `now` on; a member already is left as is, an ended one begins anew.

    An account that was closed because its owner belonged nowhere opens again. Raise Person.DoesNotExist for
    an unknown person.
    """
    hold_members(organisation_id)
    person = Person.objects.select_for_update().get(pk=person_id)
    member: Membership | None = Membership.objects.of(organisation_id).filter(person=person).first()
    if member is not None and (member.until is None or member.until > now):
        return member
    if member is None:
        member = Membership(organisation_id=organisation_id, public_id=new_id(now), person=person)
    member.role, member.side = role, side
    member.since, member.until = now, None
    member.save()
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
    record(
        MemberAdded(pseudonym=person.pseudonym, role=role, side=side),
        subject=person.public_id,
        organisation_id=organisation_id,
    )
    return member


@recorded
def change_role(
    *, now: datetime, actor: Actor, organisation_id: int, person: UUID, role: Role, side: Side
) -> Refused | None:
    """Give a member, named by public id, another role or side; nothing for those the member has.

    Whoever is no manager any more takes open invitations and offers along. Refuse "no_such_member" for
    anybody who is none at `now`, "role_of_directory" and "role_of_provider" for somebody whose groups there
    decide it, "last_manager" and "last_own_manager" as in end_membership, "no_longer_allowed" where whoever
    acts lost the right to it.
    """
    hold_members(organisation_id)
    if has_lost(Permission.MANAGE_PEOPLE, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    member = _member(organisation_id, person, now)
    if member is None:
        return Refused("no_such_member")
    if (member.role, member.side) == (role, side):
        return None
    if is_brought(member.person_id):
        return Refused("role_of_provider" if is_of_provider(member.person_id) else "role_of_directory")
    if role != Role.MANAGER and (refused := _if_last_manager(member, now)):
        return refused
    set_role(member, role, side, now)
    return None


@recorded
def end_membership(*, now: datetime, actor: Actor, organisation_id: int, person: UUID) -> Refused | None:
    """End a membership at `now` and every session of the person with it.

    Whatever else opens the organisation hangs on the membership; open invitations and offers of that person
    no longer work. Whoever belongs nowhere then can no longer sign in at all; whom a directory or a
    provider brought is not brought back by it. Refuse "no_such_member", "no_longer_allowed", "last_manager"
    where nobody could manage then, and "last_own_manager" where nobody could by Veilleur alone: a directory
    or a provider may be away.
    """
    hold_members(organisation_id)
    if has_lost(Permission.MANAGE_PEOPLE, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    member = _member(organisation_id, person, now)
    if member is None:
        return Refused("no_such_member")
    if refused := _if_last_manager(member, now):
        return refused
    accounts = DirectoryAccount.objects.of(organisation_id).filter(person=member.person_id, gone_at=None)
    accounts.update(is_kept_out=True)
    by_provider = ProviderAccount.objects.of(organisation_id).filter(person=member.person_id, gone_at=None)
    by_provider.update(is_kept_out=True)
    end_member(member, now)
    return None


def set_role(member: Membership, role: Role, side: Side, now: datetime) -> None:
    """Give a member another role or side, in the transaction of the enclosing recorded action."""
    person = member.person
    fact = RoleChanged(
        pseudonym=person.pseudonym, role=role, role_before=member.role, side=side, side_before=member.side
    )
    member.role, member.side = role, side
    member.save(update_fields=["role", "side"])
    record(fact, subject=person.public_id, organisation_id=member.organisation_id)
    if role != Role.MANAGER:
        _withdraw_what_was_opened(member.organisation_id, person.pk, now)


def end_member(member: Membership, now: datetime) -> None:
    """End a membership and every session, in the transaction of the enclosing recorded action.

    What a directory or a provider vouched for goes with its account: second factors that were added under it
    open nothing.
    """
    organisation_id = member.organisation_id
    member.until = now
    member.save(update_fields=["until"])
    TeamMember.objects.of(organisation_id).filter(person_id=member.person_id, until=None).update(until=now)
    left = Person.objects.select_for_update().get(pk=member.person_id)
    left.session_generation += 1
    left.is_active = _belongs_somewhere(left, now)
    left.save(update_fields=["session_generation", "is_active"])
    brought = live_accounts(left.pk).filter(organisation_id=organisation_id).update(gone_at=now)
    brought += live_provider_accounts(left.pk).filter(organisation_id=organisation_id).update(gone_at=now)
    if brought:
        Authenticator.objects.filter(user_id=left.pk).delete()
    record(MemberLeft(pseudonym=left.pseudonym), subject=left.public_id, organisation_id=organisation_id)
    _withdraw_what_was_opened(organisation_id, left.pk, now)
    revoke_tokens_of_leaver(left.pk, now)
    if not left.is_active:
        fact = AccountClosed(pseudonym=left.pseudonym)
        record(fact, subject=left.public_id, organisation_id=organisation_id)


def hold_members(organisation_id: int) -> None:
    """Lock who belongs to the organisation until the commit: one member's role is weighed against others'.

    Rows that refer to the organisation are written meanwhile.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def _belongs_somewhere(person: Person, now: datetime) -> bool:
    """Return whether a membership runs: also one that began while this action waited for its rows."""
    rows = Membership.objects.across_organisations("the account is closed when none is left")
    return bool(rows.filter(Q(until=None) | Q(until__gt=now), person=person).exists())


def _withdraw_what_was_opened(organisation_id: int, person_id: int, now: datetime) -> None:
    """Make the links that somebody made stop working: none outlives the right to make it."""
    invitations = Invitation.objects.of(organisation_id).filter(made_by_id=person_id, closed_at=None)
    for invitation in invitations.order_by("pk"):
        invitation.closed_at = now
        invitation.save(update_fields=["closed_at"])
        record(InvitationWithdrawn(), subject=invitation.public_id, organisation_id=organisation_id)
    offers = Mandate.objects.of(organisation_id).filter(made_by_id=person_id, closed_at=None, since=None)
    for offer in offers.select_related("organisation").order_by("pk"):
        offer.closed_at = now
        offer.save(update_fields=["closed_at"])
        fact = MandateEnded(customer=offer.organisation.public_id, provider=None, by="customer")
        record(fact, subject=offer.public_id, organisation_id=organisation_id)


def _member(organisation_id: int, person: UUID, now: datetime) -> Membership | None:
    rows = list_current_members(organisation_id, now).select_related("person")
    member: Membership | None = rows.filter(person__public_id=person).first()
    return member


def _if_last_manager(member: Membership, now: datetime) -> Refused | None:
    """Return why a manager must stay one: nobody else is, or nobody who signs in by Veilleur alone."""
    if member.role != Role.MANAGER:
        return None
    others = list_current_members(member.organisation_id, now).exclude(pk=member.pk)
    if is_last_manager(frozenset(others.values_list("role", flat=True))):
        return Refused("last_manager")
    by_directory = DirectoryAccount.objects.of(member.organisation_id).filter(gone_at=None)
    by_provider = ProviderAccount.objects.of(member.organisation_id).filter(
        gone_at=None, person__isnull=False
    )
    people = [by_directory.values("person_id"), by_provider.values("person_id")]
    if any(rows.filter(person_id=member.person_id).exists() for rows in people):
        return None
    own = others.exclude(person_id__in=people[0]).exclude(person_id__in=people[1])
    is_last = is_last_manager(frozenset(own.values_list("role", flat=True)))
    return Refused("last_own_manager") if is_last else None
