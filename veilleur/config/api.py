"""The API: gathers the routes of all domains under `/api/v1/`, and says what they are in an OpenAPI document.

This is the URL configuration of requests below `/api/`, and of no page: `api_door.py` chooses it, and decides
who comes in. Nothing imports it but what shows the document: its library is loaded when it is asked for.
"""

from typing import Any, NoReturn

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from veilleur.config.api_errors import api_error, field_error, not_found, refused
from veilleur.config.permissions import ROUTE_PERMISSIONS
from veilleur.shared.api import ApiRefusal, BrokenCursor
from veilleur.shared.api_times import EXPIRES_HEADER

ADDRESS = "/api/v1/"
NAMESPACE = "api"
# In the order in which the document shows them.
_ROUTERS = (
    "veilleur.domains.organisations.api.router",
    "veilleur.domains.estate.api.router",
    "veilleur.domains.recovery.api.router",
    "veilleur.domains.monitoring.api.router",
    "veilleur.domains.backups.api.router",
    "veilleur.domains.knowledge.api.router",
)
_DESCRIPTION = (
    "Reads and changes what the token's maker may, within its scopes. Times are RFC 3339 in UTC, durations "
    "seconds. Lists come in parts: ask again with `cursor` set to `next` until it is null. Errors have a "
    "stable `code`, and a `message` in the language of Accept-Language. "
    f"`{EXPIRES_HEADER}` says until when the token works."
)


class _Api(NinjaAPI):
    """Operations are named after their functions, in the document as in the list of permissions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation."""
        return str(operation.view_func.__name__)


api = _Api(
    title="Veilleur",
    version="1",
    description=_DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace=NAMESPACE,
)
for _router in _ROUTERS:
    api.add_router("", _router)


@api.get("openapi.json", include_in_schema=False)
def get_document_of_api(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - the library's name
    """Return the OpenAPI document."""
    return JsonResponse(openapi_document())


def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI document, with the scope that each operation asks for."""
    document: dict[str, Any] = api.get_openapi_schema(path_prefix=ADDRESS)
    schemes = {"token": {"type": "http", "scheme": "bearer", "description": "An API token: vlr_…"}}
    document["components"]["securitySchemes"] = schemes
    for operations in document["paths"].values():
        for operation in operations.values():
            scope = ROUTE_PERMISSIONS[f"{NAMESPACE}:{operation['operationId']}"].scope
            operation["security"] = [{"token": [str(scope)] if scope else []}]
    return document


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return api_error("invalid", fields=[field_error(each) for each in error.errors])


@api.exception_handler(BrokenCursor)
def _broken_cursor(_request: HttpRequest, _error: BrokenCursor) -> HttpResponse:
    return api_error("cursor_broken")


@api.exception_handler(ApiRefusal)
def _refused(_request: HttpRequest, error: ApiRefusal) -> HttpResponse:
    return refused(error.code, error.sentence)


@api.exception_handler(HttpError)
def _unreadable(_request: HttpRequest, _error: HttpError) -> HttpResponse:
    return api_error("bad_request")


@api.exception_handler(Http404)
def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return api_error("not_found")


@api.exception_handler(Exception)
def _fault(_request: HttpRequest, error: Exception) -> NoReturn:
    # The library's own would show the traceback to the caller while DEBUG is set.
    raise error


_routes, _app, _namespace = api.urls
# The library's own root answers nothing but 404.
_shown: list[URLPattern | URLResolver] = [each for each in _routes if getattr(each, "name", "") != "api-root"]
urlpatterns = [path(ADDRESS.lstrip("/"), (_shown, _app, _namespace))]
# Those of pages would look for routes of pages.
handler404 = not_found
handler500 = "veilleur.config.faults_on_pages.server_error"
handler400 = "veilleur.config.faults_on_pages.bad_request"
