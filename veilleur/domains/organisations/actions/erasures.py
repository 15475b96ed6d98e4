"""A person is erased: asked for, ordered, then done in pieces by a job, each of which may run again.

What goes is what the policies of the domains say; nothing here knows a table of theirs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from veilleur.domains.journal.actions import erase_bodies, record, recorded, schedule_job
from veilleur.domains.organisations.actions.authority import has_lost
from veilleur.domains.organisations.actions.memberships import end_membership, hold_members
from veilleur.domains.organisations.facts.erasures import (
    ErasureAsked,
    ErasureOrdered,
    ErasureWithdrawn,
    PersonalDataExported,
    PersonErased,
)
from veilleur.domains.organisations.models import (
    DirectoryAccount,
    Erasure,
    Organisation,
    Person,
    ProviderAccount,
)
from veilleur.domains.organisations.queries.erasure_preview import rows_about
from veilleur.domains.organisations.queries.erasures import is_held_elsewhere, person_here, whose
from veilleur.domains.organisations.queries.mentions import Mention, whole_policy
from veilleur.domains.organisations.rules.erasure_policy import ACCOUNT
from veilleur.domains.organisations.rules.personal_data import Disposition, Held, Key
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

ERASE_PERSON = "organisations.erase_person"
# Why bodies of the journal are erased, as its own facts say.
REASON = "personal_data"
# Rows that one transaction deletes or empties at most.
ROWS_AT_ONCE = 200


@dataclass(frozen=True)
class Looked:
    """Entries of a chain whose bodies name the person, and up to which entry it is done with."""

    entries: Sequence[UUID]
    up_to: int
    is_installation: bool


@recorded
def note_export(*, now: datetime, actor: Actor, organisation_id: int, person: UUID) -> None:
    """Record that what is held about somebody was downloaded."""
    pseudonym = Person.objects.values_list("pseudonym", flat=True).get(public_id=person)
    record(PersonalDataExported(pseudonym), subject=person, organisation_id=organisation_id)


@recorded
def ask_erasure(*, now: datetime, actor: Actor, organisation_id: int, person: UUID) -> Refused | None:
    """Keep that a person asks to be erased here; a manager carries it out.

    Refuse "nothing_to_erase" for somebody of whom nothing is held, "erasure_asked_already".
    """
    hold_members(organisation_id)
    found = person_here(organisation_id, person)
    if found is None:
        return Refused("nothing_to_erase")
    if _open(organisation_id, found.key) is not None:
        return Refused("erasure_asked_already")
    _begin(organisation_id, found.key, now, actor)
    fact = ErasureAsked(pseudonym=found.whose.pseudonym)
    record(fact, subject=person, organisation_id=organisation_id)
    return None


@recorded
def withdraw_erasure(*, now: datetime, actor: Actor, organisation_id: int, person: UUID) -> Refused | None:
    """Take a request back that nobody carried out yet. Refuse "no_such_erasure" for any other."""
    hold_members(organisation_id)
    rows = Erasure.objects.of(organisation_id).select_related("person")
    row = rows.filter(person__public_id=person, ordered_at=None).first()
    if row is None:
        return Refused("no_such_erasure")
    fact = ErasureWithdrawn(pseudonym=row.person.pseudonym)
    row.delete()
    record(fact, subject=person, organisation_id=organisation_id)
    return None


@recorded
def order_erasure(*, now: datetime, actor: Actor, organisation_id: int, person: UUID) -> UUID | Refused:
    """Have a person erased here: the membership ends at once, a job does the rest. Return the erasure's id.

    Refuse "no_longer_allowed", "nothing_to_erase", "erasure_ordered_already", and whatever keeps the
    membership from ending ("last_manager", "last_own_manager").
    """
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    found = person_here(organisation_id, person)
    if found is None:
        return Refused("nothing_to_erase")
    row = _open(organisation_id, found.key)
    if row is not None and row.ordered_at is not None:
        return Refused("erasure_ordered_already")
    if found.until is None or found.until > now:
        refused = end_membership(now=now, actor=actor, organisation_id=organisation_id, person=person)
        if refused is not None:
            return refused
    row = row or _begin(organisation_id, found.key, now, actor)
    # No reading of a directory and no sign-in at a provider gives the account a name again.
    for table in (DirectoryAccount, ProviderAccount):
        table.objects.of(organisation_id).filter(person_id=found.key).update(is_kept_out=True)
    row.ordered_at, row.ordered_by = now, actor.pseudonym
    row.save(update_fields=["ordered_at", "ordered_by"])
    organisation = Organisation.objects.values_list("public_id", flat=True).get(pk=organisation_id)
    payload: dict[str, Any] = {"organisation": str(organisation), "erasure": str(row.public_id)}
    schedule_job(ERASE_PERSON, str(row.public_id), now, payload)
    fact = ErasureOrdered(pseudonym=found.whose.pseudonym)
    record(fact, subject=person, organisation_id=organisation_id)
    identity: UUID = row.public_id
    return identity


@recorded
def order_again(*, now: datetime, actor: Actor, organisation: UUID, person: UUID) -> None:
    """Order what was done already, in a copy that was brought back; nothing where the copy knows of it.

    Where the person must stay for now, as the last manager of that copy, the request waits for somebody.
    """
    organisation_id = Organisation.objects.values_list("pk", flat=True).filter(public_id=organisation).first()
    if organisation_id is None:
        return
    asked: dict[str, Any] = {"organisation_id": organisation_id, "person": person}
    ordered = order_erasure(now=now, actor=actor, **asked)
    if isinstance(ordered, Refused):
        # Refused for the two reasons that leave nothing to be asked for, or for the last manager.
        ask_erasure(now=now, actor=actor, **asked)


@recorded
def erase_rows(*, now: datetime, actor: Actor, organisation_id: int, erasure: UUID) -> bool:
    """Delete and empty some of the rows about the person; return whether none is left.

    Where no other organisation holds the account, rows of all organisations that hang on it go as well.
    """
    row = _ordered(organisation_id, erasure)
    if row is None:
        return True
    about = whose(row.person)
    where = organisation_id if is_held_elsewhere(row.person_id, organisation_id) else None
    for held in _going():
        # What names an address may be another organisation's own affair: an invitation.
        rows = rows_about(held, about, organisation_id if held.key is Key.ADDRESS else where)
        done = _take(held, rows)
        if done:
            row.rows += done
            row.save(update_fields=["rows"])
            return False
    return True


@recorded
def erase_named_bodies(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    erasure: UUID,
    looked: Looked,
) -> None:
    """Erase the bodies that were found, of the organisation's journal or the installation's, and keep how far
    it was read.
    """
    row = _ordered(organisation_id, erasure)
    if row is None:
        return
    if looked.entries:
        chain = None if looked.is_installation else organisation_id
        erase_bodies(now=now, actor=actor, organisation_id=chain, entries=looked.entries, reason=REASON)
        row.bodies += len(looked.entries)
    column = "looked_up_to_installation" if looked.is_installation else "looked_up_to"
    setattr(row, column, looked.up_to)
    row.save(update_fields=["bodies", column])


@recorded
def finish_erasure(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    erasure: UUID,
    left: Collection[Mention],
) -> None:
    """Cut the last link: from now on nobody is behind the pseudonym here, and the account goes where no other
    organisation holds it. `left`: where words still name the person; only the place is kept.
    """
    row = _ordered(organisation_id, erasure)
    if row is None:
        return
    person = Person.objects.select_for_update().get(pk=row.person_id)
    row.is_account_gone = not is_held_elsewhere(person.pk, organisation_id)
    if row.is_account_gone:
        _forget_account(person)
    row.done_at = now
    row.left = [{"table": each.table, "id": str(each.id)} for each in left]
    row.save(update_fields=["is_account_gone", "done_at", "left"])
    fact = PersonErased(
        pseudonym=person.pseudonym, rows=row.rows, bodies=row.bodies, is_account_gone=row.is_account_gone
    )
    record(fact, subject=person.public_id, organisation_id=organisation_id)


def _forget_account(person: Person) -> None:
    """Leave of an account what refers to it: a pseudonym, of nobody."""
    keys = UserSession.objects.filter(user_id=person.pk).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    for table in (UserSession, Authenticator, EmailAddress):
        table.objects.filter(user_id=person.pk).delete()
    person.name, person.email = "", f"{person.pseudonym}@erased.invalid"
    person.set_unusable_password()
    person.language, person.last_login, person.is_active = "fr", None, False
    person.last_code_step = 0
    person.session_generation += 1
    person.save()


def _going() -> list[Held]:
    """Return the policies that are carried out row by row; the account goes as a whole."""
    dispositions = (Disposition.ROW_GOES, Disposition.EMPTIED)
    return [held for held in whole_policy() if held.disposition in dispositions and held not in ACCOUNT]


def _take(held: Held, rows: Any) -> int:
    """Delete some of these rows, or empty their column; return how many."""
    if held.disposition is Disposition.EMPTIED:
        rows = rows.exclude(**{held.column: ""})
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:ROWS_AT_ONCE])
    chosen = rows.model._base_manager.filter(pk__in=keys)
    if held.disposition is Disposition.EMPTIED:
        chosen.update(**{held.column: ""})
    else:
        chosen.delete()
    return len(keys)


def _open(organisation_id: int, person_id: int) -> Erasure | None:
    rows = Erasure.objects.of(organisation_id).select_for_update()
    row: Erasure | None = rows.filter(person_id=person_id, done_at=None).first()
    return row


def _ordered(organisation_id: int, erasure: UUID) -> Erasure | None:
    """Return an erasure that is under way, held: of two workers one waits, and finds it done."""
    rows = Erasure.objects.of(organisation_id).select_for_update(of=("self",)).select_related("person")
    row: Erasure | None = rows.filter(public_id=erasure, done_at=None, ordered_at__isnull=False).first()
    return row


def _begin(organisation_id: int, person_id: int, now: datetime, actor: Actor) -> Erasure:
    row = Erasure(organisation_id=organisation_id, public_id=new_id(now), person_id=person_id)
    row.asked_at, row.asked_by = now, actor.pseudonym
    row.save(force_insert=True)
    return row
