"""Mandates: a customer lets the people of a provider in, changes what they may, and ends it at once."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.authority import has_lost, person_acting
from veilleur.domains.organisations.actions.memberships import hold_members
from veilleur.domains.organisations.actions.people import create_organisation
from veilleur.domains.organisations.facts import MandateChanged, MandateEnded, MandateOffered, MandateTakenUp
from veilleur.domains.organisations.models import Mandate, Organisation
from veilleur.domains.organisations.queries.mandates import open_offer, running_at
from veilleur.domains.organisations.rules.mandates import Scope
from veilleur.domains.organisations.rules.roles import Permission, Role
from veilleur.domains.organisations.rules.tokens import OFFER_LIFETIME, TOKEN_BYTES, digest_of
from veilleur.shared.ids import new_id
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class Given:
    """What a mandate lets the provider's people do, and until when (excluded; None: until it is ended)."""

    strongest_role: Role
    scopes: Collection[Scope]
    until: datetime | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the scopes as they are stored: in order, each once."""
        return tuple(scope.value for scope in Scope if scope in self.scopes)


@recorded
def offer_mandate(
    *, now: datetime, actor: Actor, organisation_id: int, provider: str, given: Given
) -> str | Refused:
    """Return the token of a link by which a provider takes the mandate up. It is shown this once.

    `provider` is the customer's name for it. Refuse "mandate_over" for an end that is past,
    "no_longer_allowed" where whoever offers lost the right to it.
    """
    if given.until is not None and given.until <= now:
        return Refused("mandate_over")
    if _may_no_longer(actor, organisation_id, now):
        return Refused("no_longer_allowed")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    mandate = Mandate(
        organisation_id=organisation_id,
        public_id=new_id(now),
        offered_to=provider,
        strongest_role=given.strongest_role,
        scopes=list(given.codes),
        token_digest=digest_of(token),
        offered_at=now,
        expires_at=now + OFFER_LIFETIME,
        until=given.until,
        made_by=person_acting(actor),
    )
    mandate.save(force_insert=True)
    fact = MandateOffered(given.strongest_role, given.codes, given.until)
    record(fact, subject=mandate.public_id, organisation_id=organisation_id)
    return token


@recorded
def take_up_mandate(*, now: datetime, actor: Actor, organisation_id: int, token: str) -> Refused | None:
    """Let the people of this organisation, the provider, work at the customer from `now` on.

    A mandate of before by the same customer ends with it. Refuse "offer_invalid" for a token that is unknown,
    used, withdrawn or too old, "offer_to_oneself", and "demo_apart" where one of the two is a demonstration.
    """
    offered = open_offer(token, now)
    if offered is None:
        return Refused("offer_invalid")
    if offered.organisation_id == organisation_id:
        return Refused("offer_to_oneself")
    held = {key: _held(key) for key in sorted((offered.organisation_id, organisation_id))}
    customer, provider = held[offered.organisation_id], held[organisation_id]
    if has_lost(Permission.MANAGE_MANDATES, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    if customer.is_demo != provider.is_demo:
        return Refused("demo_apart")
    mandate = _for_change(Mandate.objects.of(customer.pk)).get(pk=offered.pk)
    if mandate.provider_id is not None or mandate.closed_at is not None:
        return Refused("offer_invalid")
    for earlier in _for_change(_open_mandates(customer.pk).filter(provider=provider)):
        _close(earlier, now, by="replaced")
    mandate.provider, mandate.since = provider, now
    mandate.save(update_fields=["provider", "since"])
    fact = MandateTakenUp(
        customer.public_id, provider.public_id, mandate.strongest_role, tuple(mandate.scopes), mandate.until
    )
    _record_on_both_sides(fact, mandate)
    return None


@recorded
def change_mandate(
    *, now: datetime, actor: Actor, organisation_id: int, mandate: UUID, given: Given
) -> Refused | None:
    """Give the provider more, less, or for another time, from `now` on; nothing for what it has.

    Refuse "no_such_mandate" for one that does not count at `now`, "mandate_over" for an end that is past.
    """
    if given.until is not None and given.until <= now:
        return Refused("mandate_over")
    if _may_no_longer(actor, organisation_id, now):
        return Refused("no_longer_allowed")
    row = _running(_open_mandates(organisation_id), mandate, now)
    if row is None:
        return Refused("no_such_mandate")
    after = (given.strongest_role.value, list(given.codes), given.until)
    if after == (row.strongest_role, row.scopes, row.until):
        return None
    row.strongest_role, row.scopes, row.until = after
    row.save(update_fields=["strongest_role", "scopes", "until"])
    fact = MandateChanged(
        row.organisation.public_id, _provider(row), row.strongest_role, given.codes, row.until
    )
    _record_on_both_sides(fact, row)
    return None


@recorded
def end_mandate(*, now: datetime, actor: Actor, organisation_id: int, mandate: UUID) -> Refused | None:
    """End a mandate that this organisation gave, or withdraw its offer, at `now`, for the next click on.

    Refuse "no_such_mandate".
    """
    if _may_no_longer(actor, organisation_id, now):
        return Refused("no_longer_allowed")
    row = _for_change(_open_mandates(organisation_id).filter(public_id=mandate)).first()
    if row is None:
        return Refused("no_such_mandate")
    _close(row, now, by="customer")
    return None


@recorded
def give_mandate_back(*, now: datetime, actor: Actor, organisation_id: int, mandate: UUID) -> Refused | None:
    """End a mandate that this organisation, the provider, holds. Refuse "no_such_mandate"."""
    if _may_no_longer(actor, organisation_id, now):
        return Refused("no_longer_allowed")
    rows = Mandate.objects.across_organisations("a provider holds mandates of its customers")
    row = _running(rows.filter(provider_id=organisation_id, closed_at=None), mandate, now)
    if row is None:
        return Refused("no_such_mandate")
    _close(row, now, by="provider")
    return None


@recorded
def add_customer(*, now: datetime, actor: Actor, organisation_id: int, name: str) -> Organisation | Refused:
    """Return the new organisation of a customer, in the language and zone of this one, the provider.

    It begins with a mandate for everything; its own managers, once there are some, end it like any other.
    Refuse "no_longer_allowed".
    """
    if _may_no_longer(actor, organisation_id, now):
        return Refused("no_longer_allowed")
    provider = Organisation.objects.get(pk=organisation_id)
    customer = create_organisation(
        now=now,
        actor=actor,
        name=name,
        language=provider.language,
        time_zone=provider.time_zone,
        is_demo=provider.is_demo,
    )
    _give_everything(customer, provider, now)
    return customer


def _may_no_longer(actor: Actor, organisation_id: int, now: datetime) -> bool:
    """Hold the organisation's people until the commit; return whether whoever acts lost the right by then."""
    hold_members(organisation_id)
    return has_lost(Permission.MANAGE_MANDATES, actor, organisation_id, now)


