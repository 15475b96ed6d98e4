"""A service that a person declares: what people use, where it runs, what its loss may cost, its data."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from veilleur.desk.forms import ServiceDataForm, ServiceForm
from veilleur.domains.estate.actions import declare_service, settle_data_of_service
from veilleur.domains.estate.labels import REFUSALS
from veilleur.domains.estate.queries import visible_asset_rows, visible_data_sets, visible_service
from veilleur.domains.estate.rules.map import DEFAULT_RPO, DEFAULT_RTO, NewService
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused

_DEFAULTS_S = (int(DEFAULT_RTO.total_seconds()), int(DEFAULT_RPO.total_seconds()))


@require_http_methods(["GET", "POST"])
def add_service(request: HttpRequest) -> HttpResponse:
    """Declare a service."""
    viewer = viewer_in(request)
    machines = [(str(row.id), row.name) for row in visible_asset_rows(viewer)]
    form = ServiceForm(request.POST or None, machines=machines, present_s=_DEFAULTS_S)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = declare_service(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            service=NewService(said["name"], UUID(said["machine"]), said["rto_s"], said["rpo_s"]),
        )
        if not isinstance(done, Refused):
            messages.success(request, _("{name} is declared. Now protect its data.").format(name=done.name))
            return redirect("desk:estate")
        form.add_error("name" if done.reason == "name_taken" else None, str(REFUSALS[done.reason]))
    return render(request, "desk/add_service.html", {"form": form})


@require_http_methods(["GET", "POST"])
def service_data(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Which of the data on the map a service needs."""
    viewer = viewer_in(request)
    view = visible_service(viewer, public_id)
    if view is None:
        raise Http404
    form = ServiceDataForm(
        request.POST or None, data_sets=visible_data_sets(viewer), needed=view.row.data_set_ids
    )
    if request.method == "POST" and form.is_valid():
        done = settle_data_of_service(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            service=public_id,
            needed=frozenset(UUID(one) for one in form.cleaned_data["needed"]),
            asked=frozenset(UUID(one) for one in form.cleaned_data["asked"]),
        )
        if not isinstance(done, Refused):
            if done.tied or done.untied:
                text = _("The data of {name} is settled; its restart time is computed anew.")
                messages.success(request, text.format(name=view.row.name))
            return redirect("desk:service", public_id)
        form.add_error(None, str(REFUSALS[done.reason]))
    return render(request, "desk/service_data.html", {"form": form, "service": view.row})
