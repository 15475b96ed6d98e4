"""Directories: added, changed, removed, and when they are read next. What a reading does is in `readings`.

Refused with "no_longer_allowed" is whoever lost the right to name managers while the request waited.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions import record, recorded, schedule_job
from veilleur.domains.journal.rules.canonical import JSON
from veilleur.domains.organisations.actions.authority import has_lost
from veilleur.domains.organisations.actions.brought import changed_settings, end_some
from veilleur.domains.organisations.actions.memberships import hold_members
from veilleur.domains.organisations.facts.directories import (
    DirectoryAccountLetIn,
    DirectoryAdded,
    DirectoryAgreed,
    DirectoryChanged,
    DirectoryRemoved,
)
from veilleur.domains.organisations.models import (
    Directory,
    DirectoryAccount,
    DirectoryGroup,
    Organisation,
)
from veilleur.domains.organisations.ports import SECRET_KEEPER
from veilleur.domains.organisations.queries.directories import settings_of
from veilleur.domains.organisations.queries.erasures import erased_in
from veilleur.domains.organisations.rules.directory import GroupRole
from veilleur.domains.organisations.rules.directory_settings import DirectorySettings
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

READ_DIRECTORY = "organisations.read_directory"
# What decides to whom the password is sent: whoever changes one of these types the password again.
_CONNECTION = ("servers", "authority", "account")
# What decides who is found, and as what: its first reading is agreed to by somebody.
_MEANING = ("kind", "base_dn", "user_filter", "groups")


def seal_directory_password(organisation: UUID, directory: UUID, password: str) -> str:
    """Return the service account's password sealed for this directory of this organisation alone; may raise
    SecretsAway.

    Asks another process: call it before an action.
    """
    return SECRET_KEEPER.get().seal(purpose_of(directory), password, organisation)


def purpose_of(directory: UUID) -> str:
    """Return for what a directory's password is sealed: nothing else opens it, no other directory either."""
    return f"directory_{directory.hex}"


@recorded
def add_directory(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    directory: UUID,
    settings: DirectorySettings,
    sealed: str,
) -> Refused | None:
    """Add a directory under this new public id and have it read; nobody joins before somebody agrees.

    Refuse "show_speaks_to_nobody" in a demonstration, "no_longer_allowed" as everywhere here.
    """
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    if Organisation.objects.get(pk=organisation_id).is_demo:
        return Refused("show_speaks_to_nobody")
    row = Directory(
        organisation_id=organisation_id, public_id=directory, created_at=now, password_sealed=sealed
    )
    _settle(row, settings)
    row.save(force_insert=True)
    _set_groups(row, settings.groups, now)
    fact = DirectoryAdded(name=settings.name, kind=settings.kind)
    record(fact, subject=directory, organisation_id=organisation_id)
    _ask(row, now)
    return None


@recorded
def change_directory(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    directory: UUID,
    settings: DirectorySettings,
    sealed: str,
) -> Refused | None:
    """Change a directory and have it read. `sealed`: empty where the password stays as it is.

    Refuse "no_such_directory", and "password_needed" where the password would go to another server than it
    was typed for.
    """
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    row = _held(organisation_id, directory)
    if row is None:
        return Refused("no_such_directory")
    before = settings_of(row)
    changed = changed_settings(before, settings)
    if not sealed and any(name in _CONNECTION for name in changed):
        return Refused("password_needed")
    if not changed and not sealed:
        return None
    _settle(row, settings)
    row.password_sealed = sealed or row.password_sealed
    is_agreed = row.agreed_generation == row.generation
    row.generation += 1
    if is_agreed and not any(name in _CONNECTION + _MEANING for name in changed):
        # The same people are found as before: what was agreed to stays agreed to.
        row.agreed_generation = row.generation
    row.held, row.agreed_digest = {}, ""
    row.save()
    if "groups" in changed:
        DirectoryGroup.objects.of(organisation_id).filter(directory=row).delete()
        _set_groups(row, settings.groups, now)
    fact = DirectoryChanged(name=settings.name, changed=(*changed, *(("password",) if sealed else ())))
    record(fact, subject=directory, organisation_id=organisation_id)
    _ask(row, now)
    return None


@recorded
def remove_directory(*, now: datetime, actor: Actor, organisation_id: int, directory: UUID) -> Refused | None:
    """Have a directory open nothing from now on; a job ends the memberships of those whom it brought.

    Refuse "no_such_directory".
    """
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    row = _held(organisation_id, directory)
    if row is None:
        return Refused("no_such_directory")
    row.removed_at, row.password_sealed = now, ""
    row.generation += 1
    row.save(update_fields=["removed_at", "password_sealed", "generation"])
    record(DirectoryRemoved(name=row.name), subject=directory, organisation_id=organisation_id)
    _ask(row, now)
    return None


