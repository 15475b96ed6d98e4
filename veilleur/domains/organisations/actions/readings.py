"""What a reading of a directory does: weighed as a whole first, then done in pieces, each checked anew."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.memberships import (
    add_member,
    end_member,
    hold_members,
    set_role,
)
from veilleur.domains.organisations.actions.passwords import HashedPassword
from veilleur.domains.organisations.actions.people import create_person, is_address_in_use
from veilleur.domains.organisations.facts.directories import DirectoryHeld, DirectoryRead
from veilleur.domains.organisations.models import (
    Directory,
    DirectoryAccount,
    DirectoryGroup,
    Membership,
    Person,
)
from veilleur.domains.organisations.queries import person_with_email
from veilleur.domains.organisations.queries.directories import (
    DirectoryRow,
    whole_accounts,
    whole_holders,
)
from veilleur.domains.organisations.rules.directory import Act, Plan, Reading, Step, weigh
from veilleur.domains.organisations.rules.errors import DirectoryFault
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.ids import new_id
from veilleur.shared.viewer import SYSTEM, Actor

# How many names and conflicts a page is told of.
_MOST_NAMES, _MOST_CONFLICTS = 12, 200
_LONGEST_DETAIL = 300
# What a page shows of a plan, by the kinds of step.
_WORDS = {
    "joining": Act.JOIN,
    "leaving": Act.LEAVE,
    "roles": Act.SET_ROLE,
    "describing": Act.DESCRIBE,
}


@recorded
def weigh_reading(
    *, now: datetime, actor: Actor, organisation_id: int, directory: DirectoryRow, reading: Reading
) -> tuple[Step, ...]:
    """Keep what was read, and return what is to be done now: nothing where somebody must agree before.

    Nothing is kept or done of a directory that was changed or removed since the reading began.
    """
    hold_members(organisation_id)
    row = _unchanged(organisation_id, directory)
    if row is None:
        return ()
    accounts = whole_accounts(organisation_id, directory.id)
    holders = whole_holders(organisation_id, {entry.email for entry in reading.entries if entry.email})
    plan = weigh(reading, directory.settings.groups, accounts, holders)
    for group in DirectoryGroup.objects.of(organisation_id).filter(directory=row):
        group.people = plan.counts.get(group.dn)
        group.save(update_fields=["people"])
    row.tried_at = row.read_at = now
    row.fault = row.fault_detail = ""
    row.conflicts = [vars(conflict) for conflict in plan.conflicts[:_MOST_CONFLICTS]]
    reason = _why_held(row, plan)
    if reason:
        if row.held.get("digest") != plan.digest:
            fact = DirectoryHeld(
                reason=reason, joining=len(plan.of(Act.JOIN)), leaving=len(plan.of(Act.LEAVE))
            )
            record(fact, subject=row.public_id, organisation_id=organisation_id)
        row.held = _shown(plan, reason)
    else:
        row.held, row.agreed_digest, row.agreed_generation = {}, "", row.generation
        # From now on people sign in there: nobody's password goes to servers that nobody agreed to.
        row.door_servers, row.door_authority = row.servers, row.authority
    row.save()
    return () if reason else plan.steps


@recorded
def do_steps(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    directory: DirectoryRow,
    steps: Sequence[Step],
    password: HashedPassword,
) -> None:
    """Do some steps of a reading. One that no longer fits is left out; the next reading weighs it anew.

    `password` is that of nobody: those who join sign in by the directory.
    """
    hold_members(organisation_id)
    row = _unchanged(organisation_id, directory)
    if row is None:
        return
    done: Counter[Act] = Counter()
    for step in steps:
        done[step.act] += _DOING[step.act](row, step, password, now)
    if done.total():
        fact = DirectoryRead(
            joined=done[Act.JOIN],
            roles=done[Act.SET_ROLE],
            described=done[Act.DESCRIBE],
            left=done[Act.LEAVE],
        )
        record(fact, subject=row.public_id, organisation_id=organisation_id)


@recorded
def note_directory_fault(
    *, now: datetime, actor: Actor, organisation_id: int, directory: DirectoryRow, fault: DirectoryFault
) -> None:
    """Keep why a directory could not be read. Nobody leaves for that, and nothing is journalled."""
    row = _unchanged(organisation_id, directory)
    if row is None:
        return
    row.tried_at = now
    row.fault, row.fault_detail = fault.reason, fault.detail[:_LONGEST_DETAIL]
    row.save(update_fields=["tried_at", "fault", "fault_detail"])


def _unchanged(organisation_id: int, directory: DirectoryRow) -> Directory | None:
    rows = Directory.objects.of(organisation_id).select_for_update()
    row: Directory | None = rows.filter(
        public_id=directory.id, generation=directory.generation, removed_at=None
    ).first()
    return row


def _why_held(row: Directory, plan: Plan) -> str:
    if not plan.steps or plan.digest == row.agreed_digest:
        return ""
    return plan.doubt or ("" if row.agreed_generation == row.generation else "new")


def _shown(plan: Plan, reason: str) -> dict[str, Any]:
    """Return what the page shows of a plan that waits."""
    shown: dict[str, Any] = {"digest": plan.digest, "reason": reason}
    for word, act in _WORDS.items():
        steps = plan.of(act)
        shown |= {word: len(steps), f"{word}_names": [step.name for step in steps[:_MOST_NAMES]]}
    return shown


def _join(row: Directory, step: Step, password: HashedPassword, now: datetime) -> bool:
    account = _account(row, step)
    if account is not None and (account.gone_at is None or account.is_kept_out or account.person.is_active):
        return False
    holder = person_with_email(step.email)
    is_own_address = account is not None and holder is not None and holder.pk == account.person_id
    if not is_own_address and is_address_in_use(step.email):
        return False
    if account is None:
        account = DirectoryAccount(organisation_id=row.organisation_id, public_id=new_id(now))
        account.directory, account.external_id = row, step.external_id
        account.person = create_person(
            now=now,
            actor=SYSTEM,
            email=step.email,
            name=step.name,
            language=row.organisation.language,
            password=password,
        )
    else:
        _open_again(account.person, step, password)
    account.dn, account.since, account.gone_at = step.dn, now, None
    account.save()
    add_member(
        now=now,
        actor=SYSTEM,
        organisation_id=row.organisation_id,
        person_id=account.person_id,
        role=Role(step.role),
        side=Side(step.side),
    )
    return True


def _open_again(person: Person, step: Step, password: HashedPassword) -> None:
    """Give somebody their account back, without a second factor of before: the directory says by its own
    identifier, which is never given again, that it is they.
    """
    Authenticator.objects.filter(user_id=person.pk).delete()
    person.name, person.email, person.password = step.name, step.email, password.encoded
    person.session_generation += 1
    person.save(update_fields=["name", "email", "password", "session_generation"])


def _set_role(row: Directory, step: Step, _password: HashedPassword, now: datetime) -> bool:
    member = _member(row, step)
    if member is None:
        return False
    set_role(member, Role(step.role), Side(step.side), now)
    return True


def _describe(row: Directory, step: Step, _password: HashedPassword, _now: datetime) -> bool:
    account = _account(row, step)
    if account is None or account.gone_at is not None:
        return False
    holder = person_with_email(step.email)
    if holder is not None and holder.pk != account.person_id:
        return False
    account.dn = step.dn
    account.save(update_fields=["dn"])
    Person.objects.filter(pk=account.person_id).update(name=step.name, email=step.email)
    return True


def _leave(row: Directory, step: Step, _password: HashedPassword, now: datetime) -> bool:
    member = _member(row, step)
    if member is None:
        return False
    end_member(member, now)
    return True


def _account(row: Directory, step: Step) -> DirectoryAccount | None:
    accounts = DirectoryAccount.objects.of(row.organisation_id).select_related("person")
    account: DirectoryAccount | None = accounts.filter(directory=row, external_id=step.external_id).first()
    return account


def _member(row: Directory, step: Step) -> Membership | None:
    """Return the membership of somebody whom the directory brought and has not taken away."""
    account = _account(row, step)
    if account is None or account.gone_at is not None:
        return None
    members = Membership.objects.of(row.organisation_id).select_related("person")
    member: Membership | None = members.filter(person_id=account.person_id, until=None).first()
    return member


_DOING: dict[Act, Callable[[Directory, Step, HashedPassword, datetime], bool]] = {
    Act.JOIN: _join,
    Act.SET_ROLE: _set_role,
    Act.DESCRIBE: _describe,
    Act.LEAVE: _leave,
}
