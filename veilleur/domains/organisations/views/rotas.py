"""On-call rotas: who answers now, one rota as a calendar, and what a manager plans."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from veilleur.domains.organisations.actions import rotas as actions
from veilleur.domains.organisations.forms.rota import RotaForm, TurnsForm, initial_hours
from veilleur.domains.organisations.labels import rota as rota_labels
from veilleur.domains.organisations.queries.absences import visible_absences
from veilleur.domains.organisations.queries.rota_now import visible_on_call_now
from veilleur.domains.organisations.queries.rota_pages import (
    RotaDetail,
    visible_calendar,
    visible_ended_rotas,
    visible_own_shifts,
    visible_rota,
    visible_rotas,
    visible_swaps,
)
from veilleur.domains.organisations.queries.teams import visible_teams
from veilleur.domains.organisations.rules.rota_warnings import RotaWarning, Warned
from veilleur.domains.organisations.views.on_call_words import said_now
from veilleur.domains.organisations.views.telling import refuse_at, said, tell
from veilleur.shared import words
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in
from veilleur.shared.refusal import Refused

_WEEKS = 4
_FIELDS = {"rota_named_already": "name", "no_such_team": "team", "nobody_takes_turns": "person_1"}
_GRAVITY = {
    RotaWarning.LEFT: "bad",
    RotaWarning.AWAY: "bad",
    RotaWarning.REST: "bad",
    RotaWarning.HOLIDAY: "planned",
}


@require_GET
def rotas(request: HttpRequest) -> HttpResponse:
    """Who is on call now, and which rotas there are."""
    viewer, now = viewer_in(request), utc_now()
    on_call, rows = visible_on_call_now(viewer, now), visible_rotas(viewer, now)
    open_rows = [row for row in rows if row.first_gap]
    context = {
        "on_call": on_call,
        "headline": said_now(on_call),
        "first_open": min(open_rows, key=lambda row: row.first_gap or now, default=None),
        "rotas": [(row, rota_labels.COVERS[row.cover]) for row in rows],
        "shifts": visible_own_shifts(viewer, now)[:3],
        "absences": visible_absences(viewer, now),
        "ended": [(row, _last_months(row.ended_at)) for row in visible_ended_rotas(viewer, now)],
        "asked": [swap for swap in visible_swaps(viewer) if not swap.is_own],
    }
    return render(request, "organisations/rotas.html", context)


@require_GET
def rota(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One rota: who is on call, week by week, its gaps and what is to be said about it."""
    viewer, now, row = viewer_in(request), utc_now(), rota_or_404(request, public_id)
    this_monday = _monday_of(timezone.localdate(now))
    monday = _asked_monday(request.GET.get("from", ""), this_monday)
    context = {
        "rota": row,
        "cover": rota_labels.COVERS[row.terms.cover],
        "holidays": rota_labels.HOLIDAYS.get(row.terms.holidays, row.terms.holidays),
        "weeks": visible_calendar(viewer, public_id, monday, _WEEKS, now),
        "now_row": next((one for one in visible_on_call_now(viewer, now) if one.id == public_id), None),
        "warned": [(_GRAVITY.get(one.code, "watch"), _sentence(one, name)) for one, name in row.warned],
        "before": monday - timedelta(weeks=_WEEKS),
        "after": monday + timedelta(weeks=_WEEKS),
        "is_this_month": monday == this_monday,
        "months": _last_months(now),
        "is_in_pool": any(key == request.user.public_id for key, _name in row.pool),  # type: ignore[union-attr]
    }
    return render(request, "organisations/rota.html", context)


