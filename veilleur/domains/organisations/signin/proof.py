"""Before keys are touched: a second factor, lately. Who has none is led to where one is added."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries.providers import is_of_provider, provider_of_person
from veilleur.domains.organisations.queries.second_factors import own_factors
from veilleur.domains.organisations.rules.roles import STRONG
from veilleur.domains.organisations.signin.way_back import keep_way, page_behind
from veilleur.shared.clock import utc_now
from veilleur.shared.viewer import Viewer

# Whoever has a second factor changes it by one: the password alone, which may be stolen, removes none.
_FACTOR_ROUTES = frozenset(
    {
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
        "mfa_view_recovery_codes",
        "organisations:remove_passkey",
        "organisations:download_own_data",
    }
)
_CONFIRM_ROUTE = "account_reauthenticate"  # the name of a route
_WAYS = {"totp": "mfa_reauthenticate", "webauthn": "mfa_reauthenticate_webauthn"}


class SecondFactorMiddleware:
    """Asks for a second factor before what needs a strong permission; `request.permission` says which."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Return where the person proves to be there, or None where that was done lately or is not asked."""
        asked = getattr(request, "permission", None)
        if asked is not None and _lacks_factor(request):
            messages.warning(
                request, _("This organisation asks your role for a second factor: add one first.")
            )
            keep_way(request)
            return HttpResponseRedirect(reverse("organisations:security"))
        if asked in STRONG:
            return prove_first(request)
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route == _CONFIRM_ROUTE and isinstance(request.user, Person) and is_of_provider(request.user.pk):
            # Where the library asks for a password: the provider keeps it.
            return _at_provider(request.GET.get("next", ""))
        if route in _FACTOR_ROUTES and isinstance(request.user, Person) and own_factors(request.user.pk):
            return prove_first(request)
        return None


def prove_first(request: HttpRequest) -> HttpResponse | None:
    """Return where the person proves to be there, by a second factor, or None where that was done lately.

    What was sent is not sent again by itself: its page comes back, and somebody presses the button.
    """
    if not isinstance(request.user, Person) or has_proved_lately(request, utc_now()):
        return None
    ways = [_WAYS[factor.kind] for factor in own_factors(request.user.pk)]
    provider = None if ways else provider_of_person(request.user.pk)
    if provider is not None and provider.settings.second_factor_values:
        return _at_provider(page_behind(request))
    if not ways:
        messages.warning(request, _("This needs a second factor: add one first."))
        keep_way(request)
        return HttpResponseRedirect(reverse("organisations:security"))
    return HttpResponseRedirect(f"{reverse(ways[0])}?{urlencode({'next': page_behind(request)})}")


def _at_provider(next_page: str) -> HttpResponse:
    route = reverse("organisations:confirm_at_provider")
    return HttpResponseRedirect(f"{route}?{urlencode({'next': next_page})}")


def _lacks_factor(request: HttpRequest) -> bool:
    """Return whether the organisation asks this role for a second factor and the person has none.

    Whoever has one cannot sign in without it: the library sees to that. One that the provider saw counts
    where the organisation says so, in the session that it was seen for.
    """
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None or not viewer.needs_second_factor or own_factors(viewer.person_id):
        return False
    provider = provider_of_person(viewer.person_id)
    records = get_authentication_records(request, request.user)
    is_seen = any(record.get("second_factor") for record in records)
    return provider is None or not provider.settings.second_factor_values or not is_seen


def has_proved_lately(request: HttpRequest, now: datetime) -> bool:
    """Return whether this session saw a second factor within `ACCOUNT_REAUTHENTICATION_TIMEOUT`."""
    records = get_authentication_records(request, request.user)
    seen = [record["at"] for record in records if record.get("method") == "mfa"]
    longest = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
    # A clock that was set back makes no proof last longer.
    return bool(seen) and abs(now.timestamp() - max(seen)) < longest.total_seconds()
