"""Documents for everybody, as those who only ask see them: how to ask, what happens, nothing of the care."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from veilleur.domains.knowledge import queries
from veilleur.domains.knowledge.panels import file_lines
from veilleur.domains.knowledge.rules.audience import Audience
from veilleur.domains.knowledge.views.documents import document_or_404
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in


@require_GET
def instructions(request: HttpRequest) -> HttpResponse:
    """What is written for everybody."""
    rows = queries.visible_instructions(viewer_in(request), utc_now())
    return render(request, "knowledge/instructions.html", {"rows": rows})


@require_GET
def instruction(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One of them."""
    view = document_or_404(request, public_id)
    if view.row.audience != Audience.EVERYBODY or view.row.retired_at is not None or view.row.blanks:
        raise Http404
    return render(
        request,
        "knowledge/instruction.html",
        {"view": view, "files": file_lines(view.version.files, utc_now())},
    )
