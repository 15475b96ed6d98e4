"""How the API says no: a stable code for programs, a sentence in the caller's language for people."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Code -> its status and its sentence. Codes are never renamed; the reference page lists them.
ERRORS: dict[str, tuple[HTTPStatus, Promise]] = {
    "token_needed": (
        HTTPStatus.UNAUTHORIZED,
        _(
            "Send an API token in the header “Authorization”, after “Bearer”: your account has a page "
            "of them."
        ),
    ),
    "token_unreadable": (
        HTTPStatus.UNAUTHORIZED,
        _("This is not an API token: “Bearer” and one token are expected, in one header “Authorization”."),
    ),
    "token_invalid": (HTTPStatus.UNAUTHORIZED, _("This API token does not exist, or was revoked.")),
    "token_expired": (HTTPStatus.UNAUTHORIZED, _("This API token has expired: make another one.")),
    "token_asleep": (
        HTTPStatus.UNAUTHORIZED,
        _("This API token opens nothing now: whoever made it may no longer come in there."),
    ),
    "token_in_address": (
        HTTPStatus.BAD_REQUEST,
        _(
            "An API token in the address is refused, as addresses are kept in logs: send it in the header, "
            "and revoke this one."
        ),
    ),
    "missing_scope": (HTTPStatus.FORBIDDEN, _("This API token was not made for this: it lacks the scope.")),
    "not_allowed": (
        HTTPStatus.FORBIDDEN,
        _("Whoever made this API token may not do this: a token opens no more than its maker may."),
    ),
    "not_found": (HTTPStatus.NOT_FOUND, _("There is nothing here.")),
    "method_not_allowed": (HTTPStatus.METHOD_NOT_ALLOWED, _("This address does not take this method.")),
    "too_slow": (HTTPStatus.REQUEST_TIMEOUT, _("What was sent did not arrive whole in time.")),
    "too_large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("More was sent than this address takes.")),
    "bad_request": (HTTPStatus.BAD_REQUEST, _("What was sent cannot be read as a request.")),
    "invalid": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("Something that was sent is not accepted: “fields” says what, and why."),
    ),
    "cursor_broken": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        _("This cursor is not one that was given here: take “next” as it came, or begin without one."),
    ),
    "too_many_requests": (
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Too many requests: wait as long as “Retry-After” says, in seconds."),
    ),
    "fault": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("This is an error of Veilleur itself; its log says where."),
    ),
    "unavailable": (HTTPStatus.SERVICE_UNAVAILABLE, _("Veilleur cannot answer now: try again in a moment.")),
}

# pydantic's types of error -> our sentences; whatever is not here is refused in general words.
FIELD_ERRORS: dict[str, Promise] = {
    "missing": _("It is needed."),
    "int_parsing": _("A whole number is expected."),
    "greater_than_equal": _("It is too small."),
    "less_than_equal": _("It is too large."),
    "string_too_long": _("It is too long."),
    "uuid_parsing": _("A public id is expected."),
    "extra_forbidden": _("Nothing of this name is known here."),
}
_OTHER_FIELD_ERROR = _("This value is not accepted.")
_BY_STATUS = {
    status: code
    for code, (status, _sentence) in ERRORS.items()
    if code
    in {
        "bad_request",
        "token_needed",
        "not_allowed",
        "not_found",
        "method_not_allowed",
        "too_slow",
        "too_large",
        "fault",
        "unavailable",
    }
}


def api_error(code: str, **more: Any) -> JsonResponse:
    """Return the refusal of that code; `more` stands beside the code and its sentence."""
    status, sentence = ERRORS[code]
    response = _written({"code": code, "message": str(sentence), **more}, status)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def not_found(_request: HttpRequest, exception: Exception) -> JsonResponse:  # noqa: ARG001 - Django's name
    """Answer 404 for an address that nothing stands at: what Django calls for the API's routes."""
    return api_error("not_found")


def refused(code: str, sentence: str) -> JsonResponse:
    """Return a domain's own refusal: what was asked cannot be done as things stand."""
    return _written({"code": code, "message": sentence}, HTTPStatus.CONFLICT)


def code_of_status(status: int) -> str:
    """Return the code of an answer that has only a status: of the frame, not of a route."""
    return _BY_STATUS.get(HTTPStatus(status), "bad_request" if status < 500 else "fault")


def field_error(error: dict[str, Any]) -> dict[str, str]:
    """Return what is said of one of pydantic's errors: which field, which code, and a sentence."""
    # ("query", "part", "limit"): only the last names something that the caller knows.
    field = str(error["loc"][-1]) if error["loc"] else ""
    return {
        "field": field,
        "code": error["type"],
        "message": str(FIELD_ERRORS.get(error["type"], _OTHER_FIELD_ERROR)),
    }


def _written(content: dict[str, Any], status: HTTPStatus) -> JsonResponse:
    # Letters as they are: people read these sentences at a terminal.
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})
