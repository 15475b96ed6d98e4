"""How pages of this domain tell what came of an action: at the field it concerns, or above the next page."""

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from veilleur.domains.organisations.labels import refusal_sentence
from veilleur.shared.refusal import Refused


def tell(request: HttpRequest, refused: Refused | None, done: str) -> None:
    """Say on the next page that it is done, or why it was not."""
    if refused is None:
        messages.success(request, done)
    else:
        messages.error(request, refusal_sentence(refused.reason))


def refuse_at(form: forms.Form, fields: Mapping[str, str], refused: Refused) -> None:
    """Show a refusal at the field that its reason concerns, above all fields where it concerns none."""
    form.add_error(fields.get(refused.reason), refusal_sentence(refused.reason))
