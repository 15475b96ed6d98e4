"""A service that a person declares: what people use, where it runs, and what its loss may cost."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from veilleur.desk.doors import actor_in, viewer_in
from veilleur.desk.forms import ServiceForm
from veilleur.domains.estate.actions import declare_service
from veilleur.domains.estate.labels import REFUSALS
from veilleur.domains.estate.queries import visible_asset_rows
from veilleur.domains.estate.rules.map import DEFAULT_RPO, DEFAULT_RTO, NewService
from veilleur.shared.clock import utc_now
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
