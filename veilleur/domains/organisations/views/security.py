"""One's own account: by what one signs in, and what is removed. Adding is the library's work."""

from ipaddress import ip_address

from allauth.account.decorators import reauthentication_required
from allauth.mfa.webauthn.internal.flows import remove_authenticator
from allauth.usersessions.internal.flows import sessions as flows
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.queries.directories import is_of_directory
from veilleur.domains.organisations.queries.providers import provider_of_person
from veilleur.domains.organisations.queries.second_factors import own_factor, own_factors, unused_codes
from veilleur.domains.organisations.queries.sessions import own_sessions
from veilleur.domains.organisations.signin.way_back import take_way
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in


@never_cache
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """By what this person signs in; whoever had to add a factor on the way elsewhere goes on there."""
    person_id = viewer_in(request).person_id
    factors = own_factors(person_id)
    if factors and (page := take_way(request)):
        return redirect(page)
    context = {
        "apps": [row for row in factors if row.kind == "totp"],
        "passkeys": [row for row in factors if row.kind == "webauthn"],
        "unused_codes": unused_codes(person_id),
        "sessions": own_sessions(person_id, request.session.session_key or "", utc_now()),
        "local_address": _address_for_passkeys(request),
        "has_password": request.user.has_usable_password(),  # type: ignore[union-attr]
        "directory_keeps_password": is_of_directory(person_id),
        "provider": provider_of_person(person_id),
    }
    return render(request, "organisations/security.html", context)


@reauthentication_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "POST"])
def remove_passkey(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once more, then remove one of one's own passkeys."""
    found = own_factor(viewer_in(request).person_id, key)
    if found is None:
        raise Http404
    row, authenticator = found
    if request.method == "POST":
        remove_authenticator(request, authenticator)
        return redirect("organisations:security")
    return render(request, "organisations/remove_passkey.html", {"passkey": row})


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session of this person but the one in use."""
    person_id, now = viewer_in(request).person_id, utc_now()
    count = len(own_sessions(person_id, request.session.session_key or "", now)) - 1
    flows.end_other_sessions(request, request.user)
    actions.note_sessions_ended(now=now, actor=actor_in(request), person_id=person_id, count=count)
    messages.success(request, _("You are signed in here only."))
    return redirect("organisations:security")


def _address_for_passkeys(request: HttpRequest) -> str:
    """Return where this very page can make passkeys, empty where it can: a bare IP address cannot."""
    host = request.get_host()
    name, _, port = host.rpartition(":") if ":" in host else (host, "", "")
    try:
        is_loopback = ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return ""
    return f"http://localhost:{port}{request.path}" if is_loopback and not request.is_secure() else host
