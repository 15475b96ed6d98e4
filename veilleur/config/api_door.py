"""The door of the API: everything below `/api/` comes by a token, and by nothing else.

Such a request loses its cookies before anything looks at them, so that no session opens the API and no other
site can use somebody's. It is given the API's own routes, which pages do not have, and which the first of
these requests loads: their library takes long.
"""

import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from veilleur.config.api_errors import api_error, code_of_status
from veilleur.config.api_rates import RATES
from veilleur.config.permissions import ROUTE_PERMISSIONS
from veilleur.domains.organisations import actions
from veilleur.domains.organisations.queries.api_tokens import Caller, caller_behind
from veilleur.domains.organisations.rules.api_tokens import (
    PREFIX,
    TokenState,
    is_use_to_note,
    is_well_formed,
)
from veilleur.shared.api_times import EXPIRES_HEADER, rfc3339
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import SYSTEM, Viewer

BELOW = "/api/"
_LONGEST_HEADER = 100  # a token is half as long; whatever is longer is not even looked at
_BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)
_REFUSALS = {
    TokenState.REVOKED: "token_invalid",
    TokenState.EXPIRED: "token_expired",
    TokenState.ASLEEP: "token_asleep",
}


class ApiDoorMiddleware:
    """Lets programs in by their token; before everything that knows of sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(BELOW):
            return self.get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        request.COOKIES = {}
        request.urlconf = settings.API_URLCONF
        response = self.get_response(request)
        # What was refused before the language was looked at would speak that of the request before.
        with translation.override(translation.get_language_from_request(request)):
            response = _in_json(response)
        add_never_cache_headers(response)
        if expires_at := getattr(request, "token_expires_at", None):
            response[EXPIRES_HEADER] = rfc3339(expires_at)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Return the refusal, or None where the token opens the route; the request knows who comes then."""
        if not request.path.startswith(BELOW):
            return None
        now = utc_now()
        caller = _caller(request, now)
        if isinstance(caller, HttpResponse):
            return caller
        viewer = caller.viewer
        assert viewer is not None, "whoever opens nothing was refused"
        wait_s = RATES.wait_s("token", caller.key, settings.API_REQUESTS_PER_MINUTE, now.timestamp())
        if wait_s:
            return _wait(wait_s)
        if is_use_to_note(caller.last_used_at, now):
            actions.note_token_used(now=now, actor=SYSTEM, key=caller.key)
        if refusal := _unless_open(request, caller, viewer):
            return refusal
        request.user = caller.maker
        request.viewer = viewer  # type: ignore[attr-defined]
        request.token_expires_at = caller.expires_at  # type: ignore[attr-defined]
        return None


def _caller(request: HttpRequest, now: datetime) -> Caller | HttpResponse:
    """Return who comes by a token that opens something, or why nobody is let in."""
    if PREFIX in unquote(request.META.get("QUERY_STRING", "")) or PREFIX in request.path:
        return api_error("token_in_address")
    header = request.headers.get("Authorization")
    if header is None:
        return api_error("token_needed")
    # Two headers come as one, with a comma: no choice is made between them.
    said = _BEARER.fullmatch(header) if len(header) <= _LONGEST_HEADER else None
    if said is None or not is_well_formed(said[1]):
        return _bad(request, "token_unreadable", now)
    caller = caller_behind(said[1], now)
    if caller is None:
        return _bad(request, "token_invalid", now)
    if caller.viewer is None:
        if caller.state == TokenState.EXPIRED:
            actions.note_token_refused(now=now, actor=SYSTEM, key=caller.key)
        return _bad(request, _REFUSALS[caller.state], now)
    return caller


def _bad(request: HttpRequest, code: str, now: datetime) -> HttpResponse:
    """Return the refusal of a bad token, or how long to wait for an address that sends many."""
    address = request.META.get("REMOTE_ADDR", "")
    wait_s = RATES.wait_s("bad", address, settings.API_BAD_TOKENS_PER_MINUTE, now.timestamp())
    return _wait(wait_s) if wait_s else api_error(code)


def _wait(seconds: int) -> HttpResponse:
    response = api_error("too_many_requests")
    response["Retry-After"] = str(seconds)
    return response


def _unless_open(request: HttpRequest, caller: Caller, viewer: Viewer) -> HttpResponse | None:
    """Return the refusal of what the token, or the role of whoever made it, does not open."""
    needed = ROUTE_PERMISSIONS.get(request.resolver_match.view_name if request.resolver_match else "")
    if needed is None:
        return api_error("not_allowed")
    if needed.scope is not None and needed.scope not in caller.scopes:
        return api_error("missing_scope", scope=str(needed.scope))
    permission = needed.for_method(request.method)
    return None if permission is None or viewer.may(permission) else api_error("not_allowed")


def _in_json(response: HttpResponseBase) -> HttpResponseBase:
    """Return an error of the frame, which speaks to browsers, as the API says it; any other as it is."""
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    if response.status_code < HTTPStatus.BAD_REQUEST or is_json:
        return response
    said = api_error(code_of_status(response.status_code))
    for name in ("Allow", "Retry-After", "Connection"):
        if response.has_header(name):
            said[name] = response[name]
    return said
