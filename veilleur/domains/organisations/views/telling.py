"""How pages of this domain hand an action what was typed, and tell what came of it: at the field it concerns,
or above the next page.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from veilleur.domains.organisations.labels import refusal_sentence
from veilleur.domains.organisations.rules.errors import SecretsAway
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
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


def said(request: HttpRequest) -> dict[str, Any]:
    """Return what every action is told: when, by whom, of which organisation."""
    viewer = viewer_in(request)
    return {"now": utc_now(), "actor": actor_in(request), "organisation_id": viewer.organisation_id}


def save_sealed(
    typed: str, seal: Callable[[str], str], save: Callable[[str], Refused | None], *, away: object
) -> Refused | None:
    """Seal a secret where one was typed, and save; return the refusal with its sentence as detail.

    `away`: the sentence where the process that holds the keys does not answer.
    """
    try:
        sealed = seal(typed) if typed else ""
    except SecretsAway:
        return Refused("secrets_away", str(away))
    refused = save(sealed)
    return None if refused is None else Refused(refused.reason, refusal_sentence(refused.reason))
