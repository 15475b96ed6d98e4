"""Pages of the desk: one view model, render; one form, one action, back to the page."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from veilleur.desk.forms import ObjectivesForm
from veilleur.desk.pages.estate import estate_page, machine_page
from veilleur.desk.pages.first_week import first_week_panel
from veilleur.desk.pages.home import home_page
from veilleur.desk.pages.portfolio import portfolio_page
from veilleur.desk.pages.restart import restart_page
from veilleur.desk.pages.service import service_page
from veilleur.desk.pages.token_steps import token_steps
from veilleur.desk.pages.watch import checks_page
from veilleur.domains.estate.actions import set_service_objectives
from veilleur.domains.estate.labels import REFUSALS
from veilleur.domains.estate.queries import visible_service
from veilleur.domains.organisations import actions
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused

YEAR_S = 365 * 86400


@require_GET
@never_cache
@vary_on_headers("HX-Request")
def home(request: HttpRequest) -> HttpResponse:
    """The seven questions; alone, without the frame, when the page asks for them again by itself."""
    template = "desk/home_answers.html" if request.headers.get("HX-Request") else "desk/home.html"
    viewer, now = viewer_in(request), utc_now()
    page = home_page(viewer, now, asked=token_steps(viewer, now))
    values = {"page": page, "week": first_week_panel(viewer, now)}
    return render(request, template, values)


@require_GET
def portfolio(request: HttpRequest) -> HttpResponse:
    """The customers whom one's own organisation serves, the worst first."""
    return render(request, "desk/portfolio.html", {"page": portfolio_page(viewer_in(request), utc_now())})


@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """What is watched: everything, or what one machine and one state have in common."""
    page = checks_page(
        viewer_in(request),
        utc_now(),
        machine=request.GET.get("machine", ""),
        state=request.GET.get("state", ""),
    )
    return render(request, "desk/checks.html", {"page": page})


@require_GET
def restart(request: HttpRequest) -> HttpResponse:
    """How long until work goes on again, and what would be lost, in one scenario."""
    page = restart_page(viewer_in(request), utc_now(), request.GET.get("scenario", ""))
    return render(request, "desk/restart.html", {"page": page})


@require_GET
def estate(request: HttpRequest) -> HttpResponse:
    """Activities, services and machines."""
    return render(request, "desk/estate.html", {"page": estate_page(viewer_in(request), utc_now())})


@require_GET
def machine(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One machine."""
    page = machine_page(viewer_in(request), public_id, utc_now())
    if page is None:
        raise Http404
    return render(request, "desk/machine.html", {"page": page})


@require_GET
def service(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One service."""
    page = service_page(viewer_in(request), public_id, utc_now())
    if page is None:
        raise Http404
    return render(request, "desk/service.html", {"page": page})


@require_http_methods(["GET", "POST"])
def objectives(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How long a service may be down, and how much work it may lose."""
    viewer = viewer_in(request)
    view = visible_service(viewer, public_id)
    if view is None:
        raise Http404
    form = ObjectivesForm(request.POST or None, present_s=(view.row.rto_s, view.row.rpo_s))
    if not (request.method == "POST" and form.is_valid()):
        return render(request, "desk/objectives.html", {"form": form, "service": view.row})
    done = set_service_objectives(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer.organisation_id,
        service=public_id,
        **form.cleaned_data,
    )
    if isinstance(done, Refused):
        form.add_error(None, str(REFUSALS[done.reason]))
        return render(request, "desk/objectives.html", {"form": form, "service": view.row})
    messages.success(request, _("The objectives of {name} are set.").format(name=view.row.name))
    return redirect("desk:service", public_id)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language of the pages: for the person who is signed in, and for this browser."""
    language = request.POST.get("language", "")
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    if language in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            actions.choose_language(
                now=utc_now(), actor=actor_in(request), person_id=request.user.pk, language=language
            )
        name = settings.LANGUAGE_COOKIE_NAME
        response.set_cookie(name, language, max_age=YEAR_S, samesite="Lax", httponly=True)
    return response
