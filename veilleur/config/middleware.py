"""What every request passes: nobody signed in sees only the public routes, everybody else gets a viewer."""

from collections.abc import Callable
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from veilleur.config.api_errors import api_error
from veilleur.config.permissions import ROUTE_PERMISSIONS
from veilleur.config.public_routes import PUBLIC_ROUTES
from veilleur.config.unread import SENDER
from veilleur.domains.organisations.queries import viewer_of, visible_organisation
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import (
    BEGAN_SESSION_KEY,
    ORGANISATION_SESSION_KEY,
    SEEN_SESSION_KEY,
    viewer_in,
)

# Sent by a page that asks for itself again: nobody need be in front of it, so it keeps no session alive.
POLL_HEADER = "X-Poll"
_SEEN_STEP_S = 60  # the session is written at most once in this time, not at every page

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class SessionLimitsMiddleware:
    """Ends a session in which nothing was asked for `SESSION_IDLE_SECONDS`, and any after
    `SESSION_LONGEST_SECONDS`: the library's own limit begins anew whenever the session is written.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._note(request, int(utc_now().timestamp()))
        return self.get_response(request)

    def _note(self, request: HttpRequest, now_s: int) -> None:
        seen = request.session.get(SEEN_SESSION_KEY)
        began = request.session.setdefault(BEGAN_SESSION_KEY, now_s)
        is_idle = seen is not None and now_s - seen >= settings.SESSION_IDLE_SECONDS
        if is_idle or now_s - began >= settings.SESSION_LONGEST_SECONDS:
            logout(request)
        elif not request.headers.get(POLL_HEADER) and (seen is None or now_s - seen >= _SEEN_STEP_S):
            request.session[SEEN_SESSION_KEY] = now_s


class ViewerMiddleware:
    """Gives `request.viewer`: for whom queries read, None when nobody is signed in.

    Texts then speak the person's language, unless this browser chose another, and times are shown in the
    organisation's zone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = request.user
        request.viewer = None  # type: ignore[attr-defined]
        if not person.is_authenticated:
            return self.get_response(request)
        viewer = viewer_of(person.pk, utc_now(), chosen=_chosen(request))
        request.viewer = viewer  # type: ignore[attr-defined]
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(person.language)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        if viewer is None:
            return self.get_response(request)
        request.META[SENDER] = viewer.organisation_id
        with timezone.override(ZoneInfo(visible_organisation(viewer).time_zone)):
            return self.get_response(request)


class SignInRequiredMiddleware:
    """Refuses every route that is not public: the sign-in page, or 401 below `/api/`.

    Deny is the default: a new route needs no mark to be protected, and a mark in a view cannot open it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            # Nobody finds a page again by the browser's way back once its reader has signed out.
            add_never_cache_headers(response)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Return what is sent instead of the page, or None when the page may be shown."""
        match = request.resolver_match
        if match is not None and match.view_name in PUBLIC_ROUTES:
            return None
        if not request.user.is_authenticated:
            if request.path.startswith("/api/"):
                return api_error("token_needed")
            if request.headers.get("HX-Request"):
                # A part of a page cannot show the sign-in page: the browser loads the whole again.
                return HttpResponse(status=204, headers={"HX-Refresh": "true"})
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if request.viewer is None:  # type: ignore[attr-defined]
            return render(request, "organisations/no_organisation.html", status=403)
        return None


class PermissionMiddleware:
    """Refuses what the viewer's role does not allow: a page that says so, or 403 below `/api/`.

    Deny is the default here too: a route that `config/permissions.py` does not list opens to nobody.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Return the refusal, or None where the role allows what is asked."""
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route in PUBLIC_ROUTES:
            return None
        viewer = viewer_in(request)
        listed = ROUTE_PERMISSIONS.get(route)
        needed = listed.for_method(request.method) if listed else None
        if listed is not None and (needed is None or viewer.may(needed)):
            request.permission = needed  # type: ignore[attr-defined]
            return None
        if request.path.startswith("/api/"):
            return api_error("not_allowed")
        return render(request, "organisations/not_allowed.html", status=403)


def _chosen(request: HttpRequest) -> UUID | None:
    """Return the organisation kept in the session; anything else there is as good as nothing."""
    try:
        return UUID(str(request.session.get(ORGANISATION_SESSION_KEY)))
    except ValueError:
        return None
