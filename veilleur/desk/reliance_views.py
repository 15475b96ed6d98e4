"""The page behind home question 6: what rests on one person, the most important first."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from veilleur.desk.pages.reliance import reliance_page
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in


@require_GET
def reliance(request: HttpRequest) -> HttpResponse:
    """What rests on one person or on nobody, and what to do about it."""
    page = reliance_page(viewer_in(request), utc_now())
    if page is None:
        raise Http404
    return render(request, "desk/reliance.html", {"page": page})
