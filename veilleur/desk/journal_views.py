"""The journal as a page, from which nothing can be changed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from veilleur.desk.pages.journal import journal_page
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in

_DIGITS = 18  # of a sequence: more is none


@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """What happened, newest first; what an address asks for and cannot be read is not asked for."""
    before = request.GET.get("before", "")
    page = journal_page(
        viewer_in(request),
        utc_now(),
        subject=_subject(request.GET.get("subject", "")),
        domain=request.GET.get("about", ""),
        before=int(before) if before.isascii() and before.isdigit() and len(before) <= _DIGITS else None,
    )
    return render(request, "desk/journal.html", {"page": page})


def _subject(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
