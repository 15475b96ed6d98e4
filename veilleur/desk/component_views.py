"""Pages on which a person describes a component: one that no agent tells of, or what no machine knows."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from veilleur.desk.component_forms import ComponentForm
from veilleur.desk.form_refusals import refuse
from veilleur.domains.estate import actions
from veilleur.domains.estate.queries import visible_component, visible_sites
from veilleur.domains.organisations.queries import visible_members
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused


@require_http_methods(["GET", "POST"])
def add_component(request: HttpRequest) -> HttpResponse:
    """Put a component on the map by hand."""
    viewer, now = viewer_in(request), utc_now()
    form = ComponentForm(
        request.POST or None, members=visible_members(viewer, now), sites=visible_sites(viewer)
    )
    if request.method == "POST" and form.is_valid():
        done = actions.declare_component(
            now=now, actor=actor_in(request), organisation_id=viewer.organisation_id, draft=form.draft()
        )
        if not isinstance(done, Refused):
            messages.success(request, _("{name} is on the map.").format(name=done.name))
            return redirect("desk:machine", done.public_id)
        refuse(form, done)
    return render(request, "desk/add_component.html", {"form": form})


@require_http_methods(["GET", "POST"])
def describe_component(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what a component is."""
    viewer, now = viewer_in(request), utc_now()
    found = visible_component(viewer, public_id)
    if found is None:
        raise Http404
    draft, is_read = found
    form = ComponentForm(
        request.POST or None,
        members=visible_members(viewer, now),
        sites=visible_sites(viewer),
        draft=draft,
        is_read=is_read,
    )
    if request.method == "POST" and form.is_valid():
        done = actions.describe_component(
            now=now,
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            asset=public_id,
            draft=form.draft(),
        )
        if not isinstance(done, Refused):
            return redirect("desk:machine", public_id)
        refuse(form, done)
    values = {"form": form, "name": draft.name, "public_id": public_id, "is_read": is_read}
    return render(request, "desk/describe_component.html", values)