@require_http_methods(["GET", "POST"])
def add_rota(request: HttpRequest) -> HttpResponse:
    """Ask what a rota is called and what it covers, then make it."""
    form = RotaForm(request.POST or None, teams=_teams(request), initial=initial_hours())
    if request.method == "POST" and form.is_valid():
        made = actions.make_rota(**said(request), content=form.content())
        if not isinstance(made, Refused):
            messages.success(request, _("The rota {name} is made.").format(name=form.cleaned_data["name"]))
            return redirect("organisations:plan_turns", made)
        refuse_at(form, _FIELDS, made)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/rota_form.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def change_rota(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One rota's name, team and hours; others."""
    row = rota_or_404(request, public_id)
    form = RotaForm(request.POST or None, teams=_teams(request), initial=_initial(row))
    if request.method == "POST" and form.is_valid():
        refused = actions.change_rota(**said(request), rota=public_id, content=form.content())
        if refused is None:
            messages.success(request, _("It is saved."))
            return redirect("organisations:rota", public_id)
        refuse_at(form, _FIELDS, refused)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/rota_form.html", {"form": form, "rota": row}, status=status)


@require_POST
def end_rota(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a rota; its hours stay for pay."""
    row = rota_or_404(request, public_id)
    refused = actions.end_rota(**said(request), rota=public_id)
    tell(request, refused, _("The rota {name} has ended.").format(name=row.name))
    return redirect("organisations:rotas")


@require_http_methods(["GET", "POST"])
def plan_turns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask who takes turns, then plan them instead of what was planned from then on."""
    row = rota_or_404(request, public_id)
    monday = _monday_of(timezone.localdate()) + timedelta(weeks=1)
    initial: dict[str, Any] = {"first_day": monday, "handover": time(9), "days": row.turn_days or 7}
    initial |= {f"person_{number}": str(key) for number, (key, _name) in enumerate(row.takers, start=1)}
    form = TurnsForm(request.POST or None, pool=row.pool, initial=initial)
    if request.method == "POST" and form.is_valid():
        refused = actions.plan_turns(**said(request), rota=public_id, content=form.content())
        if refused is None:
            messages.success(request, _("The turns are planned."))
            return redirect("organisations:rota", public_id)
        refuse_at(form, _FIELDS, refused)
    status = 422 if form.is_bound else 200
    return render(request, "organisations/rota_turns.html", {"form": form, "rota": row}, status=status)


@require_POST
def stop_turns(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let nobody take turns any more."""
    rota_or_404(request, public_id)
    refused = actions.stop_turns(**said(request), rota=public_id)
    tell(request, refused, _("Nobody takes turns any more."))
    return redirect("organisations:rota", public_id)


def rota_or_404(request: HttpRequest, public_id: UUID) -> RotaDetail:
    """Return the rota that a page is about."""
    row = visible_rota(viewer_in(request), public_id, utc_now())
    if row is None:
        raise Http404
    return row


def _teams(request: HttpRequest) -> list[tuple[UUID, str]]:
    return [(team.id, team.name) for team in visible_teams(viewer_in(request))]


def _initial(row: RotaDetail) -> dict[str, Any]:
    return {
        "name": row.name,
        "team": None if row.team_id is None else str(row.team_id),
        "serves_customers": row.serves_customers,
        "cover": row.terms.cover,
        "opens": row.terms.opens,
        "closes": row.terms.closes,
        "weekdays": list(row.terms.weekdays),
        "holidays": row.terms.holidays,
    }


def _sentence(warned: Warned, name: str) -> str:
    at: datetime | None = warned.at
    when = "" if at is None else words.instant(at, timezone.get_current_timezone(), get_language() or "en")
    return str(rota_labels.ROTA_WARNINGS[warned.code]).format(name=name, at=when)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _asked_monday(text: str, this_monday: date) -> date:
    """Return the Monday of the week asked for; this week's for what is no day within ten years."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return this_monday
    return _monday_of(day) if abs(day - this_monday) < timedelta(days=3650) else this_monday


def _last_months(instant: datetime) -> list[date]:
    """Return the first days of the month before an instant, and of its own."""
    first = timezone.localdate(instant).replace(day=1)
    return [(first - timedelta(days=1)).replace(day=1), first]
