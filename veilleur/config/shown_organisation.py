"""A form says which organisation it was shown for, and is refused once another one is looked at.

Who belongs to several, or serves customers, has pages of more than one open: without this, what was typed for
one would be written to whichever was chosen last, or to the first of one's own when a mandate has ended.
"""

from collections.abc import Callable
from typing import Any

from django import template
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from veilleur.domains.organisations.queries import visible_organisation
from veilleur.shared.viewer import Viewer

FIELD = "shown_organisation"

register = template.Library()


class _FormTokens(CsrfTokenNode):
    """What Django's own tag writes, and the organisation of the page where there is a choice."""

    def render(self, context: Any) -> SafeString:
        """Return the hidden fields."""
        written = mark_safe(super().render(context))  # noqa: S308 - Django's own field
        if not context.get("organisations"):
            return written
        return written + format_html(
            '<input type="hidden" name="{}" value="{}">', FIELD, context["organisation_id"]
        )


@register.tag
def csrf_token(_parser: Parser, _token: Token) -> _FormTokens:
    """Stand in for Django's tag: every form has it already."""
    return _FormTokens()


class ShownOrganisationMiddleware:
    """Refuses what was sent from a page of another organisation; one's own account is no organisation's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Return the refusal, or None where nothing was sent or the organisation is the same."""
        viewer: Viewer | None = getattr(request, "viewer", None)
        is_own_affair = getattr(request, "permission", None) is None
        shown = request.POST.get(FIELD, "") if request.method == "POST" else ""
        if not shown or is_own_affair or viewer is None:
            return None
        if shown == str(visible_organisation(viewer).id):
            return None
        return render(request, "organisations/another_organisation.html", status=409)
