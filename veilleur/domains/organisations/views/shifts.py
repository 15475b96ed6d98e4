"""What changes who is on call: a shift planned by hand, duty taken over, swaps; and one's own shifts."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.domains.organisations.actions import shifts as actions
from veilleur.domains.organisations.actions.shifts import Stretch
from veilleur.domains.organisations.forms.rota import ShiftForm, SpanForm, SwapForm
from veilleur.domains.organisations.queries.rota_pages import (
    SHIFTS_AHEAD,
    ShiftRow,
    is_visible_swap,
    visible_own_shifts,
    visible_shifts,
    visible_swaps,
)
from veilleur.domains.organisations.rules.rota_words import SwapOutcome
from veilleur.domains.organisations.views.rotas import rota_or_404
from veilleur.domains.organisations.views.telling import refuse_at, said, tell
from veilleur.shared import words
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in
from veilleur.shared.refusal import Refused

# Which field of the form a refusal is shown at.
_AT = {
    "shift_reversed": "end",
    "shift_past": "end",
    "shift_too_long": "end",
    "shift_too_old": "start",
    "intervention_ahead": "end",
}
_ANSWERS = {"agree": SwapOutcome.AGREED, "decline": SwapOutcome.DECLINED, "withdraw": SwapOutcome.WITHDRAWN}


@require_GET
def my_shifts(request: HttpRequest) -> HttpResponse:
    """When the viewer is on call in the next weeks, and which swaps wait."""
    viewer = viewer_in(request)
    context = {"shifts": visible_own_shifts(viewer, utc_now()), "swaps": visible_swaps(viewer)}
    return render(request, "organisations/my_shifts.html", context)


@require_http_methods(["GET", "POST"])
def plan_shift(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask who is on call in a stretch of time, then set it whatever the turns say."""
    row = rota_or_404(request, public_id)
    form = ShiftForm(request.POST or None, pool=row.pool)
    if request.method == "POST" and form.is_valid():
        refused = actions.plan_shift(**said(request), rota=public_id, shift=form.stretch())
        if refused is None:
            messages.success(request, _("The shift is planned."))
            return redirect("organisations:rota", public_id)
        refuse_at(form, _AT, refused)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/plan_shift.html", {"form": form, "rota": row}, status=status)


@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask from when until when, then put the viewer on call in it."""
    template, done = "organisations/take_over.html", _("You have taken over.")
    return _of_span(request, public_id, actions.take_over, template, done)


@require_http_methods(["GET", "POST"])
def note_intervention(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask from when until when the viewer worked, then note it."""
    template, done = "organisations/note_intervention.html", _("The intervention is noted.")
    return _of_span(request, public_id, actions.note_intervention, template, done)


@require_http_methods(["GET", "POST"])
def ask_swap(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask which of one's shifts goes for which of somebody else's, then ask the other."""
    row, viewer, now = rota_or_404(request, public_id), viewer_in(request), utc_now()
    whole = [
        shift
        for shift in visible_shifts(viewer, now, public_id)
        if now < shift.start and shift.end < now + SHIFTS_AHEAD
    ]
    mine = request.user.public_id  # type: ignore[union-attr]
    own = [shift for shift in whole if shift.person == mine]
    others = [shift for shift in whole if shift.person != mine]
    form = SwapForm(
        request.POST or None,
        own=[(shift.start, _span_word(shift)) for shift in own],
        others=[(shift.start, f"{shift.name} · {_span_word(shift)}") for shift in others],
    )
    if request.method == "POST" and form.is_valid():
        at = {shift.start.isoformat(): Stretch(shift.person, shift.start, shift.end) for shift in whole}
        gives, takes = at[form.cleaned_data["gives"]], at[form.cleaned_data["takes"]]
        refused = actions.ask_swap(**said(request), rota=public_id, gives=gives, takes=takes)
        if refused is None:
            messages.success(request, _("The other person is asked. Nothing changes until they agree."))
            return redirect("organisations:my_shifts")
        refuse_at(form, {}, refused)
    context = {"form": form, "rota": row, "can_swap": bool(own and others)}
    return render(request, "organisations/ask_swap.html", context, status=422 if form.is_bound else 200)


@require_POST
def answer_swap(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree to a swap, decline it, or withdraw one's own."""
    if not is_visible_swap(viewer_in(request), public_id):
        raise Http404
    outcome = _ANSWERS.get(request.POST.get("answer", ""))
    if outcome is None:
        tell(request, Refused("no_such_swap"), "")
        return redirect("organisations:my_shifts")
    refused = actions.answer_swap(**said(request), swap=public_id, outcome=outcome)
    done = {
        SwapOutcome.AGREED: _("You have swapped."),
        SwapOutcome.DECLINED: _("The swap is declined: nothing changes."),
        SwapOutcome.WITHDRAWN: _("The swap is withdrawn: nothing changes."),
    }
    tell(request, refused, done[outcome])
    return redirect("organisations:my_shifts")


def _of_span(
    request: HttpRequest, public_id: UUID, act: Callable[..., Refused | None], template: str, done: str
) -> HttpResponse:
    """Ask from when until when, then do that for the viewer."""
    row = rota_or_404(request, public_id)
    form = SpanForm(request.POST or None, initial={"start": timezone.localtime(utc_now())})
    if request.method == "POST" and form.is_valid():
        start, end = form.cleaned_data["start"], form.cleaned_data["end"]
        refused = act(**said(request), rota=public_id, start=start, end=end)
        if refused is None:
            messages.success(request, done)
            return redirect("organisations:rota", public_id)
        refuse_at(form, _AT, refused)
    return render(request, template, {"form": form, "rota": row}, status=422 if form.is_bound else 200)


def _span_word(shift: ShiftRow) -> str:
    zone, language = timezone.get_current_timezone(), get_language() or "en"
    return f"{words.instant(shift.start, zone, language)} – {words.instant(shift.end, zone, language)}"
