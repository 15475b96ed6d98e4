"""The door of the agents: they come by a key, in the address or as a password, and by nothing else.

Nothing of theirs is read as a form, and no session counts: before everything that knows of either.
"""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from veilleur.config.agents_address import ADDRESS, BY_PASSWORD, MAY_SEND
from veilleur.config.api_rates import RATES
from veilleur.config.unread import SENDER
from veilleur.domains.estate.queries.agents import holder_of
from veilleur.domains.estate.receive import refuse_report, take_report
from veilleur.domains.estate.rules.agents import Head, Reply
from veilleur.shared.clock import utc_now

_OCTETS = "application/octet-stream"
_REQUEST_ID = re.compile(r"[0-9A-F]{8}")
# What an agent of old sends to the bare address of its server, where browsers get the home page.
_OF_AGENTS = re.compile(r"application/(?:x-(?:compress-)?(?:zlib|gzip|deflate)|xml|json)", re.IGNORECASE)
_LONGEST_HEADER = 1000
_UNREAD_WORDS = {
    HTTPStatus.REQUEST_TIMEOUT: "The body did not arrive whole in time",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than Veilleur takes",
    HTTPStatus.INSUFFICIENT_STORAGE: "The disk of Veilleur is full; send it again later",
}


class AgentDoorMiddleware:
    """Has what is sent to the addresses of agents looked at by nothing but their door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            request.method == "POST"
            and request.path_info == "/"
            and _OF_AGENTS.match(request.content_type or "")
        ):
            request.path_info = request.path = f"/{BY_PASSWORD[0]}"
        if ADDRESS.fullmatch(request.path_info):
            request.META.pop("HTTP_COOKIE", None)
            request.COOKIES = {}
            request.content_type = _OCTETS
        return self.get_response(request)


@csrf_exempt
def by_key(request: HttpRequest, key: str) -> HttpResponse:
    """Take what an agent sends to an address with its key in it."""
    return _said(request, _taken(request, key, HTTPStatus.FORBIDDEN))


@csrf_exempt
def by_password(request: HttpRequest) -> HttpResponse:
    """Take what an agent sends with its key as a password; its user name is nobody's affair."""
    response = _said(request, _taken(request, _password(request), HTTPStatus.UNAUTHORIZED))
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        # Agents take what stands between the quotes: no comma.
        response["WWW-Authenticate"] = 'Basic realm="Veilleur agents"'
    return response


def unread(status: HTTPStatus) -> HttpResponse:
    """Return why a body was not taken."""
    return _response(refuse_report(status, _UNREAD_WORDS[HTTPStatus(status)]))


def _taken(request: HttpRequest, key: str, otherwise: HTTPStatus) -> Reply:
    now = utc_now()
    if request.method != "POST" and MAY_SEND not in request.META:
        return _not_posted(request)
    holder = holder_of(key)
    if holder is None:
        return _turned_away(request, otherwise, now)
    request.META[SENDER] = holder.organisation_id
    if MAY_SEND in request.META:
        return Reply(HTTPStatus.OK, _OCTETS, b"")
    if RATES.wait_s("agents", holder.key, settings.AGENT_REQUESTS_PER_MINUTE, now.timestamp()):
        return refuse_report(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests by this key; try again later")
    head = Head(
        content_type=request.headers.get("Content-Type", "")[:_LONGEST_HEADER],
        agent_id=request.headers.get("GLPI-Agent-ID", "")[:_LONGEST_HEADER],
        client=request.headers.get("User-Agent", "")[:_LONGEST_HEADER],
    )
    return take_report(holder, head, request, now)


def _not_posted(request: HttpRequest) -> Reply:
    """Return what agents of old get for the tasks that they ask for by GET, and browsers for nothing."""
    if "action" in request.GET:
        return refuse_report(HTTPStatus.BAD_REQUEST, "Protocol not supported")
    return Reply(HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"")


def _turned_away(request: HttpRequest, status: HTTPStatus, now: datetime) -> Reply:
    address = request.META.get("REMOTE_ADDR", "")
    if RATES.wait_s("bad agent key", address, settings.AGENT_BAD_KEYS_PER_MINUTE, now.timestamp()):
        return refuse_report(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests without a key; try again later")
    return refuse_report(status, "No agent key, or one that opens nothing any more")


def _password(request: HttpRequest) -> str:
    """Return the password of a Basic sign-in, "" where there is none."""
    kind, _, said = request.headers.get("Authorization", "")[:_LONGEST_HEADER].partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(said, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _said(request: HttpRequest, reply: Reply) -> HttpResponse:
    response = _response(reply)
    asked = request.headers.get("GLPI-Request-ID", "")
    if _REQUEST_ID.fullmatch(asked):
        response["GLPI-Request-ID"] = asked
    return response


def _response(reply: Reply) -> HttpResponse:
    response = HttpResponse(reply.body, status=int(reply.status), content_type=reply.content_type)
    if reply.status == HTTPStatus.METHOD_NOT_ALLOWED:
        response["Allow"] = "POST"
    response["Cache-Control"] = "no-store"
    return response
