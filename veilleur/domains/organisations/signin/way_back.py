"""Where somebody was going who has to prove, or first to add, a second factor on the way."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from veilleur.shared.clock import utc_now

_GOING_SESSION_KEY = "going"
_KEPT_S = 1800  # whoever takes longer to add a factor has something else in mind by then


def page_behind(request: HttpRequest) -> str:
    """Return the page that was asked for, for what was sent the page that it was sent from: what is sent is
    not sent again by itself.
    """
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    sent_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(sent_from, {request.get_host()}):
        parts = urlsplit(sent_from)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.path


def keep_way(request: HttpRequest) -> None:
    """Keep in the session where the person was going."""
    request.session[_GOING_SESSION_KEY] = [page_behind(request), int(utc_now().timestamp())]


def take_way(request: HttpRequest) -> str:
    """Return where the person was going, once and for half an hour; "" for nowhere."""
    page, kept_at_s = request.session.pop(_GOING_SESSION_KEY, ("", 0))
    is_fresh = utc_now().timestamp() - kept_at_s < _KEPT_S
    return page if is_fresh and url_has_allowed_host_and_scheme(page, None) else ""
