"""API tokens: one's own, and all of the organisation. A token is shown once, when it is made."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.forms import TokenForm
from veilleur.domains.organisations.queries import visible_organisation
from veilleur.domains.organisations.queries.api_tokens import (
    TokenRow,
    own_token,
    own_tokens,
    visible_token,
    visible_tokens,
)
from veilleur.domains.organisations.rules.api_tokens import scopes_within
from veilleur.domains.organisations.signin.proof import prove_first
from veilleur.domains.organisations.views.telling import refuse_at, said, tell
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in
from veilleur.shared.refusal import Refused

# Which field of the form a refusal is shown at.
_FIELDS = {"scope_beyond_role": "scopes", "token_days": "days"}


@never_cache
@require_GET
def tokens(request: HttpRequest) -> HttpResponse:
    """Which programs come in for this person."""
    viewer = viewer_in(request)
    return _list(request, own_tokens(viewer, utc_now()), is_organisations=False)


@never_cache
@require_GET
def organisation_tokens(request: HttpRequest) -> HttpResponse:
    """Which programs come in, whoever made their tokens."""
    viewer = viewer_in(request)
    return _list(request, visible_tokens(viewer, utc_now()), is_organisations=True)


@never_cache
@require_http_methods(["GET", "POST"])
def make_token(request: HttpRequest) -> HttpResponse:
    """Make a token of one's own: after a second factor, as a token opens what its maker does for long."""
    return prove_first(request) or _make(request, is_organisations=False)


@never_cache
@require_http_methods(["GET", "POST"])
def make_organisation_token(request: HttpRequest) -> HttpResponse:
    """Make a token for the organisation's work; its permission asks for a second factor by itself."""
    return _make(request, is_organisations=True)


@require_http_methods(["GET", "POST"])
def revoke_token(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once more, then revoke one of one's own tokens."""
    row = own_token(viewer_in(request), public_id, utc_now())
    if request.method == "POST" and row is not None:
        return _revoked(request, row, actions.revoke_own_token(**said(request), token=public_id), "tokens")
    return _ask_to_revoke(request, row, is_organisations=False)


@require_http_methods(["GET", "POST"])
def revoke_organisation_token(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask once more, then revoke any of the organisation's tokens."""
    row = visible_token(viewer_in(request), public_id, utc_now())
    if request.method == "POST" and row is not None:
        refused = actions.revoke_token(**said(request), token=public_id)
        return _revoked(request, row, refused, "organisation_tokens")
    return _ask_to_revoke(request, row, is_organisations=True)


def _list(request: HttpRequest, rows: list[TokenRow], *, is_organisations: bool) -> HttpResponse:
    context = {"rows": rows, "organisation": visible_organisation(viewer_in(request)).name}
    name = "organisation_tokens" if is_organisations else "tokens"
    return render(request, f"organisations/{name}.html", context)


def _make(request: HttpRequest, *, is_organisations: bool) -> HttpResponse:
    viewer = viewer_in(request)
    form = TokenForm(request.POST or None, offered=scopes_within(viewer.permissions))
    context = {"form": form, "is_organisations": is_organisations}
    if request.method == "POST" and form.is_valid():
        wanted = form.wanted(is_organisations=is_organisations)
        token = actions.make_token(**said(request), wanted=wanted)
        if not isinstance(token, Refused):
            shown = {"token": token, "name": wanted.name, "days": wanted.days, "address": request.get_host()}
            shown["scheme"] = request.scheme or "http"
            return render(request, "organisations/token_made.html", context | shown)
        refuse_at(form, _FIELDS, token)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/make_token.html", context, status=status)


def _ask_to_revoke(request: HttpRequest, row: TokenRow | None, *, is_organisations: bool) -> HttpResponse:
    if row is None:
        raise Http404
    context = {"token": row, "is_organisations": is_organisations}
    return render(request, "organisations/revoke_token.html", context)


def _revoked(request: HttpRequest, row: TokenRow, refused: Refused | None, back: str) -> HttpResponse:
    tell(request, refused, _("The token {name} opens nothing any more.").format(name=row.name))
    return redirect(f"organisations:{back}")
