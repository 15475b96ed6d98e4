"""Identity providers: added, changed, removed, and who is let in. What a sign-in does is in `arrivals`.

Refused with "no_longer_allowed" is whoever lost the right to name managers while the request waited.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions import record, recorded, schedule_job
from veilleur.domains.journal.rules.canonical import JSON
from veilleur.domains.organisations.actions.authority import has_lost
from veilleur.domains.organisations.actions.brought import changed_settings, end_some
from veilleur.domains.organisations.actions.memberships import hold_members
from veilleur.domains.organisations.facts.providers import (
    ProviderAccountLetIn,
    ProviderAdded,
    ProviderChanged,
    ProviderRemoved,
)
from veilleur.domains.organisations.models import (
    IdentityProvider,
    Organisation,
    ProviderAccount,
    ProviderRole,
)
from veilleur.domains.organisations.ports import SECRET_KEEPER
from veilleur.domains.organisations.queries.providers import provider_settings_of
from veilleur.domains.organisations.rules.directory import GroupRole
from veilleur.domains.organisations.rules.errors import ProviderFault
from veilleur.domains.organisations.rules.providers import ProviderSettings
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor

# For what a client's secret is sealed; whose it is, is the provider's own id.
SEALED_FOR = "identity_provider"
CLEAR_PROVIDER = "organisations.clear_provider"
# What decides to whom the secret is shown: whoever changes one of these types the secret again.
_CONNECTION = ("client_id", "authority")
_DOOR_BYTES = 32
_LONGEST_DETAIL = 300


def seal_provider_secret(provider: UUID, secret: str) -> str:
    """Return a client's secret sealed for this provider alone; may raise SecretsAway.

    Asks another process: call it before an action.
    """
    return SECRET_KEEPER.get().seal(SEALED_FOR, secret, provider)


def open_provider_secret(provider: UUID, sealed: str) -> str:
    """Return a client's secret for the one question that shows it to the provider; may raise SecretsAway."""
    return SECRET_KEEPER.get().open(SEALED_FOR, sealed, provider)


@recorded
def add_provider(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    provider: UUID,
    settings: ProviderSettings,
    sealed: str,
) -> Refused | None:
    """Add a provider under this new public id. Refuse "show_has_no_provider" in a demonstration."""
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    if Organisation.objects.get(pk=organisation_id).is_demo:
        return Refused("show_has_no_provider")
    row = IdentityProvider(
        organisation_id=organisation_id, public_id=provider, created_at=now, secret_sealed=sealed
    )
    row.issuer, row.door = settings.issuer, secrets.token_urlsafe(_DOOR_BYTES)
    _settle(row, settings)
    row.save(force_insert=True)
    _set_roles(row, settings.roles, now)
    fact = ProviderAdded(name=settings.name, issuer=settings.issuer)
    record(fact, subject=provider, organisation_id=organisation_id)
    return None


@recorded
def change_provider(
    *,
    now: datetime,
    actor: Actor,
    organisation_id: int,
    provider: UUID,
    settings: ProviderSettings,
    sealed: str,
) -> Refused | None:
    """Change a provider; a sign-in under way comes to nothing. `sealed`: empty where the secret stays.

    Refuse "no_such_provider"; "issuer_stays" where the issuer would be another, of whose people nothing is
    known; "secret_needed" where the secret would be shown to somebody else than it was typed for.
    """
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    row = _held(organisation_id, provider)
    if row is None:
        return Refused("no_such_provider")
    before = provider_settings_of(row)
    if settings.issuer != before.issuer:
        return Refused("issuer_stays")
    changed = changed_settings(before, settings)
    if not sealed and any(name in _CONNECTION for name in changed):
        return Refused("secret_needed")
    if not changed and not sealed:
        return None
    _settle(row, settings)
    row.secret_sealed = sealed or row.secret_sealed
    row.generation += 1
    if sealed or any(name in (*_CONNECTION, "scopes") for name in changed):
        # What was found out was found out otherwise: it is unknown now whether it works.
        row.tried_at, row.fault, row.fault_detail = None, "", ""
    row.save()
    if "roles" in changed:
        ProviderRole.objects.of(organisation_id).filter(provider=row).delete()
        _set_roles(row, settings.roles, now)
    fact = ProviderChanged(name=settings.name, changed=(*changed, *(("secret",) if sealed else ())))
    record(fact, subject=provider, organisation_id=organisation_id)
    return None


