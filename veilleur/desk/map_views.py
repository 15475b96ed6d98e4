"""Pages that read the map as a whole."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from veilleur.desk.pages.weak_points import weak_points_page
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import viewer_in


@require_GET
def weak_points(request: HttpRequest) -> HttpResponse:
    """What rests on one machine, what waits for itself, where zones meet, what services lack."""
    page = weak_points_page(viewer_in(request), utc_now())
    if page is None:
        raise Http404
    return render(request, "desk/weak_points.html", {"page": page})
