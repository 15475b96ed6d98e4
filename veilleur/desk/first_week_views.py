"""The guided first week: read, and what only a person can say of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from veilleur.desk.first_week_forms import SayingForm
from veilleur.desk.pages.first_week import first_week
from veilleur.domains.organisations.actions import say_in_first_week
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in


@require_http_methods(["GET", "POST"])
def week(request: HttpRequest) -> HttpResponse:
    """The five days, as facts have them; by a form, what no fact shows."""
    viewer, now = viewer_in(request), utc_now()
    if request.method != "POST":
        return render(request, "desk/first_week.html", {"page": first_week(viewer, now)})
    form = SayingForm(request.POST)
    if form.is_valid():
        say_in_first_week(
            now=now,
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            saying=form.cleaned_data["saying"],
            stands=form.cleaned_data["stands"],
        )
        messages.success(request, form.done)
    else:
        messages.error(request, _("This cannot be said here: open the page again."))
    return redirect("desk:first_week")
