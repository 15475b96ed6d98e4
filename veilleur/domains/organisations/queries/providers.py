"""Reads of identity providers: what pages show, where the sign-in page leads, who came by one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.organisations.models import (
    IdentityProvider,
    Organisation,
    ProviderAccount,
    ProviderRole,
)
from veilleur.domains.organisations.ports import ProviderAddress
from veilleur.domains.organisations.queries.brought import (
    GivenRow,
    SentAwayRow,
    is_of_others,
    only_at_home,
    sent_away,
)
from veilleur.domains.organisations.queries.directories import is_of_directory
from veilleur.domains.organisations.rules.directory import GroupRole
from veilleur.domains.organisations.rules.providers import ProviderSettings, State, domain_of, state_of
from veilleur.domains.organisations.rules.roles import Role, Side
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class ProviderRow:
    """What pages and sign-ins know of a provider. The secret is the sealed one."""

    id: UUID
    door: str
    organisation_id: int
    settings: ProviderSettings
    secret_sealed: str
    generation: int
    tried_at: datetime | None
    fault: str
    fault_detail: str
    is_removed: bool

    @property
    def name(self) -> str:
        """Return what people call it."""
        return self.settings.name

    @property
    def state(self) -> State:
        """Return how it stands."""
        return state_of(self.tried_at, self.fault)

    @property
    def address(self) -> ProviderAddress:
        """Return where it is, and as whom Veilleur asks there."""
        return ProviderAddress(self.settings.issuer, self.settings.client_id, self.settings.authority)

    @property
    def values(self) -> list[GivenRow]:
        """Return the values that give roles, in words."""
        return [GivenRow(row.dn, row.role, row.side) for row in self.settings.roles]


@dataclass(frozen=True)
class WaitingRow:
    """Somebody who waits to be let in, since when. `id` is the account's."""

    id: UUID
    name: str
    email: str
    asked_at: datetime


def visible_providers(viewer: Viewer) -> list[ProviderRow]:
    """Return the providers of the viewer's organisation, by name. Two queries each."""
    rows = IdentityProvider.objects.visible_to(viewer).filter(removed_at=None).order_by("name", "pk")
    return [_row(provider) for provider in rows]


def visible_provider(viewer: Viewer, provider: UUID) -> ProviderRow | None:
    """Return one provider of the viewer's organisation."""
    rows = IdentityProvider.objects.visible_to(viewer).filter(removed_at=None, public_id=provider)
    return next((_row(found) for found in rows), None)


def visible_provider_people(viewer: Viewer, provider: UUID) -> int:
    """Return how many people came by a provider and still belong here."""
    rows = ProviderAccount.objects.visible_to(viewer)
    return rows.filter(provider__public_id=provider, gone_at=None, person__isnull=False).count()


def visible_waiting(viewer: Viewer, provider: UUID) -> list[WaitingRow]:
    """Return who waits to be let in, the longest first."""
    rows = ProviderAccount.objects.visible_to(viewer).filter(provider__public_id=provider, person=None)
    rows = rows.filter(is_admitted=False, is_kept_out=False).order_by("asked_at", "pk")
    return [WaitingRow(row.public_id, row.name, row.email, row.asked_at) for row in rows]


def visible_sent_away(viewer: Viewer, provider: UUID) -> list[SentAwayRow]:
    """Return whom no sign-in brings back, by name."""
    return sent_away(viewer, ProviderAccount.objects.visible_to(viewer).filter(provider__public_id=provider))


def visible_provider_affairs(viewer: Viewer) -> list[tuple[ProviderRow, int]]:
    """Return the providers that could not be used or by which people wait, with how many wait."""
    rows = [(row, len(visible_waiting(viewer, row.id))) for row in visible_providers(viewer)]
    return [(row, waiting) for row, waiting in rows if waiting or row.state is State.FAULT]


def visible_provider_of(viewer: Viewer, account: UUID) -> UUID | None:
    """Return by which provider somebody waits, or came before being sent away; None for any other account."""
    rows = ProviderAccount.objects.visible_to(viewer).filter(public_id=account, provider__removed_at=None)
    rows = rows.filter(Q(person=None, is_admitted=False) | Q(is_kept_out=True))
    found: UUID | None = rows.values_list("provider__public_id", flat=True).first()
    return found


