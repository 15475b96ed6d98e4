"""Whom a page of the desk is made for. Who may come in is decided before, in `config/middleware.py`."""

from django.http import HttpRequest

from veilleur.shared.viewer import Actor, Viewer


def viewer_in(request: HttpRequest) -> Viewer:
    """Return the viewer that the middleware gave the request: every page of the desk needs one."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def actor_in(request: HttpRequest) -> Actor:
    """Return the signed-in person as the author of facts."""
    return Actor(request.user.pseudonym)  # type: ignore[union-attr]
