"""A house full of holes: routes that the walk must find fault with, each for its reason, and sound ones."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import include, path, re_path

from veilleur.domains.estate.models import Service
from veilleur.domains.organisations.models import Organisation

urlpatterns: list[Any] = [path("", include(settings.ROOT_URLCONF))]


def _anybodys(public_id: UUID) -> Any:
    row = Service.objects.across_organisations("this is the hole").filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def _own(request: HttpRequest, public_id: object) -> Any:
    try:
        return Service.objects.visible_to(request.viewer).filter(public_id=UUID(str(public_id))).first()
    except ValueError:
        return None


def sound(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show an own service, or 404."""
    row = _own(request, public_id)
    if row is None:
        raise Http404
    return HttpResponse(row.name)


def shows(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show anybody's service."""
    return HttpResponse(_anybodys(public_id).name)


def admits(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Forbid somebody else's service, and thereby admit that it exists."""
    row = _anybodys(public_id)
    return HttpResponse(row.name, status=200 if _own(request, public_id) else 403)


def tells(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer 404 for both, in different words."""
    row = _anybodys(public_id)
    return HttpResponse(
        row.name if _own(request, public_id) else "not yours", status=200 if _own(request, public_id) else 404
    )


def writes(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refuse, but only after having written."""
    Service.objects.across_organisations("this is the hole").filter(public_id=public_id).update(name="mine")
    return sound(request, public_id)


def sound_query(request: HttpRequest) -> HttpResponse:
    """Filter by an own service."""
    row = _own(request, request.GET.get("service", ""))
    return HttpResponse(row.name if row else "nothing")


def query(request: HttpRequest) -> HttpResponse:
    """Filter by anybody's service."""
    row = (
        Service.objects.across_organisations("hole")
        .filter(public_id=_as_id(request.GET.get("service")))
        .first()
    )
    return HttpResponse(row.name if row else "nothing")


def form(request: HttpRequest) -> HttpResponse:
    """Rename whatever service the form names."""
    if request.method != "POST":
        return HttpResponse("form")
    Service.objects.across_organisations("hole").filter(public_id=_as_id(request.POST.get("service"))).update(
        name="mine"
    )
    return HttpResponseRedirect("/")


def api(request: HttpRequest) -> HttpResponse:
    """An interface for programs."""
    return JsonResponse({})


def _as_id(value: str | None) -> UUID | None:
    try:
        return UUID(value or "")
    except ValueError:
        return None


def feed(request: HttpRequest, organisation: UUID) -> HttpResponse:
    """An export of anybody's organisation."""
    row = Organisation.objects.filter(public_id=organisation).first()
    if row is None:
        raise Http404
    return HttpResponse(row.name, content_type="text/csv")


urlpatterns += [
    path("leaky/sound/<uuid:public_id>/", sound, name="sound"),
    path("leaky/shows/<uuid:public_id>/", shows, name="shows"),
    path("leaky/admits/<uuid:public_id>/", admits, name="admits"),
    path("leaky/tells/<uuid:public_id>/", tells, name="tells"),
    path("leaky/writes/<uuid:public_id>/", writes, name="writes"),
    path("leaky/sound-query/", sound_query, name="sound_query"),
    path("leaky/query/", query, name="query"),
    path("leaky/form/", form, name="form"),
    path("leaky/feed/<uuid:organisation>.csv", feed, name="feed"),
    path("leaky/slug/<slug:page>/", api, name="slug"),
    path(
        "leaky/nothing/<uuid:public_id>/", lambda request, public_id: HttpResponse(status=404), name="nothing"
    ),
]
unnamed = [path("leaky/unnamed/", api)]
untyped = [re_path(r"^leaky/(?P<page>.+)$", api, name="untyped")]
