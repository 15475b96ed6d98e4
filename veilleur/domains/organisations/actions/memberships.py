"""Who belongs to an organisation, in which role, and who no longer does."""

from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.facts import AccountClosed, MemberAdded, MemberLeft, RoleChanged
from veilleur.domains.organisations.models import Membership, Organisation, Person, TeamMember
from veilleur.domains.organisations.queries import list_current_members, organisation_ids_of
from veilleur.domains.organisations.rules.roles import Role, Side, is_last_manager
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

    Refuse "no_such_member" for anybody who is none at `now`, "last_manager" where nobody could manage then.
    """
    hold_members(organisation_id)
    member = _member(organisation_id, person, now)
    if member is None:
        return Refused("no_such_member")
    if (member.role, member.side) == (role, side):
        return None
    if role != Role.MANAGER and _is_last_manager(member, now):
        return Refused("last_manager")
    fact = RoleChanged(
        pseudonym=member.person.pseudonym,
        role=role,
        role_before=member.role,
        side=side,
        side_before=member.side,
    )
    member.role, member.side = role, side
    member.save(update_fields=["role", "side"])
    record(fact, subject=person, organisation_id=organisation_id)
    return None


@recorded
def end_membership(*, now: datetime, actor: Actor, organisation_id: int, person: UUID) -> Refused | None:
    """End a membership at `now` and every session of the person with it.

    Whatever else opens the organisation hangs on the membership. Whoever belongs nowhere then can no longer
    sign in at all. Refuse "no_such_member" and "last_manager".
    """
    hold_members(organisation_id)
    member = _member(organisation_id, person, now)
    if member is None:
        return Refused("no_such_member")
    if _is_last_manager(member, now):
        return Refused("last_manager")
    member.until = now
    member.save(update_fields=["until"])
    TeamMember.objects.of(organisation_id).filter(person_id=member.person_id, until=None).update(until=now)
    left = Person.objects.select_for_update().get(pk=member.person_id)
    left.session_generation += 1
    left.is_active = bool(organisation_ids_of(left.pk, now))
    left.save(update_fields=["session_generation", "is_active"])
    record(MemberLeft(pseudonym=left.pseudonym), subject=person, organisation_id=organisation_id)
    if not left.is_active:
        record(AccountClosed(pseudonym=left.pseudonym), subject=person, organisation_id=organisation_id)
    return None


def hold_members(organisation_id: int) -> None:
    """Lock who belongs to the organisation until the commit: one member's role is weighed against others'.

    Rows that refer to the organisation are written meanwhile.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def _member(organisation_id: int, person: UUID, now: datetime) -> Membership | None:
    rows = list_current_members(organisation_id, now).select_related("person")
    member: Membership | None = rows.filter(person__public_id=person).first()
    return member


def _is_last_manager(member: Membership, now: datetime) -> bool:
    others = list_current_members(member.organisation_id, now).exclude(pk=member.pk)
    return member.role == Role.MANAGER and is_last_manager(frozenset(others.values_list("role", flat=True)))
