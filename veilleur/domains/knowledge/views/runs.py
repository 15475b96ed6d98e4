"""Run sheets: a procedure begun, its steps ticked by whoever does them, notes, and its end."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from veilleur.domains.knowledge import actions, queries
from veilleur.domains.knowledge.labels import refusal_sentence
from veilleur.domains.knowledge.panels import lost_of
from veilleur.domains.knowledge.queries import SheetView
from veilleur.domains.knowledge.queries.files import visible_files
from veilleur.domains.knowledge.rules.documents import with_plain_lines
from veilleur.domains.knowledge.rules.runs import Outcome
from veilleur.domains.knowledge.views.documents import document_or_404
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.markdown import items_of_first_list
from veilleur.shared.refusal import Refused


@require_POST
def run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin to do a procedure."""
    view = document_or_404(request, public_id)
    done = actions.start_run(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        document=public_id,
        number=view.row.number,
        steps=items_of_first_list(view.version.draft.text),
    )
    if not isinstance(done, Refused):
        return redirect("knowledge:sheet", done.public_id)
    if done.reason == "no_such_document":
        raise Http404
    messages.error(request, refusal_sentence(done.reason))
    return redirect("knowledge:document", public_id)


@require_GET
@never_cache
@vary_on_headers("HX-Request")
def sheet(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A run: its clock, its steps, its notes; without the frame when the page asks again by itself."""
    return _shown(request, public_id)


@require_POST
def tick(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Tick a step, or take the tick back."""
    _sheet_or_404(request, public_id)
    refused = actions.tick_step(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        sheet=public_id,
        number=number,
        done=request.POST.get("done") != "0",
    )
    if refused is not None and refused.reason == "no_such_step":
        raise Http404
    if request.headers.get("HX-Request"):
        return _shown(request, public_id)
    return _back(request, public_id, refused, "")


@require_POST
def note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep a note on a run."""
    _sheet_or_404(request, public_id)
    refused = actions.note_on_run(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        sheet=public_id,
        text=with_plain_lines(request.POST.get("text", "")),
    )
    return _back(request, public_id, refused, _("The note is kept."))


@require_POST
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a run: finished, or given up for a reason."""
    has_finished = request.POST.get("outcome") == Outcome.FINISHED
    _sheet_or_404(request, public_id)
    refused = actions.end_run(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        sheet=public_id,
        outcome=Outcome.FINISHED if has_finished else Outcome.GIVEN_UP,
        reason=with_plain_lines(request.POST.get("reason", "")),
    )
    text = _("It is done; the record shows by whom.") if has_finished else _("It was given up.")
    return _back(request, public_id, refused, text)


def _shown(request: HttpRequest, public_id: UUID) -> HttpResponse:
    view = _sheet_or_404(request, public_id)
    now = utc_now()
    lasted_s = int(((view.row.ended_at or now) - view.row.started_at).total_seconds())
    context: dict[str, object] = {
        "view": view,
        "lasted_s": lasted_s,
        "is_late": view.within_s is not None and lasted_s > view.within_s,
    }
    is_part = bool(request.headers.get("HX-Request"))
    if not is_part:
        context["lost"] = lost_of(visible_files(viewer_in(request), view.document, view.row.number))
    response = render(request, "knowledge/parts/sheet.html" if is_part else "knowledge/sheet.html", context)
    if is_part and view.row.ended_at is not None:
        # Somebody else ended it: the forms around the steps are of no more use.
        response.headers["HX-Refresh"] = "true"
    return response


def _back(request: HttpRequest, public_id: UUID, refused: Refused | None, text: str) -> HttpResponse:
    if refused is not None:
        messages.error(request, refusal_sentence(refused.reason))
    elif text:
        messages.success(request, text)
    return redirect("knowledge:sheet", public_id)


def _sheet_or_404(request: HttpRequest, public_id: UUID) -> SheetView:
    view = queries.visible_sheet(viewer_in(request), public_id)
    if view is None:
        raise Http404
    return view
