"""Writes of API tokens: made, revoked, used."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from veilleur.domains.journal.actions import record, recorded
from veilleur.domains.organisations.actions.authority import has_lost, person_acting
from veilleur.domains.organisations.actions.memberships import hold_members
from veilleur.domains.organisations.actions.revoking import revoke_tokens
from veilleur.domains.organisations.facts.api_tokens import ApiTokenMade, ApiTokenRefused
from veilleur.domains.organisations.models import ApiToken, Organisation, Person
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.rules.api_tokens import (
    DEFAULT_DAYS,
    MOST_TOKENS,
    RANDOM_BYTES,
    USE_STEP,
    TokenScope,
    digest_of_token,
    expiry,
    permissions_of_scopes,
    shown_part,
    written,
)
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Actor


@dataclass(frozen=True)
class WantedToken:
    """A token to make: its name, what for, for how many days, and whether for the organisation's work."""

    name: str
    scopes: tuple[TokenScope, ...]
    days: int = DEFAULT_DAYS
    is_organisations: bool = False


@recorded
def make_token(*, now: datetime, actor: Actor, organisation_id: int, wanted: WantedToken) -> str | Refused:
    """Return a new token of the person who acts, shown this once: only its digest is kept.

    Refuse "token_days", "scope_beyond_role" for what the person may not do themselves, "too_many_tokens", and
    "no_longer_allowed" for somebody who is not let in any more or, for a token of the organisation, does not
    decide about it.
    """
    expires_at = expiry(now, wanted.days)
    if expires_at is None:
        return Refused("token_days")
    hold_members(organisation_id)
    maker = person_acting(actor)
    if maker is None:
        return Refused("no_longer_allowed")
    if refused := _refusal(maker, organisation_id, wanted, now):
        return refused
    token = written(secrets.token_bytes(RANDOM_BYTES))
    row = ApiToken(
        organisation_id=organisation_id,
        public_id=new_id(now),
        maker=maker,
        is_organisations=wanted.is_organisations,
        name=wanted.name,
        scopes=sorted(scope.value for scope in wanted.scopes),
        token_digest=digest_of_token(token),
        shown=shown_part(token),
        created_at=now,
        expires_at=expires_at,
    )
    row.save(force_insert=True)
    fact = ApiTokenMade(row.name, tuple(row.scopes), expires_at, row.is_organisations)
    record(fact, subject=row.public_id, organisation_id=organisation_id)
    return token


@recorded
def revoke_own_token(*, now: datetime, actor: Actor, organisation_id: int, token: UUID) -> Refused | None:
    """Revoke a token that the person who acts made for themselves. Refuse "no_such_token" for any other."""
    person = person_acting(actor)
    rows = ApiToken.objects.of(organisation_id).filter(public_id=token, maker=person, is_organisations=False)
    return (
        None
        if revoke_tokens(rows.select_for_update(of=("self",)), "asked", now)
        else Refused("no_such_token")
    )


@recorded
def revoke_token(*, now: datetime, actor: Actor, organisation_id: int, token: UUID) -> Refused | None:
    """Revoke a token of the organisation, whoever made it.

    Refuse "no_such_token", and "no_longer_allowed" for somebody who no longer decides about the organisation.
    """
    hold_members(organisation_id)
    if has_lost(Permission.SET_ORGANISATION, actor, organisation_id, now):
        return Refused("no_longer_allowed")
    rows = ApiToken.objects.of(organisation_id).filter(public_id=token).select_for_update(of=("self",))
    return None if revoke_tokens(rows, "asked", now) else Refused("no_such_token")


@recorded
def note_token_used(*, now: datetime, actor: Actor, key: int) -> None:
    """Keep when a token was used, to the minute. A use is no fact: nothing is journalled."""
    rows = ApiToken.objects.across_organisations("whoever comes by a token is of its organisation")
    rows.filter(Q(last_used_at=None) | Q(last_used_at__lte=now - USE_STEP), pk=key).update(last_used_at=now)


@recorded
def note_token_refused(*, now: datetime, actor: Actor, key: int) -> None:
    """Record that an expired token was used; nothing but the first time."""
    rows = ApiToken.objects.across_organisations("whoever comes by a token is of its organisation")
    if rows.filter(pk=key, refused_at=None).update(refused_at=now):
        row = rows.get(pk=key)
        fact = ApiTokenRefused(row.expires_at)
        record(fact, subject=row.public_id, organisation_id=row.organisation_id)


def _refusal(maker: Person, organisation_id: int, wanted: WantedToken, now: datetime) -> Refused | None:
    public_id = Organisation.objects.values_list("public_id", flat=True).get(pk=organisation_id)
    viewer = viewer_of(maker.pk, now, chosen=public_id)
    if viewer is None or viewer.organisation_id != organisation_id:
        return Refused("no_longer_allowed")
    if wanted.is_organisations and not viewer.may(Permission.SET_ORGANISATION):
        return Refused("no_longer_allowed")
    if not permissions_of_scopes(wanted.scopes) <= viewer.permissions:
        return Refused("scope_beyond_role")
    living = ApiToken.objects.of(organisation_id).filter(maker=maker, revoked_at=None, expires_at__gt=now)
    return Refused("too_many_tokens") if living.count() >= MOST_TOKENS else None
