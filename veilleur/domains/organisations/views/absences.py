"""Who is away from on-call duty: entering it, the gaps that it makes, and that somebody is back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.domains.organisations.actions.absences import end_absence as come_back
from veilleur.domains.organisations.actions.absences import enter_absence
from veilleur.domains.organisations.forms.absences import AbsenceForm
from veilleur.domains.organisations.queries import visible_members
from veilleur.domains.organisations.queries.absences import (
    AbsenceRow,
    visible_absence,
    visible_absence_gaps,
)
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.domains.organisations.views.telling import refuse_at, said, tell
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in
from veilleur.shared.refusal import Refused

_AT = {
    "no_such_member": "person",
    "shift_reversed": "end",
    "shift_past": "end",
    "shift_too_long": "end",
    "shift_too_old": "start",
    "stand_in_themselves": "stand_in",
    "stand_in_away": "stand_in",
    "stand_in_unknown": "stand_in",
}


@require_http_methods(["GET", "POST"])
def add_absence(request: HttpRequest) -> HttpResponse:
    """Ask who is away and until when, then enter it and show the gaps that it makes."""
    own: UUID = request.user.public_id  # type: ignore[union-attr]
    initial = {"person": str(own), "start": timezone.localtime(utc_now())}
    form = AbsenceForm(request.POST or None, own=own, people=_people(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        entered = enter_absence(**said(request), absence=form.content())
        if not isinstance(entered, Refused):
            messages.success(request, _("The absence is entered."))
            return redirect("organisations:absence", entered)
        refuse_at(form, _AT, entered)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/absence_form.html", {"form": form}, status=status)


@require_GET
def absence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One absence: who stands in by which rota, and the gaps that nobody fills."""
    row, viewer, now = _absence_or_404(request, public_id), viewer_in(request), utc_now()
    rotas = visible_absence_gaps(viewer, public_id, now)
    context = {"row": row, "rotas": rotas, "gaps": sum(len(one.gaps) for one in rotas)}
    return render(request, "organisations/absence.html", context)


@require_POST
def end_absence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that whoever was away is back, or never goes."""
    row = _absence_or_404(request, public_id)
    refused = come_back(**said(request), absence=public_id)
    tell(request, refused, _("{name} is back on call as planned.").format(name=row.name))
    return redirect("organisations:rotas")


def _absence_or_404(request: HttpRequest, public_id: UUID) -> AbsenceRow:
    row = visible_absence(viewer_in(request), public_id, utc_now())
    if row is None:
        raise Http404
    return row


def _people(request: HttpRequest) -> list[tuple[UUID, str]]:
    """Return whose absence the viewer may enter, by name; nobody but themselves: none."""
    viewer = viewer_in(request)
    if not viewer.may(Permission.PLAN_ON_CALL):
        return []
    return [(member.id, member.name) for member in visible_members(viewer, utc_now())]
