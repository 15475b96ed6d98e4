"""Identity providers at which people sign in: how they stand, how they are spoken to, who waits."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.forms.provider import (
    ProviderForm,
    ValueFormSet,
    provider_initial_of,
    provider_settings_of_forms,
)
from veilleur.domains.organisations.labels import providers as provider_labels
from veilleur.domains.organisations.queries.providers import (
    ProviderRow,
    visible_provider,
    visible_provider_of,
    visible_provider_people,
    visible_providers,
    visible_sent_away,
    visible_waiting,
)
from veilleur.domains.organisations.rules.providers import State
from veilleur.domains.organisations.signin.proof import prove_first
from veilleur.domains.organisations.signin.provider import try_provider
from veilleur.domains.organisations.views.telling import said, save_sealed, tell
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in
from veilleur.shared.ids import new_id
from veilleur.shared.refusal import Refused

# Which field of the form a refusal is shown at; any other at its head.
_FIELDS = {"secret_needed": "secret", "issuer_stays": "issuer"}
# What nobody tried is unknown.
_MARKS = {State.UNKNOWN: "unknown", State.FAULT: "bad", State.GOOD: "good"}


@require_GET
def identity_providers(request: HttpRequest) -> HttpResponse:
    """The identity providers of the organisation, and how each stands."""
    rows = [
        (row, _MARKS[row.state], provider_labels.PROVIDER_STATES[row.state])
        for row in visible_providers(viewer_in(request))
    ]
    return render(request, "organisations/identity_providers.html", {"providers": rows})


@never_cache
@require_GET
def identity_provider(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One provider: what to write there, how it stands, who waits."""
    row, viewer = _found(request, public_id), viewer_in(request)
    context = {
        "provider": row,
        "mark": _MARKS[row.state],
        "state_word": provider_labels.PROVIDER_STATES[row.state],
        "fault": provider_labels.PROVIDER_FAULTS.get(row.fault),
        "return_address": _absolute(request, "organisations:company_answer", row),
        "door_address": _absolute(request, "organisations:company_door", row),
        "people": visible_provider_people(viewer, row.id),
        "waiting": visible_waiting(viewer, row.id),
        "sent_away": visible_sent_away(viewer, row.id),
    }
    return render(request, "organisations/identity_provider.html", context)


@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def add_identity_provider(request: HttpRequest) -> HttpResponse:
    """Ask how a provider is spoken to, of whoever proved to be there: its values may make managers."""
    if (proof := prove_first(request)) is not None:
        return proof
    form = ProviderForm(request.POST or None, is_new=True)
    values = ValueFormSet(request.POST or None, prefix="values")
    if request.method == "POST" and all([form.is_valid(), values.is_valid()]):
        provider = new_id(utc_now())
        refused = _save(request, provider, (form, values), actions.add_provider)
        if refused is None:
            return redirect("organisations:identity_provider", provider)
        form.add_error(_FIELDS.get(refused.reason), refused.detail)
    return _form_page(request, form, values)


@never_cache
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def change_identity_provider(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change how a provider is spoken to or what its values give."""
    row = _found(request, public_id)
    if (proof := prove_first(request)) is not None:
        return proof
    shown, shown_values = provider_initial_of(row.settings)
    form = ProviderForm(request.POST or None, is_new=False, initial=shown)
    values = ValueFormSet(request.POST or None, prefix="values", initial=shown_values)
    if request.method == "POST" and all([form.is_valid(), values.is_valid()]):
        refused = _save(request, public_id, (form, values), actions.change_provider)
        if refused is None:
            return redirect("organisations:identity_provider", public_id)
        form.add_error(_FIELDS.get(refused.reason), refused.detail)
    return _form_page(request, form, values, row)


@require_http_methods(["GET", "POST"])
def remove_identity_provider(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what ends with a provider, then remove it."""
    row = _found(request, public_id)
    if request.method == "POST":
        refused = actions.remove_provider(**said(request), provider=public_id)
        tell(request, refused, _("{name} opens nothing any more.").format(name=row.name))
        return redirect("organisations:identity_providers")
    context = {"provider": row, "people": visible_provider_people(viewer_in(request), public_id)}
    return render(request, "organisations/remove_identity_provider.html", context)


@require_POST
def try_identity_provider(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the provider for its description; its page then says how it stands."""
    try_provider(_found(request, public_id))
    return redirect("organisations:identity_provider", public_id)


@require_http_methods(["GET", "POST"])
def let_in_by_identity_provider(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let somebody in at their next sign-in, by a second factor: the value may make a manager."""
    provider = _provider_of(request, public_id)
    if request.method != "POST":
        # Back from the second factor: who waits is looked at once more.
        return redirect("organisations:identity_provider", provider)
    if (proof := prove_first(request)) is not None:
        return proof
    refused = actions.let_provider_account_in(**said(request), account=public_id)
    tell(request, refused, _("This person comes in at their next sign-in."))
    return redirect("organisations:identity_provider", provider)


@require_POST
def turn_away_from_identity_provider(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Forget somebody who waits."""
    provider = _provider_of(request, public_id)
    refused = actions.turn_provider_account_away(**said(request), account=public_id)
    tell(request, refused, _("This person waits no longer; their name was forgotten."))
    return redirect("organisations:identity_provider", provider)


def _provider_of(request: HttpRequest, account: UUID) -> UUID:
    provider = visible_provider_of(viewer_in(request), account)
    if provider is None:
        raise Http404
    return provider


def _found(request: HttpRequest, public_id: UUID) -> ProviderRow:
    row = visible_provider(viewer_in(request), public_id)
    if row is None:
        raise Http404
    return row


def _absolute(request: HttpRequest, route: str, row: ProviderRow) -> str:
    return request.build_absolute_uri(reverse(route, args=(row.door,)))


def _save(request: HttpRequest, public_id: UUID, forms: Any, act: Any) -> Refused | None:
    form, values = forms
    act = partial(act, **said(request), provider=public_id, settings=provider_settings_of_forms(form, values))
    return save_sealed(
        form.cleaned_data["secret"],
        lambda typed: actions.seal_provider_secret(public_id, typed),
        lambda sealed: act(sealed=sealed),
        away=provider_labels.PROVIDER_FAULTS["secrets_away"],
    )


def _form_page(
    request: HttpRequest, form: ProviderForm, values: Any, row: ProviderRow | None = None
) -> HttpResponse:
    context = {"form": form, "values": values, "provider": row}
    status = 422 if form.is_bound else 200
    return render(request, "organisations/identity_provider_form.html", context, status=status)
