"""Whom a page is made for. Who may come in, and do what, is decided before, in `config/middleware.py`."""

from django.http import HttpRequest

from veilleur.shared.viewer import Actor, Viewer

# The session's word for the public id of the organisation that a person with several of them is looking at.
ORGANISATION_SESSION_KEY = "organisation"
# When the session began and was used last, to the minute, in seconds since 1970.
BEGAN_SESSION_KEY, SEEN_SESSION_KEY = "began", "seen"


def viewer_in(request: HttpRequest) -> Viewer:
    """Return the viewer that the middleware gave the request: every page that is not public needs one."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def actor_in(request: HttpRequest) -> Actor:
    """Return the signed-in person as the author of facts."""
    return Actor(request.user.pseudonym)  # type: ignore[union-attr]
