"""Pages that read the map as a whole, and the form that says on what something runs."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from veilleur.desk.map_forms import HostsForm, MachineForm
from veilleur.desk.pages.falls import NODE_ROUTES
from veilleur.desk.pages.hosts import Hosted, hosted
from veilleur.desk.pages.map import SITE_MARK, map_page
from veilleur.desk.pages.map_selection import Asked
from veilleur.desk.pages.weak_points import weak_points_page
from veilleur.domains.estate.actions import set_environment, settle_hosts
from veilleur.domains.estate.labels import REFUSALS
from veilleur.domains.estate.rules.map import NodeKind
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused


@require_GET
def weak_points(request: HttpRequest) -> HttpResponse:
    """What rests on one machine, what waits for itself, where zones meet, what services lack."""
    page = weak_points_page(viewer_in(request), utc_now())
    if page is None:
        raise Http404
    return render(request, "desk/weak_points.html", {"page": page})


@require_GET
def estate_map(request: HttpRequest) -> HttpResponse:
    """The map in layers: all of it, of one site, what is not good, or what falls with one thing."""
    page = map_page(viewer_in(request), utc_now(), _asked(request))
    if page is None:
        raise Http404
    return render(request, "desk/map.html", {"page": page})


def _asked(request: HttpRequest) -> Asked:
    """Return what the address asks for; what cannot be meant asks for nothing."""
    said = request.GET
    focus, lost_site = said.get("focus", ""), ""
    if focus.startswith(SITE_MARK):
        focus, lost_site = "", focus.removeprefix(SITE_MARK)
    try:
        node = UUID(focus) if focus else None
    except ValueError as error:
        raise Http404 from error
    opened = frozenset(int(each) for each in said.getlist("open") if each.isascii() and each.isdigit())
    return Asked(said.get("site", ""), said.get("state", ""), node, lost_site, opened)


@require_http_methods(["GET", "POST"])
def service_hosts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """On what a service runs, and how many of it are enough."""
    return _hosts(request, public_id, NodeKind.SERVICE)


@require_http_methods(["GET", "POST"])
def machine_hosts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """On what a machine runs, how many of it are enough, and what it is for."""
    return _hosts(request, public_id, NodeKind.ASSET)


def _hosts(request: HttpRequest, public_id: UUID, kind: NodeKind) -> HttpResponse:
    about = hosted(viewer_in(request), public_id)
    if about is None or about.node.kind != kind:
        raise Http404
    form = _form(request, about)
    if request.method == "POST" and form.is_valid():
        refused = _say(request, about, form)
        if refused is None:
            messages.success(request, _("The map says on what {name} runs.").format(name=about.node.name))
            return redirect(NODE_ROUTES[about.node.kind], public_id)
        wrong = "enough" if refused.reason == "needed_out_of_range" else None
        form.add_error(wrong, str(REFUSALS[refused.reason]))
    values = {"form": form, "about": about, "back": NODE_ROUTES[about.node.kind]}
    return render(request, "desk/runs_on.html", values)


def _form(request: HttpRequest, about: Hosted) -> HostsForm:
    if about.node.kind != NodeKind.ASSET:
        return HostsForm(request.POST or None, machines=about.machines, hosts=about.hosts)
    return MachineForm(
        request.POST or None,
        machines=about.machines,
        hosts=about.hosts,
        initial={"environment": about.environment},
    )


def _say(request: HttpRequest, about: Hosted, form: HostsForm) -> Refused | None:
    """Keep what was said; return why it was refused."""
    by: dict[str, Any] = {
        "now": utc_now(),
        "actor": actor_in(request),
        "organisation_id": viewer_in(request).organisation_id,
    }
    done = settle_hosts(**by, needs=form.needs(about.node.id), enough=form.cleaned_data["enough"])
    if isinstance(done, Refused) or about.node.kind != NodeKind.ASSET:
        return done if isinstance(done, Refused) else None
    said = set_environment(**by, asset=about.node.id, environment=form.cleaned_data["environment"])
    return said if isinstance(said, Refused) else None
