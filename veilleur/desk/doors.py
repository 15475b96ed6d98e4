"""The door of every page of the desk: signed in, and looking at an organisation one belongs to."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from veilleur.shared.viewer import Viewer

Rest = ParamSpec("Rest")
Page = Callable[Concatenate[HttpRequest, Viewer, Rest], HttpResponse]


def for_viewer(page: Page[Rest]) -> Callable[Concatenate[HttpRequest, Rest], HttpResponse]:
    """Hand the request's viewer to a page; who belongs nowhere reads what to do about it (403)."""

    def guarded(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        viewer: Viewer | None = getattr(request, "viewer", None)
        if viewer is None:
            return render(request, "desk/no_organisation.html", status=403)
        return page(request, viewer, *args, **kwargs)

    update_wrapper(guarded, page)
    return login_required(guarded)
