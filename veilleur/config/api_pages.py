"""The document of the API for people who are signed in: the API itself takes tokens only."""

import importlib

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET


@require_GET
def api_document(_request: HttpRequest) -> JsonResponse:
    """Return the OpenAPI document."""
    # By name: the library behind it is loaded when it is asked for, and by no page.
    return JsonResponse(importlib.import_module("veilleur.config.api").openapi_document())
