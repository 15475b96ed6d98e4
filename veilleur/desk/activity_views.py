"""Pages of business activities, and what people say of a service: one form, one action, back to the page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.desk.activity_forms import (
    BUSY_FORMS,
    ActivityForm,
    NewActivityForm,
    RelianceForm,
    ServiceSayingForm,
)
from veilleur.desk.form_refusals import refuse
from veilleur.desk.pages.activities import activity_page, busy_lines
from veilleur.domains.estate import actions
from veilleur.domains.estate.labels import REFUSALS
from veilleur.domains.estate.queries import (
    ActivityRow,
    visible_activity,
    visible_service,
    visible_services,
)
from veilleur.domains.organisations.queries import visible_members
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Viewer


@require_GET
def activity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One business activity."""
    page = activity_page(viewer_in(request), public_id, utc_now())
    if page is None:
        raise Http404
    return render(request, "desk/activity.html", {"page": page})


@require_http_methods(["GET", "POST"])
def add_activity(request: HttpRequest) -> HttpResponse:
    """Declare an activity with the services that it relies on."""
    viewer, now = viewer_in(request), utc_now()
    form = NewActivityForm(
        request.POST or None, members=visible_members(viewer, now), services=visible_services(viewer)
    )
    if request.method == "POST" and form.is_valid():
        done = actions.declare_activity(
            now=now,
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            draft=form.draft(),
            services=form.services_named(),
        )
        if not isinstance(done, Refused):
            messages.success(request, _("{name} is on the map.").format(name=done.name))
            return redirect("desk:activity", done.public_id)
        refuse(form, done)
    return render(request, "desk/add_activity.html", {"form": form})


@require_http_methods(["GET", "POST"])
def describe_activity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What an activity is, who answers for it, what an hour without it does."""
    viewer, now = viewer_in(request), utc_now()
    row = _activity(viewer, public_id)
    form = ActivityForm(request.POST or None, members=visible_members(viewer, now), draft=row.said)
    if request.method == "POST" and form.is_valid():
        done = actions.describe_activity(
            now=now,
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            activity=public_id,
            draft=form.draft(),
        )
        if not isinstance(done, Refused):
            return redirect("desk:activity", public_id)
        refuse(form, done)
    return render(request, "desk/describe_activity.html", {"form": form, "activity": row})


@require_http_methods(["GET", "POST"])
def activity_services(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Which services an activity relies on."""
    viewer = viewer_in(request)
    row = _activity(viewer, public_id)
    form = RelianceForm(request.POST or None, services=visible_services(viewer), needed=row.services)
    if request.method == "POST" and form.is_valid():
        refused = actions.settle_services_of_activity(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            activity=public_id,
            needed=form.named("needed"),
            asked=form.named("asked"),
        )
        if refused is None:
            return redirect("desk:activity", public_id)
        refuse(form, refused)
    return render(request, "desk/activity_services.html", {"form": form, "activity": row})


@require_http_methods(["GET", "POST"])
def busy_periods(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """When an activity counts most, and one period more."""
    viewer = viewer_in(request)
    row = _activity(viewer, public_id)
    asked = request.POST.get("rhythm", "")
    forms = {
        rhythm: kind(request.POST if rhythm == asked else None, auto_id=f"{rhythm}_%s")
        for rhythm, kind in BUSY_FORMS.items()
    }
    form = forms.get(asked)
    if form is not None and form.is_valid():
        refused = actions.change_busy_periods(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            activity=public_id,
            added=frozenset({form.period()}),
        )
        if refused is None:
            return redirect("desk:busy_periods", public_id)
        refuse(form, refused)
    values = {"forms": forms.values(), "form": form, "activity": row, "lines": busy_lines(row.busy)}
    return render(request, "desk/busy_periods.html", values)


@require_POST
def remove_busy_period(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One period less; one that is gone already is nothing to complain of."""
    viewer = viewer_in(request)
    row = _activity(viewer, public_id)
    code = request.POST.get("period", "")
    actions.change_busy_periods(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer.organisation_id,
        activity=public_id,
        removed=frozenset(line.period for line in busy_lines(row.busy) if line.code == code),
    )
    return redirect("desk:busy_periods", public_id)


@require_http_methods(["GET", "POST"])
def end_activity(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an activity off the map."""
    viewer = viewer_in(request)
    row = _activity(viewer, public_id)
    if request.method == "POST":
        done = actions.end_activity(
            now=utc_now(), actor=actor_in(request), organisation_id=viewer.organisation_id, activity=public_id
        )
        if isinstance(done, Refused):
            messages.error(request, str(REFUSALS[done.reason]))
        else:
            messages.success(request, _("{name} has left the map.").format(name=done.name))
        return redirect("desk:estate")
    return render(request, "desk/end_activity.html", {"activity": row})


@require_http_methods(["GET", "POST"])
def describe_service(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who answers for a service, how long people can do without it, what losing its data would do."""
    viewer, now = viewer_in(request), utc_now()
    view = visible_service(viewer, public_id)
    if view is None:
        raise Http404
    form = ServiceSayingForm(request.POST or None, members=visible_members(viewer, now), row=view.row)
    if request.method == "POST" and form.is_valid():
        done = actions.describe_service(
            now=now,
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            service=public_id,
            draft=form.draft(),
        )
        if not isinstance(done, Refused):
            return redirect("desk:service", public_id)
        refuse(form, done)
    return render(request, "desk/describe_service.html", {"form": form, "service": view.row})


def _activity(viewer: Viewer, public_id: UUID) -> ActivityRow:
    row = visible_activity(viewer, public_id)
    if row is None:
        raise Http404
    return row
