"""API tokens that end: told to whoever made them and to who decides about the organisation, before a program
stands still.
"""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from veilleur.desk.pages.speech import said_day, said_instant
from veilleur.desk.pages.steps import Step
from veilleur.domains.organisations.queries.api_tokens import EndingRow, visible_ending_tokens
from veilleur.domains.organisations.rules.roles import Permission
from veilleur.shared.viewer import Viewer


def token_steps(viewer: Viewer, now: datetime) -> tuple[Step, ...]:
    """Return one step for each token that ends soon, or is missed since it ended."""
    return tuple(_step(row, viewer, now) for row in visible_ending_tokens(viewer, now))


def _step(row: EndingRow, viewer: Viewer, now: datetime) -> Step:
    return Step(
        text=_sentence(row, now),
        about=_("the organisation") if row.is_organisations else row.maker,
        due_at=row.expires_at,
        is_late=row.expires_at <= now,
        url=_place(row, viewer),
    )


def _sentence(row: EndingRow, now: datetime) -> str:
    if row.expires_at <= now:
        text = _(
            "The API token {name} ended on {day}, and a program needs it: make another one, or revoke it."
        )
        return text.format(name=row.name, day=said_day(row.expires_at))
    days = (timezone.localdate(row.expires_at) - timezone.localdate(now)).days
    if not days:
        text = _("The API token {name} ends today, at {time}: make another one for its program.")
        return text.format(name=row.name, time=said_instant(row.expires_at, now))
    text = ngettext(
        "The API token {name} ends on {day} (in one day): make another one for its program.",
        "The API token {name} ends on {day} (in {count} days): make another one for its program.",
        days,
    )
    return text.format(name=row.name, day=said_day(row.expires_at), count=days)


def _place(row: EndingRow, viewer: Viewer) -> str:
    """Return where the token stands; nothing for somebody who made it and no longer decides about it."""
    if row.is_own and not row.is_organisations:
        return reverse("organisations:tokens")
    return reverse("organisations:organisation_tokens") if viewer.may(Permission.SET_ORGANISATION) else ""
