"""The watch: a person ends a check, with the reason, and takes it up again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from veilleur.desk.forms import RetireForm
from veilleur.desk.pages.watch import check_line
from veilleur.domains.monitoring.actions import resume_check, retire_check
from veilleur.domains.monitoring.labels import REFUSALS, check_name
from veilleur.domains.monitoring.queries import visible_check, visible_ended_check, visible_retired
from veilleur.shared.clock import utc_now
from veilleur.shared.doors import actor_in, viewer_in
from veilleur.shared.refusal import Refused
from veilleur.shared.viewer import Viewer


@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask why something need not be watched any more; then stop watching it."""
    viewer, now = viewer_in(request), utc_now()
    row = visible_check(viewer, public_id, now)
    if row is None:
        return _ended(request, viewer, public_id)
    line = check_line(row, now)
    form = RetireForm(request.POST or None)
    if not (request.method == "POST" and form.is_valid()):
        return render(request, "desk/retire_check.html", {"form": form, "line": line})
    done = retire_check(
        now=now,
        actor=actor_in(request),
        organisation_id=viewer.organisation_id,
        check=public_id,
        reason=form.cleaned_data["reason"],
    )
    if isinstance(done, Refused):
        return _ended(request, viewer, public_id)
    messages.success(request, _("{check} is no longer watched.").format(check=line.name))
    return redirect("desk:machine", row.asset)


def _ended(request: HttpRequest, viewer: Viewer, check: UUID) -> HttpResponse:
    """Lead to the machine of a check that has ended already, which says so; 404 for any other."""
    row = visible_ended_check(viewer, check)
    if row is None:
        raise Http404
    text = _("{check} is no longer watched.").format(check=check_name(row.kind, row.target, row.note))
    if any(each.id == check for each in visible_retired(viewer, row.asset)):
        messages.info(request, text)
    return redirect("desk:machine", row.asset)


@require_POST
def resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Watch again what somebody had stopped watching."""
    done = resume_check(
        now=utc_now(),
        actor=actor_in(request),
        organisation_id=viewer_in(request).organisation_id,
        check=public_id,
    )
    if not isinstance(done, Refused):
        messages.success(request, _("It is watched again; the first result comes within minutes."))
        return redirect("desk:machine", done.asset.public_id)
    if done.reason == "no_such_check":
        raise Http404
    messages.error(request, str(REFUSALS[done.reason]))
    return redirect("desk:checks")
