"""The page of the offline bundle: its age, where it lies, and the bundle itself as one file."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from veilleur.domains.knowledge.actions.bundle import ask_bundle
from veilleur.domains.knowledge.labels import BUNDLE_PLACES, RELIANCE_REASONS
from veilleur.domains.knowledge.ports import BUNDLE_SHELF
from veilleur.domains.knowledge.queries.bundle import visible_bundle
from veilleur.domains.knowledge.rules.bundle import NEED_VERDICTS, PlaceState, folder_of, needs_of_bundle
from veilleur.domains.organisations.queries import visible_organisation
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.verdict import Verdict
from veilleur.shared.viewer import Viewer

# All of what is in it: whoever may not read a part of it elsewhere does not get the whole here.
_READS = (
    Permission.SEE_KNOWLEDGE,
    Permission.SEE_OWN_KNOWLEDGE,
    Permission.SEE_PEOPLE,
    Permission.SEE_ESTATE,
)


@dataclass(frozen=True)
class PlaceLine:
    """One place and how the bundle lies there, in words."""

    state: PlaceState
    word: str | Promise


@require_http_methods(["GET", "POST"])
def bundle(request: HttpRequest) -> HttpResponse:
    """The newest bundle; by a button, another one now."""
    viewer, now = viewer_in(request), utc_now()
    if request.method == "POST":
        ask_bundle(now=now, actor=actor_in(request), organisation_id=viewer.organisation_id, always=True)
        messages.success(request, _("The offline bundle is being made; look again in a minute."))
        return redirect("knowledge:bundle")
    row = visible_bundle(viewer)
    needs = needs_of_bundle(row.kept if row else None, now)
    context = {
        "row": row,
        "needs": [(NEED_VERDICTS[need], RELIANCE_REASONS[need]) for need in needs],
        "verdict": NEED_VERDICTS[needs[0]] if needs else Verdict.GOOD,
        "places": [PlaceLine(place, BUNDLE_PLACES[place.code]) for place in (row.kept.places if row else ())],
        "may_read_all": _may_read_all(viewer),
    }
    return render(request, "knowledge/bundle.html", context)


@require_GET
@never_cache
def packed(request: HttpRequest) -> HttpResponseBase:
    """The newest bundle as one ZIP file, for those who may read all that is in it."""
    viewer = viewer_in(request)
    row = visible_bundle(viewer) if _may_read_all(viewer) else None
    if row is None:
        raise Http404
    organisation = visible_organisation(viewer)
    owner = folder_of(organisation.name, organisation.id)
    content = BUNDLE_SHELF.get().packed(owner, row.stamp)
    if content is None:
        raise Http404
    name = f"{owner}-{row.stamp}.zip"
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")


def _may_read_all(viewer: Viewer) -> bool:
    return all(viewer.may(permission) for permission in _READS)
