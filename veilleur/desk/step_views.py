"""How long people's steps take in a recovery: said by the company, in place of the stated defaults."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from veilleur.desk.step_forms import StepsForm
from veilleur.domains.recovery.actions import state_opinions
from veilleur.domains.recovery.labels import SCENARIOS as NAMES
from veilleur.domains.recovery.queries import visible_means
from veilleur.domains.recovery.rules.scenarios import DATA_LOST, SCENARIOS
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in


@require_http_methods(["GET", "POST"])
def human_steps(request: HttpRequest) -> HttpResponse:
    """Show the present estimates of one scenario, and take others."""
    scenario = request.GET.get("scenario") or DATA_LOST
    if scenario not in SCENARIOS:
        raise Http404
    viewer, now = viewer_in(request), utc_now()
    form = StepsForm(request.POST or None, scenario=scenario, means=visible_means(viewer))
    if request.method == "POST" and form.is_valid():
        state_opinions(
            now=now,
            actor=actor_in(request),
            organisation_id=viewer.organisation_id,
            scenario=scenario,
            estimates=form.changed_steps(timezone.localdate(now)),
            means=form.changed_means(),
        )
        messages.success(request, _("Kept. The restart times are computed anew within a minute."))
        return redirect(f"{reverse('desk:restart')}?{urlencode({'scenario': scenario})}")
    choices = [(code, NAMES[code], code == scenario) for code in SCENARIOS]
    context = {"form": form, "scenario": NAMES[scenario], "choices": choices}
    return render(request, "desk/human_steps.html", context, status=422 if form.is_bound else 200)