def whole_provider(organisation_id: int, provider: UUID) -> ProviderRow | None:
    """Return a provider for the job that clears it; one that is removed, too."""
    rows = IdentityProvider.objects.of(organisation_id).filter(public_id=provider)
    return next((_row(found) for found in rows), None)


def open_provider(door: str) -> ProviderRow | None:
    """Return the provider at which somebody may sign in by this door; None for any other word."""
    return next((_row(found) for found in _open().filter(door=door)), None)


def how_many_doors() -> int:
    """Return at how many providers somebody may sign in: the page asks for nothing where it is one."""
    return int(_open().count())


def only_door() -> ProviderRow | None:
    """Return the one provider of this installation; None without any, with several, and where another
    company is here: its people would be led to a page that is not theirs, as if it were.
    """
    rows = list(_open().order_by("pk")[:2])
    if len(rows) != 1:
        return None
    others = Organisation.objects.filter(is_demo=False).exclude(pk=rows[0].organisation_id)
    return None if others.exists() else _row(rows[0])


def door_for(address: str) -> ProviderRow | None:
    """Return to which provider an address leads, by its domain alone: it tells nothing of the person.

    None where nobody named the domain; where people of it belong to another organisation, which nobody takes
    away from it by naming it; and where two named it.
    """
    domain = domain_of(address)
    if not domain:
        return None
    named = [row for row in _open().filter(domains__contains=domain) if domain in row.domains.split()]
    free = [row for row in named if not is_of_others(domain, row.organisation_id)]
    return _row(free[0]) if len(free) == 1 else None


def live_provider_accounts(person_id: int) -> TenantQuerySet:
    """Return the account by which a provider has this person now, at most one row."""
    rows = ProviderAccount.objects.across_organisations("by what a person signs in is asked")
    return rows.filter(person_id=person_id, gone_at=None)


def provider_of_person(person_id: int) -> ProviderRow | None:
    """Return the provider at which a person signs in; None for anybody else."""
    account = live_provider_accounts(person_id).select_related("provider").first()
    return None if account is None else _row(account.provider)


def is_of_provider(person_id: int) -> bool:
    """Return whether a provider says of this person who they are, and what they may do."""
    return live_provider_accounts(person_id).exists()


def is_brought(person_id: int) -> bool:
    """Return whether a directory or a provider brought this person: they have no password of their own."""
    return is_of_directory(person_id) or is_of_provider(person_id)


def not_of_provider_elsewhere() -> Q:
    """Return the condition on memberships by which whom a provider brought sees its organisation only, and
    nothing once the provider is removed.
    """
    rows = ProviderAccount.objects.across_organisations("whose person somebody is, is asked")
    return only_at_home(rows, "provider")


def provider_settings_of(provider: IdentityProvider) -> ProviderSettings:
    """Return how a provider is spoken to and what its values give, in the order of the form."""
    rows = ProviderRole.objects.of(provider.organisation_id).filter(provider=provider).order_by("pk")
    return ProviderSettings(
        name=provider.name,
        issuer=provider.issuer,
        client_id=provider.client_id,
        authority=provider.authority,
        domains=tuple(provider.domains.split()),
        scopes=tuple(provider.scopes.split()),
        roles_claim=provider.roles_claim,
        second_factor_values=tuple(provider.second_factor_values.split()),
        lets_in=provider.lets_in,
        roles=tuple(GroupRole(row.value, Role(row.role), Side(row.side)) for row in rows),
    )


def _open() -> TenantQuerySet:
    rows = IdentityProvider.objects.across_organisations("nobody has signed in yet")
    return rows.filter(removed_at=None, organisation__is_demo=False)


def _row(provider: IdentityProvider) -> ProviderRow:
    return ProviderRow(
        id=provider.public_id,
        door=provider.door,
        organisation_id=provider.organisation_id,
        settings=provider_settings_of(provider),
        secret_sealed=provider.secret_sealed,
        generation=provider.generation,
        tried_at=provider.tried_at,
        fault=provider.fault,
        fault_detail=provider.fault_detail,
        is_removed=provider.removed_at is not None,
    )
