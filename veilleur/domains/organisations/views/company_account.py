"""Signing in with the company's account: which provider, the way there, the way back."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from veilleur.domains.organisations.forms.provider import CompanyAddressForm
from veilleur.domains.organisations.labels.providers import provider_sentence
from veilleur.domains.organisations.models import Person
from veilleur.domains.organisations.queries.providers import (
    ProviderRow,
    door_for,
    how_many_doors,
    only_door,
    open_provider,
    provider_of_person,
)
from veilleur.domains.organisations.rules.errors import ProviderFault
from veilleur.domains.organisations.signin.provider import (
    Arrived,
    Begun,
    arrive,
    begin,
    note_proof,
    sign_in_by_provider,
    take_begun,
)
from veilleur.shared.doors import viewer_in
from veilleur.shared.refusal import Refused

_TOO_MANY = 429
# An answer is a few short words; nothing else of it is read.
_ANSWERS = ("code", "iss", "error")
_LONGEST_ANSWER = 8000


@never_cache
@require_http_methods(["GET", "POST"])
def company_account(request: HttpRequest) -> HttpResponse:
    """Lead to the company's provider: at once where there is one, by the address's domain among several."""
    if isinstance(request.user, Person) or not how_many_doors():
        return redirect("account_login")
    provider = only_door()
    form = CompanyAddressForm(request.POST if provider is None and "email" in request.POST else None)
    if request.method == "POST" and _is_too_often(request):
        return _too_many()
    if request.method == "POST" and provider is None and form.is_valid():
        provider = door_for(form.cleaned_data["email"])
        if provider is None:
            form.add_error(
                "email",
                _(
                    "No company’s account is known for this address. Sign in with your password, or by the "
                    "address that your company gave you."
                ),
            )
    if request.method == "POST" and provider is not None:
        return _leave(request, provider, _next_page(request))
    status = 422 if form.is_bound else 200
    context = {"form": None if provider is not None else form, "next": _next_page(request)}
    return render(request, "organisations/company_account.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def company_door(request: HttpRequest, door: str) -> HttpResponse:
    """The company's own page to sign in, for whom no domain leads there."""
    provider = open_provider(door)
    if provider is None:
        return _over(request)
    if request.method == "POST":
        if _is_too_often(request):
            return _too_many()
        return _leave(request, provider, _next_page(request))
    context = {"form": None, "next": _next_page(request)}
    return render(request, "organisations/company_account.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def confirm_at_provider(request: HttpRequest) -> HttpResponse:
    """Have somebody who came by a provider prove there, once more, to be the one."""
    provider = provider_of_person(viewer_in(request).person_id)
    if provider is None:
        return redirect("account_reauthenticate")
    if request.method == "POST":
        return _leave(request, provider, _next_page(request), proves=True)
    context = {"provider": provider, "next": _next_page(request)}
    return render(request, "organisations/confirm_at_provider.html", context)


@never_cache
@sensitive_variables("answer")
@require_GET
def company_answer(request: HttpRequest, door: str) -> HttpResponse:
    """Take what somebody came back with: sign them in, or say why not."""
    provider = open_provider(door)
    begun = None if provider is None else take_begun(request, provider, request.GET.get("state", ""))
    if provider is None or begun is None:
        return _over(request)
    answer = {key: request.GET[key][:_LONGEST_ANSWER] for key in _ANSWERS if key in request.GET}
    arrived = arrive(provider, begun, answer)
    if isinstance(arrived, Refused):
        messages.error(request, provider_sentence(arrived.reason))
        return redirect("/" if begun.proves is not None else "account_login")
    if begun.proves is None:
        return sign_in_by_provider(request, arrived, begun.next_page)
    return _proved(request, provider, begun, arrived)


def _proved(request: HttpRequest, provider: ProviderRow, begun: Begun, arrived: Arrived) -> HttpResponse:
    if not (isinstance(request.user, Person) and request.user.pk == begun.proves == arrived.person.pk):
        messages.error(request, provider_sentence("another_person"))
        return redirect("/")
    note_proof(request, arrived)
    if provider.settings.second_factor_values and not arrived.has_second_factor:
        messages.warning(request, provider_sentence("no_second_factor_there"))
        return redirect("organisations:security")
    return redirect(begun.next_page or "/")


def _leave(
    request: HttpRequest, provider: ProviderRow, next_page: str, *, proves: bool = False
) -> HttpResponse:
    """Send the browser there by a page of ours: a form may lead nowhere else, by our own rules."""
    path = reverse("organisations:company_answer", args=(provider.door,))
    try:
        address = begin(request, provider, request.build_absolute_uri(path), next_page, proves=proves)
    except ProviderFault as fault:
        messages.error(request, provider_sentence(fault.reason))
        return redirect("/" if proves else "account_login")
    return render(request, "organisations/leaving_for_provider.html", {"address": address})


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "organisations/company_account_over.html", status=404)


def _next_page(request: HttpRequest) -> str:
    """Return where the person wanted to go, if that is a page of ours."""
    asked: str = request.POST.get("next", "") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else ""


def _is_too_often(request: HttpRequest) -> bool:
    return ratelimit.consume(request, app="allauth.account", action="company_account") is None


def _too_many() -> HttpResponse:
    return HttpResponse(status=_TOO_MANY, headers={"Retry-After": "60"})