def _give_everything(customer: Organisation, provider: Organisation, now: datetime) -> None:
    scopes = [scope.value for scope in Scope]
    mandate = Mandate(
        organisation=customer,
        public_id=new_id(now),
        provider=provider,
        offered_to=provider.name,
        strongest_role=Role.MANAGER,
        scopes=scopes,
        # Nobody has the token: it was taken up as it was made.
        token_digest=digest_of(secrets.token_urlsafe(TOKEN_BYTES)),
        offered_at=now,
        expires_at=now,
        since=now,
    )
    mandate.save(force_insert=True)
    fact = MandateTakenUp(customer.public_id, provider.public_id, Role.MANAGER, tuple(scopes), None)
    _record_on_both_sides(fact, mandate)


def _held(organisation_id: int) -> Organisation:
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def _open_mandates(customer_id: int) -> TenantQuerySet:
    return Mandate.objects.of(customer_id).filter(closed_at=None)


def _running(rows: TenantQuerySet, mandate: UUID, now: datetime) -> Mandate | None:
    """Return that one of the mandates if it counts at `now`, held until the commit."""
    found: Mandate | None = _for_change(running_at(rows, now).filter(public_id=mandate)).first()
    return found


def _for_change(rows: TenantQuerySet) -> TenantQuerySet:
    return rows.select_for_update(of=("self",)).select_related("organisation", "provider")


def _close(mandate: Mandate, now: datetime, *, by: str) -> None:
    mandate.closed_at = now
    mandate.save(update_fields=["closed_at"])
    provider = _provider(mandate) if mandate.provider_id is not None else None
    fact = MandateEnded(mandate.organisation.public_id, provider, by)
    _record_on_both_sides(fact, mandate)


def _provider(mandate: Mandate) -> UUID:
    provider: Organisation = mandate.provider  # type: ignore[assignment]  # taken up: the database holds it to that
    return provider.public_id


def _record_on_both_sides(fact: object, mandate: Mandate) -> None:
    record(fact, subject=mandate.public_id, organisation_id=mandate.organisation_id)
    if mandate.provider_id is not None:
        record(fact, subject=mandate.public_id, organisation_id=mandate.provider_id)
