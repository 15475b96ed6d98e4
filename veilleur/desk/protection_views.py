"""Backups: what is protected, and the gestures that protect more."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.desk.doors import actor_in, viewer_in
from veilleur.desk.forms import PlaceForm, PlanForm
from veilleur.desk.pages.protection import found_sources, known_items, protection_page, this_machine
from veilleur.desk.planning import Wish, make_wished_plan
from veilleur.desk.ports import PLACE_MAKER
from veilleur.domains.backups.actions import ask_run, ask_test
from veilleur.domains.backups.labels import reason_sentence
from veilleur.domains.backups.queries import visible_repositories
from veilleur.domains.backups.queries.work import ItemRow
from veilleur.domains.estate.queries import visible_services
from veilleur.shared.clock import utc_now
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Viewer


@require_GET
def protection(request: HttpRequest) -> HttpResponse:
    """What is protected."""
    page = protection_page(viewer_in(request), utc_now())
    return render(request, "desk/protection.html", {"page": page})


@require_http_methods(["GET", "POST"])
def add_place(request: HttpRequest) -> HttpResponse:
    """Make another backup place."""
    viewer = viewer_in(request)
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refused = PLACE_MAKER.get()(
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            folder=Path(form.cleaned_data["folder"]),
            asset=this_machine(viewer),
            name=form.cleaned_data["name"],
        )
        if refused is None:
            messages.success(request, _("The place is ready. Choose what goes into it."))
            return redirect("desk:add_plan")
        form.add_error("folder", _refusal(refused))
    return render(request, "desk/add_place.html", {"form": form})


@require_http_methods(["GET", "POST"])
def add_plan(request: HttpRequest) -> HttpResponse:
    """Protect more folders, or databases that were found."""
    viewer = viewer_in(request)
    sources, places, services = found_sources(viewer), visible_repositories(viewer), visible_services(viewer)
    known = known_items(viewer)
    form = PlanForm(request.POST or None, places=places, services=services, known=known, sources=sources)
    if request.method == "POST" and form.is_valid():
        refused = make_wished_plan(
            _wish(viewer, form.cleaned_data, known),
            sources,
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
        )
        if refused is None:
            messages.success(request, _("The plan is made; its first backup is on its way."))
            return redirect("desk:protection")
        form.add_error(None, str(reason_sentence(refused.reason)))
    return render(request, "desk/add_plan.html", {"form": form, "sources": sources, "places": places})


def _refusal(refused: Refused) -> str:
    if refused.reason == "demonstration":
        return _("This is a demonstration company: no real folder is touched.")
    return str(reason_sentence(refused.reason))


def _wish(viewer: Viewer, said: dict[str, Any], known: Sequence[ItemRow]) -> Wish:
    return Wish(
        name=said["name"],
        repository=UUID(said["place"]),
        known=tuple(item for item in known if str(item.data_set) in said.get("known", ())),
        folders=said["folders"],
        databases=tuple(said.get("databases", ())),
        machine=this_machine(viewer),
        service=UUID(said["service"]) if said["service"] else None,
    )


@require_POST
def run_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a plan run now."""
    refused = ask_run(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        plan=public_id,
    )
    return _asked(request, refused, _("The backup is on its way."))


@require_POST
def test_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a plan's newest copies restored and compared now."""
    refused = ask_test(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        plan=public_id,
    )
    return _asked(request, refused, _("The restore test is on its way."))


def _asked(request: HttpRequest, refused: Refused | None, done: str) -> HttpResponse:
    if refused is None:
        messages.success(request, done)
    elif refused.reason == "no_such_plan":
        raise Http404
    else:
        messages.error(request, str(reason_sentence(refused.reason)))
    return redirect("desk:protection")