@recorded
def clear_removed_directory(*, now: datetime, actor: Actor, organisation_id: int, directory: UUID) -> bool:
    """End some of the memberships that a removed directory brought; the last call removes its rows.

    Return whether nothing is left to do.
    """
    hold_members(organisation_id)
    row = Directory.objects.of(organisation_id).filter(public_id=directory).exclude(removed_at=None).first()
    if row is None:
        return True
    accounts = DirectoryAccount.objects.of(organisation_id).filter(directory=row)
    if not end_some(accounts, organisation_id, now):
        return False
    row.delete()
    return True


@recorded
def ask_reading(*, now: datetime, actor: Actor, organisation_id: int, directory: UUID) -> Refused | None:
    """Have a directory read as soon as there is a hand for it. Refuse "no_such_directory"."""
    row = _held(organisation_id, directory)
    if row is None:
        return Refused("no_such_directory")
    _ask(row, now)
    return None


@recorded
def ask_all_readings(*, now: datetime, actor: Actor) -> None:
    """Have every directory read that is not a show's. Bookkeeping: nothing is journalled."""
    rows = Directory.objects.across_organisations("each is read by a job of its own")
    for row in rows.filter(organisation__is_demo=False).select_related("organisation").order_by("pk"):
        _schedule(row, now)


@recorded
def agree_to_reading(
    *, now: datetime, actor: Actor, organisation_id: int, directory: UUID, digest: str
) -> Refused | None:
    """Agree to what a held reading would do, and to nothing else: the next one does it if it finds the same.

    Refuse "no_such_directory", and "reading_overtaken" where something else is held by now.
    """
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    row = _held(organisation_id, directory)
    if row is None:
        return Refused("no_such_directory")
    if not digest or row.held.get("digest") != digest:
        return Refused("reading_overtaken")
    row.agreed_digest = digest
    row.save(update_fields=["agreed_digest"])
    fact = DirectoryAgreed(joining=row.held["joining"], leaving=row.held["leaving"])
    record(fact, subject=directory, organisation_id=organisation_id)
    _ask(row, now)
    return None


@recorded
def let_account_in(*, now: datetime, actor: Actor, organisation_id: int, account: UUID) -> Refused | None:
    """Let a directory bring back somebody who was sent away by hand. Refuse "no_such_account"."""
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    rows = DirectoryAccount.objects.of(organisation_id).select_related("person", "directory")
    row = rows.filter(public_id=account, is_kept_out=True, directory__removed_at=None).first()
    if row is None:
        return Refused("no_such_account")
    if (organisation_id, row.person_id) in erased_in([organisation_id]):
        # Whoever was erased comes back as somebody new: what they did then stays nobody's.
        row.delete()
    else:
        row.is_kept_out = False
        row.save(update_fields=["is_kept_out"])
    fact = DirectoryAccountLetIn(pseudonym=row.person.pseudonym)
    record(fact, subject=row.person.public_id, organisation_id=organisation_id)
    _ask(row.directory, now)
    return None


def _held(organisation_id: int, directory: UUID) -> Directory | None:
    rows = Directory.objects.of(organisation_id).select_for_update()
    row: Directory | None = rows.filter(public_id=directory, removed_at=None).first()
    return row


def _settle(row: Directory, settings: DirectorySettings) -> None:
    row.name, row.kind = settings.name, settings.kind
    row.servers, row.authority = "\n".join(settings.servers), settings.authority
    row.base_dn, row.user_filter = settings.base_dn, settings.user_filter
    row.account = settings.account


def _set_groups(row: Directory, groups: Iterable[GroupRole], now: datetime) -> None:
    for group in groups:
        made = DirectoryGroup(organisation_id=row.organisation_id, public_id=new_id(now), directory=row)
        made.dn, made.role, made.side = group.dn, group.role, group.side
        made.save(force_insert=True)


def _ask(row: Directory, now: datetime) -> None:
    row.asked_at = now
    row.save(update_fields=["asked_at"])
    _schedule(row, now)


def _schedule(row: Directory, now: datetime) -> None:
    payload: dict[str, JSON] = {
        "organisation": str(row.organisation.public_id),
        "directory": str(row.public_id),
    }
    schedule_job(READ_DIRECTORY, str(row.public_id), now, payload)
