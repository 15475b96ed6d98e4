"""Mandates: a customer lets a provider in, a provider takes that up; either may end it at any time."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from veilleur.domains.organisations import actions
from veilleur.domains.organisations.forms import CustomerForm, MandateForm, OfferForm
from veilleur.domains.organisations.forms.mandates import initial_of
from veilleur.domains.organisations.labels import refusal_sentence
from veilleur.domains.organisations.queries import visible_organisation
from veilleur.domains.organisations.queries.mandates import (
    MandateRow,
    offer_row,
    open_offer,
    visible_customers,
    visible_mandate,
    visible_mandates,
)
from veilleur.domains.organisations.rules.mandates import Scope
from veilleur.domains.organisations.rules.roles import Role
from veilleur.domains.organisations.views.telling import refuse_at, said, tell
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import ORGANISATION_SESSION_KEY, viewer_in
from veilleur.shared.refusal import Refused

# What a provider does in most cases; the recovery key and people stay with the customer.
_USUAL = {"strongest_role": Role.TECHNICIAN, "scopes": [Scope.ESTATE, Scope.WATCH, Scope.BACKUPS]}
# Which field of the form a refusal is shown at.
_FIELDS = {"mandate_over": "last_day"}


@never_cache
@require_http_methods(["GET", "POST"])
def offer_mandate(request: HttpRequest) -> HttpResponse:
    """Ask whom to let in, and for what; show the link, this once."""
    form = OfferForm(request.POST or None, initial=_USUAL)
    if request.method == "POST" and form.is_valid():
        token = actions.offer_mandate(
            **said(request),
            provider=form.cleaned_data["provider"],
            given=form.given(),
        )
        if not isinstance(token, Refused):
            link = request.build_absolute_uri(reverse("organisations:take_up_mandate", args=(token,)))
            context = {"link": link, "provider": form.cleaned_data["provider"], "is_shown_once": True}
            return render(request, "organisations/mandate_link.html", context)
        refuse_at(form, _FIELDS, token)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/offer_mandate.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def mandate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One mandate that counts: what it lets do; give more, less, or for another time."""
    viewer = viewer_in(request)
    row = visible_mandate(viewer, public_id, utc_now())
    if row is None:
        raise Http404
    form = MandateForm(request.POST or None, initial=initial_of(row.strongest_role, row.scopes, row.until))
    if request.method == "POST" and form.is_valid():
        refused = actions.change_mandate(
            **said(request),
            mandate=public_id,
            given=form.given(),
        )
        if refused is None:
            messages.success(request, _("The mandate of {name} is saved.").format(name=row.provider))
            return redirect("organisations:people")
        refuse_at(form, _FIELDS, refused)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/mandate.html", {"form": form, "mandate": row}, status=status)


@require_http_methods(["GET", "POST"])
def end_mandate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what ends, then end a mandate or withdraw an offer."""
    row = _one_of(visible_mandates(viewer_in(request), utc_now()), public_id)
    if request.method == "POST":
        refused = actions.end_mandate(**said(request), mandate=public_id)
        tell(request, refused, _("{name} is no longer let in.").format(name=row.provider))
        return redirect("organisations:people")
    return render(request, "organisations/end_mandate.html", {"mandate": row})


@never_cache
@require_http_methods(["GET", "POST"])
def take_up_mandate(request: HttpRequest, token: str) -> HttpResponse:
    """Show a provider's manager what a customer offers, then take it up."""
    offered = open_offer(token, utc_now())
    if offered is None:
        return render(request, "organisations/offer_invalid.html", status=404)
    viewer, row = viewer_in(request), offer_row(offered)
    context = {"offer": row, "provider": visible_organisation(viewer).name}
    if request.method == "POST":
        refused = actions.take_up_mandate(
            **said(request),
            token=token,
        )
        if refused is None:
            return _look_at(request, row)
        context["refusal"] = refusal_sentence(refused.reason)
    return render(request, "organisations/take_up_mandate.html", context)


@require_http_methods(["GET", "POST"])
def give_mandate_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what ends, then end a mandate that one's own organisation holds."""
    row = _one_of(visible_customers(viewer_in(request), utc_now()), public_id)
    if request.method == "POST":
        refused = actions.give_mandate_back(**said(request), mandate=public_id)
        tell(request, refused, _("{name} is no longer served.").format(name=row.customer))
        return redirect("desk:portfolio")
    return render(request, "organisations/give_mandate_back.html", {"mandate": row})


@require_http_methods(["GET", "POST"])
def add_customer(request: HttpRequest) -> HttpResponse:
    """Make the organisation of a customer, who gives this one a mandate by it."""
    form = CustomerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = actions.add_customer(**said(request), name=form.cleaned_data["name"])
        refused = added if isinstance(added, Refused) else None
        tell(request, refused, _("{name} is added.").format(name=form.cleaned_data["name"]))
        return redirect("desk:portfolio")
    status = 422 if form.is_bound else 200
    return render(request, "organisations/add_customer.html", {"form": form}, status=status)


def _look_at(request: HttpRequest, row: MandateRow) -> HttpResponse:
    request.session[ORGANISATION_SESSION_KEY] = str(row.customer_id)
    messages.success(request, _("You serve {name} from now on.").format(name=row.customer))
    return redirect("/")


def _one_of(rows: list[MandateRow], public_id: UUID) -> MandateRow:
    row = next((row for row in rows if row.id == public_id), None)
    if row is None:
        raise Http404
    return row
