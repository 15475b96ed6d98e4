"""What changed in the documents since somebody last looked."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from veilleur.domains.knowledge import actions, queries
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in


@require_http_methods(["GET", "POST"])
def changes(request: HttpRequest) -> HttpResponse:
    """Show what changed; keep that it was seen, up to when the page was made."""
    viewer, now = viewer_in(request), utc_now()
    if request.method == "POST":
        until = _instant(request.POST.get("until", ""))
        if until is not None:
            actions.keep_look(
                now=now,
                actor=actor_in(request),
                organisation_id=viewer.organisation_id,
                person_id=viewer.person_id,
                until=until,
            )
            messages.success(request, _("From now on, what changes later is shown."))
        return redirect("knowledge:changes")
    since = queries.visible_last_look(viewer, now)
    found = queries.visible_changes(viewer, since, now)
    until_us = int(now.timestamp() * 1_000_000)
    context = {"changes": found, "since": since, "until": until_us}
    return render(request, "knowledge/changes.html", context)


def _instant(microseconds: str) -> datetime | None:
    """Return the instant that so many microseconds since 1970 stand for; None for anything else."""
    if not (microseconds.isascii() and microseconds.isdigit() and len(microseconds) <= 17):
        return None
    return datetime.fromtimestamp(int(microseconds) / 1_000_000, UTC)
