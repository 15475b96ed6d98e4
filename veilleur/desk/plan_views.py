"""What a person changes of a plan, a place or data: its name, on or off, its end. No copy is ever removed.

What has ended already is shown as ended: a form that is sent twice does no more and leads to the same page.
"""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from veilleur.desk.forms import PlanNameForm
from veilleur.desk.pages.plan import PlanPage, plan_page, retiring_data, retiring_page
from veilleur.desk.pages.refusals import refusal_in_words
from veilleur.domains.backups.actions import (
    end_plan,
    rename_plan,
    retire_data_set,
    retire_repository,
    switch_plan,
)
from veilleur.domains.backups.queries import visible_plan, visible_plans
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One plan, and its name."""
    page = _page(request, public_id)
    others = [one.name for one in visible_plans(viewer_in(request)) if one.id != public_id]
    form = PlanNameForm(request.POST or None, initial={"name": page.row.name}, taken=others)
    if request.method == "POST" and page.row.ended_at is not None:
        return redirect("desk:plan", public_id)
    if request.method == "POST" and form.is_valid():
        refused = rename_plan(
            now=utc_now(),
            actor=actor_in(request),
            organisation_id=viewer_in(request).organisation_id,
            plan=public_id,
            name=form.cleaned_data["name"],
        )
        if refused is None:
            messages.success(request, _("The plan has its new name."))
            return redirect("desk:plan", public_id)
        form.add_error("name", refusal_in_words(refused))
    return render(request, "desk/plan.html", {"page": page, "form": form})


def _page(request: HttpRequest, public_id: UUID) -> PlanPage:
    page = plan_page(viewer_in(request), public_id, utc_now())
    if page is None:
        raise Http404
    return page


@require_POST
def switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Switch a plan off, or on again ("on" is then 1)."""
    if visible_plan(viewer_in(request), public_id) is None:
        raise Http404
    on = request.POST.get("on") == "1"
    refused = switch_plan(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        plan=public_id,
        on=on,
    )
    if refused is not None:
        return redirect("desk:plan", public_id)
    if on:
        messages.success(request, _("The plan is switched on. What is due runs within a minute."))
    else:
        messages.warning(
            request, _("The plan is switched off: from now on, what would be lost grows by the hour.")
        )
    return redirect("desk:plan", public_id)


@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a plan, after showing what that means."""
    page = _page(request, public_id)
    if page.row.ended_at is not None:
        return redirect("desk:plan", public_id)
    if request.method != "POST":
        return render(request, "desk/end_plan.html", {"page": page})
    refused = end_plan(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        plan=public_id,
    )
    if refused is not None:
        return redirect("desk:plan", public_id)
    text = _("{name} has ended. Its copies stay in {place}.") if page.held else _("{name} has ended.")
    messages.success(request, text.format(name=page.row.name, place=page.row.place.name))
    return redirect("desk:protection")


@require_http_methods(["GET", "POST"])
def retire_place(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop counting a backup place, after showing what stays in its folder."""
    viewer = viewer_in(request)
    page = retiring_page(viewer, public_id, utc_now())
    if page is None:
        raise Http404
    if request.method != "POST":
        return render(request, "desk/retire_place.html", {"page": page})
    if page.row.retired_at is not None:
        return redirect("desk:retire_place", public_id)
    refused = retire_repository(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer.organisation_id,
        repository=public_id,
    )
    text = _("{name} is not counted any more. Nothing in {folder} was removed.")
    done = text.format(name=page.row.name, folder=page.row.folder)
    return _retired(request, refused, done) or redirect("desk:retire_place", public_id)


def _retired(request: HttpRequest, refused: Refused | None, done: str) -> HttpResponse | None:
    """Lead on where something was retired; else say which plan is in the way, if one is."""
    if refused is None:
        messages.success(request, done)
        return redirect("desk:protection")
    # The detail names a plan, as people call it; there is none where the thing itself is gone.
    if refused.detail:
        messages.error(request, f"{refusal_in_words(Refused(refused.reason))} ({refused.detail})")
    return None


@require_http_methods(["GET", "POST"])
def retire_data(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Count data no more, after showing who needs it and what stays of it."""
    viewer = viewer_in(request)
    page = retiring_data(viewer, public_id)
    if page is None:
        raise Http404
    if request.method != "POST":
        return render(request, "desk/retire_data.html", {"page": page})
    if page.row.retired_at is not None:
        return redirect("desk:retire_data", public_id)
    refused = retire_data_set(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer.organisation_id,
        data_set=public_id,
    )
    done = _("{name} is not counted any more. None of its copies was removed.").format(name=page.row.name)
    return _retired(request, refused, done) or redirect("desk:retire_data", public_id)