@recorded
def remove_provider(*, now: datetime, actor: Actor, organisation_id: int, provider: UUID) -> Refused | None:
    """Have a provider open nothing from now on; a job ends the memberships of those who came by it.

    Refuse "no_such_provider".
    """
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    row = _held(organisation_id, provider)
    if row is None:
        return Refused("no_such_provider")
    row.removed_at, row.secret_sealed = now, ""
    row.generation += 1
    row.save(update_fields=["removed_at", "secret_sealed", "generation"])
    record(ProviderRemoved(name=row.name), subject=provider, organisation_id=organisation_id)
    payload: dict[str, JSON] = {"organisation": str(row.organisation.public_id), "provider": str(provider)}
    schedule_job(CLEAR_PROVIDER, str(provider), now, payload)
    return None


@recorded
def clear_removed_provider(*, now: datetime, actor: Actor, organisation_id: int, provider: UUID) -> bool:
    """End some of the memberships that a removed provider brought; the last call removes its rows.

    Return whether nothing is left to do.
    """
    hold_members(organisation_id)
    rows = IdentityProvider.objects.of(organisation_id).filter(public_id=provider).exclude(removed_at=None)
    row = rows.first()
    if row is None:
        return True
    accounts = ProviderAccount.objects.of(organisation_id).filter(provider=row, person__isnull=False)
    if not end_some(accounts, organisation_id, now):
        return False
    row.delete()
    return True


@recorded
def let_provider_account_in(
    *, now: datetime, actor: Actor, organisation_id: int, account: UUID
) -> Refused | None:
    """Let somebody in who waits or was sent away, at their next sign-in. Refuse "no_such_account"."""
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    row = _account(organisation_id, account)
    if row is None:
        return Refused("no_such_account")
    row.is_kept_out, row.is_admitted = False, True
    row.save(update_fields=["is_kept_out", "is_admitted"])
    record(ProviderAccountLetIn(), subject=row.public_id, organisation_id=organisation_id)
    return None


@recorded
def turn_provider_account_away(
    *, now: datetime, actor: Actor, organisation_id: int, account: UUID
) -> Refused | None:
    """Forget somebody who waits: name and address go. Bookkeeping: nothing is journalled.

    Who signs in again waits again. Refuse "no_such_account".
    """
    hold_members(organisation_id)
    if has_lost(Permission.NAME_MANAGERS, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    rows = ProviderAccount.objects.of(organisation_id).filter(public_id=account, person=None)
    return None if rows.delete()[0] else Refused("no_such_account")


@recorded
def note_provider_tried(
    *, now: datetime, actor: Actor, organisation_id: int, provider: UUID, fault: ProviderFault | None
) -> None:
    """Keep how a provider answered last. Bookkeeping: nothing is journalled."""
    rows = IdentityProvider.objects.of(organisation_id).filter(public_id=provider, removed_at=None)
    rows.update(
        tried_at=now,
        fault=fault.reason if fault else "",
        fault_detail=fault.detail[:_LONGEST_DETAIL] if fault else "",
    )


def _held(organisation_id: int, provider: UUID) -> IdentityProvider | None:
    rows = IdentityProvider.objects.of(organisation_id).select_for_update()
    row: IdentityProvider | None = rows.filter(public_id=provider, removed_at=None).first()
    return row


def _account(organisation_id: int, account: UUID) -> ProviderAccount | None:
    """Return an account that waits, or that was sent away."""
    rows = ProviderAccount.objects.of(organisation_id).filter(public_id=account, provider__removed_at=None)
    row: ProviderAccount | None = rows.first()
    if row is None or not (row.is_kept_out or (row.person_id is None and not row.is_admitted)):
        return None
    return row


def _settle(row: IdentityProvider, settings: ProviderSettings) -> None:
    row.name, row.client_id, row.authority = settings.name, settings.client_id, settings.authority
    row.domains, row.scopes = "\n".join(settings.domains), " ".join(settings.scopes)
    row.roles_claim = settings.roles_claim
    row.second_factor_values = " ".join(settings.second_factor_values)
    row.lets_in = settings.lets_in


def _set_roles(row: IdentityProvider, roles: Iterable[GroupRole], now: datetime) -> None:
    for given in roles:
        made = ProviderRole(organisation_id=row.organisation_id, public_id=new_id(now), provider=row)
        made.value, made.role, made.side = given.dn, given.role, given.side
        made.save(force_insert=True)
