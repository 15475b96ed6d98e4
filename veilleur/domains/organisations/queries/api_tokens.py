"""Reads of API tokens: what pages show of them, and for whom a program reads."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from veilleur.domains.organisations.labels import TOKEN_SCOPES, TOKEN_STATES
from veilleur.domains.organisations.models import ApiToken, Organisation, Person
from veilleur.domains.organisations.queries import viewer_of
from veilleur.domains.organisations.queries.second_factors import own_factors
from veilleur.domains.organisations.rules.api_tokens import (
    TOLD_AFTER,
    WARNED_BEFORE,
    TokenScope,
    TokenState,
    digest_of_token,
    is_end_to_tell,
    permissions_of_scopes,
    state_of,
)
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.models import TenantQuerySet
from veilleur.shared.viewer import Viewer


@dataclass(frozen=True)
class TokenRow:
    """What pages show of a token; `expires_at` excluded. `shown` are its first letters."""

    id: UUID
    name: str
    shown: str
    maker: str
    is_organisations: bool
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    state: TokenState

    @property
    def scope_words(self) -> list[str]:
        """Return what it may be used for, in the language of the page."""
        return [str(TOKEN_SCOPES[scope]) for scope in TokenScope if scope in self.scopes]

    @property
    def state_word(self) -> str:
        """Return what it is worth, in the language of the page."""
        return str(TOKEN_STATES[self.state])


@dataclass(frozen=True)
class EndingRow:
    """A token of which people are told that it ends, or has ended; `expires_at` excluded."""

    name: str
    maker: str
    is_organisations: bool
    is_own: bool
    expires_at: datetime


@dataclass(frozen=True)
class Caller:
    """A program behind a token: for whom it reads (None: it opens nothing), who answers for it, until when.

    `key` is the database key of the token, `expires_at` excluded.
    """

    key: int
    maker: Person
    viewer: Viewer | None
    scopes: frozenset[str]
    state: TokenState
    expires_at: datetime
    last_used_at: datetime | None


def caller_behind(token: str, now: datetime) -> Caller | None:
    """Return who comes by a token at `now`, None for one that was never made. Six queries at most.

    Found by its digest alone: how long that takes tells nothing about any token.
    """
    rows = ApiToken.objects.across_organisations("the token says for which organisation")
    row = rows.select_related("maker", "organisation").filter(token_digest=digest_of_token(token)).first()
    if row is None:
        return None
    state = state_of(row.expires_at, row.revoked_at, is_awake=True, now=now)
    viewer = _viewer(row, now) if state in {TokenState.GOOD, TokenState.DUE} else None
    if viewer is None and state in {TokenState.GOOD, TokenState.DUE}:
        state = TokenState.ASLEEP
    return Caller(
        key=row.pk,
        maker=row.maker,
        viewer=viewer,
        scopes=frozenset(row.scopes),
        state=state,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def own_tokens(viewer: Viewer, now: datetime) -> list[TokenRow]:
    """Return the viewer's own tokens in the organisation that are not revoked, the newest first."""
    return _rows(_own(viewer), now)


def own_token(viewer: Viewer, public_id: UUID, now: datetime) -> TokenRow | None:
    """Return one of the tokens that the viewer made for themselves."""
    return next(iter(_rows(_own(viewer).filter(public_id=public_id), now)), None)


def visible_tokens(viewer: Viewer, now: datetime) -> list[TokenRow]:
    """Return every token that opens something of the organisation, whoever made it, the newest first."""
    return _rows(ApiToken.objects.visible_to(viewer), now)


def visible_token(viewer: Viewer, public_id: UUID, now: datetime) -> TokenRow | None:
    """Return one of the organisation's tokens, whoever made it."""
    return next(iter(_rows(ApiToken.objects.visible_to(viewer).filter(public_id=public_id), now)), None)


def visible_ending_tokens(viewer: Viewer, now: datetime) -> list[EndingRow]:
    """Return the tokens whose end the viewer is told of, the first to end first: one's own, and for who
    decides about the organisation all of its. One query.
    """
    rows = ApiToken.objects.visible_to(viewer).select_related("maker")
    if not viewer.may(Permission.SET_ORGANISATION):
        rows = rows.filter(maker_id=viewer.person_id)
    # What the rule cannot take is left in the database.
    rows = rows.filter(revoked_at=None, expires_at__gte=now - TOLD_AFTER, expires_at__lte=now + WARNED_BEFORE)
    return [
        EndingRow(
            name=row.name,
            maker=row.maker.name,
            is_organisations=row.is_organisations,
            is_own=row.maker_id == viewer.person_id,
            expires_at=row.expires_at,
        )
        for row in rows.order_by("expires_at", "pk")
        if is_end_to_tell(row.expires_at, row.last_used_at, row.refused_at, now)
    ]


def _own(viewer: Viewer) -> TenantQuerySet:
    return ApiToken.objects.visible_to(viewer).filter(maker_id=viewer.person_id, is_organisations=False)


def _rows(tokens: TenantQuerySet, now: datetime) -> list[TokenRow]:
    rows = tokens.select_related("maker", "organisation").filter(revoked_at=None)
    found: list[ApiToken] = list(rows.order_by("-created_at", "-pk"))
    # Asked once for each maker, who may have made many: their scopes do not decide whether they sleep.
    kinds = {(token.maker_id, token.is_organisations): token for token in found}
    awake = {kind: _viewer(token, now) is not None for kind, token in kinds.items()}
    return [_row(token, awake[token.maker_id, token.is_organisations], now) for token in found]


def _row(token: ApiToken, is_awake: bool, now: datetime) -> TokenRow:
    return TokenRow(
        id=token.public_id,
        name=token.name,
        shown=token.shown,
        maker=token.maker.name,
        is_organisations=token.is_organisations,
        scopes=tuple(token.scopes),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        state=state_of(token.expires_at, token.revoked_at, is_awake=is_awake, now=now),
    )


def _viewer(token: ApiToken, now: datetime) -> Viewer | None:
    """Return for whom a token reads: whoever made it, as far as that person may now, within its scopes.

    None for somebody who is not let in there any more, be it for want of a second factor; and for a token of
    the organisation whose maker no longer decides about it.
    """
    organisation: Organisation = token.organisation
    viewer = viewer_of(token.maker_id, now, chosen=organisation.public_id)
    if viewer is None or viewer.organisation_id != organisation.pk:
        return None
    if viewer.needs_second_factor and not own_factors(token.maker_id):
        return None
    if token.is_organisations and not viewer.may(Permission.SET_ORGANISATION):
        return None
    return replace(
        viewer,
        organisation_ids=frozenset({organisation.pk}),
        permissions=viewer.permissions & permissions_of_scopes(token.scopes),
    )
